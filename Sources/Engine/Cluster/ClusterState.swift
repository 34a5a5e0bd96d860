import Hardware

/// How the GPUs of a device are handed out at the moment.
enum DeviceMode: UInt8 {
  /// Nobody is on it.
  case free = 0
  /// One job has all of it.
  case whole = 1
  /// Jobs hold thousandths of it.
  case fractions = 2
  /// It holds MIG instances.
  case mig = 3
}

/// One GPU: the representation that every kind of sharing uses.
///
/// 8 bytes: eight memory slots as a bit mask (taken = 1), compute slices taken
/// (of 7), mode, and resident memory. Thousandths of its time live in a column
/// of their own, since the scores read nothing else.
struct DeviceState: BitwiseCopyable {
  var slotMask: UInt8 = 0
  var computeSlices: UInt8 = 0
  var mode: UInt8 = DeviceMode.free.rawValue
  var clients: UInt8 = 0
  var residentMiB: Int32 = 0
}

/// What a node has and has free: a cache line, so that a change of a node touches
/// one instead of thirteen columns (measured on 12,500 nodes: a
/// fifth of the time of a run).
struct NodeState: BitwiseCopyable {
  /// Thousandths of a vCPU, and MiB.
  var cpuTotal: Int32 = 0
  var memoryTotal: Int32 = 0
  var cpuFree: Int32 = 0
  var memoryFree: Int32 = 0
  /// CPU (milli) and memory (MiB) requested as kube-scheduler's scores count
  /// them: a job that asks for none counts as 100 milli and 200 MiB.
  var nonZeroCPU: Int32 = 0
  var nonZeroMemory: Int32 = 0
  var gpuCount: Int32 = 0
  /// Sum of the GPUs' free thousandths, and how many are completely free.
  var gpuFreeSum: Int32 = 0
  var wholeFree: Int32 = 0
  /// See ``Capability``.
  var capability: Int32 = 0
  /// Bit of the node's class, see ``NodeClasses``.
  var classBit: UInt64 = 0
  /// Bit k: at least one job of kind k is there (see ``ClusterState/kinds``).
  var kindMask: UInt32 = 0
  /// A ``NodeCondition``.
  var condition = NodeCondition.up.rawValue
  /// Bit r: rule r between jobs closes the node to those that obey it.
  var closedBy: UInt64 = 0
}

/// What every node and GPU has free; the only owner of that truth.
///
/// Per node 64 bytes, 34 for the kinds of jobs, and 10 a GPU. Policies read it
/// and never write it.
struct ClusterState: ~Copyable {
  let fleet: Fleet
  /// A node's GPUs are one divisible pool; the columns of devices are unused.
  let isPooled: Bool
  /// The instances of GPUs that can be cut; nil in runs without MIG.
  let mig: MIGFleet?
  /// A part is taken from the GPU with the most free, not the least.
  var spreadsParts = false
  let nodeCount: Int
  /// Places per node in the columns of devices: 8 or 16, unused ones stay 0.
  let stride: Int
  /// The largest machine's vCPU (milli) and GPU (milli): scores are relative
  /// to them, as in the FGD study.
  let largestCPU: Int32
  let largestGPUMilli: Int32

  let nodes: Column<NodeState>
  /// Free thousandths of GPU g of node n at n * stride + g; 0 beyond its count.
  let gpuFree: Column<Int16>
  let devices: Column<DeviceState>
  /// Jobs of each kind on the node at n * kindCount + kind: kind 0 shares a
  /// GPU, kind k has k whole GPUs.
  let kinds: Column<UInt16>
  /// Free thousandths of nodes that are up, by class.
  let freeByClass: Column<Int64>

  static let kindCount = Fleet.maximumGPUsPerNode + 1

  /// GPU thousandths of nodes that are up, by class.
  let upMilliByClass: Column<Int64>
  /// By class: its GPU model.
  private let modelOfClass: Column<Int>
  var classCount: Int { modelOfClass.count }

