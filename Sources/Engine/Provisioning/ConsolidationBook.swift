import Hardware

/// Which nodes may go because they are underused, in the order in which they are
/// looked at, and of which of them it is known that they cannot.
///
/// A node cannot go while some request of its jobs, counted together, finds less
/// room on all other nodes, and on a cheaper one that could come, than its jobs take.
/// Such a node waits behind that request until there is as much; only the others are
/// tried. What a change costs depends on the nodes that changed, not on all.
final class ConsolidationBook {
  /// Workers on a node that ask the same.
  struct Content {
    var ask: Int
    var workers: Int
  }

  /// What is the same for all nodes of a group.
  struct Kind {
    var pool: Int
    var price: Double
    var isSpot: Bool
    /// See ``DisruptionTrial/Offer/type``.
    var type: Int
    /// Its nodes may go because they are not needed.
    var isDynamic: Bool
  }

  /// A node becomes a candidate at an instant.
  private struct Due: Comparable {
    var at: Int64
    var node: Int32
    var version: UInt32

    static func < (a: Due, b: Due) -> Bool { (a.at, a.node) < (b.at, b.node) }
  }

  let room: FreeRoom
  let kinds: [Kind]
  /// By group: an idle node.
  let idle: [NodeSpec]
  /// By node: its group, or -1.
  let groupOf: Column<Int16>
  /// By node: bumped with each change, so that what was noted of it before is void.
  let version: Column<UInt32>
  private let isTouched: Column<Bool>
  private var touched: [Int32] = []
  let isListed: Column<Bool>
  let isPossible: Column<Bool>
  /// By node: its price for what it costs to move its work, and that.
  private let ratio: Column<Double>
  let cost: Column<Double>
  /// By node: a gang lies on it, which frees room for itself.
  let hasGang: Column<Bool>
  /// Candidates with a gang on them.
  private(set) var gangNodes = 0
  private(set) var contents: [[Content]]
  /// By pool: its candidates, the first to be looked at first.
  private(set) var order: [[Int32]]
  var possible: [Int32] = []
  private var unsettled = MinHeap<Due>()
  private var protected = MinHeap<Due>()
  var watches: [Watch] = []
  /// By group, by request: its watch, or -1.
  var watchOf: [[Int32]]
  /// By pool: what it would cost to move all work of its nodes, see
  /// ``Consolidation/Balance``; kept where that counts.
  private(set) var totalCost: [Double]
  private let ownCost: Column<Double>
  /// By class of jobs: none may be told to stop now.
  private(set) var isBlocked: [Bool] = []
  /// What a slow search would have decided otherwise.
  var fault: String?
  var searches = 0

  init(_ room: FreeRoom, _ spec: AutoNodes, idle: [NodeSpec], types: [Int]) {
    self.room = room
    self.idle = idle
    let nodes = room.nodeCount
    groupOf = Column(repeating: -1, count: nodes)
    kinds = zip(spec.groups, types).map { group, type in
      Kind(
        pool: group.pool,
        price: group.marginalPrice,
        isSpot: group.purchase == .spot,
        type: type,
        isDynamic: group.isDynamic
      )
    }
    version = Column(repeating: 0, count: nodes)
    isTouched = Column(repeating: false, count: nodes)
    isListed = Column(repeating: false, count: nodes)
    isPossible = Column(repeating: false, count: nodes)
    ratio = Column(repeating: 0, count: nodes)
    cost = Column(repeating: 0, count: nodes)
    ownCost = Column(repeating: 0, count: nodes)
    totalCost = Array(repeating: 0, count: spec.pools.count)
    hasGang = Column(repeating: false, count: nodes)
    contents = Array(repeating: [], count: nodes)
    order = Array(repeating: [], count: spec.pools.count)
    watchOf = Array(repeating: [], count: spec.groups.count)
    for (number, group) in spec.groups.enumerated() {
      for n in group.nodes { groupOf[n] = Int16(number) }
    }
    for n in 0..<nodes { touch(n) }
  }

  // MARK: - Changes

  /// Something about the node is no longer as it was noted.
  @inline(__always)
  func touch(_ n: Int) {
    if isTouched[n] { return }
    isTouched[n] = true
    touched.append(Int32(n))
  }

  /// Nodes about which something has changed since the last time; none of them is a
  /// candidate until it is listed again.
  func takeTouched() -> [Int32] {
    let result = touched
    touched.removeAll(keepingCapacity: true)
    for n in result {
      isTouched[Int(n)] = false
      version[Int(n)] &+= 1
      unlist(Int(n))
    }
    return result
  }

  /// The classes of which none may be told to stop; true: they are others than
  /// before.
  func setBlocked(_ classes: [Bool]) -> Bool {
    defer { isBlocked = classes }
    return classes != isBlocked
  }

