import Outcome
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

public enum FleetPlanText {
  public static func page(_ report: FleetPlanReport, style: TextStyle) -> String {
    var lines: [String] = []
    if let plan = report.plan {
      lines.append(
        style.heading(
          "\(report.scenario) · \(fleet(plan, report)) · \(NumberText.grouped(plan.cost)) USD a year"
        )
      )
      lines += plan.findings.map { "  " + text($0) }
      lines += ["", style.heading("What binds")]
      for (pool, less) in zip(report.pools, report.less) {
        guard let less else {
          lines.append("  \(pool): at its least")
          continue
        }
        let reasons = less.obstacle.map { [$0] } ?? less.findings.filter { $0.verdict != .met }.map(text)
        lines.append("  one \(pool) node less: \(reasons.joined(separator: "; "))")
      }
    } else {
      lines.append(
        style.heading(
          "\(report.scenario) · no fleet up to \(fleet(report.largest, report)) meets the targets"
        )
      )
      lines += report.largest.obstacle.map { ["  \($0)"] } ?? report.largest.findings.map { "  " + text($0) }
    }
    lines += ["", style.heading("Cost against service")]
    var table = TextTable(style: style, firstNumeric: report.pools.count)
    let targets = report.largest.findings.map(\.target)
    table.add(report.pools + ["USD a year"] + targets.map { "\($0.metric)" } + ["targets"])
    for one in shown(report) {
      table.add(
        one.counts.map { "\($0)" } + [NumberText.grouped(one.cost)]
          + one.findings.map { finding in finding.mean.map { number($0, finding.target) } ?? "-" }
          + [one.isMet ? "met" : "missed"]
      )
    }
    lines += table.lines()
    lines += [
      "", "  \(report.simulated) fleets simulated on the same jobs; owned, typical costs, power at full use",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  public static func json(_ report: FleetPlanReport) throws -> String {
    try ReportJSON.encode(FleetPlanDocument(report))
  }

  /// At most ten of the frontier, around the plan.
  private static func shown(_ report: FleetPlanReport) -> [FleetPlanner.Evaluation] {
    let all = report.frontier
    guard all.count > 10 else { return all }
    let place = all.firstIndex { $0.isMet } ?? all.count - 1
    let start = max(0, min(all.count - 10, place - 5))
    return Array(all[start..<start + 10])
  }

  private static func fleet(_ one: FleetPlanner.Evaluation, _ report: FleetPlanReport) -> String {
    zip(one.counts, report.pools).map { "\($0) x \($1)" }.joined(separator: ", ")
  }

  private static func text(_ finding: FleetTarget.Finding) -> String {
    let target = finding.target
    let scope = target.scope == "fleet" ? "" : "@\(target.scope)"
    let sign = target.isUpperLimit ? "<=" : ">="
    let mean = finding.mean.map { number($0, target) } ?? "no figure"
    let half = finding.halfWidth.map { " ± \(number($0, target))" } ?? ""
    let verdict =
      switch finding.verdict {
      case .met: ""
      case .missed: ", missed"
      case .undecided: ", undecided"
      }
    return "\(target.metric)\(scope) \(mean)\(half), target \(sign) \(number(target.limit, target))\(verdict)"
  }

  static func number(_ value: Double, _ target: FleetTarget) -> String {
    switch ComparedMetric.named(target.metric)?.unit {
    case "s": NumberText.span(seconds: value)
    case "percent": "\(NumberText.grouped(value, decimals: 1)) %"
    default: NumberText.grouped(value, decimals: value == value.rounded() ? 0 : 1)
    }
  }
}

private struct FleetPlanDocument: Encodable {
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
  }
}
