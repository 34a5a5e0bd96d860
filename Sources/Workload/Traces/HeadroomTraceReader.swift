import SimulationKernel

/// Reads traces in the program's own format, ``HeadroomTrace``.
public enum HeadroomTraceReader {
  /// Reads a file into jobs sorted by arrival.
  ///
  /// Shapes, tenants, classes and model sets are numbered in order of
  /// appearance. Names that are one prefix followed by the row's index, from 0,
  /// are kept as ``JobNames/numbered(prefix:)``.
  ///
  /// - Complexity: O(bytes) when the rows are sorted by arrival.
  public static func read(path: String) throws(TraceError) -> JobTable {
    try read(CSVReader(path: path, expecting: HeadroomTrace.columns))
  }

  static func read(_ opened: CSVReader) throws(TraceError) -> JobTable {
    var reader = opened
    try reader.acceptOnly(HeadroomTrace.columns + HeadroomTrace.optionalColumns)
    let columns = try Columns(reader)
    var table = JobTable()
    // No row is shorter than its commas and a digit or so a number.
    table.reserveCapacity(reader.bytes.count / 64)
    var names = NameColumn()
    var constraints = ConstraintColumns(reader)
    var shapes = ShapeInterner()
    var specs = TextInterner([""])
    var tenants = TextInterner()
    var classes = TextInterner()
    var kinds = WordColumn("kind", HeadroomTrace.kinds.map(\.text))
    var wishes = WordColumn("placement", PlacementWish.allCases.map(\.name))
    var answers = WordColumn("preemptible", ["true", "false"])
    var attributes = AttributeColumns(reader)
    var budgets = BudgetColumn()
    var after = AfterColumn()
    while try reader.next() {
      try names.append(columns.name, of: reader)
      let gpu = try reader.gpuRequest(count: columns.gpuCount, milli: columns.gpuMilli)
      let spec = try specs.intern(columns.gpuSpec, of: reader).number
      let wish: PlacementWish =
        try columns.placement.map { field throws(TraceError) in
          PlacementWish.allCases[try wishes.index(field, of: reader)]
        } ?? .anywhere
      table.shape.append(
        shapes.intern(
          JobShape(
            cpuMilli: try reader.int32(columns.cpu),
            memoryMiB: try reader.int32(columns.memory),
            gpuCount: gpu.count,
            milliGPUPerDevice: gpu.milli,
            models: ModelSetID(rawValue: Int32(spec)),
            workers: try columns.workers.map { field throws(TraceError) in
              try reader.int32(field, in: 1...JobShape.mostWorkers)
            } ?? 1,
            wish: wish,
            relaxation: try attributes.relaxation(of: reader, wish: wish, in: &table),
            constraints: try constraints.constraints(of: reader),
            device: try attributes.device(of: reader, in: &table),
            limits: try attributes.limits(of: reader, in: &table)
          )
        )
      )
      table.tenant.append(TenantID(rawValue: try number(columns.tenant, of: reader, in: &tenants)))
      table.jobClass.append(JobClassID(rawValue: try number(columns.jobClass, of: reader, in: &classes)))
      table.kind.append(HeadroomTrace.kinds[try kinds.index(columns.kind, of: reader)].kind)
      table.priority.append(try reader.signedInt32(columns.priority))
      table.busyMilli.append(UInt16(try reader.integer(columns.busy, in: 0...1000)))
      table.arrival.append(SimTime(nanoseconds: try reader.nanoseconds(columns.arrival)))
      let span = SimDuration(nanoseconds: try reader.nanoseconds(columns.duration))
      table.duration.append(max(span, .tick))
      if let field = columns.estimate {
        table.estimate.append(max(SimDuration(nanoseconds: try reader.nanoseconds(field)), .tick))
      }
      if let field = columns.preemptible {
        table.isProtected.append(try answers.index(field, of: reader) == 1)
      }
      if let field = columns.maxUnavailable {
        try budgets.note(field, class: Int(table.jobClass[table.jobClass.count - 1].rawValue), of: reader)
      }
      try attributes.append(reader, to: &table)
      try columns.life.append(reader, to: &table)
      if let field = columns.after {
        try after.append(field, of: reader, kind: table.kind[table.kind.count - 1])
      }
    }
    if columns.after != nil {
      table.after = try after.lists(names.list, of: reader)
    }
    table.names = names.names(keepingNumbers: table.isSortedByArrival)
    table.shapes = shapes.shapes
    table.modelSets = specs.texts
    table.constraints = constraints.constraints
    table.tenants = tenants.texts
    table.classes = classes.texts
    table.disruptionBudgets = budgets.all
    table.sortByArrival()
    return table
  }