  /// - Parameter classes: nil: one for each GPU model.
  init(_ fleet: Fleet, classes given: NodeClasses? = nil, isPooled: Bool = false, mig: MIGFleet? = nil) {
    let classes = given ?? NodeClasses(byModelOf: fleet)
    self.fleet = fleet
    self.isPooled = isPooled
    self.mig = mig
    nodeCount = fleet.nodes.count
    let largestCount = max(1, fleet.nodes.map(\.gpuCount).max() ?? 1)
    stride = largestCount <= 8 || isPooled ? 8 : 16
    largestCPU = max(1, fleet.nodes.map(\.cpuMilli).max() ?? 1)
    largestGPUMilli = Int32(largestCount) * 1000
    nodes = Column(repeating: NodeState(), count: nodeCount)
    gpuFree = Column(repeating: 0, count: nodeCount * stride)
    devices = Column(repeating: DeviceState(), count: nodeCount * stride)
    kinds = Column(repeating: 0, count: nodeCount * ClusterState.kindCount)
    freeByClass = Column(repeating: 0, count: Fleet.maximumNodeClasses)
    upMilliByClass = Column(repeating: 0, count: Fleet.maximumNodeClasses)
    modelOfClass = Column(classes.models)
    for (n, spec) in fleet.nodes.enumerated() {
      nodes[n].cpuTotal = spec.cpuMilli
      nodes[n].memoryTotal = spec.memoryMiB
      nodes[n].cpuFree = spec.cpuMilli
      nodes[n].memoryFree = spec.memoryMiB
      nodes[n].gpuCount = Int32(spec.gpuCount)
      nodes[n].classBit = 1 << UInt64(classes.classOf[n])
      if isPooled {
        nodes[n].gpuFreeSum = Int32(spec.gpuCount) * 1000
        summarisePool(n)
      } else {
        for g in 0..<spec.gpuCount { gpuFree[n * stride + g] = 1000 }
        summarise(n)
      }
      freeByClass[classIndex(n)] += Int64(nodes[n].gpuFreeSum)
      upMilliByClass[classIndex(n)] += Int64(nodes[n].gpuFreeSum)
    }
  }

  /// The node's class, see ``NodeClasses``.
  @inline(__always)
  func classIndex(_ n: Int) -> Int { nodes[n].classBit.trailingZeroBitCount }

  /// The node's model as an index into the fleet's list; 0 without GPUs.
  @inline(__always)
  func modelIndex(_ n: Int) -> Int { modelOfClass[classIndex(n)] }

  @inline(__always)
  func isUp(_ n: Int) -> Bool { nodes[n].condition == NodeCondition.up.rawValue }

  @inline(__always)
  func isDraining(_ n: Int) -> Bool {
    nodes[n].condition == NodeCondition.draining.rawValue || isClearing(n)
  }

  /// Whether it drains to be laid out anew.
  @inline(__always)
  func isClearing(_ n: Int) -> Bool { nodes[n].condition == NodeCondition.clearing.rawValue }

  /// Whether nothing runs on the node.
  @inline(__always)
  func isIdle(_ n: Int) -> Bool {
    nodes[n].cpuFree == nodes[n].cpuTotal && nodes[n].memoryFree == nodes[n].memoryTotal
      && nodes[n].gpuFreeSum == nodes[n].gpuCount * 1000
  }

  /// The filter: does the request fit on this node now?
  @inline(__always)
  func fits(_ request: Request, _ n: Int) -> Bool { hasRoom(request, n) && isUp(n) }

  /// The same on a node that need not be up.
  @inline(__always)
  func hasRoom(_ request: Request, _ n: Int) -> Bool {
    nodes[n].cpuFree >= request.cpu && nodes[n].memoryFree >= request.memory
      && nodes[n].capability >= request.need
      && request.classes & nodes[n].classBit != 0 && nodes[n].closedBy & request.obeys == 0
      && (request.slice < 0 || mig!.holds(request.slice, node: n, gpuFree: gpuFree.pointer(from: n * stride)))
  }

