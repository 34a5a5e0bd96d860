import Planning

/// A check on one screen: the verdict, then what got worse.
public enum CheckText {
  public static func text(_ report: CheckReport, style: TextStyle) -> String {
    let verdict = report.isPassed ? "passed" : "FAILED"
    var lines = [
      style.heading("\(report.suite) · \(verdict) · \(BudgetText.counts(report))"),
      "  \(report.cells.count) cells, \(report.replications) replications, paired with \(report.baselinePath)",
    ]
    lines += section("Worse", report.worse, style: style)
    lines += section("Better", report.better, style: style)
    let notes = BudgetText.notes(report)
    if !notes.isEmpty { lines += ["", style.heading("Notes")] + notes.map { "  " + $0 } }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  private static func section(_ title: String, _ results: [BudgetResult], style: TextStyle) -> [String] {
    guard !results.isEmpty else { return [] }
    var table = TextTable(style: style, firstNumeric: 3)
    table.add([title, "cell", "metric", "baseline", "now", "change", "budget"])
    for result in results {
      table.add([
        BudgetText.verdict(result), result.cell, BudgetText.metric(result.budget), BudgetText.base(result),
        BudgetText.now(result), BudgetText.change(result), BudgetText.limits(result.budget),
      ])
    }
    table.fit(sparing: ["budget", "baseline", "now"])
    return [""] + table.lines(hangingTitle: true)
  }
}
