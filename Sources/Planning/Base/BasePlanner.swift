import Outcome

/// Finds the number of owned nodes with the lowest cost of owning and bursting
/// together that meets targets, by simulating.
///
/// All bases see the same jobs (common random numbers: replication r has one
/// seed everywhere). Owning costs more with every node; bursting is taken to
/// cost no more with one more owned node, and targets to be met by every larger
/// base than one that meets them. Under these premises the search is exact:
/// between two sizes a < b nothing costs less than owning a + 1 nodes and
/// bursting as at b, so what cannot beat the best found is left out.
public struct BasePlanner {
  /// A base that was simulated.
  public struct Evaluation: Hashable, Sendable {
    public var nodes: Int
    /// USD a year.
    public var owning: Double
    /// USD a year: mean over the replications, and half its 95 % interval (nil:
    /// one replication).
    public var bursting: Double
    public var burstingHalfWidth: Double?
    public var findings: [FleetTarget.Finding]
    /// Why it cannot be simulated; nil: it was.
    public var obstacle: String?

    public var total: Double { owning + bursting }
    public var isMet: Bool { obstacle == nil && findings.allSatisfy { $0.verdict == .met } }
  }

  let sizes: ClosedRange<Int>
  let targets: [FleetTarget]
  let replications: Int
  /// How many measured windows a year has.
  let windowsPerYear: Double
  let owning: (Int) -> Double
  let simulate: FleetPlanner.Simulate

  /// By size; nil: not simulated.
  private var known: [Int: Evaluation] = [:]

  /// - Parameters:
  ///   - sizes: numbers of owned nodes to choose from.
  ///   - owning: USD a year; rises with the number.
  ///   - simulate: of one count, see ``FleetPlanner``.
  public init(
    sizes: ClosedRange<Int>,
    targets: [FleetTarget],
    replications: Int,
    windowsPerYear: Double,
    owning: @escaping (Int) -> Double,
    simulate: @escaping FleetPlanner.Simulate
  ) {
    self.sizes = sizes
    self.targets = targets
    self.replications = replications
    self.windowsPerYear = windowsPerYear
    self.owning = owning
    self.simulate = simulate
  }

  /// The cheapest base that meets the targets; nil when not even the largest
  /// does.
  public mutating func plan() throws -> Evaluation? {
    let largest = try evaluation(sizes.upperBound)
    guard largest.isMet else { return nil }
    var best = largest
    let least = try evaluation(sizes.lowerBound)
    if least.isMet, least.total <= best.total { best = least }
    try search(sizes.lowerBound, sizes.upperBound, &best)
    return best
  }

  /// Sizes between two that have been simulated.
  private mutating func search(_ low: Int, _ high: Int, _ best: inout Evaluation) throws {
    guard high - low > 1, owning(low + 1) + known[high]!.bursting < best.total else { return }
    let middle = (low + high) / 2
    let found = try evaluation(middle)
    if found.isMet, (found.total, found.nodes) < (best.total, best.nodes) { best = found }
    try search(middle, high, &best)
    // Smaller ones miss the targets too.
    if found.isMet { try search(low, middle, &best) }
  }

  /// Everything that was simulated, by size.
  public var evaluations: [Evaluation] { known.values.sorted { $0.nodes < $1.nodes } }

  private mutating func evaluation(_ nodes: Int) throws -> Evaluation {
    if let found = known[nodes] { return found }
    var found = Evaluation(nodes: nodes, owning: owning(nodes), bursting: 0, findings: [])
    switch try simulate([nodes], 0..<replications) {
    case .impossible(let reason): found.obstacle = reason
    case .measured(let metrics):
      found.findings = targets.map { $0.finding(metrics) }
      let costs = metrics.map { rows in
        rows.filter { $0.scope == "fleet" && ["burst.cost", "burst.egress_cost"].contains($0.name) }
          .reduce(0) { $0 + $1.value } * windowsPerYear
      }
      let estimate = MetricEstimate(name: "burst.cost", scope: "fleet", unit: "USD", values: costs)
      found.bursting = estimate.mean
      found.burstingHalfWidth = estimate.halfWidth
    }
    known[nodes] = found
    return found
  }
}
