import SimulationKernel

/// What is really paid in the present period of a budget: the nodes of other
/// sites than home beyond what is agreed, by the nanosecond from launch until
/// gone, whether jobs run on them or not, and the egress of jobs that left.
///
/// All in integers: millionths of a USD, and these x ns an hour.
struct BurstPeriodBooks {
  private static let hour: Int128 = 3_600_000_000_000

  /// By group: millionths of a USD for an hour of a node; 0 at home.
  private let price: [Int64]
  private let agreed: [Int]
  private var existing: [Int]
  private let every: Int64
  private var period: Int64 = 0
  private var last: Int64 = 0
  private var nodes: Int128 = 0
  private var egress: Int64 = 0

  init(_ input: SimulationInput, _ plan: BurstPlan, every: SimDuration) {
    let groups = input.autoNodes?.groups ?? []
    price = groups.map { group in
      let isAway = Int(plan.siteOf[group.nodes.lowerBound]) != plan.spec.home
      return isAway ? Int64((group.pricePerHour * 1e6).rounded()) : 0
    }
    agreed = groups.map { group in plan.spec.agreements.first { $0.group == group.name }?.nodes ?? 0 }
    existing = groups.map(\.atStart)
    self.every = every.nanoseconds
  }

  mutating func change(_ group: Int, _ change: Int, at now: Int64) {
    settle(at: now)
    existing[group] += change
  }

  mutating func addEgress(_ amount: Int64, at now: Int64) {
    settle(at: now)
    egress += amount
  }

  /// What has been paid in the period of this instant, rounded up.
  mutating func paid(at now: Int64) -> Int64 {
    settle(at: now)
    return Int64((nodes + Self.hour - 1) / Self.hour) + egress
  }

  /// Nothing has changed since the last call, so the rate is one.
  private mutating func settle(at now: Int64) {
    if now / every > period { (period, last, nodes, egress) = (now / every, now / every * every, 0, 0) }
    guard now > last else { return }
    var rate: Int128 = 0
    for group in price.indices where price[group] > 0 {
      rate += Int128(price[group]) * Int128(max(0, existing[group] - agreed[group]))
    }
    nodes += rate * Int128(now - last)
    last = now
  }
}
