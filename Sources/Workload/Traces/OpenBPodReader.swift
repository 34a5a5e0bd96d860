import SimulationKernel

/// Reads pod lists of the openb trace.
///
/// Columns, by name: `name`, `cpu_milli`, `memory_mib`, `num_gpu`, `gpu_milli`
/// (per GPU), `gpu_spec` (may be missing); and, all or none of them, `qos`,
/// `pod_phase`, `creation_time`, `deletion_time`, `scheduled_time` (seconds
/// from the trace's start).
///
/// Source of the format: Alibaba cluster trace gpu-v2023 (Weng et al., USENIX
/// ATC 2023).
public enum OpenBPodReader {
  /// The columns of the format.
  public static let columns = requestColumns + ["gpu_spec"] + timeColumns

  static let requestColumns = ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"]
  static let timeColumns = ["qos", "pod_phase", "creation_time", "deletion_time", "scheduled_time"]

  /// Reads the file.
  ///
  /// - Complexity: O(bytes); the public list of 8,152 pods takes some 4 ms.
  public static func read(path: String) throws(TraceError) -> OpenBPodList {
    try read(CSVReader(path: path, expecting: columns))
  }

  static func read(_ opened: CSVReader) throws(TraceError) -> OpenBPodList {
    var reader = opened
    let request = try RequestColumns(reader)
    let times = try TimeColumns(reader)
    try reader.acceptOnly(columns)
    var list = OpenBPodList(path: reader.path, pods: [], hasTimes: times != nil)
    // Rows of the public lists have 40 to 75 bytes.
    list.pods.reserveCapacity(reader.bytes.count / 40)
    var names = TextInterner()
    var lines: [Int] = []
    var specs = TextInterner()
    var qosClasses = TextInterner()
    var phases = TextInterner()
    while try reader.next() {
      if reader.isEmpty(request.name) { throw reader.error(at: request.name, .emptyField(column: "name")) }
      let (index, isNew) = try names.intern(request.name, of: reader)
      guard isNew else {
        throw reader.error(
          at: request.name,
          .duplicateName(names.texts[index], firstLine: lines[index])
        )
      }
      lines.append(reader.line)
      let gpu = try reader.gpuRequest(count: request.gpuCount, milli: request.gpuMilli)
      var spec = ""
      if let column = request.gpuSpec { spec = try specs.text(column, of: reader) }
      var pod = OpenBPod(
        name: names.texts[index],
        cpuMilli: try reader.int32(request.cpu),
        memoryMiB: try reader.int32(request.memory),
        gpuCount: gpu.count,
        milliGPUPerDevice: gpu.milli,
        gpuSpec: spec,
        qos: "",
        phase: "",
        times: nil
      )
      if let times {
        pod.qos = try qosClasses.text(times.qos, of: reader)
        pod.phase = try phases.text(times.phase, of: reader)
        pod.times = try times.read(reader)
      }
      list.pods.append(pod)
    }
    return list
  }
}

/// Where the request columns are.
private struct RequestColumns {
  let name: Int
  let cpu: Int
  let memory: Int
  let gpuCount: Int
  let gpuMilli: Int
  let gpuSpec: Int?

  init(_ reader: CSVReader) throws(TraceError) {
    name = try reader.column("name")
    cpu = try reader.column("cpu_milli")
    memory = try reader.column("memory_mib")
    gpuCount = try reader.column("num_gpu")
    gpuMilli = try reader.column("gpu_milli")
    gpuSpec = reader.optionalColumn("gpu_spec")
  }
}

/// Where the time columns are.
private struct TimeColumns {
  let qos: Int
  let phase: Int
  let creation: Int
  let deletion: Int
  let scheduled: Int

  /// nil when the file has none of them.
  init?(_ reader: CSVReader) throws(TraceError) {
    guard OpenBPodReader.timeColumns.contains(where: reader.header.contains) else { return nil }
    qos = try reader.column("qos")
    phase = try reader.column("pod_phase")
    creation = try reader.column("creation_time")
    deletion = try reader.column("deletion_time")
    scheduled = try reader.column("scheduled_time")
  }

  func read(_ reader: CSVReader) throws(TraceError) -> OpenBPod.Times {
    let created = try reader.nanoseconds(creation)
    let deleted = try reader.nanoseconds(deletion)
    let placed = reader.isEmpty(scheduled) ? nil : try reader.nanoseconds(scheduled)
    guard deleted >= created else {
      throw reader.error(
        at: deletion,
        .contradiction("the pod is deleted before it is created", hint: "deletion_time >= creation_time")
      )
    }
    if let placed, placed < created || placed > deleted {
      throw reader.error(
        at: scheduled,
        .contradiction(
          "the pod is scheduled \(placed < created ? "before it is created" : "after it is deleted")",
          hint: "creation_time <= scheduled_time <= deletion_time"
        )
      )
    }
    return OpenBPod.Times(
      creation: SimTime(nanoseconds: created),
      deletion: SimTime(nanoseconds: deleted),
      scheduled: placed.map { SimTime(nanoseconds: $0) }
    )
  }
}
