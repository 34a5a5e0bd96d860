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
    let parts = AutoNodeTotals.Stage.allCases.compactMap { stage -> String? in
      let share = 100 * report.mean("node_time.\(stage.name)") / all
      if share == 0 && (stage == .cordoned || stage == .draining || stage == .failed) { return nil }
      return "\(label(stage)) \(NumberText.grouped(share, decimals: 1)) %"
    }
    return [""] + table.lines(hangingTitle: true)
      + LineFolding.fold("  their time: ", parts, width: style.width)
      + warm(report) + AutoNodeUseText.lines(report, style: style) + failures(report, style)
      + disruptions(report, style)
  }

  /// How often nodes failed; nothing where none did.
  private static func failures(_ report: RunReport, _ style: TextStyle) -> [String] {
    let count = report.mean("nodes.failures")
    guard count > 0 else { return [] }
    let parts = [
      "failed \(NumberText.grouped(count)) times",
      "down for \(NumberText.hours(report.mean("node_time.failed"))) node-hours",
      "runs stopped \(NumberText.grouped(report.mean("nodes.evictions.unhealthy")))",
      "work lost \(NumberText.hours(report.mean("nodes.lost_work.unhealthy"))) GPU-h",
    ]
    return LineFolding.fold("  their failures: ", parts, width: style.width)
  }

  /// What empty nodes cost that were kept; nothing where none were.
  private static func warm(_ report: RunReport) -> [String] {
    guard report.estimate("node_time.warm") != nil else { return [] }
    let hours = NumberText.hours(report.mean("node_time.warm"))
    return ["  kept empty: \(hours) node-hours (USD \(NumberText.grouped(report.mean("nodes.cost_warm"))))"]
  }

  /// Why nodes went, and what it cost; nothing where all that went were empty.
  private static func disruptions(_ report: RunReport, _ style: TextStyle) -> [String] {
    let counts = NodeRemoval.allCases.map { ($0, report.mean("nodes.removed.\($0.name)")) }
    guard counts.contains(where: { $0.0 != .empty && $0.1 > 0 }) else { return [] }
    var parts = counts.filter { $0.1 > 0 }.map { "\(label($0.0)) \(NumberText.grouped($0.1))" }
    let evictions = report.mean("nodes.evictions")
    if evictions > 0 {
      parts.append(
        "runs stopped \(NumberText.grouped(evictions)), work lost \(NumberText.hours(report.mean("nodes.lost_work"))) "
          + "GPU-h (USD \(NumberText.grouped(report.mean("nodes.lost_cost"))))"
      )
    }
    return LineFolding.fold("  went because: ", parts, width: style.width)
  }

  private static func label(_ reason: NodeRemoval) -> String {
    switch reason {
    case .empty: "empty"
    case .drifted: "drifted"
    case .underused: "underused"
    case .expired: "expired"
    case .interrupted: "taken back"
    case .launchTimeout: "launch timed out"
    case .registrationTimeout: "never joined"
    case .unhealthy: "unhealthy"
    }
  }

  private static func label(_ stage: AutoNodeTotals.Stage) -> String {
    switch stage {
    case .launching: "launching"
    case .joining: "joining"
    case .gpuStack: "GPU stack"
    case .up: "up"
    case .cordoned: "cordoned"
    case .draining: "draining"
    case .terminating: "terminating"
    case .failed: "failed"
    }
  }
}
