/// Writes jobs in the program's own format, ``HeadroomTrace``.
///
/// What it writes, ``HeadroomTraceReader`` reads back as the same jobs; as an
/// equal ``JobTable`` when shapes, tenants, classes and model sets are
/// numbered in order of appearance and none is unused (which is how readers
/// and the synthesiser number them).
public enum HeadroomTraceWriter {
  /// Bytes gathered before they are handed to the system.
  private static let bufferSize = 1 << 18

  /// Writes the file whole or not at all.
  ///
  /// - Parameter isCancelled: looked at every few thousand rows; saying true
  ///   ends the writing with `CancellationError` and leaves nothing.
  /// - Throws: ``TraceError`` or `CancellationError`.
  public static func write(
    _ jobs: JobTable,
    to path: String,
    isCancelled: () -> Bool = { false }
  ) throws {
    if let name = unwritableName(jobs) {
      throw TraceError(
        file: path,
        problem: .contradiction(
          "the job `\(name)`, which others wait for, has a semicolon in its name",
          hint: "column `after` separates names by it"
        )
      )
    }
    let file = try AtomicFile(path: path)
    var buffer: [UInt8] = []
    buffer.reserveCapacity(bufferSize + 4096)
    let texts = Texts(jobs)
    buffer.append(contentsOf: texts.columns.joined(separator: ",").utf8)
    buffer.append(UInt8(ascii: "\n"))
    for job in 0..<jobs.count {
      append(job, of: jobs, texts, to: &buffer)
      if buffer.count >= bufferSize {
        if isCancelled() { throw CancellationError() }
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try file.write(buffer)
    if isCancelled() { throw CancellationError() }
    try file.commit()
  }

  /// What is the same in many rows, spelled once.
  private struct Texts {
    let classes: [[UInt8]]
    let tenants: [[UInt8]]
    /// cpu_milli ... gpu_spec of each shape, without the busy fraction.
    let shapes: [[UInt8]]
    /// workers and placement of each shape, with a comma ahead; empty where
    /// no job is a gang.
    let gangs: [[UInt8]]
    /// relax of each shape, speed and throughput of each number, with a comma
    /// ahead; empty where nothing says them.
    let relaxations: [[UInt8]]
    let speeds: [[UInt8]]
    let throughputs: [[UInt8]]
    /// The constraints of each shape, with a comma ahead of each column; empty
    /// where no job states any.
    let constraints: [[UInt8]]
    /// By shape; empty where no job asks anything of the inside of a GPU.
    let devices: [[UInt8]]
    /// By shape; empty where no job states limits.
    let limits: [[UInt8]]
    /// The names in the header line.
    let columns: [String]
    /// max_unavailable of each class, with a comma ahead; empty where no class
    /// says.
    let budgets: [[UInt8]]
    let prefix: [UInt8]
    /// Whether a numbered name must stand in quotes.
    let quotesPrefix: Bool
    let holdsDelays: Bool

    init(_ jobs: JobTable) {
      classes = jobs.classes.map { HeadroomTraceWriter.quoted($0) }
      tenants = jobs.tenants.map { HeadroomTraceWriter.quoted($0) }
      let specs = jobs.modelSets
      shapes = jobs.shapes.map { shape in
        let numbers = "\(shape.cpuMilli),\(shape.memoryMiB),\(shape.gpuCount),\(shape.milliGPUPerDevice),"
        return Array(numbers.utf8) + HeadroomTraceWriter.quoted(specs[Int(shape.models.rawValue)])
      }
      let hasGangs = jobs.shapes.contains { $0.workers != 1 || $0.wish != .anywhere }
      gangs = hasGangs ? jobs.shapes.map { Array(",\($0.workers),\($0.wish.name)".utf8) } : []
      let stated = ConstraintColumn.all.filter { column in
        jobs.constraints.contains { !column.text($0).isEmpty }
      }
      constraints =
        stated.isEmpty
        ? []
        : jobs.shapes.map { shape in
          stated.flatMap { column in
            [UInt8(ascii: ",")]
              + HeadroomTraceWriter.quoted(column.text(jobs.constraints[Int(shape.constraints.rawValue)]))
          }
        }
      func field(_ text: String) -> [UInt8] { [UInt8(ascii: ",")] + HeadroomTraceWriter.quoted(text) }
      let relaxes = jobs.shapes.contains { $0.relaxation > 0 }
      relaxations = relaxes ? jobs.shapes.map { field(AttributeText.text(jobs.relaxation(of: $0))) } : []
      speeds = jobs.speed.isEmpty ? [] : [field("")] + jobs.speeds.map { field(AttributeText.text($0)) }
      let asksDevices = jobs.shapes.contains { $0.device > 0 }
      devices = asksDevices ? jobs.shapes.map { field(jobs.deviceDemand(of: $0).text) } : []
      let hasLimits = jobs.shapes.contains { $0.limits > 0 }
      limits = hasLimits ? jobs.shapes.map { field(jobs.podLimits(of: $0).text) } : []
      throughputs = jobs.stepWork?.tables.map { field(AttributeText.text($0)) } ?? []
      columns =
        HeadroomTrace.columns + (hasGangs ? ["workers", "placement"] : [])
        + (jobs.estimate.isEmpty ? [] : ["estimate_s"])
        + (jobs.isProtected.isEmpty ? [] : ["preemptible"])
        + (jobs.disruptionBudgets.isEmpty ? [] : ["max_unavailable"])
        + (relaxes ? ["relax"] : []) + (jobs.speed.isEmpty ? [] : ["speed"])
        + (jobs.stepWork == nil ? [] : ["steps", "throughput"])
        + HeadroomTraceWriter.lifeColumns(jobs) + stated.map(\.name)
        + (asksDevices ? ["device"] : []) + (hasLimits ? ["limits"] : [])
      budgets = jobs.disruptionBudgets.map { Array(",\($0?.text ?? "")".utf8) }
      holdsDelays = HeadroomTraceWriter.holdsDelays(jobs)
      if case .numbered(let text) = jobs.names {
        // The opening quote comes with the prefix, the closing one per row.
        let field = HeadroomTraceWriter.quoted(text)
        quotesPrefix = field.first == UInt8(ascii: "\"")
        prefix = quotesPrefix ? field.dropLast() : field
      } else {
        prefix = []
        quotesPrefix = false
      }
    }
  }

  private static func append(_ job: Int, of jobs: JobTable, _ texts: Texts, to buffer: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    switch jobs.names {
    case .listed(let names): buffer.append(contentsOf: quoted(names[job]))
    case .numbered:
      buffer.append(contentsOf: texts.prefix)
      append(Int64(job), to: &buffer)
      if texts.quotesPrefix { buffer.append(UInt8(ascii: "\"")) }
    }
    buffer.append(comma)
    buffer.append(contentsOf: texts.classes[Int(jobs.jobClass[job].rawValue)])
    buffer.append(comma)
    buffer.append(contentsOf: texts.tenants[Int(jobs.tenant[job].rawValue)])
    buffer.append(comma)
    let kind = HeadroomTrace.kinds[Int(jobs.kind[job].rawValue)]
    buffer.append(contentsOf: kind.text.utf8)
    buffer.append(comma)
    append(Int64(jobs.priority[job]), to: &buffer)
    buffer.append(comma)
    buffer.append(contentsOf: texts.shapes[Int(jobs.shape[job].rawValue)])
    buffer.append(comma)
    append(Int64(jobs.busyMilli[job]), to: &buffer)
    buffer.append(comma)
    append(nanoseconds: jobs.arrival[job].nanoseconds, to: &buffer)
    buffer.append(comma)
    append(nanoseconds: jobs.duration[job].nanoseconds, to: &buffer)
    if !texts.gangs.isEmpty { buffer.append(contentsOf: texts.gangs[Int(jobs.shape[job].rawValue)]) }
    if !jobs.estimate.isEmpty {
      buffer.append(comma)
      append(nanoseconds: jobs.estimate[job].nanoseconds, to: &buffer)
    }
    if !jobs.isProtected.isEmpty {
      buffer.append(contentsOf: (jobs.isProtected[job] ? ",false" : ",true").utf8)
    }
    if !texts.budgets.isEmpty { buffer.append(contentsOf: texts.budgets[Int(jobs.jobClass[job].rawValue)]) }
    if !texts.relaxations.isEmpty {
      buffer.append(contentsOf: texts.relaxations[Int(jobs.shape[job].rawValue)])
    }
    if !texts.speeds.isEmpty { buffer.append(contentsOf: texts.speeds[Int(jobs.speed[job])]) }
    if let work = jobs.stepWork {
      buffer.append(comma)
      append(work.steps[job], to: &buffer)
      if work.steps[job] > 0 {
        buffer.append(contentsOf: texts.throughputs[Int(work.table[job])])
      } else {
        buffer.append(comma)
      }
    }
    appendLife(job, of: jobs, holdsDelays: texts.holdsDelays, to: &buffer)
    if !texts.constraints.isEmpty {
      buffer.append(contentsOf: texts.constraints[Int(jobs.shape[job].rawValue)])
    }
    if !texts.devices.isEmpty { buffer.append(contentsOf: texts.devices[Int(jobs.shape[job].rawValue)]) }
    if !texts.limits.isEmpty { buffer.append(contentsOf: texts.limits[Int(jobs.shape[job].rawValue)]) }
    buffer.append(UInt8(ascii: "\n"))
  }

  /// A field, in quotes when it holds a comma, a quote or a line end.
  static func quoted(_ text: String) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let special: [UInt8] = [quote, UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    guard text.utf8.contains(where: special.contains) else { return Array(text.utf8) }
    return [quote] + text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  static func append(_ value: Int64, to buffer: inout [UInt8]) {
    if value < 0 { buffer.append(UInt8(ascii: "-")) }
    let start = buffer.count
    var rest = value.magnitude
    repeat {
      buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    buffer[start...].reverse()
  }

  /// Seconds with as many decimals as it takes, at most nine.
  static func append(nanoseconds: Int64, to buffer: inout [UInt8]) {
    append(nanoseconds / 1_000_000_000, to: &buffer)
    var fraction = nanoseconds % 1_000_000_000
    guard fraction > 0 else { return }
    buffer.append(UInt8(ascii: "."))
    var digit: Int64 = 100_000_000
    while fraction > 0 {
      buffer.append(UInt8(ascii: "0") + UInt8(fraction / digit))
      fraction %= digit
      digit /= 10
    }
  }
}
