import Outcome
import Workload

/// The books kept a second time, slowly: `verify` compares them with the
/// cluster at each event, and every decision with a naive recomputation.
struct Verifier: ~Copyable {
  private let requests: [Request]
  private let ranks: [Int32]
  private let stride: Int
  private let cpu: Column<Int64>
  private let memory: Column<Int64>
  private let gpu: Column<Int32>
  /// GPU thousandths taken of each node, whatever the device.
  private let pool: Column<Int32>
  /// By GPU: memory slots, and the media extensions, that instances hold.
  private let slots: Column<UInt16>
  private let mig: MIGBook?
  private let jobsOnNode: Column<Int32>
  private var touched: [Int] = []
  private var events = 0

  /// A full comparison every so many events; touched nodes at each.
  private static let fullCheckInterval = 1024

  init(_ cluster: borrowing ClusterState, _ requests: [Request], _ ranks: [Int32], _ mig: MIGBook? = nil) {
    self.requests = requests
    self.mig = mig
    slots = Column(repeating: 0, count: mig == nil ? 0 : cluster.nodeCount * cluster.stride)
    self.ranks = ranks
    stride = cluster.stride
    cpu = Column(repeating: 0, count: cluster.nodeCount)
    memory = Column(repeating: 0, count: cluster.nodeCount)
    gpu = Column(repeating: 0, count: cluster.nodeCount * cluster.stride)
    jobsOnNode = Column(repeating: 0, count: cluster.nodeCount)
    pool = Column(repeating: 0, count: cluster.nodeCount)
  }

  mutating func placed(_ request: Request, _ placement: Placement) {
    book(request, placement.node, placement.gpuMask, sign: 1)
  }

  mutating func released(_ request: Request, node: Int, gpuMask: UInt16) {
    book(request, node, gpuMask, sign: -1)
  }

  private mutating func book(_ request: Request, _ n: Int, _ mask: UInt16, sign: Int32) {
    cpu[n] += Int64(sign) * Int64(request.cpu)
    memory[n] += Int64(sign) * Int64(request.memory)
    jobsOnNode[n] += sign
    touched.append(n)
    if request.slice >= 0 { return bookInstance(n, mask, sign: sign) }
    pool[n] += sign * request.takenMilli
    var left = mask
    while left != 0 {
      gpu[n * stride + left.trailingZeroBitCount] += sign * request.milli
      left &= left - 1
    }
  }

  /// An instance is gone that outlived its job.
  mutating func removed(node n: Int, mask: UInt16) {
    touched.append(n)
    bookInstance(n, mask, sign: -1)
  }

  /// Instances hold slots that nothing else holds, at starts that are legal.
  private mutating func bookInstance(_ n: Int, _ mask: UInt16, sign: Int32) {
    let device = n * stride + MIGFleet.gpu(mask)
    let kind = mig!.kinds[Int(mig!.kindOf[n][MIGFleet.gpu(mask)])]
    let placement = kind.geometry.placements[MIGFleet.placement(mask)]
    precondition(
      kind.layouts?.contains { $0.contains(MIGFleet.placement(mask)) } ?? true,
      "an instance that its layout does not have"
    )
    precondition(
      slots[device] & placement.parts.rawValue == (sign > 0 ? 0 : placement.parts.rawValue),
      "two instances hold one slot"
    )
    slots[device] ^= placement.parts.rawValue
    let milli = sign * kind.geometry.milli(ofProfile: placement.profile)
    pool[n] += milli
    gpu[device] += milli
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
    var freeByClass = [Int64](repeating: 0, count: cluster.freeByClass.count)
    var fragmented = 0.0
    for n in 0..<cluster.nodeCount {
      try checkNode(n, cluster)
      if cluster.isUp(n) {
        freeByClass[cluster.classIndex(n)] += Int64(cluster.nodes[n].gpuFreeSum)
        if let tracker { fragmented += tracker.classes(n, cluster).fragmented }
      }
    }
    if freeByClass != cluster.freeByClass.array() { throw broken("free thousandths by class do not add up") }
    if let tracker, abs(tracker.fleetMilliGPU - fragmented) > 1e-3 {
      throw broken("the fleet's fragmentation drifted from the sum over its nodes")
    }
  }

