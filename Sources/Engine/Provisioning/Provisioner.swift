import Outcome
import SimulationKernel

/// The state of nodes that come and go: which exist, which are empty, when the
/// provisioner acts next, and the books of their lives.
final class Provisioner {
  /// Where a node of a group is; `none` for the other nodes.
  enum Stage: UInt8 {
    case none, gone, starting, up, terminating
  }

  /// What an event says; part of its payload.
  enum Step: UInt32 {
    /// The provisioner looks at what waits.
    case provision = 0
    /// This node is up.
    case ready = 1
    /// Empty nodes are looked at.
    case review = 2
    /// This node goes if it is still empty.
    case validate = 3
    /// This node is gone.
    case gone = 4
  }

  /// Payloads at and above this, and below the queue's timer, are steps.
  static let base: UInt32 = 0xFF << 24

  static func payload(_ step: Step, _ node: Int) -> UInt32 { base + step.rawValue << 20 + UInt32(node) }

  static func meaning(_ payload: UInt32) -> (step: Step, node: Int) {
    (Step(rawValue: (payload - base) >> 20)!, Int((payload - base) & 0xF_FFFF))
  }

  let spec: AutoNodes
  /// By node: its group, or -1; and its stage.
  let groupOf: Column<Int16>
  private let stages: Column<UInt8>
  /// By node: since when nothing runs on it, ns; -1: something does, or it is
  /// not up. Bumped whenever that changes: a validation of before is void.
  let emptySince: Column<Int64>
  let turn: Column<UInt32>
  /// By node: a validation is pending.
  private let isChosen: Column<Bool>
  /// By node: pods are meant for it until then, so that it does not go though it is
  /// empty: see ``AutoNodes/nomination``.
  let nominatedUntil: Column<Int64>
  /// By node: when its life began, and when its stages of starting end.
  private let since: Column<Int64>
  private let running: Column<Int64>
  private let joined: Column<Int64>
  private let ready: Column<Int64>
  /// By group: nodes that do not exist, lowest first.
  private var absent: [MinHeap<Int32>]
  /// By group: launches so far, and until when it is not asked.
  private var launches: [UInt64]
  private var pausedUntil: [Int64]
  /// By group: nodes that are up or going, going, and existing.
  private var serving: [Int]
  private var leaving: [Int]
  private var existing: [Int]
  /// Nodes that start, ascending.
  private(set) var starting: [Int32] = []
  /// Nodes that have become empty; some may not be any more.
  private var empties: [Int32] = []
  private(set) var totals: [AutoNodeTotals]
  private let from: Int64
  private let seed: UInt64

  /// Jobs that have come to wait since the last pass.
  var arrivals: [Int32] = []
  /// When the provisioner acts next (`never`: nothing to do), when its batch
  /// began (-1: none is open), and when it acted last.
  var due = Provisioner.never
  var opened: Int64 = -1
  var last = Int64.min / 2
  /// The earliest instants for which looks are scheduled.
  var nextLook = Provisioner.never
  var nextReview = Provisioner.never

  static let never = Int64.max

  init(_ spec: AutoNodes, _ input: SimulationInput) {
    self.spec = spec
    from = input.measuredFrom.nanoseconds
    seed = input.seed
    let count = input.fleet.nodes.count
    groupOf = Column(repeating: -1, count: count)
    stages = Column(repeating: Stage.none.rawValue, count: count)
    emptySince = Column(repeating: -1, count: count)
    turn = Column(repeating: 0, count: count)
    isChosen = Column(repeating: false, count: count)
    nominatedUntil = Column(repeating: .min, count: count)
    since = Column(repeating: 0, count: count)
    running = Column(repeating: 0, count: count)
    joined = Column(repeating: 0, count: count)
    ready = Column(repeating: 0, count: count)
    let groups = spec.groups
    absent = Array(repeating: MinHeap(), count: groups.count)
    launches = Array(repeating: 0, count: groups.count)
    pausedUntil = Array(repeating: .min, count: groups.count)
    serving = groups.map(\.atStart)
    leaving = Array(repeating: 0, count: groups.count)
    existing = serving
    totals = groups.map {
      AutoNodeTotals(
        name: $0.name,
        gpusPerNode: input.fleet.nodes[$0.nodes.lowerBound].gpuCount,
        pricePerHour: $0.pricePerHour
      )
    }
    for (number, group) in groups.enumerated() {
      totals[number].most = group.atStart
      for (place, n) in group.nodes.enumerated() {
        groupOf[n] = Int16(number)
        stages[n] = (place < group.atStart ? Stage.up : .gone).rawValue
        if place >= group.atStart { absent[number].insert(Int32(n)) }
      }
    }
  }

  func stage(_ n: Int) -> Stage { Stage(rawValue: stages[n])! }

  /// Nodes that the group could launch now.
  func left(_ group: Int, at now: Int64) -> Int {
    pausedUntil[group] > now ? 0 : spec.groups[group].nodes.count - existing[group]
  }

  /// When the first group without capacity may be asked again.
  func endOfPauses(after now: Int64) -> Int64 { pausedUntil.filter { $0 > now }.min() ?? Self.never }

  // MARK: - Lives

