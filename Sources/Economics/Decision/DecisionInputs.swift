/// The ways of getting GPUs between which a decision sheet chooses.
public enum Sourcing: String, CaseIterable, Sendable {
  /// Bought, in colocation.
  case build
  /// A dedicated fleet, rented under commitments and run by its provider.
  case managed
  /// Rented by the hour or under commitments.
  case `public`
  /// An owned base, the rest rented by the hour.
  case hybrid
}

/// What a decision rests on beside the simulated demand.
public struct DecisionInputs: Hashable, Sendable {
  public enum Isolation: String, CaseIterable, Sendable {
    case none
    /// Hardware that nobody else uses.
    case dedicated
    /// Nothing outside the own site.
    case site
  }

  public enum Residency: String, CaseIterable, Sendable {
    case none
    /// The data must stay in a country.
    case country
    /// The data must stay on own ground.
    case own
  }

  /// The part of the demand that is there at least nine tenths of the time.
  public var steadyShare: Double
  public var isolation = Isolation.none
  public var residency = Residency.none
  /// Data beside the GPUs, TB, and how often a month they are read out.
  public var terabytes = 0.0
  public var readsPerMonth = 0.0
  /// People who can run an own site, posts.
  public var team = 0.0
  /// Of the demand, a year.
  public var growth = 0.0
  /// Years.
  public var horizon = 4
  /// Weeks until the GPUs are needed; nil: no hurry.
  public var neededInWeeks: Double?

  public init(steadyShare: Double) { self.steadyShare = steadyShare }
}

/// What was computed for the decision.
public struct DecisionFigures: Sendable {
  /// USD a year as a level amount, by way; missing: cannot be priced.
  public var cost: [Sourcing: Double]
  /// Posts that the owned fleet needs.
  public var posts: Double
  /// Weeks.
  public var leadTime: Double
  /// USD a year of reading the data out of the public cloud.
  public var dataCost: Double

  public init(cost: [Sourcing: Double], posts: Double, leadTime: Double, dataCost: Double) {
    self.cost = cost
    self.posts = posts
    self.leadTime = leadTime
    self.dataCost = dataCost
  }
}

extension DecisionInputs {
  /// The steady share of a demand: what the level that is reached nine tenths
  /// of the time covers of all.
  public static func steadyShare(of demand: RunDemand) -> Double {
    let buckets = demand.kinds.map(\.offered.count).max() ?? 0
    var levels = Array(repeating: 0.0, count: buckets)
    for kind in demand.kinds {
      for (bucket, value) in kind.offered.enumerated() {
        let length = min(demand.bucket, demand.window - Int64(bucket) * demand.bucket)
        if length > 0 { levels[bucket] += Double(value) / Double(length) }
      }
    }
    let sorted = levels.sorted()
    guard !sorted.isEmpty else { return 0 }
    let base = sorted[min(sorted.count - 1, sorted.count / 10)]
    let total = levels.reduce(0, +)
    return total > 0 ? levels.reduce(0) { $0 + min($1, base) } / total : 0
  }
}
