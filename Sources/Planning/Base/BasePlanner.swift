import Outcome
import SimulationKernel

/// Finds the number of owned nodes with the lowest cost of owning and bursting
/// together that meets targets, by simulating.
///
/// All bases see the same jobs (common random numbers: replication r has one
/// seed everywhere), so that two sizes are compared by their differences,
/// replication by replication: a peak that costs both the same cancels out.
/// Sizes that the 95 % interval of their difference to the best does not decide
/// are simulated again, twice as often, up to the most.
///
/// Owning costs more with every node; bursting is taken to cost no more with
/// one more owned node, and targets to be met by every larger base than one that
/// meets them. Under these premises no size is overlooked: between two sizes
/// a < b nothing costs less than owning a + 1 nodes and bursting as at b, so what
/// cannot beat the best is left out, by an interval of that difference too.
///
/// Each interval is one of 95 % by itself, and is looked at up to a few times:
/// that all of many decisions hold is less sure.
public struct BasePlanner {
  /// A base that was simulated.
  public struct Evaluation: Hashable, Sendable {
    public var nodes: Int
    /// USD a year.
    public var owning: Double
    /// USD a year: by replication.
    public var burstings: [Double]
    public var findings: [FleetTarget.Finding]
    /// Why it cannot be simulated; nil: it was.
    public var obstacle: String?

    /// The mean of ``burstings``, USD a year, and half its 95 % interval (nil:
    /// one replication).
    public var bursting: Double { estimate.mean }
    public var burstingHalfWidth: Double? { estimate.halfWidth }
    public var total: Double { owning + bursting }
    public var replications: Int { burstings.count }
    public var isMet: Bool { obstacle == nil && findings.allSatisfy { $0.verdict == .met } }

    private var estimate: MetricEstimate {
      MetricEstimate(name: "burst.cost", scope: "fleet", unit: "USD", values: burstings)
    }
  }

  /// How a size compares with the best: its cost less that of the best, USD a
  /// year, over the replications that both have.
  public struct Difference: Hashable, Sendable {
    public var nodes: Int
    public var mean: Double
    /// Of the 95 % interval; infinite with one replication.
    public var halfWidth: Double
    public var replications: Int

    /// Whether the interval lies above 0.
    public var isWorse: Bool { mean - halfWidth > 0 }
  }

  /// What was found.
  public struct Plan: Hashable, Sendable {
    /// The cheapest in the mean.
    public var best: Evaluation
    /// All other sizes that meet the targets, against it, by size.
    public var differences: [Difference]

    /// Sizes of which it is not decided that they are worse.
    public var rivals: [Difference] { differences.filter { !$0.isWorse } }
  }

  let sizes: ClosedRange<Int>
  let targets: [FleetTarget]
  let replications: ClosedRange<Int>
  /// How many measured windows a year has.
  let windowsPerYear: Double
  let owning: (Int) -> Double
  let simulate: FleetPlanner.Simulate

  /// By size; nil: not simulated.
  private var known: [Int: Evaluation] = [:]
  /// By size: the metrics of its replications.
  private var measured: [Int: [[Metric]]] = [:]

  /// - Parameters:
  ///   - sizes: numbers of owned nodes to choose from.
  ///   - replications: of a size at first, and at most.
  ///   - owning: USD a year; rises with the number.
  ///   - simulate: of one count, see ``FleetPlanner``.
  /// - Precondition: at least 2 replications.
  public init(
    sizes: ClosedRange<Int>,
    targets: [FleetTarget],
    replications: ClosedRange<Int>,
    windowsPerYear: Double,
    owning: @escaping (Int) -> Double,
    simulate: @escaping FleetPlanner.Simulate
  ) {
    precondition(replications.lowerBound >= 2)
    self.sizes = sizes
    self.targets = targets
    self.replications = replications
    self.windowsPerYear = windowsPerYear
    self.owning = owning
    self.simulate = simulate
  }

