import Hardware
import Workload

extension AutoNodes {
  /// Room for this much more than runs, kept free as Karpenter's CapacityBuffer
  /// keeps it: the provisioner plans for pods that never come.
  public struct Placeholder: Hashable, Sendable {
    public var gpus: Int32
    public var cpuMilli: Int32
    public var memoryMiB: Int32
    /// How many of them.
    public var count: Int

    public init(gpus: Int32, cpuMilli: Int32 = 0, memoryMiB: Int32 = 0, count: Int = 1) {
      self.gpus = gpus
      self.cpuMilli = cpuMilli
      self.memoryMiB = memoryMiB
      self.count = count
    }
  }

  /// What is wrong with the buffer, or nil.
  var bufferProblem: String? {
    if buffer.isEmpty { return nil }
    if consolidatesUnderused || clusterAutoscaler != nil {
      return "room is kept free by Karpenter's provisioner that takes away empty nodes only"
    }
    let isSound = buffer.allSatisfy {
      $0.gpus >= 0 && Int($0.gpus) <= Fleet.maximumGPUsPerNode && $0.cpuMilli >= 0
        && $0.memoryMiB >= 0
        && $0.count > 0 && ($0.gpus > 0 || $0.cpuMilli > 0 || $0.memoryMiB > 0)
    }
    return isSound ? nil : "what is kept free is some GPUs, CPU or memory, once or more"
  }
}

/// Pods that never come.
struct Placeholders {
  var requests: [Request] = []
  var counts: [Int] = []

  var isEmpty: Bool { requests.isEmpty }

  /// Their shapes are numbered on from `first`.
  func pods(from first: Int) -> [ProvisioningPlan.Pod] {
    requests.indices.flatMap { number in
      (0..<counts[number]).map { _ in
        ProvisioningPlan.Pod(job: .max, shape: Int32(first + number), isPlaceholder: true)
      }
    }
  }
}

/// Room is kept free.
extension EventLoop {
  func placeholders(_ spec: AutoNodes) -> Placeholders {
    var result = Placeholders()
    for one in spec.buffer {
      let shape = JobShape(
        cpuMilli: one.cpuMilli,
        memoryMiB: one.memoryMiB,
        gpuCount: one.gpus,
        milliGPUPerDevice: one.gpus > 0 ? 1000 : 0
      )
      result.requests.append(Request(shape, sharing: .wholeGPU))
      result.counts.append(one.count)
    }
    return result
  }

  /// Nodes that are up: those on which something runs first, so that few empty
  /// ones are kept.
  func nodesForBuffer() -> [Int] {
    let up = (0..<cluster.nodeCount).filter { cluster.isUp($0) }
    return up.filter { !cluster.isIdle($0) } + up.filter { cluster.isIdle($0) }
  }

  /// Empty nodes on which placeholders lie do not go.
  func reserve(_ nodes: [Int], _ isUsed: [Bool], _ autoNodes: Provisioner) {
    for n in autoNodes.reserved where autoNodes.nominatedUntil[n] == Provisioner.never {
      autoNodes.nominate(n, until: .min)
    }
    autoNodes.reserved = zip(nodes, isUsed).filter { cluster.isUp($0) && cluster.isIdle($0) && $1 }
      .map(\.0)
    for n in autoNodes.reserved { autoNodes.nominate(n, until: Provisioner.never) }
  }

  /// The same when nothing is to be launched.
  func reserveForBuffer(_ autoNodes: Provisioner) {
    let buffer = placeholders(autoNodes.spec)
    let nodes = nodesForBuffer() + autoNodes.starting.map(Int.init)
    var rooms: [NodeRoom] = []
    for n in nodes { rooms.append(NodeRoom(n, cluster)) }
    var plan = ProvisioningPlan([], weights: autoNodes.spec.pools.map(\.weight), rooms: rooms)
    _ = plan.launches(for: buffer.pods(from: 0)) { buffer.requests[$0] }
    reserve(nodes, plan.isUsed, autoNodes)
  }
}