  /// Recomputes what the scores and the index read from the devices' columns.
  @inline(__always)
  func summarise(_ n: Int) {
    let free = gpuFree.pointer(from: n * stride)
    var sum: Int32 = 0
    var whole: Int32 = 0
    var part: Int32 = 0
    for g in 0..<Int(nodes[n].gpuCount) {
      let milli = Int32(free[g])
      sum += milli
      if milli == 1000 { whole += 1 } else if milli > part { part = milli }
    }
    if let mig, mig.hasLayouts {
      for g in 0..<Int(nodes[n].gpuCount) where free[g] == 1000 && mig.isCut(n * stride + g) { whole -= 1 }
    }
    nodes[n].gpuFreeSum = sum
    nodes[n].wholeFree = whole
    nodes[n].capability = Capability.of(wholeFree: whole, largestPart: part)
  }

  /// The same for a pool, whose capability is its free thousandths.
  func summarisePool(_ n: Int) {
    nodes[n].wholeFree = nodes[n].gpuFreeSum / 1000
    nodes[n].capability = nodes[n].gpuFreeSum
  }

  /// How many workers with this request fit on the node now, at most `limit`.
  func workersFitting(_ request: Request, _ n: Int, limit: Int32) -> Int32 {
    guard fits(request, n) else { return 0 }
    if request.isShared { return 1 }
    return workersHeld(request, n, limit: limit)
  }

  /// The same on a node with room for one that does not share a GPU; it need
  /// not be up.
  func workersHeld(_ request: Request, _ n: Int, limit: Int32) -> Int32 {
    var count = limit
    if request.cpu > 0 { count = min(count, nodes[n].cpuFree / request.cpu) }
    if request.memory > 0 { count = min(count, nodes[n].memoryFree / request.memory) }
    if request.gpuCount > 0 {
      count = min(
        count,
        isPooled ? nodes[n].gpuFreeSum / request.takenMilli : nodes[n].wholeFree / request.gpuCount
      )
    }
    return min(count, Int32(UInt16.max))
  }
}

extension ClusterState {
  /// Takes what the request asks from the node; `gpuMask` says which GPUs.
  ///
  /// Traps when the node does not have it: a policy that answers so is wrong.
  func allocate(_ request: Request, node n: Int, gpuMask: UInt16) {
    change(request, n, gpuMask, sign: -1)
  }

  /// Gives back what ``allocate(_:node:gpuMask:)`` took.
  func release(_ request: Request, node n: Int, gpuMask: UInt16) {
    change(request, n, gpuMask, sign: 1)
  }

  @inline(__always)
  private func change(_ request: Request, _ n: Int, _ gpuMask: UInt16, sign: Int32) {
    nodes[n].cpuFree += sign * request.cpu
    nodes[n].memoryFree += sign * request.memory
    precondition(nodes[n].cpuFree >= 0 && nodes[n].memoryFree >= 0, "a placement took more than the node has")
    nodes[n].nonZeroCPU -= sign * request.nonZeroCPU
    nodes[n].nonZeroMemory -= sign * request.nonZeroMemory
    guard request.gpuCount > 0 else { return }
    if isPooled {
      nodes[n].gpuFreeSum += sign * request.takenMilli
      precondition(
        nodes[n].gpuFreeSum >= 0 && nodes[n].gpuFreeSum <= nodes[n].gpuCount * 1000,
        "a placement took more than the pool has"
      )
      if isUp(n) { freeByClass[classIndex(n)] += Int64(sign * request.takenMilli) }
      summarisePool(n)
      return
    }
    if request.slice >= 0 { return changeInstance(n, gpuMask, sign: sign) }
    precondition(
      gpuMask.nonzeroBitCount == Int(request.gpuCount),
      "a placement named the wrong number of GPUs"
    )
    var mask = gpuMask
    while mask != 0 {
      let device = n * stride + mask.trailingZeroBitCount
      mask &= mask - 1
      let milli = Int32(gpuFree[device]) + sign * request.milli
      precondition(milli >= 0 && milli <= 1000, "a placement took more than the GPU has")
      gpuFree[device] = Int16(milli)
      var state = devices[device]
      if request.isShared {
        state.clients = UInt8(Int32(state.clients) - sign)
        state.mode = (state.clients == 0 ? DeviceMode.free : .fractions).rawValue
        state.slotMask = state.clients == 0 ? 0 : 0xFF
        state.computeSlices = state.clients == 0 ? 0 : 7
      } else {
        state.clients = sign < 0 ? 1 : 0
        state.mode = (sign < 0 ? DeviceMode.whole : .free).rawValue
        state.slotMask = sign < 0 ? 0xFF : 0
        state.computeSlices = sign < 0 ? 7 : 0
      }
      devices[device] = state
    }
    let kind = request.isShared ? 0 : Int(request.gpuCount)
    let slot = n * ClusterState.kindCount + kind
    kinds[slot] = UInt16(Int32(kinds[slot]) - sign)
    if kinds[slot] == 0 {
      nodes[n].kindMask &= ~(1 << UInt32(kind))
    } else {
      nodes[n].kindMask |= 1 << UInt32(kind)
    }
    if isUp(n) { freeByClass[classIndex(n)] += Int64(sign * request.takenMilli) }
    summarise(n)
  }

