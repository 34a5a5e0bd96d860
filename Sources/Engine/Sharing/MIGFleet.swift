import Hardware

/// Which instances the GPUs of a run hold, and where further ones can go.
///
/// GPUs in the same state stand in one set by rank, so that a search looks at
/// states and not at GPUs.
///
/// - Complexity: a change of a node O(its GPUs), and O(slices) for each of them
///   whose state has changed; a search O(states), and a look at each GPU of the
///   best states whose node lacks CPU or memory.
final class MIGFleet {
  /// GPUs of one kind on nodes of one class.
  struct Region: BitwiseCopyable {
    var kind: Int32
    /// Bit of the class of its nodes.
    var classBit: UInt64
    /// Its first set; the others follow by state.
    var firstSet: Int32
    /// Its first GPU in ``deviceAt``.
    var firstDevice: Int32
  }

  let tables: MIGTables
  let stride: Int
  /// Whether some GPU is cut for good, and so never handed out whole.
  let hasLayouts: Bool
  let regions: Column<Region>
  /// By kind: instances are created on demand; and layouts are chosen when a
  /// node is launched.
  private let isDynamic: Column<Bool>
  let isChosen: Column<Bool>
  /// By kind and placement: memory slots.
  private let slotsOf: Column<UInt8>
  /// By GPU (node x stride + GPU): its region, or -1; its place there; and the
  /// state it is in.
  let regionOf: Column<Int16>
  let placeOf: Column<Int32>
  let state: Column<UInt16>
  /// The states when the run begins.
  let idle: Column<UInt16>
  let deviceAt: Column<Int32>
  /// By GPU: rank of its node, then its number.
  let ranks: Column<Int32>
  /// GPUs by state, on nodes with room for some slice; and the first of each set
  /// (`Int32.max`: it is empty), which a search asks first.
  let sets: IdlePools
  let firstOfSet: Column<Int32>
  /// By set: GPUs in the state on nodes that are up, whatever CPU they have.
  let present: Column<Int32>
  /// By GPU: the state that the index knows it in, or ``hidden``; by node: whether
  /// its GPUs stand in sets.
  let shown: Column<UInt16>
  let isShown: Column<Bool>
  /// By node and slice: thousandths that instances of it could still take, while
  /// the node is up.
  let usable: Column<Int32>
  /// What could be placed, over time.
  let placeability: MIGPlaceability
  let emptyStates: MIGEmptyStates
  /// By kind: see ``packing(of:)``.
  let packings: [MIGPacking?]
  /// Nodes with less than this have no room for any slice.
  let leastCPU: Int32
  let leastMemory: Int32

  /// Of a GPU that is handed out whole, or of a node that is not up.
  static let hidden = UInt16.max

