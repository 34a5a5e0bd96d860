/// What Karpenter makes of nodes whose work fits elsewhere: which of them it
/// looks at first, and when it lets some go for at most one cheaper node.
///
/// Sources: Karpenter core's `consolidation.go`, `multinodeconsolidation.go`,
/// `singlenodeconsolidation.go` and `pkg/utils/disruption`.
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
  }

  /// What to do with the nodes of a trial.
  enum Decision: Equatable {
    case stay
    case delete
    /// One node of one of these offers comes first.
    case replace([Int])
  }

  let spotToSpot: Bool

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

  /// As many nodes from the front of the list as can go together, found by
  /// bisection as Karpenter does: it may miss some, since what many cannot do
  /// more may. At least two.
  func together(
    _ candidates: [Candidate],
    _ offers: [DisruptionTrial.Offer],
    trial: ([Candidate]) -> DisruptionTrial.Result
  ) -> (nodes: [Candidate], decision: Decision)? {
    guard candidates.count > 1 else { return nil }
    var low = 1
    var high = min(AutoNodes.mostTogether, candidates.count - 1)
    var found: ([Candidate], Decision)?
    while low <= high {
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

  /// Whether the nodes may go, given where their work would.
  func decide(
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
}
