import Planning

/// A check as Markdown, for a comment or a step summary: the verdict, what
/// got worse, what got better, and all figures folded away.
public enum CheckMarkdown {
  public static func text(_ report: CheckReport) -> String {
    var parts = [
      "## \(escaped(report.suite)): \(report.isPassed ? "passed" : "failed")",
      BudgetText.counts(report) + ".",
    ]
    parts += section("### Worse", report.worse)
    parts += section("### Better", report.better)
    let notes = BudgetText.notes(report)
    if !notes.isEmpty {
      parts.append("### Notes\n\n" + notes.map { "- " + escaped($0) }.joined(separator: "\n"))
    }
    parts += ["<details><summary>All \(report.results.count) figures</summary>", table(report.results)]
    parts += [
      "</details>",
      "\(report.cells.count) cells, \(report.replications) replications each, paired with "
        + "`\(report.baselinePath)`; changes are means with 95 % confidence intervals.",
    ]
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func section(_ title: String, _ results: [BudgetResult]) -> [String] {
    results.isEmpty ? [] : [title, table(results)]
  }

  private static func table(_ results: [BudgetResult]) -> String {
    let heading = ["verdict", "cell", "metric", "baseline", "now", "change", "budget"]
    let rows = results.map { result in
      [
        BudgetText.verdict(result), result.cell, BudgetText.metric(result.budget), BudgetText.base(result),
        BudgetText.now(result), BudgetText.change(result), BudgetText.limits(result.budget),
      ].map(escaped)
    }
    let rule = ["---", "---", "---", "--:", "--:", "--:", "---"]
    return ([heading, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
  }
}
