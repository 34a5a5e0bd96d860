import Outcome
import Planning

/// A planned base and what speaks for it.
public enum BasePlanText {
  public static func page(
    scenario: String,
    group: String,
    plan: BasePlanner.Plan?,
    evaluations: [BasePlanner.Evaluation],
    style: TextStyle
  ) -> String {
    var lines: [String] = []
    if let plan {
      let total = NumberText.grouped(plan.best.total)
      let sizes = ([plan.best.nodes] + plan.rivals.map(\.nodes)).sorted().map(String.init)
      let own =
        sizes.count > 1 ? "\(list(sizes)) nodes `\(group)`, not decided" : "\(sizes[0]) nodes `\(group)`"
      lines.append(style.heading("\(scenario) · own \(own) · \(total) USD a year"))
      lines += plan.rivals.map { rival in
        "  \(rival.nodes) or \(plan.best.nodes): not decided, difference \(NumberText.grouped(rival.mean)) "
          + "± \(NumberText.grouped(rival.halfWidth)) USD a year in \(rival.replications) replications"
      }
    } else {
      lines.append(style.heading("\(scenario) · no size of `\(group)` in the range meets the targets"))
    }
    lines += ["", style.heading("Size of the base against cost, USD a year")]
    var table = TextTable(style: style)
    let targets = evaluations.first { $0.obstacle == nil }?.findings.map(\.target) ?? []
    table.add(
      ["nodes", "owning", "bursting", "±", "total", "more", "±", "runs"] + targets.map(\.metric)
        + (targets.isEmpty ? [] : ["targets"])
    )
    for one in evaluations where one.obstacle == nil {
      table.add(
        [
          "\(one.nodes)\(one.nodes == plan?.best.nodes ? " *" : "")", NumberText.grouped(one.owning),
          NumberText.grouped(one.bursting),
          one.burstingHalfWidth.map { NumberText.grouped($0) } ?? "-", NumberText.grouped(one.total),
        ] + difference(one, plan) + ["\(one.replications)"]
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
      "  more: than the best (*), in the mean of the differences on the same jobs, with its 95 % interval;",
      "  totals of sizes with different numbers of runs are means over different jobs",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// What the size costs more than the best, and half the interval.
  private static func difference(_ one: BasePlanner.Evaluation, _ plan: BasePlanner.Plan?) -> [String] {
    guard let found = plan?.differences.first(where: { $0.nodes == one.nodes }) else { return ["-", "-"] }
    return [NumberText.grouped(found.mean), NumberText.grouped(found.halfWidth)]
  }

  private static func list(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }
}
