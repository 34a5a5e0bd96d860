import Outcome

/// Jobs that left their home sites, in the summary of a run.
enum BurstText {
  /// Nothing where none may.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    let sites = report.scopes(of: "site", having: "burst.jobs")
    guard !sites.isEmpty else { return [] }
    var table = TextTable(style: style)
    table.add(["Burst", "runs", "GPU-hours", "USD for nodes"])
    var isQuiet = true
    for site in sites {
      let scope = "site:" + site
      let figures = ["burst.jobs", "burst.gpu_hours", "burst.cost"].map { report.mean($0, scope) }
      if figures.allSatisfy({ $0 == 0 }) { continue }
      isQuiet = false
      table.add([
        site, NumberText.grouped(figures[0]), NumberText.hours(figures[1]), NumberText.grouped(figures[2]),
      ])
    }
    var lines = [""]
    lines += isQuiet ? [style.heading("Burst: no job left its home")] : table.lines(hangingTitle: true)
    if report.mean("burst.staging_time") > 0 {
      lines += LineFolding.fold(
        "  data: ",
        [
          "\(NumberText.hours(report.mean("burst.staging_time"))) h of staging",
          "\(NumberText.grouped(report.mean("burst.egress_cost"))) USD of egress",
        ],
        width: style.width
      )
    }
    let held = BurstTotals.Condition.allCases.compactMap { condition -> String? in
      let count = report.mean("burst.held.\(condition.name)")
      return count > 0 ? "\(label(condition)) \(NumberText.grouped(count))" : nil
    }
    guard !held.isEmpty else { return lines }
    return lines + LineFolding.fold("  waited and never got leave: ", held, width: style.width)
  }

  private static func label(_ condition: BurstTotals.Condition) -> String {
    switch condition {
    case .compliance: "may not leave"
    case .jobClass: "class"
    case .tenant: "tenant"
    case .priority: "priority"
    case .duration: "duration"
    case .predictability: "estimates"
    case .staging: "staging"
    case .deadline: "deadline not at risk"
    case .wait: "waited too briefly"
    case .budget: "budget"
    }
  }
}
