import Hardware

/// What an idle machine of one kind offers.
struct MachineKind: BitwiseCopyable, Hashable {
  var cpu: Int32 = 0
  var memory: Int32 = 0
  var gpuCount: Int32 = 0
  /// Bit of its class.
  var classBit: UInt64 = 0
  /// Bit s: some GPU has room for an instance of slice s.
  var slices: UInt64 = 0

  init() {}

  init(_ spec: NodeSpec, nodeClass: UInt8) {
    cpu = spec.cpuMilli
    memory = spec.memoryMiB
    gpuCount = Int32(spec.gpuCount)
    classBit = 1 << UInt64(nodeClass)
  }

  /// How many workers with this request an idle machine holds.
  func workers(_ request: Request) -> Int32 {
    guard holds(request) else { return 0 }
    var count = Int32.max
    if request.cpu > 0 { count = min(count, cpu / request.cpu) }
    if request.memory > 0 { count = min(count, memory / request.memory) }
    // Requests for slices have one worker.
    if request.slice >= 0 { return min(count, 1) }
    if request.gpuCount > 0 {
      let perGPU = request.isShared ? 1000 / request.milli : 1
      count = min(
        count,
        request.isPooled ? gpuCount * 1000 / request.takenMilli : gpuCount / request.gpuCount * perGPU
      )
    }
    return count
  }

  /// Whether the request fits on such a machine when nothing else is there.
  func holds(_ request: Request) -> Bool {
    cpu >= request.cpu && memory >= request.memory && classBit & request.classes != 0
      && (request.slice < 0 ? gpuCount >= request.gpuCount : slices >> UInt64(request.slice) & 1 != 0)
  }
}