  /// What it costs to move the work of a node of the cluster; 0: it is none.
  func setCost(_ n: Int, _ cost: Double) {
    // Parts of 2^-25: no sum is rounded.
    totalCost[kinds[Int(groupOf[n])].pool] += cost - ownCost[n]
    ownCost[n] = cost
  }

  /// The node is looked at again at this instant, at which it has been left alone
  /// for long enough.
  func settles(_ n: Int, at instant: Int64) {
    if instant < .max { unsettled.insert(Due(at: instant, node: Int32(n), version: version[n])) }
  }

  /// The node is looked at again at this instant, when its work may be disturbed.
  func isProtected(_ n: Int, until instant: Int64) {
    if instant < .max { protected.insert(Due(at: instant, node: Int32(n), version: version[n])) }
  }

  /// A node that is to be listed by now; nil: there is none.
  func nextDue(by now: Int64) -> Int? {
    if let n = Self.due(&unsettled, by: now, version) { return n }
    return Self.due(&protected, by: now, version)
  }

  private static func due(
    _ heap: inout MinHeap<Due>,
    by now: Int64,
    _ version: borrowing Column<UInt32>
  ) -> Int? {
    while let first = heap.first {
      let isCurrent = version[Int(first.node)] == first.version
      if isCurrent && first.at > now { return nil }
      _ = heap.removeFirst()
      if isCurrent { return Int(first.node) }
    }
    return nil
  }

  /// When the next node becomes a candidate, if nothing changes; nil: none does.
  ///
  /// - Precondition: ``nextDue(by:)`` has none.
  var nextChange: Int64? {
    [unsettled.first?.at, protected.first?.at].compactMap { $0 }.min()
  }

  /// The node may go, if its work finds a place.
  func list(_ n: Int, cost: Double, _ contents: [Content], hasGang: Bool) {
    let kind = kinds[Int(groupOf[n])]
    ratio[n] = kind.price / cost
    self.cost[n] = cost
    self.contents[n] = contents
    self.hasGang[n] = hasGang
    order[kind.pool].insert(Int32(n), at: position(n, kind.pool))
    isListed[n] = true
    if hasGang { gangNodes += 1 }
    place(n)
  }

  private func unlist(_ n: Int) {
    guard isListed[n] else { return }
    let pool = kinds[Int(groupOf[n])].pool
    order[pool].remove(at: position(n, pool))
    isListed[n] = false
    isPossible[n] = false
    if hasGang[n] { gangNodes -= 1 }
  }

  /// Where the node stands among the candidates of its pool.
  func position(_ n: Int, _ pool: Int) -> Int {
    var low = 0
    var high = order[pool].count
    while low < high {
      let middle = (low + high) / 2
      if precedes(Int(order[pool][middle]), n) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The most money for the least disruption first; of equals the first node.
  private func precedes(_ a: Int, _ b: Int) -> Bool {
    ratio[a] == ratio[b] ? a < b : ratio[a] > ratio[b]
  }

  // MARK: - Candidates

  func candidate(_ n: Int) -> Consolidation.Candidate {
    let kind = kinds[Int(groupOf[n])]
    return Consolidation.Candidate(
      node: n,
      price: kind.price,
      cost: cost[n],
      isSpot: kind.isSpot,
      type: kind.type,
      pool: kind.pool
    )
  }

  /// The first `most` candidates of all pools, of each no more than are allowed.
  func front(_ most: Int, allowed: [Int]) -> [Consolidation.Candidate] {
    var taken = Array(repeating: 0, count: order.count)
    var result: [Consolidation.Candidate] = []
    while result.count < most {
      var first = -1
      for pool in order.indices where taken[pool] < min(allowed[pool], order[pool].count) {
        if first < 0 || precedes(Int(order[pool][taken[pool]]), Int(order[first][taken[first]])) {
          first = pool
        }
      }
      if first < 0 { break }
      result.append(candidate(Int(order[first][taken[first]])))
      taken[first] += 1
    }
    return result
  }

  /// All candidates in turn, see ``Consolidation/inTurns(_:pools:)``.
  func inTurns(pools: [Int]) -> [Consolidation.Candidate] {
    let rounds = pools.map { order[$0].count }.max() ?? 0
    var result: [Consolidation.Candidate] = []
    for round in 0..<rounds {
      for pool in pools where round < order[pool].count { result.append(candidate(Int(order[pool][round]))) }
    }
    return result
  }

  /// These candidates, in the order in which they stand among all in turn.
  func inTurns(_ nodes: [Int], pools: [Int]) -> [Consolidation.Candidate] {
    var turn = Array(repeating: 0, count: order.count)
    for (number, pool) in pools.enumerated() { turn[pool] = number }
    let keyed = nodes.map { n in
      let pool = kinds[Int(groupOf[n])].pool
      return (round: position(n, pool), turn: turn[pool], node: n)
    }
    return keyed.sorted { ($0.round, $0.turn) < ($1.round, $1.turn) }.map { candidate($0.node) }
  }
}
