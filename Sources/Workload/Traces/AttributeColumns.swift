/// The columns of ``HeadroomTrace`` that hold small tables as text: each
/// different text is read once.
struct AttributeColumns {
  private let relax: Int?
  private let speed: Int?
  private let steps: Int?
  private let throughput: Int?
  private let device: Int?
  private let limits: Int?
  /// Number 0 is the empty text.
  private var relaxTexts = TextInterner([""])
  private var speedTexts = TextInterner([""])
  private var throughputTexts = TextInterner([""])
  private var deviceTexts = TextInterner([""])
  private var limitTexts = TextInterner([""])

  init(_ reader: CSVReader) {
    relax = reader.optionalColumn("relax")
    speed = reader.optionalColumn("speed")
    steps = reader.optionalColumn("steps")
    throughput = reader.optionalColumn("throughput")
    device = reader.optionalColumn("device")
    limits = reader.optionalColumn("limits")
  }

  /// The number of the row's ladder of wishes.
  mutating func relaxation(
    of reader: CSVReader,
    wish: PlacementWish,
    in table: inout JobTable
  ) throws(TraceError) -> UInt16 {
    guard let relax else { return 0 }
    let number = try Self.number(
      relax,
      of: reader,
      &relaxTexts,
      limit: Int(UInt16.max),
      AttributeText.relaxations
    ) {
      AttributeText.relaxation($0).map { table.relaxations.append($0) } != nil
    }
    if number > 0, let problem = WishRelaxation.problem(table.relaxations[number - 1], of: wish) {
      throw reader.error(
        at: relax,
        .contradiction(problem, hint: "for example rack in `placement` and 600:anywhere in `relax`")
      )
    }
    return UInt16(number)
  }

  /// The number of what the row asks of the inside of a GPU.
  mutating func device(of reader: CSVReader, in table: inout JobTable) throws(TraceError) -> UInt16 {
    guard let device else { return 0 }
    return UInt16(
      try Self.number(device, of: reader, &deviceTexts, limit: Int(UInt16.max), DeviceDemand.accepted) {
        DeviceDemand(text: $0).map { table.deviceDemands.append($0) } != nil
      }
    )
  }

  /// The number of what the row's pods may use at most.
  mutating func limits(of reader: CSVReader, in table: inout JobTable) throws(TraceError) -> UInt16 {
    guard let limits else { return 0 }
    return UInt16(
      try Self.number(limits, of: reader, &limitTexts, limit: Int(UInt16.max), PodLimits.accepted) {
        PodLimits(text: $0).map { table.podLimits.append($0) } != nil
      }
    )
  }

  /// The row's speed and steps.
  mutating func append(_ reader: CSVReader, to table: inout JobTable) throws(TraceError) {
    if let speed {
      let number = try Self.number(speed, of: reader, &speedTexts, limit: 255, AttributeText.speeds) {
        AttributeText.speed($0).map { table.speeds.append($0) } != nil
      }
      table.speed.append(UInt8(number))
    }
    guard let steps else { return }
    var work = table.stepWork ?? StepWork()
    table.stepWork = nil
    let count = try reader.integer(steps, in: 0...1 << 53)
    work.steps.append(count)
    work.weight.append(1)
    var number = 0
    if let throughput {
      number = try Self.number(
        throughput,
        of: reader,
        &throughputTexts,
        limit: Int(Int32.max),
        AttributeText.throughputs
      ) { AttributeText.throughput($0).map { work.tables.append($0) } != nil }
    }
    if count > 0 && number == 0 {
      throw reader.error(
        at: steps,
        .contradiction("steps without a throughput table", hint: "fill in `throughput`")
      )
    }
    work.table.append(Int32(max(0, number - 1)))
    table.stepWork = work
  }

  /// 0 for an empty field; new texts are handed to `keep`, which says whether
  /// it understood.
  private static func number(
    _ field: Int,
    of reader: CSVReader,
    _ texts: inout TextInterner,
    limit: Int,
    _ accepted: String,
    keep: (String) -> Bool
  ) throws(TraceError) -> Int {
    let (number, isNew) = try texts.intern(field, of: reader)
    guard number <= limit else {
      throw reader.error(at: field, .tooManyValues(column: reader.header[field], limit: limit))
    }
    if isNew, !keep(texts.texts[number]) {
      throw reader.error(
        at: field,
        .outOfRange(column: reader.header[field], found: "`\(reader.excerpt(field))`", accepted: accepted)
      )
    }
    return number
  }
}