  /// - Parameters:
  ///   - ranks: by node.
  ///   - requests: of the run; those for slices say what a node must have left.
  ///   - packings: by kind.
  init(
    _ book: MIGBook,
    tables: consuming MIGTables,
    classOf: [UInt8],
    ranks nodeRanks: [Int32],
    stride: Int,
    requests: [Request],
    packings: [MIGPacking?],
    measuredFrom: Int64,
    bucket: Int64
  ) {
    let spaces = MIGEmptyStates(book)
    emptyStates = spaces
    self.packings = packings
    let nodes = book.kindOf.count
    let count = nodes * stride
    self.stride = stride
    let slices = requests.filter { $0.slice >= 0 }
    leastCPU = slices.map(\.cpu).min() ?? 0
    leastMemory = slices.map(\.memory).min() ?? 0
    regionOf = Column(repeating: -1, count: count)
    placeOf = Column(repeating: 0, count: count)
    state = Column(repeating: 0, count: count)
    ranks = Column(repeating: 0, count: count)
    shown = Column(repeating: MIGFleet.hidden, count: count)
    isShown = Column(repeating: false, count: nodes)
    usable = Column(repeating: 0, count: nodes * tables.sliceCount)
    hasLayouts = book.kinds.contains { $0.layouts != nil }

    var nodeAtRank = [Int](repeating: 0, count: nodes)
    for (n, position) in nodeRanks.enumerated() { nodeAtRank[Int(position)] = n }
    struct Key: Hashable {
      var kind: Int16
      var nodeClass: UInt8
    }
    var numbers: [Key: Int] = [:]
    var members: [[Int32]] = []
    var keys: [Key] = []
    for n in nodeAtRank {
      for (g, kind) in book.kindOf[n].enumerated() {
        let device = n * stride + g
        ranks[device] = nodeRanks[n] * Int32(stride) + Int32(g)
        guard kind >= 0 else { continue }
        let key = Key(kind: kind, nodeClass: classOf[n])
        if numbers[key] == nil {
          numbers[key] = keys.count
          keys.append(key)
          members.append([])
        }
        let region = numbers[key]!
        regionOf[device] = Int16(region)
        placeOf[device] = Int32(members[region].count)
        let first = tables.firstState[Int(kind)] + spaces.emptyState(kind, layout: book.firstLayout[n][g])
        state[device] = UInt16(first)
        members[region].append(Int32(device))
      }
    }
    placeability = MIGPlaceability(
      book,
      regionKinds: keys.map { Int($0.kind) },
      models: keys.map { book.modelOf[Int($0.kind)] },
      from: measuredFrom,
      bucket: bucket
    )
    var all: [Region] = []
    var setCount = 0
    var deviceCount = 0
    for (r, key) in keys.enumerated() {
      all.append(
        Region(
          kind: Int32(key.kind),
          classBit: 1 << UInt64(key.nodeClass),
          firstSet: Int32(setCount),
          firstDevice: Int32(deviceCount)
        )
      )
      let k = Int(key.kind)
      let end = k + 1 < tables.firstState.count ? Int(tables.firstState[k + 1]) : tables.stateCount
      setCount += end - Int(tables.firstState[k])
      deviceCount += members[r].count
    }
    regions = Column(all)
    slotsOf = Column(
      book.kinds.flatMap { kind in
        (0..<MIGTables.placementsPerState).map { p in
          kind.geometry.placements.indices.contains(p) ? kind.geometry.placements[p].parts.slots : 0
        }
      }
    )
    isDynamic = Column(book.kinds.map { $0.layouts == nil })
    isChosen = Column(book.kinds.map(\.isChosen))
    idle = Column(state.array())
    deviceAt = Column(members.flatMap { $0 })
    sets = IdlePools(kinds: setCount, nodes: members.map(\.count).max() ?? 0)
    firstOfSet = Column(repeating: .max, count: setCount)
    present = Column(repeating: 0, count: setCount)
    self.tables = tables
  }

  // MARK: - Instances

  /// GPU and placement of a slice, in the 16 bits of a placement's mask.
  static func mask(gpu: Int, placement: Int) -> UInt16 { UInt16(gpu | placement << 4) }
  static func gpu(_ mask: UInt16) -> Int { Int(mask & 15) }
  static func placement(_ mask: UInt16) -> Int { Int(mask >> 4 & 31) }

  /// Takes an instance, or gives it back; returns its thousandths.
  ///
  /// Traps when the GPU cannot hold it: a policy that answers so is wrong.
  @inline(__always)
  func change(_ n: Int, _ mask: UInt16, takes: Bool) -> Int32 {
    let device = n * stride + MIGFleet.gpu(mask)
    let placement = MIGFleet.placement(mask)
    let old = state[device]
    let new = takes ? tables.taking(placement, from: old) : tables.giving(placement, from: old)
    precondition(regionOf[device] >= 0 && new != old, "an instance was taken where there is no room")
    state[device] = new
    return milli(n, mask)
  }

