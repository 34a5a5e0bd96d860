import Economics
import Planning

/// A planned fleet and what speaks for it.
public struct FleetPlanReport: Sendable {
  public var scenario: String
  public var pools: [String]
  /// nil: not even the largest fleet meets the targets.
  public var plan: FleetPlanner.Evaluation?
  public var largest: FleetPlanner.Evaluation
  /// By pool: the plan with one node less; nil where it has the least.
  public var less: [FleetPlanner.Evaluation?]
  public var frontier: [FleetPlanner.Evaluation]
  /// Fleets that were simulated.
  public var simulated: Int
  /// The cheapest fleet that meets all targets that more nodes could help to
  /// meet, where it misses another one.
  public var nearest: FleetPlanner.Evaluation?
  /// How the plan is had where it need not be owned, and what owning all of it
  /// costs, USD a year.
  public var purchase: NodePurchase?
  public var ownedCost: Double?
  public var budget: Budget?
  public var spares: Spares?

  /// No cheaper fleet of the ranges meets the targets, if more nodes do no
  /// harm.
  public var isProven = true

  /// What the fleet may cost.
  public struct Budget: Sendable {
    /// USD a year.
    public var limit: Double
    /// The cheapest fleet that meets the targets, where it costs more.
    public var cheapest: FleetPlanner.Evaluation?
    /// The best in the first target of the simulated fleets that cost no more.
    public var affordable: FleetPlanner.Evaluation?

    public init(limit: Double) { self.limit = limit }
  }

  /// Nodes for failures beside those of the plan.
  public struct Spares: Sendable {
    /// The probability that was asked for.
    public var share: Double
    /// By pool: the share of the time for which a node is up, spares, and the
    /// probability that all nodes of the plan are up.
    public var availability: [Double]
    public var counts: [Int]
    public var probabilities: [Double]
    /// The plan with its spares, simulated with nodes that fail.
    public var withFailures: FleetPlanner.Evaluation

    public init(
      share: Double,
      availability: [Double],
      counts: [Int],
      probabilities: [Double],
      withFailures: FleetPlanner.Evaluation
    ) {
      self.share = share
      self.availability = availability
      self.counts = counts
      self.probabilities = probabilities
      self.withFailures = withFailures
    }
  }

  public init(
    scenario: String,
    pools: [String],
    plan: FleetPlanner.Evaluation?,
    largest: FleetPlanner.Evaluation,
    less: [FleetPlanner.Evaluation?],
    frontier: [FleetPlanner.Evaluation],
    simulated: Int
  ) {
    self.scenario = scenario
    self.pools = pools
    self.plan = plan
    self.largest = largest
    self.less = less
    self.frontier = frontier
    self.simulated = simulated
  }
}
