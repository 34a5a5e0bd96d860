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
    try reader.acceptOnly(HeadroomTrace.columns)
    let columns = try Columns(reader)
    var table = JobTable()
    // No row is shorter than its commas and a digit or so a number.
    table.reserveCapacity(reader.bytes.count / 64)
    var names = NameColumn()
    var shapes = ShapeInterner()
    var specs = TextInterner([""])
    var tenants = TextInterner()
    var classes = TextInterner()
    var kinds = TextInterner(HeadroomTrace.kinds.map(\.text))
    while try reader.next() {
      try names.append(columns.name, of: reader)
      let gpu = try reader.gpuRequest(count: columns.gpuCount, milli: columns.gpuMilli)
      let spec = try specs.intern(columns.gpuSpec, of: reader).number
      table.shape.append(
        shapes.intern(
          JobShape(
            cpuMilli: try reader.int32(columns.cpu),
            memoryMiB: try reader.int32(columns.memory),
            gpuCount: gpu.count,
            milliGPUPerDevice: gpu.milli,
            models: ModelSetID(rawValue: Int32(spec))
          )
        )
      )
      table.tenant.append(TenantID(rawValue: try number(columns.tenant, of: reader, in: &tenants)))
      table.jobClass.append(JobClassID(rawValue: try number(columns.jobClass, of: reader, in: &classes)))
      let (kind, isUnknown) = try kinds.intern(columns.kind, of: reader)
      guard !isUnknown else {
        let known = HeadroomTrace.kinds.map(\.text)
        throw reader.error(
          at: columns.kind,
          .unknownValue(column: "kind", found: reader.excerpt(columns.kind), known: known)
        )
      }
      table.kind.append(HeadroomTrace.kinds[kind].kind)
      table.priority.append(try reader.signedInt32(columns.priority))
      table.busyMilli.append(UInt16(try reader.integer(columns.busy, in: 0...1000)))
      table.arrival.append(SimTime(nanoseconds: try reader.nanoseconds(columns.arrival)))
      let span = SimDuration(nanoseconds: try reader.nanoseconds(columns.duration))
      table.duration.append(max(span, .tick))
    }
    table.names = names.names(keepingNumbers: table.isSortedByArrival)
    table.shapes = shapes.shapes
    table.modelSets = specs.texts
    table.tenants = tenants.texts
    table.classes = classes.texts
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
  }
}