  /// Thousandths of a GPU that the instance holds.
  @inline(__always)
  func milli(_ n: Int, _ mask: UInt16) -> Int32 {
    let region = Int(regionOf[n * stride + MIGFleet.gpu(mask)])
    return tables.milli(kind: Int(regions[region].kind), MIGFleet.placement(mask))
  }

  /// The kind of the GPU on which the instance lies.
  @inline(__always)
  func kind(_ n: Int, _ mask: UInt16) -> Int {
    Int(regions[Int(regionOf[n * stride + MIGFleet.gpu(mask)])].kind)
  }

  /// The memory slots that the instance holds.
  func slots(_ n: Int, _ mask: UInt16) -> UInt8 {
    slotsOf[kind(n, mask) * MIGTables.placementsPerState + MIGFleet.placement(mask)]
  }

  /// How long after its placement a job works on the instance: one of a fixed
  /// layout is there already.
  @inline(__always)
  func setup(_ n: Int, _ mask: UInt16, _ createTime: Int64) -> Int64 {
    isDynamic(n, mask) ? createTime : 0
  }

  /// Whether the instance was created for its job, and goes with it.
  @inline(__always)
  func isDynamic(_ n: Int, _ mask: UInt16) -> Bool { isDynamic[kind(n, mask)] }

  @inline(__always)
  func slotMask(_ device: Int) -> UInt8 { tables.slotMask(state[device]) }

  /// Whether the GPU is cut for good.
  @inline(__always)
  func isCut(_ device: Int) -> Bool { regionOf[device] >= 0 && tables.isCut(state[device]) }

  /// Whether some GPU of the node has room for the slice.
  func holds(_ slice: Int16, node n: Int, gpuFree: UnsafeMutablePointer<Int16>) -> Bool {
    for g in 0..<stride where canTake(slice, n * stride + g, free: gpuFree[g]) { return true }
    return false
  }

  /// Whether the GPU has room for the slice: it is not handed out whole.
  @inline(__always)
  private func canTake(_ slice: Int16, _ device: Int, free: Int16) -> Bool {
    regionOf[device] >= 0 && free > 0 && tables.placement(slice, state[device]) >= 0
  }

  /// Thousandths that instances of the slice could still take on the node, which
  /// is up.
  @inline(__always)
  func usableMilli(_ slice: Int16, node n: Int, gpuFree: UnsafeMutablePointer<Int16>) -> Int64 {
    let sum = usable[n * tables.sliceCount + Int(slice)]
    assert(sum == summedMilli(slice, n, gpuFree), "the thousandths of instances were not kept up")
    return Int64(sum)
  }

  private func summedMilli(_ slice: Int16, _ n: Int, _ gpuFree: UnsafeMutablePointer<Int16>) -> Int32 {
    var sum: Int32 = 0
    for g in 0..<stride where regionOf[n * stride + g] >= 0 && gpuFree[g] > 0 {
      sum += tables.usableMilli(Int(slice), state[n * stride + g])
    }
    return sum
  }

  // MARK: - Layouts

  /// The GPUs of a node, none of it in use, get these layouts of their kinds.
  func layOut(_ n: Int, _ layouts: [Int], _ states: MIGEmptyStates) {
    for (g, layout) in layouts.enumerated() where regionOf[n * stride + g] >= 0 {
      let kind = Int16(regions[Int(regionOf[n * stride + g])].kind)
      state[n * stride + g] = UInt16(tables.firstState[Int(kind)] + states.emptyState(kind, layout: layout))
    }
  }

  /// Thousandths of the GPU that instances of the slice could take, were it in
  /// this layout with nothing in use.
  func usableMilli(_ slice: Int, device: Int, layout: Int, _ states: MIGEmptyStates) -> Int32 {
    let kind = Int16(regions[Int(regionOf[device])].kind)
    return tables.usableMilli(
      slice,
      UInt16(tables.firstState[Int(kind)] + states.emptyState(kind, layout: layout))
    )
  }
}
