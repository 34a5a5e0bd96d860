import Outcome
import Planning

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
      lines += FleetPurchaseText.lines(report, style: style) + FleetPurchaseText.spares(report, style: style)
      lines += ["", style.heading("What binds")]
      for (pool, less) in zip(report.pools, report.less) {
        guard let less else {
          lines.append("  \(pool): at its least")
          continue
        }
        let reasons = less.obstacle.map { [$0] } ?? less.findings.filter { $0.verdict != .met }.map(text)
        lines.append("  one \(pool) node less: \(reasons.joined(separator: "; "))")
      }
      if let budget = report.budget {
        let left = budget.limit - plan.cost
        lines.append(
          "  budget \(NumberText.grouped(budget.limit)) USD a year: \(NumberText.grouped(left)) USD of it are left"
        )
      }
    } else if let budget = report.budget, let cheapest = budget.cheapest {
      lines.append(style.heading("\(report.scenario) · no fleet within the budget meets the targets"))
      lines.append(
        "  the cheapest that does: \(fleet(cheapest, report)) · \(NumberText.grouped(cheapest.cost)) USD a year, "
          + "\(NumberText.grouped(cheapest.cost - budget.limit)) above the budget"
      )
      if let affordable = budget.affordable {
        lines.append(
          "  within it: \(fleet(affordable, report)) · \(NumberText.grouped(affordable.cost)) USD a year"
        )
        lines += affordable.findings.map { "    " + text($0) }
      }
    } else if let nearest = report.nearest {
      lines.append(
        style.heading(
          "\(report.scenario) · no fleet up to \(fleet(report.largest, report)) meets the targets"
        )
      )
      lines.append(
        "  \(fleet(nearest, report)) is the cheapest that meets those that more nodes help to meet:"
      )
      lines += nearest.findings.map { "    " + text($0) }
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
      "",
      "  \(report.simulated) fleets simulated on the same jobs; "
        + (report.purchase == nil
          ? "owned, typical costs, power at full use" : "each bought in its cheapest way"),
    ]
    if !report.isProven {
      lines.append("  the search ended at its limit of fleets: a cheaper mix may exist")
    }
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

  static func text(_ finding: FleetTarget.Finding) -> String {
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
