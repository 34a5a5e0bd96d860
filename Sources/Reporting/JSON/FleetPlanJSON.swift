import Economics
import Planning

/// A plan as JSON.
struct FleetPlanDocument: Encodable {
  struct Purchase: Encodable {
    struct Part: Encodable {
      var pool: String
      var kind: String
      var nodes: Int
      var offer: String?
      var usdNodeHour: Double?
      var billedShare: Double
      var usdYear: Double
      var remark: String?
    }

    var usdYear: Double
    var staffUSDYear: Double
    var allOwnedUSDYear: Double?
    var parts: [Part]

    init(_ purchase: NodePurchase, _ report: FleetPlanReport) {
      usdYear = purchase.costPerYear
      staffUSDYear = purchase.staffPerYear
      allOwnedUSDYear = report.ownedCost
      parts = zip(report.pools, purchase.parts).flatMap { pool, parts in
        parts.map {
          Part(
            pool: pool,
            kind: $0.kind.rawValue,
            nodes: $0.nodes,
            offer: $0.offer?.row.offer,
            usdNodeHour: $0.offer?.perNodeHour,
            billedShare: $0.billedShare,
            usdYear: $0.costPerYear,
            remark: $0.offer.flatMap { $0.remark.isEmpty ? nil : $0.remark }
          )
        }
      }
    }
  }

  struct Budget: Encodable {
    var usdYear: Double
    var cheapest: Fleet?
    var affordable: Fleet?
  }

  struct Spares: Encodable {
    var share: Double
    var nodes: [String: Int]
    var nodeAvailability: [String: Double]
    var probability: [String: Double]
    var withFailures: Fleet

    init(_ spares: FleetPlanReport.Spares, _ pools: [String]) {
      share = spares.share
      nodes = Dictionary(uniqueKeysWithValues: zip(pools, spares.counts))
      nodeAvailability = Dictionary(uniqueKeysWithValues: zip(pools, spares.availability))
      probability = Dictionary(uniqueKeysWithValues: zip(pools, spares.probabilities))
      withFailures = Fleet(spares.withFailures, pools)
    }
  }

  struct Target: Encodable {
    var metric: String
    var scope: String
    var limit: Double
    var atMost: Bool
    var mean: Double?
    var halfWidth: Double?
    var met: Bool
  }

  struct Fleet: Encodable {
    var nodes: [String: Int]
    var usdYear: Double
    var replications: Int
    var met: Bool
    var obstacle: String?
    var targets: [Target]

    init(_ one: FleetPlanner.Evaluation, _ pools: [String]) {
      nodes = Dictionary(uniqueKeysWithValues: zip(pools, one.counts))
      usdYear = one.cost
      replications = one.replications
      met = one.isMet
      obstacle = one.obstacle
      targets = one.findings.map {
        Target(
          metric: $0.target.metric,
          scope: $0.target.scope,
          limit: $0.target.limit,
          atMost: $0.target.isUpperLimit,
          mean: $0.mean,
          halfWidth: $0.halfWidth,
          met: $0.verdict == .met
        )
      }
    }
  }

  var format = "headroom-fleet-plan/1"
  var scenario: String
  var plan: Fleet?
  var largest: Fleet
  var oneLess: [String: Fleet]
  var frontier: [Fleet]
  var simulated: Int
  var proven: Bool
  var nearest: Fleet?
  var purchase: Purchase?
  var budget: Budget?
  var spares: Spares?

  init(_ report: FleetPlanReport) {
    scenario = report.scenario
    plan = report.plan.map { Fleet($0, report.pools) }
    largest = Fleet(report.largest, report.pools)
    oneLess = Dictionary(
      uniqueKeysWithValues: zip(report.pools, report.less).compactMap { pool, less in
        less.map { (pool, Fleet($0, report.pools)) }
      }
    )
    frontier = report.frontier.map { Fleet($0, report.pools) }
    simulated = report.simulated
    proven = report.isProven
    nearest = report.plan == nil ? report.nearest.map { Fleet($0, report.pools) } : nil
    purchase = report.purchase.map { Purchase($0, report) }
    budget = report.budget.map {
      Budget(
        usdYear: $0.limit,
        cheapest: $0.cheapest.map { Fleet($0, report.pools) },
        affordable: $0.affordable.map { Fleet($0, report.pools) }
      )
    }
    spares = report.spares.map { Spares($0, report.pools) }
  }
}
