/// Who held the nodes that came and went, in the summary of a run.
enum AutoNodeUseText {
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    guard let use = report.estimate("nodes.use") else { return [] }
    let all = report.mean("node_time")
    let tenants = report.scopes(of: "tenant", having: "node_time.held")
    let parts =
      tenants.map {
        ($0, report.mean("node_time.held", "tenant:\($0)"), report.mean("nodes.cost", "tenant:\($0)"))
      }
      + [("nobody", report.mean("node_time.unheld"), report.mean("nodes.cost_unheld"))]
    let texts = parts.map { name, hours, cost in
      let share = NumberText.grouped(all > 0 ? 100 * hours / all : 0, decimals: 1)
      return "\(name) \(share) %" + (cost > 0 ? " (\(NumberText.grouped(cost)) USD)" : "")
    }
    let still = report.mean("nodes.use_if_all_stayed")
    return LineFolding.fold("  held by: ", texts, width: style.width) + [
      "  GPUs in jobs' hands: \(NumberText.grouped(use.mean, decimals: 1)) % of the time of these nodes; "
        + "\(NumberText.grouped(still, decimals: 1)) % if all had stayed"
    ]
  }
}
