import Economics
import Planning

/// When to order the nodes of a fleet whose demand grows.
public struct OrderPlanReport: Sendable {
  /// What bridges orders that come too late.
  public struct Rent: Sendable {
    public var nodeHours: Double
    /// nil: no price is known.
    public var offer: NodeOffer?

    public init(nodeHours: Double, offer: NodeOffer?) {
      self.nodeHours = nodeHours
      self.offer = offer
    }

    /// USD.
    var cost: Double? { offer.map { $0.perNodeHour * nodeHours } }
  }

  public var scenario: String
  public var pools: [String]
  public var plan: OrderPlan
  /// By pool; nil: every order can be placed in time.
  public var rent: [Rent?]
  /// Simulations of fleets.
  public var simulated: Int

  public init(scenario: String, pools: [String], plan: OrderPlan, rent: [Rent?], simulated: Int) {
    self.scenario = scenario
    self.pools = pools
    self.plan = plan
    self.rent = rent
    self.simulated = simulated
  }
}

public enum OrderPlanText {
  public static func page(_ report: OrderPlanReport, style: TextStyle) -> String {
    let plan = report.plan
    let lead = weeks(plan.leadSeconds)
    var lines = [style.heading("\(report.scenario) · what to order when, \(lead) weeks ahead")]
    var table = TextTable(style: style, firstNumeric: 0)
    let targets = plan.stretches.first?.fleet.findings.map(\.target) ?? []
    table.add(
      ["needed in week", "demand"] + report.pools + targets.map(\.metric) + ["order in week"]
    )
    var before = [Int](repeating: 0, count: report.pools.count)
    for stretch in plan.stretches where stretch.fleet.counts != before {
      let counts = stretch.fleet.counts
      let more = zip(counts, before).map { $0 - $1 }
      let added = zip(more, report.pools).filter { $0.0 > 0 }.map { "+\($0) \($1)" }.joined(separator: " ")
      let placed = stretch.start - plan.leadSeconds
      table.add(
        [weeks(stretch.start), factor(stretch.factors)]
          + counts.map { "\($0)" }
          + stretch.fleet.findings.map { finding in
            finding.mean.map { FleetPlanText.number($0, finding.target) } ?? "-"
          }
          + ["\(added)  " + (placed < 0 ? "\(weeks(-placed)) before the start" : weeks(placed))]
      )
      before = counts
    }
    lines += table.lines()
    if let fails = plan.failsAt {
      lines.append("  from week \(weeks(fails)) on no fleet of the ranges meets the targets; widen --pool")
    }
    for (pool, rent) in zip(report.pools, report.rent) {
      guard let rent else { continue }
      let hours = "\(NumberText.grouped(rent.nodeHours)) node-hours of \(pool)"
      let price =
        rent.offer.map {
          "; rented on demand (\($0.row.offer)) for \(NumberText.grouped(rent.cost ?? 0)) USD"
        } ?? "; no on-demand price is known"
      lines.append("  ordered at the start at the earliest, \(hours) are missing\(price)")
    }
    lines += [
      "",
      "  \(report.simulated) simulations; each stretch as if its largest demand held, and nodes that were bought stay",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  public static func json(_ report: OrderPlanReport) throws -> String {
    try ReportJSON.encode(OrderPlanDocument(report))
  }

  private static func weeks(_ seconds: Double) -> String {
    let weeks = seconds / (7 * 86_400)
    return NumberText.grouped(weeks, decimals: weeks == weeks.rounded() ? 0 : 1)
  }

  private static func factor(_ factors: ClosedRange<Double>) -> String {
    let (low, high) = (factors.lowerBound, factors.upperBound)
    let most = "x " + NumberText.grouped(high, decimals: 1)
    return high - low < 1e-9 * high ? most : "x \(NumberText.grouped(low, decimals: 1)) to " + most
  }
}

private struct OrderPlanDocument: Encodable {
  struct Stretch: Encodable {
    var startS: Double
    var endS: Double
    var leastFactor: Double
    var largestFactor: Double
    var fleet: FleetPlanDocument.Fleet
  }

  struct Order: Encodable {
    var pool: String
    var nodes: Int
    var neededS: Double
    var placedS: Double
  }

  struct Rent: Encodable {
    var nodeHours: Double
    var offer: String?
    var usd: Double?
  }

  var format = "headroom-order-plan/1"
  var scenario: String
  var leadTimeS: Double
  var stretches: [Stretch]
  var orders: [Order]
  var late: [String: Rent]
  var failsAtS: Double?
  var simulations: Int

  init(_ report: OrderPlanReport) {
    scenario = report.scenario
    leadTimeS = report.plan.leadSeconds
    stretches = report.plan.stretches.map {
      Stretch(
        startS: $0.start,
        endS: $0.end,
        leastFactor: $0.factors.lowerBound,
        largestFactor: $0.factors.upperBound,
        fleet: FleetPlanDocument.Fleet($0.fleet, report.pools)
      )
    }
    orders = report.plan.orders.map {
      Order(pool: report.pools[$0.pool], nodes: $0.nodes, neededS: $0.needed, placedS: $0.placed)
    }
    late = Dictionary(
      uniqueKeysWithValues: zip(report.pools, report.rent).compactMap { pool, rent in
        rent.map { (pool, Rent(nodeHours: $0.nodeHours, offer: $0.offer?.row.offer, usd: $0.cost)) }
      }
    )
    failsAtS = report.plan.failsAt
    simulations = report.simulated
  }
}
