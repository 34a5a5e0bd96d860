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
/// and what does not, which is exact under that premise; with more by local
/// search from the smallest fleet of the scenario's proportions.
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
  private var known: [[Int]: Int] = [:]

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
  /// does.
  public mutating func plan() throws -> Evaluation? {
    let largest = pools.map(\.most)
    guard try evaluation(largest).isMet else { return nil }
    let best: [Int] =
      switch pools.count {
      case 1: try reduced(largest, pool: 0)
      case 2: try border()
      default: try localSearch()
      }
    return try evaluation(best)
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
  public var frontier: [Evaluation] {
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

  private mutating func evaluation(_ counts: [Int]) throws -> Evaluation {
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
        found.obstacle != nil || found.findings.contains { $0.verdict == .missed }
        || found.findings.allSatisfy { $0.verdict == .met }
      if isDecided || wanted >= replications.upperBound { break }
      wanted = min(replications.upperBound, wanted * 2)
    }
    known[counts] = evaluations.count
    evaluations.append(found)
    return found
  }

  private mutating func isMet(_ counts: [Int]) throws -> Bool { try evaluation(counts).isMet }

  /// The least count of a pool that meets the targets, the others fixed.
  private mutating func reduced(_ counts: [Int], pool: Int) throws -> [Int] {
    var (low, high) = (pools[pool].least, counts[pool])
    while low < high {
      var trial = counts
      trial[pool] = (low + high) / 2
      if try isMet(trial) { high = trial[pool] } else { low = trial[pool] + 1 }
    }
    var result = counts
    result[pool] = high
    return result
  }

  /// Two pools: from the most of the first and the least of the second that
  /// goes with it, always one less of the first, and as many more of the second
  /// as that takes.
  private mutating func border() throws -> [Int] {
    var counts = try reduced(pools.map(\.most), pool: 1)
    var best = counts
    while counts[0] > pools[0].least {
      counts[0] -= 1
      while try !isMet(counts) {
        counts[1] += 1
        // No fleet with so many of the second can be cheaper any more.
        guard counts[1] <= pools[1].most, cost([pools[0].least, counts[1]]) < cost(best) else { return best }
      }
      if cost(counts) < cost(best) { best = counts }
    }
    return best
  }

  /// The smallest fleet in proportion to the largest, then every pool as small
  /// as it can be (dearest first), then exchanges of a node for others.
  private mutating func localSearch() throws -> [Int] {
    let steps = pools.map { $0.most - $0.least }.max() ?? 0
    func scaled(_ step: Int) -> [Int] {
      pools.map { $0.least + (($0.most - $0.least) * step + steps - 1) / max(1, steps) }
    }
    var (low, high) = (0, steps)
    while low < high {
      let middle = (low + high) / 2
      if try isMet(scaled(middle)) { high = middle } else { low = middle + 1 }
    }
    var best = scaled(high)
    let order = pools.indices.sorted { price($0) > price($1) }
    for pool in order { best = try reduced(best, pool: pool) }
    var isBetter = true
    while isBetter {
      isBetter = false
      for from in order where best[from] > pools[from].least {
        for to in order where to != from {
          var trial = best
          trial[from] -= 1
          trial[to] += 1
          while trial[to] <= pools[to].most, cost(trial) < cost(best) {
            if try isMet(trial) {
              for pool in order { trial = try reduced(trial, pool: pool) }
              best = trial
              isBetter = true
              break
            }
            trial[to] += 1
          }
          if isBetter { break }
        }
        if isBetter { break }
      }
    }
    return best
  }

  /// Of one more node in a pool.
  private func price(_ pool: Int) -> Double {
    var counts = pools.map(\.least)
    let before = cost(counts)
    counts[pool] += 1
    return cost(counts) - before
  }
}