  /// The cheapest base that meets the targets, and what is not decided; nil
  /// when not even the largest meets them.
  public mutating func plan() throws -> Plan? {
    guard try evaluation(sizes.upperBound).isMet else { return nil }
    _ = try evaluation(sizes.lowerBound)
    while let best {
      if let size = open(against: best) {
        _ = try evaluation(size)
        continue
      }
      let undecided = differences(to: best).filter { !$0.isWorse }
      let least = ([best.nodes] + undecided.map(\.nodes)).map { known[$0]!.replications }.min()!
      guard !undecided.isEmpty, least < replications.upperBound else {
        return Plan(best: best, differences: differences(to: best))
      }
      let wanted = min(replications.upperBound, least * 2)
      for size in [best.nodes] + undecided.map(\.nodes) { try extend(size, to: wanted) }
    }
    return nil
  }

  /// Everything that was simulated, by size.
  public var evaluations: [Evaluation] { known.values.sorted { $0.nodes < $1.nodes } }

  /// The cheapest that was simulated and meets the targets: by the mean over
  /// the replications that two have both, from the largest down. nil: none is.
  private var best: Evaluation? {
    evaluations.filter(\.isMet).reversed().reduce(nil) { best, other in
      guard let best else { return other }
      return difference(other, best).mean > 0 ? best : other
    }
  }

  /// A size that was not simulated and could be better; nil: there is none.
  private func open(against best: Evaluation) -> Int? {
    let simulated = evaluations
    for (low, high) in zip(simulated, simulated.dropFirst()).reversed() where high.nodes - low.nodes > 1 {
      // Smaller ones miss the targets too.
      guard high.isMet else { return nil }
      var bound = high
      bound.owning = owning(low.nodes + 1)
      if !difference(bound, best).isWorse { return (low.nodes + high.nodes) / 2 }
    }
    return nil
  }

  private func differences(to best: Evaluation) -> [Difference] {
    evaluations.filter { $0.isMet && $0.nodes != best.nodes }.map { difference($0, best) }
  }

  private func difference(_ one: Evaluation, _ best: Evaluation) -> Difference {
    let gap = one.owning - best.owning
    let pairs = zip(one.burstings, best.burstings).map { gap + $0 - $1 }
    let interval = ConfidenceInterval(of: pairs, level: MetricEstimate.level)
    return Difference(
      nodes: one.nodes,
      mean: interval?.mean ?? pairs.first ?? 0,
      halfWidth: interval?.halfWidth ?? .infinity,
      replications: pairs.count
    )
  }

  private mutating func evaluation(_ nodes: Int) throws -> Evaluation {
    if known[nodes] == nil { try extend(nodes, to: replications.lowerBound) }
    return known[nodes]!
  }

  /// Simulates a size so often, and further until its targets are decided.
  private mutating func extend(_ nodes: Int, to wanted: Int) throws {
    try add(nodes, to: wanted)
    while let found = known[nodes], found.obstacle == nil, found.replications < replications.upperBound,
      found.findings.contains(where: { $0.verdict == .undecided }),
      !found.findings.contains(where: { $0.verdict == .missed })
    {
      try add(nodes, to: min(replications.upperBound, found.replications * 2))
    }
  }

  private mutating func add(_ nodes: Int, to wanted: Int) throws {
    var found =
      known[nodes]
      ?? Evaluation(nodes: nodes, owning: owning(nodes), burstings: [], findings: [])
    guard found.obstacle == nil, found.replications < wanted else { return }
    switch try simulate([nodes], found.replications..<wanted) {
    case .impossible(let reason): found.obstacle = reason
    case .measured(let metrics):
      measured[nodes, default: []] += metrics
      found.findings = targets.map { $0.finding(measured[nodes]!) }
      found.burstings += metrics.map { rows in
        rows.filter { $0.scope == "fleet" && ["burst.cost", "burst.egress_cost"].contains($0.name) }
          .reduce(0) { $0 + $1.value } * windowsPerYear
      }
    }
    known[nodes] = found
  }
}
