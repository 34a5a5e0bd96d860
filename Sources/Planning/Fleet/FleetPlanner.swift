import Outcome

/// Finds the cheapest numbers of nodes that meet targets, by simulating.
///
/// All fleets see the same jobs (common random numbers: replication r has one
/// seed everywhere). A fleet is simulated with more replications until its
/// intervals decide, or the most are spent; then what is undecided counts as
/// missed.
///
/// More nodes are taken to do no harm: with one pool the number is found by
/// bisection, with two by walking the border between what meets the targets
/// and what does not; with more by local search from the smallest fleet of the
/// scenario's proportions, and then by branch and bound. All are exact under that
/// premise, the last one unless it stops at ``mostFleets``: see ``isProven``.
public struct FleetPlanner {
  /// Nodes of one kind that the plan may vary.
  public struct Pool: Hashable, Sendable {
    public var name: String
    public var least: Int
    public var most: Int

    public init(name: String, least: Int, most: Int) {
      self.name = name
      self.least = least
      self.most = most
    }
  }

  /// A fleet that was simulated.
  public struct Evaluation: Hashable, Sendable {
    /// Nodes by pool.
    public var counts: [Int]
    /// USD a year.
    public var cost: Double
    public var findings: [FleetTarget.Finding]
    public var replications: Int
    /// Why it cannot be simulated; nil: it was.
    public var obstacle: String?

    public var isMet: Bool { obstacle == nil && findings.allSatisfy { $0.verdict == .met } }

    /// All targets are met that more nodes could help to meet.
    var servesTargets: Bool {
      obstacle == nil && findings.allSatisfy { $0.verdict == .met || $0.target.fallsWithNodes }
    }
  }

  /// Simulates replications of a fleet; a fleet that cannot serve some job at
  /// all is an obstacle.
  public typealias Simulate = (_ counts: [Int], _ replications: Range<Int>) throws -> Trial

  public enum Trial {
    /// The metrics of each replication.
    case measured([[Metric]])
    case impossible(String)
  }

  let pools: [Pool]
  let targets: [FleetTarget]
  let cost: ([Int]) -> Double
  let simulate: Simulate
  let replications: ClosedRange<Int>

  /// In the order in which they were simulated.
  public private(set) var evaluations: [Evaluation] = []
  /// The cheapest fleet that meets all targets that more nodes could help to
  /// meet; nil before a plan, and when there is none.
  public private(set) var nearest: Evaluation?
  /// No cheaper fleet of the ranges meets the targets, if more nodes do no
  /// harm.
  public private(set) var isProven = true
  private var known: [[Int]: Int] = [:]
  /// With more than two pools the search ends once so many fleets have been
  /// simulated.
  public var mostFleets = 150

  /// - Parameters:
  ///   - replications: of a fleet at first, and at most.
  ///   - cost: of a fleet, USD a year; rises with every count.
  /// - Precondition: there is a pool and a target; at least 2 replications.
  public init(
    pools: [Pool],
    targets: [FleetTarget],
    replications: ClosedRange<Int>,
    cost: @escaping ([Int]) -> Double,
    simulate: @escaping Simulate
  ) {
    precondition(!pools.isEmpty && !targets.isEmpty && replications.lowerBound >= 2)
    self.pools = pools
    self.targets = targets
    self.replications = replications
    self.cost = cost
    self.simulate = simulate
  }

  /// The cheapest fleet that meets the targets; nil when not even the largest
  /// does, or when the one that does leaves more of itself unused than is
  /// accepted: see ``nearest``.
  public mutating func plan() throws -> Evaluation? {
    let largest = pools.map(\.most)
    guard try evaluation(largest).servesTargets else { return nil }
    let best: [Int]
    switch pools.count {
    case 1: best = try reduced(largest, pool: 0)
    case 2: best = try border()
    default: (best, isProven) = try boundedSearch(from: try localSearch())
    }
    let found = try evaluation(best)
    nearest = found
    return found.isMet ? found : nil
  }

  /// The same, where the fleet of the least counts is looked at first.
  public mutating func planKeepingLeast() throws -> Evaluation? {
    let least = try evaluation(pools.map(\.least))
    return least.isMet ? least : try plan()
  }

  /// The largest fleet within a cost, in the proportions of the ranges: what a
  /// budget buys. nil: not even the least counts do.
  public mutating func largest(within budget: Double) throws -> Evaluation? {
    let steps = pools.map { $0.most - $0.least }.max() ?? 0
    func scaled(_ step: Int) -> [Int] {
      pools.map { $0.least + ($0.most - $0.least) * step / max(1, steps) }
    }
    guard let step = (0...steps).last(where: { cost(scaled($0)) <= budget }) else { return nil }
    return try evaluation(scaled(step))
  }

  /// The simulated fleet with one node less in a pool: what it misses says
  /// what binds. nil at the least count.
  public mutating func withOneLess(_ counts: [Int], pool: Int) throws -> Evaluation? {
    guard counts[pool] > pools[pool].least else { return nil }
    var fewer = counts
    fewer[pool] -= 1
    return try evaluation(fewer)
  }

  /// Simulated fleets of which none is both cheaper and better in the first
  /// target, cheapest first.
  public var frontier: [Evaluation] { Self.frontier(of: evaluations) }

  /// The same of any fleets.
  public static func frontier(of evaluations: [Evaluation]) -> [Evaluation] {
    func value(_ evaluation: Evaluation) -> Double {
      guard let finding = evaluation.findings.first, let mean = finding.mean else { return .infinity }
      return finding.target.isUpperLimit ? mean : -mean
    }
    var best = Double.infinity
    var list: [Evaluation] = []
    for one in evaluations.filter({ $0.obstacle == nil }).sorted(by: {
      ($0.cost, value($0)) < ($1.cost, value($1))
    })
    where value(one) < best {
      best = value(one)
      list.append(one)
    }
    return list
  }

  mutating func evaluation(_ counts: [Int]) throws -> Evaluation {
    if let place = known[counts] { return evaluations[place] }
    var found = Evaluation(counts: counts, cost: cost(counts), findings: [], replications: 0, obstacle: nil)
    var measured: [[Metric]] = []
    var wanted = replications.lowerBound
    while true {
      switch try simulate(counts, measured.count..<wanted) {
      case .impossible(let reason): found.obstacle = reason
      case .measured(let more): measured += more
      }
      found.findings = found.obstacle == nil ? targets.map { $0.finding(measured) } : []
      found.replications = measured.count
      let isDecided =
        found.obstacle != nil
        || found.findings.contains { $0.verdict == .missed && !$0.target.fallsWithNodes }
        || found.findings.allSatisfy { $0.verdict != .undecided }
      if isDecided || wanted >= replications.upperBound { break }
      wanted = min(replications.upperBound, wanted * 2)
    }
    known[counts] = evaluations.count
    evaluations.append(found)
    return found
  }
}