  /// Gives back a MIG instance that outlived its job.
  func removeInstance(node n: Int, mask: UInt16) { changeInstance(n, mask, sign: 1) }

  /// Takes a MIG instance, or gives it back.
  private func changeInstance(_ n: Int, _ mask: UInt16, sign: Int32) {
    let device = n * stride + MIGFleet.gpu(mask)
    let milli = sign * mig!.change(n, mask, takes: sign < 0)
    gpuFree[device] += Int16(milli)
    let slots = mig!.slotMask(device)
    var state = devices[device]
    state.clients = UInt8(Int32(state.clients) - sign)
    state.mode = (slots == 0 ? DeviceMode.free : .mig).rawValue
    state.slotMask = slots
    devices[device] = state
    let kind = n * ClusterState.kindCount
    kinds[kind] = UInt16(Int32(kinds[kind]) - sign)
    if kinds[kind] == 0 { nodes[n].kindMask &= ~1 } else { nodes[n].kindMask |= 1 }
    if isUp(n) { freeByClass[classIndex(n)] += Int64(milli) }
    summarise(n)
  }

  /// The node comes, goes, fails or returns; it must hold no job, unless it
  /// is in that condition already, or begins to drain or stops draining.
  func setCondition(_ new: NodeCondition, _ n: Int) {
    guard nodes[n].condition != new.rawValue else { return }
    let staysHeld = (new == .draining || new == .clearing) && isUp(n) || new == .up && isDraining(n)
    precondition(staysHeld || isIdle(n), "a node changed its condition while jobs hold it")
    let before = isUp(n)
    nodes[n].condition = new.rawValue
    let after = isUp(n)
    guard before != after else { return }
    let whole = nodes[n].gpuCount * 1000
    freeByClass[classIndex(n)] += Int64(after ? nodes[n].gpuFreeSum : -nodes[n].gpuFreeSum)
    upMilliByClass[classIndex(n)] += Int64(after ? whole : -whole)
  }

  /// The k completely free GPUs of lowest index.
  @inline(__always)
  func wholeGPUs(_ count: Int32, node n: Int) -> UInt16 {
    var mask: UInt16 = 0
    var left = count
    var g = 0
    while left > 0 {
      if gpuFree[n * stride + g] == 1000 && !(mig?.isCut(n * stride + g) ?? false) {
        mask |= 1 << UInt16(g)
        left -= 1
      }
      g += 1
    }
    return mask
  }

  /// The GPU from which a part is taken: that with the least free thousandths
  /// that fits, or with the most; lowest index among equals.
  @inline(__always)
  func gpuForPart(_ milli: Int32, node n: Int) -> UInt16 {
    spreadsParts ? emptiestGPU(node: n) : tightestGPU(milli, node: n)
  }

  private func emptiestGPU(node n: Int) -> UInt16 {
    var chosen = 0
    for g in 1..<max(1, Int(nodes[n].gpuCount)) where gpuFree[n * stride + g] > gpuFree[n * stride + chosen] {
      chosen = g
    }
    return 1 << UInt16(chosen)
  }

  @inline(__always)
  private func tightestGPU(_ milli: Int32, node n: Int) -> UInt16 {
    var best = Int32.max
    var chosen = -1
    for g in 0..<Int(nodes[n].gpuCount) {
      let free = Int32(gpuFree[n * stride + g])
      if free >= milli && free < best {
        best = free
        chosen = g
      }
    }
    return 1 << UInt16(chosen)
  }
}
