import Hardware

/// How the GPUs of a device are handed out at the moment.
enum DeviceMode: UInt8 {
  /// Nobody is on it.
  case free = 0
  /// One job has all of it.
  case whole = 1
  /// Jobs hold thousandths of it.
  case fractions = 2
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

/// Why a node takes no work.
enum NodeCondition: UInt8 {
  case up = 0
  /// Has not joined yet, or has left: not part of capacity.
  case absent = 1
  case fault = 2
  case maintenance = 3
}

/// What every node and GPU has free, as columns; the only owner of that truth.
///
/// Per node: 40 bytes and 10 a GPU. Policies read it and never write it.
struct ClusterState: ~Copyable {
  let fleet: Fleet
  let nodeCount: Int
  /// Places per node in the columns of devices: 8 or 16, unused ones stay 0.
  let stride: Int
  /// The largest machine's vCPU (milli) and GPU (milli): scores are relative
  /// to them, as in the FGD study.
  let largestCPU: Int32
  let largestGPUMilli: Int32

  let cpuTotal: Column<Int32>
  let memoryTotal: Column<Int32>
  let cpuFree: Column<Int32>
  let memoryFree: Column<Int32>
  /// Free thousandths of GPU g of node n at n * stride + g; 0 beyond its count.
  let gpuFree: Column<Int16>
  let devices: Column<DeviceState>
  let gpuCount: Column<Int32>
  /// Bit of the node's model; 0 without GPUs.
  let modelBit: Column<UInt64>
  let gpuFreeSum: Column<Int32>
  let wholeFree: Column<Int32>
  let capability: Column<Int32>
  let condition: Column<UInt8>
  /// Jobs of each kind on the node at n * kindCount + kind: kind 0 shares a
  /// GPU, kind k has k whole GPUs.
  let kinds: Column<UInt16>
  /// Bit k: at least one job of kind k is there.
  let kindMask: Column<UInt32>

  /// CPU (milli) and memory (MiB) requested as kube-scheduler's scores count
  /// them: a job that asks for none counts as 100 milli and 200 MiB.
  let nonZeroCPU: Column<Int32>
  let nonZeroMemory: Column<Int32>

  /// Free thousandths of nodes that are up, by model.
  let freeByModel: Column<Int64>

  static let kindCount = Fleet.maximumGPUsPerNode + 1

  init(_ fleet: Fleet) {
    self.fleet = fleet
    nodeCount = fleet.nodes.count
    let largestCount = max(1, fleet.nodes.map(\.gpuCount).max() ?? 1)
    stride = largestCount <= 8 ? 8 : 16
    largestCPU = max(1, fleet.nodes.map(\.cpuMilli).max() ?? 1)
    largestGPUMilli = Int32(largestCount) * 1000
    cpuTotal = Column(repeating: 0, count: nodeCount)
    memoryTotal = Column(repeating: 0, count: nodeCount)
    cpuFree = Column(repeating: 0, count: nodeCount)
    memoryFree = Column(repeating: 0, count: nodeCount)
    gpuFree = Column(repeating: 0, count: nodeCount * stride)
    devices = Column(repeating: DeviceState(), count: nodeCount * stride)
    gpuCount = Column(repeating: 0, count: nodeCount)
    modelBit = Column(repeating: 0, count: nodeCount)
    gpuFreeSum = Column(repeating: 0, count: nodeCount)
    wholeFree = Column(repeating: 0, count: nodeCount)
    capability = Column(repeating: 0, count: nodeCount)
    condition = Column(repeating: NodeCondition.up.rawValue, count: nodeCount)
    kinds = Column(repeating: 0, count: nodeCount * ClusterState.kindCount)
    kindMask = Column(repeating: 0, count: nodeCount)
    nonZeroCPU = Column(repeating: 0, count: nodeCount)
    nonZeroMemory = Column(repeating: 0, count: nodeCount)
    freeByModel = Column(repeating: 0, count: Fleet.maximumGPUModels)
    for (n, spec) in fleet.nodes.enumerated() {
      cpuTotal[n] = spec.cpuMilli
      memoryTotal[n] = spec.memoryMiB
      cpuFree[n] = spec.cpuMilli
      memoryFree[n] = spec.memoryMiB
      gpuCount[n] = Int32(spec.gpuCount)
      modelBit[n] = spec.gpuModel.map { 1 << UInt64($0.rawValue) } ?? 0
      for g in 0..<spec.gpuCount { gpuFree[n * stride + g] = 1000 }
      summarise(n)
      freeByModel[modelIndex(n)] += Int64(gpuFreeSum[n])
    }
  }

