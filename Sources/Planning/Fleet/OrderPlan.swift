/// When nodes must be ordered so that a fleet meets its targets while demand
/// grows.
///
/// Time is cut into stretches. Each is planned as if its largest demand held
/// all along (a stationary run), with the nodes of the stretch before as the
/// least: what was bought stays. A node that a stretch needs must be there when
/// it begins, and is ordered a lead time earlier.
public struct OrderPlan: Sendable {
  /// A stretch of time and the fleet that it needs.
  public struct Stretch: Sendable {
    /// Seconds since the start.
    public var start: Double
    public var end: Double
    /// By what the demand of the start is multiplied: the least and the most of
    /// any class.
    public var factors: ClosedRange<Double>
    public var fleet: FleetPlanner.Evaluation
  }

  /// Nodes of one pool that are needed at a time.
  public struct Order: Hashable, Sendable {
    /// Position among the pools.
    public var pool: Int
    public var nodes: Int
    /// Seconds since the start.
    public var needed: Double
    /// The same less the lead time; below 0 it is too late at the start.
    public var placed: Double
  }

  public private(set) var stretches: [Stretch] = []
  public private(set) var orders: [Order] = []
  public let leadSeconds: Double
  /// When the first stretch begins for which no fleet of the ranges meets the
  /// targets; nil: there is none.
  public private(set) var failsAt: Double?

  /// - Parameters:
  ///   - ends: of the stretches, seconds, ascending; the first begins at 0.
  ///   - planner: for the demand of a stretch and the least counts.
  public init(
    pools: [FleetPlanner.Pool],
    ends: [Double],
    leadSeconds: Double,
    planner: (_ start: Double, _ end: Double, _ pools: [FleetPlanner.Pool]) throws -> (
      FleetPlanner, factors: ClosedRange<Double>
    )
  ) throws {
    self.leadSeconds = leadSeconds
    var pools = pools
    var counts = [Int](repeating: 0, count: pools.count)
    var start = 0.0
    for end in ends {
      var (search, factors) = try planner(start, end, pools)
      guard let fleet = try search.planKeepingLeast() else {
        failsAt = start
        return
      }
      stretches.append(Stretch(start: start, end: end, factors: factors, fleet: fleet))
      for pool in pools.indices where fleet.counts[pool] > counts[pool] {
        orders.append(
          Order(
            pool: pool,
            nodes: fleet.counts[pool] - counts[pool],
            needed: start,
            placed: start - leadSeconds
          )
        )
        pools[pool].least = fleet.counts[pool]
      }
      counts = fleet.counts
      start = end
    }
  }

  /// Node-hours of a pool that no order placed at the start or later can
  /// bring in time: to be rented until they come.
  public func lateNodeHours(pool: Int) -> Double {
    orders.filter { $0.pool == pool && $0.placed < 0 }.reduce(0) { $0 - $1.placed * Double($1.nodes) / 3600 }
  }
}
