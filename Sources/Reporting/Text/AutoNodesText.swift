import Outcome

/// Nodes that came and went, in the summary of a run.
enum AutoNodesText {
  /// Nothing where none do.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    let groups = report.scopes(of: "nodes", having: "node_time")
    guard !groups.isEmpty else { return [] }
    var table = TextTable(style: style)
    table.add(["Auto nodes", "launched", "removed", "no capacity", "mean", "most", "node-hours", "USD"])
    let rows =
      groups.map { (label: $0, scope: "nodes:" + $0) } + (groups.count > 1 ? [("all", "fleet")] : [])
    for (label, scope) in rows {
      table.add([
        label,
        NumberText.grouped(report.mean("nodes.launched", scope)),
        NumberText.grouped(report.mean("nodes.removed", scope)),
        NumberText.grouped(report.mean("nodes.stock_outs", scope)),
        NumberText.grouped(report.mean("nodes.mean", scope), decimals: 1),
        report.estimate("nodes.most", scope).map { NumberText.grouped($0.mean) } ?? "-",
        NumberText.hours(report.mean("node_time", scope)),
        NumberText.grouped(report.mean("nodes.cost", scope)),
      ])
    }
    table.fit(sparing: ["no capacity", "removed"])
    let all = report.mean("node_time")
    guard all > 0 else { return [""] + table.lines(hangingTitle: true) }
    let parts = AutoNodeTotals.Stage.allCases.map { stage in
      let share = 100 * report.mean("node_time.\(stage.name)") / all
      return "\(label(stage)) \(NumberText.grouped(share, decimals: 1)) %"
    }
    return [""] + table.lines(hangingTitle: true)
      + LineFolding.fold("  their time: ", parts, width: style.width)
      + AutoNodeUseText.lines(report, style: style)
  }

  private static func label(_ stage: AutoNodeTotals.Stage) -> String {
    switch stage {
    case .launching: "launching"
    case .joining: "joining"
    case .gpuStack: "GPU stack"
    case .up: "up"
    case .terminating: "terminating"
    }
  }
}
