import Outcome
import Planning

/// A planned base and what speaks for it.
public enum BasePlanText {
  public static func page(
    scenario: String,
    group: String,
    plan: BasePlanner.Evaluation?,
    evaluations: [BasePlanner.Evaluation],
    style: TextStyle
  ) -> String {
    var lines: [String] = []
    if let plan {
      let total = NumberText.grouped(plan.total)
      lines.append(style.heading("\(scenario) · own \(plan.nodes) nodes `\(group)` · \(total) USD a year"))
    } else {
      lines.append(style.heading("\(scenario) · no size of `\(group)` in the range meets the targets"))
    }
    lines += ["", style.heading("Size of the base against cost, USD a year")]
    var table = TextTable(style: style)
    let targets = evaluations.first { $0.obstacle == nil }?.findings.map(\.target) ?? []
    table.add(
      ["nodes", "owning", "bursting", "±", "total"] + targets.map(\.metric)
        + (targets.isEmpty ? [] : ["targets"])
    )
    for one in evaluations where one.obstacle == nil {
      table.add(
        [
          "\(one.nodes)\(one.nodes == plan?.nodes ? " *" : "")", NumberText.grouped(one.owning),
          NumberText.grouped(one.bursting),
          one.burstingHalfWidth.map { NumberText.grouped($0) } ?? "-", NumberText.grouped(one.total),
        ]
          + one.findings.map { finding in finding.mean.map { FleetPlanText.number($0, finding.target) } ?? "-"
          }
          + (targets.isEmpty ? [] : [one.isMet ? "met" : "missed"])
      )
    }
    lines += table.lines()
    for one in evaluations { lines += one.obstacle.map { ["  \(one.nodes): \($0)"] } ?? [] }
    lines += [
      "",
      "  \(evaluations.count) sizes simulated on the same jobs; owned at typical costs with power at full use",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }
}
