import Hardware

/// What an idle machine of one kind offers.
struct MachineKind: BitwiseCopyable {
  var cpu: Int32 = 0
  var memory: Int32 = 0
  var gpuCount: Int32 = 0
  var modelBit: UInt64 = 0

  init() {}

  init(_ spec: NodeSpec) {
    cpu = spec.cpuMilli
    memory = spec.memoryMiB
    gpuCount = Int32(spec.gpuCount)
    modelBit = spec.gpuModel.map { 1 << UInt64($0.rawValue) } ?? 0
  }

  /// Whether the request fits on such a machine when nothing else is there.
  func holds(_ request: Request) -> Bool {
    cpu >= request.cpu && memory >= request.memory && gpuCount >= request.gpuCount
      && (request.gpuCount == 0 || modelBit & request.models != 0)
  }
}
