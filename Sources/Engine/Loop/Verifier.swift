import Outcome

/// The books kept a second time, slowly: `verify` compares them with the
/// cluster at each event, and every decision with a naive recomputation.
struct Verifier: ~Copyable {
  private let requests: [Request]
  private let ranks: [Int32]
  private let stride: Int
  private let cpu: Column<Int64>
  private let memory: Column<Int64>
  private let gpu: Column<Int32>
  private let jobsOnNode: Column<Int32>
  private var touched: [Int] = []
  private var events = 0

  /// A full comparison every so many events; touched nodes at each.
  private static let fullCheckInterval = 1024

  init(_ cluster: borrowing ClusterState, _ requests: [Request], _ ranks: [Int32]) {
    self.requests = requests
    self.ranks = ranks
    stride = cluster.stride
    cpu = Column(repeating: 0, count: cluster.nodeCount)
    memory = Column(repeating: 0, count: cluster.nodeCount)
    gpu = Column(repeating: 0, count: cluster.nodeCount * cluster.stride)
    jobsOnNode = Column(repeating: 0, count: cluster.nodeCount)
  }

  mutating func placed(_ job: Int, _ request: Request, _ placement: Placement) {
    book(request, placement.node, placement.gpuMask, sign: 1)
  }

  mutating func released(_ job: Int, _ request: Request, node: Int, gpuMask: UInt16) {
    book(request, node, gpuMask, sign: -1)
  }

  private mutating func book(_ request: Request, _ n: Int, _ mask: UInt16, sign: Int32) {
    cpu[n] += Int64(sign) * Int64(request.cpu)
    memory[n] += Int64(sign) * Int64(request.memory)
    jobsOnNode[n] += sign
    var left = mask
    while left != 0 {
      gpu[n * stride + left.trailingZeroBitCount] += sign * request.milli
      left &= left - 1
    }
    touched.append(n)
  }

  /// Compares what changed since the last event, and now and then everything.
  mutating func check(
    _ cluster: borrowing ClusterState,
    _ index: borrowing NodeIndex,
    _ tracker: FragmentationTracker?
  ) throws {
    for n in touched { try checkNode(n, cluster) }
    touched.removeAll(keepingCapacity: true)
    events += 1
    guard events % Verifier.fullCheckInterval == 0 else { return }
    var freeByModel = [Int64](repeating: 0, count: cluster.freeByModel.count)
    var fragmented = 0.0
    for n in 0..<cluster.nodeCount {
      try checkNode(n, cluster)
      if cluster.isUp(n) {
        freeByModel[cluster.modelIndex(n)] += Int64(cluster.nodes[n].gpuFreeSum)
        if let tracker { fragmented += tracker.classes(n, cluster).fragmented }
      }
    }
    if freeByModel != cluster.freeByModel.array() { throw broken("free thousandths by model do not add up") }
    if let tracker, abs(tracker.fleetMilliGPU - fragmented) > 1e-3 {
      throw broken("the fleet's fragmentation drifted from the sum over its nodes")
    }
  }

  private func checkNode(_ n: Int, _ cluster: borrowing ClusterState) throws {
    guard Int64(cluster.nodes[n].cpuFree) + cpu[n] == Int64(cluster.nodes[n].cpuTotal),
      Int64(cluster.nodes[n].memoryFree) + memory[n] == Int64(cluster.nodes[n].memoryTotal)
    else { throw broken("CPU or memory of node \(n) do not add up to its capacity") }
    for g in 0..<stride {
      let capacity: Int32 = g < Int(cluster.nodes[n].gpuCount) ? 1000 : 0
      let taken = gpu[n * stride + g]
      guard Int32(cluster.gpuFree[n * stride + g]) + taken == capacity, taken >= 0 else {
        throw broken("GPU \(g) of node \(n) does not add up to its capacity")
      }
      let device = cluster.devices[n * stride + g]
      guard (device.slotMask != 0) == (taken > 0) else { throw broken("slot mask of GPU \(g) of node \(n)") }
    }
    if !cluster.isUp(n) && jobsOnNode[n] != 0 { throw broken("a job holds node \(n), which is not up") }
  }

  /// The decision must be legal; a refusal must be true; an exact order must
  /// have found the first node of a naive scan.
  func decided(
    _ request: Request,
    _ placement: Placement,
    _ cluster: borrowing ClusterState,
    order: NodeOrder?
  ) throws {
    if placement.node >= 0 && !cluster.fits(request, placement.node) {
      throw broken("a job was placed where it does not fit")
    }
    var best: (key: Int64, rank: Int32, node: Int) = (.max, .max, -1)
    for n in 0..<cluster.nodeCount where cluster.fits(request, n) {
      let free =
        Int64(cluster.nodes[n].cpuFree) * Int64(cluster.largestGPUMilli) + Int64(cluster.nodes[n].gpuFreeSum)
        * Int64(cluster.largestCPU)
      let key: Int64
      switch order {
      case .leastFree: key = free
      case .mostFree: key = -free
      case .rank, nil: key = 0
      }
      if (key, ranks[n]) < (best.key, best.rank) { best = (key, ranks[n], n) }
    }
    if placement.node < 0 && best.node >= 0 {
      throw broken("a job was refused although it fits on node \(best.node)")
    }
    if order != nil && placement.node != best.node {
      throw broken("the index chose node \(placement.node), a scan of all nodes \(best.node)")
    }
  }

  private func broken(_ what: String) -> SimulationError { .invariantBroken(what) }
}