  /// The node's model as an index into the fleet's list; 0 without GPUs.
  @inline(__always)
  func modelIndex(_ n: Int) -> Int { modelBit[n] == 0 ? 0 : modelBit[n].trailingZeroBitCount }

  @inline(__always)
  func isUp(_ n: Int) -> Bool { condition[n] == NodeCondition.up.rawValue }

  /// Whether nothing runs on the node.
  @inline(__always)
  func isIdle(_ n: Int) -> Bool {
    cpuFree[n] == cpuTotal[n] && memoryFree[n] == memoryTotal[n] && wholeFree[n] == gpuCount[n]
  }

  /// The filter: does the request fit on this node now?
  @inline(__always)
  func fits(_ request: Request, _ n: Int) -> Bool {
    cpuFree[n] >= request.cpu && memoryFree[n] >= request.memory && capability[n] >= request.need
      && (request.gpuCount == 0 || request.models & modelBit[n] != 0) && isUp(n)
  }

  /// Recomputes what the scores and the index read from the devices' columns.
  @inline(__always)
  func summarise(_ n: Int) {
    let free = gpuFree.pointer(from: n * stride)
    var sum: Int32 = 0
    var whole: Int32 = 0
    var part: Int32 = 0
    for g in 0..<Int(gpuCount[n]) {
      let milli = Int32(free[g])
      sum += milli
      if milli == 1000 { whole += 1 } else if milli > part { part = milli }
    }
    gpuFreeSum[n] = sum
    wholeFree[n] = whole
    capability[n] = Capability.of(wholeFree: whole, largestPart: part)
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
    cpuFree[n] += sign * request.cpu
    memoryFree[n] += sign * request.memory
    precondition(cpuFree[n] >= 0 && memoryFree[n] >= 0, "a placement took more than the node has")
    nonZeroCPU[n] -= sign * request.nonZeroCPU
    nonZeroMemory[n] -= sign * request.nonZeroMemory
    guard request.gpuCount > 0 else { return }
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
    if kinds[slot] == 0 { kindMask[n] &= ~(1 << UInt32(kind)) } else { kindMask[n] |= 1 << UInt32(kind) }
    let model = modelIndex(n)
    freeByModel[model] += Int64(sign * request.takenMilli)
    summarise(n)
  }

  /// The node comes, goes, fails or returns; it must hold no job, unless it
  /// is in that condition already.
  func setCondition(_ new: NodeCondition, _ n: Int) {
    guard condition[n] != new.rawValue else { return }
    precondition(isIdle(n), "a node changed its condition while jobs hold it")
    let before = isUp(n)
    condition[n] = new.rawValue
    let after = isUp(n)
    guard before != after else { return }
    freeByModel[modelIndex(n)] += Int64(after ? gpuFreeSum[n] : -gpuFreeSum[n])
  }

  /// The k completely free GPUs of lowest index.
  @inline(__always)
  func wholeGPUs(_ count: Int32, node n: Int) -> UInt16 {
    var mask: UInt16 = 0
    var left = count
    var g = 0
    while left > 0 {
      if gpuFree[n * stride + g] == 1000 {
        mask |= 1 << UInt16(g)
        left -= 1
      }
      g += 1
    }
    return mask
  }

  /// The GPU with the least free thousandths that fits, lowest index among
  /// equals.
  @inline(__always)
  func tightestGPU(_ milli: Int32, node n: Int) -> UInt16 {
    var best = Int32.max
    var chosen = -1
    for g in 0..<Int(gpuCount[n]) {
      let free = Int32(gpuFree[n * stride + g])
      if free >= milli && free < best {
        best = free
        chosen = g
      }
    }
    return 1 << UInt16(chosen)
  }
}