  /// Launches a node of the group: the node and when it will be up, or nil
  /// where there is no capacity.
  func launch(_ group: Int, at now: Int64) -> (node: Int, ready: Int64)? {
    let spec = spec.groups[group]
    launches[group] += 1
    let number = launches[group]
    func uniform(_ what: String) -> Double {
      RandomStream(seed: seed, stream: StreamName("auto-nodes/\(what)/\(spec.name)"), entity: number).uniform(
        0
      )
    }
    if spec.stockOut > 0, uniform("stock-out") < spec.stockOut {
      if now >= from { totals[group].stockOuts += 1 }
      pausedUntil[group] = now + self.spec.stockOutPause.nanoseconds
      return nil
    }
    func end(_ delay: Variate, _ what: String, after start: Int64) -> Int64 {
      let span = delay.quantile(uniform(what)) * 1e9
      return span < Double(SimTime.latest.nanoseconds - start) ? start + Int64(max(0, span)) : Self.never
    }
    let n = Int(absent[group].removeFirst()!)
    stages[n] = Stage.starting.rawValue
    since[n] = now
    running[n] =
      spec.source.map { source in
        source.legs.reduce(now) { $0 == Self.never ? $0 : end($1.delay, $1.name, after: $0) }
      } ?? end(spec.launch, "launch", after: now)
    joined[n] = running[n] == Self.never ? Self.never : end(spec.join, "join", after: running[n])
    ready[n] = joined[n] == Self.never ? Self.never : end(spec.gpuStack, "gpu-stack", after: joined[n])
    starting.insert(Int32(n), at: starting.firstIndex { $0 > n } ?? starting.count)
    existing[group] += 1
    totals[group].most = max(totals[group].most, existing[group])
    if now >= from { totals[group].launched += 1 }
    return (n, ready[n])
  }

  func becameReady(_ n: Int, at now: Int64) {
    bookStart(n, until: now)
    stages[n] = Stage.up.rawValue
    since[n] = now
    starting.removeAll { $0 == n }
    serving[Int(groupOf[n])] += 1
  }

  func leaves(_ n: Int, at now: Int64) {
    book(n, .up, since[n], now)
    stages[n] = Stage.terminating.rawValue
    since[n] = now
    emptySince[n] = -1
    isChosen[n] = false
    leaving[Int(groupOf[n])] += 1
  }

  /// The node was to go, and stays.
  func spare(_ n: Int) { isChosen[n] = false }

  func isGone(_ n: Int, at now: Int64) {
    let group = Int(groupOf[n])
    book(n, .terminating, since[n], now)
    stages[n] = Stage.gone.rawValue
    leaving[group] -= 1
    serving[group] -= 1
    existing[group] -= 1
    absent[group].insert(Int32(n))
    if now >= from { totals[group].removed += 1 }
  }

  /// Closes the books.
  func close(at end: Int64) -> [AutoNodeTotals] {
    for group in spec.groups {
      for n in group.nodes {
        switch stage(n) {
        case .starting: bookStart(n, until: end)
        case .up: book(n, .up, since[n], end)
        case .terminating: book(n, .terminating, since[n], end)
        case .gone, .none: break
        }
      }
    }
    return totals
  }

  private func bookStart(_ n: Int, until now: Int64) {
    book(n, .launching, since[n], min(running[n], now))
    book(n, .joining, running[n], min(joined[n], now))
    book(n, .gpuStack, joined[n], min(ready[n], now))
  }

  private func book(_ n: Int, _ stage: AutoNodeTotals.Stage, _ start: Int64, _ end: Int64) {
    guard end > max(start, from) else { return }
    totals[Int(groupOf[n])].nodeNanoseconds[stage.rawValue] += Int128(end - max(start, from))
  }

  // MARK: - Empty nodes

  /// The node is empty or not; returns when it may go, if it has become empty.
  func noteUse(_ n: Int, isIdle: Bool, at now: Int64) -> Int64? {
    guard stages[n] == Stage.up.rawValue, isIdle != (emptySince[n] >= 0) else { return nil }
    turn[n] &+= 1
    isChosen[n] = false
    emptySince[n] = isIdle ? now : -1
    guard isIdle, let after = spec.consolidateAfter else { return nil }
    empties.append(Int32(n))
    return now + after.nanoseconds
  }

  /// Chooses the empty nodes that may go, by budget, and in the order of the
  /// fleet; and says when others may be chosen, if there are any.
  func choose(at now: Int64) -> (chosen: [Int], next: Int64?) {
    guard let after = spec.consolidateAfter else { return ([], nil) }
    empties.sort()
    var last: Int32 = -1
    empties.removeAll { n in
      defer { last = n }
      return n == last || emptySince[Int(n)] < 0 || stages[Int(n)] != Stage.up.rawValue
    }
    var allowed = spec.pools.indices.map { pool in
      let groups = spec.groups.indices.filter { spec.groups[$0].pool == pool }
      return AutoNodes.allowedDisruptions(
        total: groups.reduce(0) { $0 + serving[$1] },
        budget: spec.budget,
        leaving: groups.reduce(0) { $0 + leaving[$1] }
      )
    }
    for n in empties where isChosen[Int(n)] { allowed[spec.groups[Int(groupOf[Int(n)])].pool] -= 1 }
    var chosen: [Int] = []
    var next: Int64?
    for entry in empties {
      let n = Int(entry)
      if isChosen[n] { continue }
      let pool = spec.groups[Int(groupOf[n])].pool
      let from = max(now + 1, emptySince[n] + after.nanoseconds, nominatedUntil[n])
      guard from == now + 1, allowed[pool] > 0 else {
        next = min(next ?? .max, from)
        continue
      }
      allowed[pool] -= 1
      isChosen[n] = true
      chosen.append(n)
    }
    return (chosen, next)
  }
}