  private func checkNode(_ n: Int, _ cluster: borrowing ClusterState) throws {
    guard Int64(cluster.nodes[n].cpuFree) + cpu[n] == Int64(cluster.nodes[n].cpuTotal),
      Int64(cluster.nodes[n].memoryFree) + memory[n] == Int64(cluster.nodes[n].memoryTotal)
    else { throw broken("CPU or memory of node \(n) do not add up to its capacity") }
    let free = cluster.nodes[n].gpuFreeSum
    guard free >= 0, free + pool[n] == cluster.nodes[n].gpuCount * 1000 else {
      throw broken("the GPUs of node \(n) do not add up to their capacity")
    }
    for g in 0..<stride where !cluster.isPooled {
      let capacity: Int32 = g < Int(cluster.nodes[n].gpuCount) ? 1000 : 0
      let taken = gpu[n * stride + g]
      guard Int32(cluster.gpuFree[n * stride + g]) + taken == capacity, taken >= 0 else {
        throw broken("GPU \(g) of node \(n) does not add up to its capacity")
      }
      let device = cluster.devices[n * stride + g]
      guard (device.slotMask != 0) == (taken > 0) else { throw broken("slot mask of GPU \(g) of node \(n)") }
      if mig != nil && slots[n * stride + g] != 0
        && UInt8(truncatingIfNeeded: slots[n * stride + g]) != device.slotMask
      {
        throw broken("instances of GPU \(g) of node \(n)")
      }
    }
    if !cluster.isUp(n) && !cluster.isDraining(n) && jobsOnNode[n] != 0 {
      throw broken("a job holds node \(n), which is not up")
    }
  }

  /// A gang's refusal must be true: counted node by node, its workers do not
  /// fit as it wishes.
  func refusedGang(_ worker: Request, _ gang: Gang, _ cluster: borrowing ClusterState) throws {
    // On no fleet does it fit; it waits for a wider wish.
    if !gang.isPossible { return }
    if gang.wish.isForOneGroup {
      if fitsInOneGroup(worker, gang.wish, cluster) {
        throw broken("a gang of \(worker.workers) was refused although it fits in one \(gang.wish.name)")
      }
      return
    }
    var room: Int64 = 0
    var whole: Int32 = 0
    var part: Int32 = 0
    // Rules between jobs close nodes as workers are laid.
    if worker.obeys != 0 { return }
    for n in 0..<cluster.nodeCount {
      if worker.isShared && gang.wish != .anywhere { return }
      var left = worker.workers
      if worker.isShared {
        for g in 0..<Int(cluster.nodes[n].gpuCount) where cluster.fits(worker, n) && left > 0 {
          left -= min(left, Int32(cluster.gpuFree[n * stride + g]) / worker.milli)
        }
        if worker.cpu > 0 { left = max(left, worker.workers - cluster.nodes[n].cpuFree / worker.cpu) }
        if worker.memory > 0 {
          left = max(left, worker.workers - cluster.nodes[n].memoryFree / worker.memory)
        }
      } else {
        left -= cluster.workersFitting(worker, n, limit: left)
      }
      let fitting = worker.workers - left
      room += Int64(fitting)
      if gang.fullPieces > 0 && fitting >= gang.perNode { whole += 1 }
      if gang.remainder > 0 && fitting >= gang.remainder { part += 1 }
    }
    let fits =
      switch gang.wish {
      case .anywhere: room >= Int64(worker.workers)
      case .oneNode: part > 0
      case .nvlinkDomain, .rack: preconditionFailure("counted by groups")
      case .consolidated: whole >= gang.fullPieces && (gang.remainder == 0 || part > gang.fullPieces)
      }
    if fits { throw broken("a gang of \(worker.workers) was refused although it fits") }
  }

  /// Every node with all that share its group, counted one by one.
  private func fitsInOneGroup(
    _ worker: Request,
    _ wish: PlacementWish,
    _ cluster: borrowing ClusterState
  ) -> Bool {
    let places = cluster.fleet.nodes.map(\.place)
    for a in 0..<cluster.nodeCount {
      var room: Int64 = 0
      for b in 0..<cluster.nodeCount where cluster.fits(worker, b) {
        let isSameDomain =
          a == b || places[a].nvlinkDomain != nil && places[a].nvlinkDomain == places[b].nvlinkDomain
        let isSameRack = places[a].rack == nil ? isSameDomain : places[a].rack == places[b].rack
        guard wish == .rack ? isSameRack : isSameDomain else { continue }
        guard worker.isShared else {
          room += Int64(cluster.workersFitting(worker, b, limit: worker.workers))
          continue
        }
        var onNode: Int32 = 0
        for g in 0..<Int(cluster.nodes[b].gpuCount) {
          onNode += Int32(cluster.gpuFree[b * stride + g]) / worker.milli
        }
        if worker.cpu > 0 { onNode = min(onNode, cluster.nodes[b].cpuFree / worker.cpu) }
        if worker.memory > 0 { onNode = min(onNode, cluster.nodes[b].memoryFree / worker.memory) }
        room += Int64(onNode)
      }
      if room >= Int64(worker.workers) { return true }
    }
    return false
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
