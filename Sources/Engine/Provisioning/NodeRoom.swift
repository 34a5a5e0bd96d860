import Hardware

/// What a provisioner believes that a node has left.
struct NodeRoom: BitwiseCopyable {
  private var cpu: Int32
  private var memory: Int32
  private var classBit: UInt64
  /// Free thousandths of each GPU.
  private var gpus = SIMD16<Int16>(repeating: 0)
  private var gpuCount: Int

  /// An idle node.
  init(_ spec: NodeSpec, classBit: UInt64) {
    cpu = spec.cpuMilli
    memory = spec.memoryMiB
    self.classBit = classBit
    gpuCount = spec.gpuCount
    for g in 0..<gpuCount { gpus[g] = 1000 }
  }

  /// A node of the cluster as it is.
  init(_ n: Int, _ cluster: borrowing ClusterState) {
    cpu = cluster.nodes[n].cpuFree
    memory = cluster.nodes[n].memoryFree
    classBit = cluster.nodes[n].classBit
    gpuCount = Int(cluster.nodes[n].gpuCount)
    for g in 0..<gpuCount { gpus[g] = cluster.gpuFree[n * cluster.stride + g] }
  }

  /// Takes what one worker asks, the free GPUs of lowest index or the tightest
  /// part that fits; false: it does not fit, and nothing has changed.
  mutating func take(_ ask: Request) -> Bool {
    guard cpu >= ask.cpu, memory >= ask.memory, ask.classes & classBit != 0 else { return false }
    if ask.gpuCount > 0 {
      if ask.milli == 1000 {
        var free: Int32 = 0
        for g in 0..<gpuCount where gpus[g] == 1000 { free += 1 }
        guard free >= ask.gpuCount else { return false }
        var left = ask.gpuCount
        for g in 0..<gpuCount where left > 0 && gpus[g] == 1000 {
          gpus[g] = 0
          left -= 1
        }
      } else {
        var chosen = -1
        for g in 0..<gpuCount where Int32(gpus[g]) >= ask.milli {
          if chosen < 0 || gpus[g] < gpus[chosen] { chosen = g }
        }
        guard chosen >= 0 else { return false }
        gpus[chosen] -= Int16(ask.milli)
      }
    }
    cpu -= ask.cpu
    memory -= ask.memory
    return true
  }

  /// The largest share of this node that one worker takes of any resource; nil:
  /// it does not fit.
  func share(of ask: Request) -> Double? {
    var rest = self
    guard rest.take(ask) else { return nil }
    func part(_ asked: Int32, _ all: Int32) -> Double { all > 0 ? Double(asked) / Double(all) : 0 }
    return max(
      part(ask.cpu, cpu),
      part(ask.memory, memory),
      part(ask.takenMilli, Int32(gpuCount) * 1000)
    )
  }

  /// The shares of the CPU and memory of this node that one worker asks; of what
  /// the node lacks, nothing.
  func fractions(of ask: Request) -> (cpu: Double, memory: Double) {
    (
      cpu > 0 ? Double(ask.cpu) / Double(cpu) : 0,
      memory > 0 ? Double(ask.memory) / Double(memory) : 0
    )
  }

  /// By which the cluster-autoscaler sorts: `cpu/allocatable + memory/allocatable`.
  func score(of ask: Request) -> Double {
    let part = fractions(of: ask)
    return part.cpu + part.memory
  }
}
