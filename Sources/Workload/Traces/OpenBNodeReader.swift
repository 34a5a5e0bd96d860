import Hardware

/// Reads the node list of the openb trace into a fleet.
///
/// Columns, by name: `sn` (node name), `cpu_milli` (thousandths of a vCPU),
/// `memory_mib` (MiB), `gpu` (number of GPUs), `model` (empty exactly when
/// there are none). Nodes keep the order of the file.
///
/// Source of the format: Alibaba cluster trace gpu-v2023 (Weng et al., USENIX
/// ATC 2023).
public enum OpenBNodeReader {
  /// The columns of the format; all must be there.
  public static let columns = ["sn", "cpu_milli", "memory_mib", "gpu", "model"]

  /// Reads the file.
  public static func read(path: String) throws(TraceError) -> Fleet {
    try read(CSVReader(path: path, expecting: columns))
  }

  static func read(_ opened: CSVReader) throws(TraceError) -> Fleet {
    var reader = opened
    let name = try reader.column("sn")
    let cpu = try reader.column("cpu_milli")
    let memory = try reader.column("memory_mib")
    let gpu = try reader.column("gpu")
    let model = try reader.column("model")
    try reader.acceptOnly(columns)
    var fleet = Fleet()
    var names = TextInterner()
    var lines: [Int] = []
    while try reader.next() {
      let nodeName = try reader.nonEmptyText(name)
      let (index, isNew) = try names.intern(name, of: reader)
      guard isNew else {
        throw reader.error(at: name, .duplicateName(nodeName, firstLine: lines[index]))
      }
      lines.append(reader.line)
      let gpuCount = Int(try reader.integer(gpu, in: 0...Int64(Fleet.maximumGPUsPerNode)))
      guard (gpuCount == 0) == reader.isEmpty(model) else {
        throw reader.error(
          at: model,
          gpuCount == 0
            ? .contradiction(
              "a node without GPUs names a GPU model",
              hint: "leave `model` empty or raise `gpu`"
            )
            : .emptyField(column: "model")
        )
      }
      var modelID: GPUModelID?
      if gpuCount > 0 {
        modelID = fleet.intern(gpuModel: try reader.text(model))
        if modelID == nil {
          throw reader.error(at: model, .tooManyValues(column: "model", limit: Fleet.maximumGPUModels))
        }
      }
      fleet.nodes.append(
        NodeSpec(
          name: nodeName,
          cpuMilli: try reader.int32(cpu),
          memoryMiB: try reader.int32(memory),
          gpuCount: gpuCount,
          gpuModel: modelID
        )
      )
    }
    return fleet
  }
}