  private static func number(
    _ field: Int,
    of reader: CSVReader,
    in interner: inout TextInterner
  ) throws(TraceError) -> UInt16 {
    if reader.isEmpty(field) { throw reader.error(at: field, .emptyField(column: reader.header[field])) }
    let (number, _) = try interner.intern(field, of: reader)
    guard number <= Int(UInt16.max) else {
      throw reader.error(
        at: field,
        .tooManyValues(column: reader.header[field], limit: Int(UInt16.max) + 1)
      )
    }
    return UInt16(number)
  }
}

/// A column that holds one of a few words.
private struct WordColumn {
  private let name: String
  private let words: [String]
  private var known: TextInterner

  init(_ name: String, _ words: [String]) {
    self.name = name
    self.words = words
    known = TextInterner(words)
  }

  /// Which of the words stands in a field of the current row.
  mutating func index(_ field: Int, of reader: CSVReader) throws(TraceError) -> Int {
    let (index, isUnknown) = try known.intern(field, of: reader)
    guard !isUnknown else {
      throw reader.error(
        at: field,
        reader.isEmpty(field)
          ? .emptyField(column: name)
          : .unknownValue(column: name, found: reader.excerpt(field), known: words)
      )
    }
    return index
  }
}

/// The column `max_unavailable`: one value for each class.
private struct BudgetColumn {
  private var texts = TextInterner([""])
  private var values: [DisruptionBudget?] = [nil]
  /// By class: the text of its first row.
  private var textOf: [Int] = []

  mutating func note(_ field: Int, class number: Int, of reader: CSVReader) throws(TraceError) {
    let (text, isNew) = try texts.intern(field, of: reader)
    if isNew {
      guard let budget = DisruptionBudget(texts.texts[text]) else {
        throw reader.error(
          at: field,
          .notANumber(
            column: reader.header[field],
            found: reader.excerpt(field),
            accepted: "a number of jobs, a share such as 25%, either behind 'min ', or nothing"
          )
        )
      }
      values.append(budget)
    }
    if number == textOf.count { textOf.append(text) }
    guard textOf[number] == text else {
      throw reader.error(
        at: field,
        .contradiction(
          "max_unavailable is '\(texts.texts[text])', but '\(texts.texts[textOf[number]])' in the first row of the class",
          hint: "a class has one disruption budget"
        )
      )
    }
  }

  /// By class; empty when none has one.
  var all: [DisruptionBudget?] {
    let budgets = textOf.map { values[$0] }
    return budgets.contains { $0 != nil } ? budgets : []
  }
}

/// Where the columns are.
private struct Columns {
  let name: Int
  let jobClass: Int
  let tenant: Int
  let kind: Int
  let priority: Int
  let cpu: Int
  let memory: Int
  let gpuCount: Int
  let gpuMilli: Int
  let gpuSpec: Int
  let busy: Int
  let arrival: Int
  let duration: Int
  let workers: Int?
  let placement: Int?
  let estimate: Int?
  let preemptible: Int?
  let maxUnavailable: Int?
  let life: LifeColumns
  let after: Int?

  init(_ reader: CSVReader) throws(TraceError) {
    name = try reader.column("name")
    jobClass = try reader.column("class")
    tenant = try reader.column("tenant")
    kind = try reader.column("kind")
    priority = try reader.column("priority")
    cpu = try reader.column("cpu_milli")
    memory = try reader.column("memory_mib")
    gpuCount = try reader.column("num_gpu")
    gpuMilli = try reader.column("gpu_milli")
    gpuSpec = try reader.column("gpu_spec")
    busy = try reader.column("busy_milli")
    arrival = try reader.column("arrival_s")
    duration = try reader.column("duration_s")
    workers = reader.optionalColumn("workers")
    placement = reader.optionalColumn("placement")
    estimate = reader.optionalColumn("estimate_s")
    preemptible = reader.optionalColumn("preemptible")
    maxUnavailable = reader.optionalColumn("max_unavailable")
    life = try LifeColumns(reader)
    after = reader.optionalColumn("after")
  }
}
