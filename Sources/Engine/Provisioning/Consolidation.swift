/// What Karpenter makes of nodes whose work fits elsewhere: which of them it
/// looks at first, and when it lets some go for at most one cheaper node.
///
/// Sources: Karpenter core's `consolidation.go`, `multinodeconsolidation.go`,
/// `singlenodeconsolidation.go`, `balanced.go` and `pkg/utils/disruption`.
struct Consolidation {
  /// A node that may go.
  struct Candidate {
    var node: Int
    /// USD that it costs an hour.
    var price: Double
    /// What it costs to move its work, see ``cost(priorities:)``.
    var cost: Double
    var isSpot: Bool
    /// See ``DisruptionTrial/Offer/type``.
    var type: Int
    /// Its node pool.
    var pool = 0
  }

  /// What to do with the nodes of a trial.
  enum Decision: Equatable {
    case stay
    case delete
    /// One node of one of these offers comes first.
    case replace([Int])
  }

  let spotToSpot: Bool
  /// Whether what is saved must be worth the disruption; nil: any saving is.
  var balance: Balance?

  /// 1 and the eviction cost of each pod, where that is above 0:
  /// `1 + deletion cost / 2^27 + priority / 2^25`, from -10 to 10. There are no
  /// deletion costs here.
  static func cost(priorities: [Int32]) -> Double {
    1 + priorities.reduce(0) { $0 + max(0, evictionCost(priority: $1)) }
  }

  static func evictionCost(priority: Int32) -> Double {
    min(10, max(-10, 1 + Double(priority) / 33_554_432))
  }

  /// The most money for the least disruption first; of equals the first node.
  static func ordered(_ candidates: [Candidate]) -> [Candidate] {
    candidates.sorted { a, b in
      let (x, y) = (a.price / a.cost, b.price / b.cost)
      return x == y ? a.node < b.node : x > y
    }
  }

  /// Candidates of node pools in turn: the first of each pool, in the order of
  /// `pools`, then the second of each, and so on.
  static func inTurns(_ ordered: [Candidate], pools: [Int]) -> [Candidate] {
    let byPool = pools.map { pool in ordered.filter { $0.pool == pool } }
    let rounds = byPool.map(\.count).max() ?? 0
    return (0..<rounds).flatMap { round in byPool.compactMap { round < $0.count ? $0[round] : nil } }
  }

  /// How many trials begin in a search that is given up when it has lasted longer
  /// than `limit`.
  static func mostTrials(each time: Int64, within limit: Int64) -> Int {
    time > 0 ? Int(limit / time) + 1 : .max
  }

  /// As many nodes from the front of the list as can go together, found by
  /// bisection as Karpenter does: it may miss some, since what many cannot do
  /// more may. At least two. After so many trials the best that was found counts.
  func together(
    _ candidates: [Candidate],
    _ offers: [DisruptionTrial.Offer],
    mostTrials: Int = .max,
    trial: ([Candidate]) -> DisruptionTrial.Result
  ) -> (nodes: [Candidate], decision: Decision)? {
    guard candidates.count > 1 else { return nil }
    var low = 1
    var high = min(AutoNodes.mostTogether, candidates.count - 1)
    var found: ([Candidate], Decision)?
    var trials = 0
    while low <= high && trials < mostTrials {
      trials += 1
      let middle = (low + high) / 2
      let nodes = Array(candidates[...middle])
      let decision = decide(nodes, trial(nodes), offers)
      if decision == .stay {
        high = middle - 1
      } else {
        found = (nodes, decision)
        low = middle + 1
      }
    }
    return found.map { (nodes: $0.0, decision: $0.1) }
  }

  /// What came of a search for one node.
  struct Single {
    var node: Candidate?
    var decision = Decision.stay
    /// It was given up before all candidates had been looked at.
    var isCutShort = false
    /// Pools that have candidates, none of which it reached.
    var unseen: Set<Int> = []
  }

  /// The first candidate that may go; none of pools whose budget is used up.
  func alone(
    _ turns: [Candidate],
    allowed: [Int],
    _ offers: [DisruptionTrial.Offer],
    mostTrials: Int = .max,
    trial: (Candidate) -> DisruptionTrial.Result
  ) -> Single {
    var unseen = Set(turns.map(\.pool))
    var trials = 0
    for candidate in turns {
      if trials >= mostTrials { return Single(isCutShort: true, unseen: unseen) }
      unseen.remove(candidate.pool)
      guard allowed[candidate.pool] > 0 else { continue }
      trials += 1
      let decision = decide([candidate], trial(candidate), offers)
      if decision != .stay { return Single(node: candidate, decision: decision) }
    }
    return Single()
  }

  /// Whether the nodes may go, given where their work would.
  func decide(
    _ nodes: [Candidate],
    _ result: DisruptionTrial.Result,
    _ offers: [DisruptionTrial.Offer]
  ) -> Decision {
    let decision = possible(nodes, result, offers)
    return decision == .stay || isWorth(nodes, decision, offers) ? decision : .stay
  }

  /// The same whatever it is worth.
  private func possible(
    _ nodes: [Candidate],
    _ result: DisruptionTrial.Result,
    _ offers: [DisruptionTrial.Offer]
  ) -> Decision {
    guard result.isWhole else { return .stay }
    if result.claims.isEmpty { return .delete }
    // Several nodes never come in place of one.
    guard result.claims.count == 1 else { return .stay }
    let price = nodes.reduce(0) { $0 + $1.price }
    var cheaper = result.claims[0].filter { offers[$0].price < price }
    if nodes.allSatisfy(\.isSpot) && cheaper.contains(where: { offers[$0].isSpot }) {
      guard spotToSpot, nodes.count == 1 else { return .stay }
      cheaper = cheaper.filter { offers[$0].isSpot }
      return cheaper.count < AutoNodes.spotFlexibility ? .stay : .replace(cheaper)
    }
    // What is cheaper because it is spot must not come as something else.
    if cheaper.contains(where: { offers[$0].isSpot }) { cheaper = cheaper.filter { offers[$0].isSpot } }
    if nodes.count > 1 { cheaper = withoutSame(cheaper, nodes, offers) }
    return cheaper.isEmpty ? .stay : .replace(cheaper)
  }

  /// Where one of the nodes is of a type that could come, only what is cheaper
  /// than it: else it could as well stay.
  private func withoutSame(
    _ choice: [Int],
    _ nodes: [Candidate],
    _ offers: [DisruptionTrial.Offer]
  ) -> [Int] {
    var limit = Double.infinity
    for offer in choice {
      for node in nodes where node.type == offers[offer].type { limit = min(limit, node.price) }
    }
    return choice.filter { offers[$0].price < limit }
  }

  /// By offer: whether a node of it could be cheaper than these together, and none of
  /// them could as well stay.
  ///
  /// - Parameter price: below which it must be; nil: what these cost.
  static func useful(
    _ nodes: [Candidate],
    _ offers: [DisruptionTrial.Offer],
    below price: Double? = nil
  ) -> [Bool] {
    let price = price ?? nodes.reduce(0) { $0 + $1.price }
    return offers.map { offer in
      offer.left > 0 && offer.price < price
        && (nodes.count == 1 || !nodes.contains { $0.type == offer.type && $0.price <= offer.price })
    }
  }
}
