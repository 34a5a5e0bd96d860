import Outcome
import Planning
import Results

/// Several runs of the same scenario side by side: one line a policy.
public enum PolicyTable {
  /// The table; wall time is not in it.
  public static func text(_ reports: [RunReport], next: [NextCommand], style: TextStyle) -> String {
    guard let first = reports.first else { return "" }
    let header = first.figures.header
    let count = first.figures.replications.count
    var title = "\(header.name) · seed \(header.seed) · \(reports.count) policies"
    if count > 1 { title += " · \(count) replications, 95 % confidence intervals" }
    var table = TextTable(style: style)
    table.add(
      [
        "policy", "allocated %", "busy %", "stranded %", "wait mean", "wait p95", "wait max", "waiting",
        "completed", "makespan",
      ])
    for report in reports {
      let shares = ["allocation", "utilisation", "stranded"].map { report.estimate($0).map(cell) ?? "-" }
      let spans = ["wait.mean", "wait.p95", "wait.max"].map { spanCell(report.estimate($0)) }
      let counts = ["jobs.waiting", "jobs.completed"].map { NumberText.grouped(report.mean($0)) }
      table.add(
        [report.figures.header.policy] + shares + spans + counts + [spanCell(report.estimate("makespan"))]
      )
    }
    table.fit(sparing: ["makespan", "wait mean"])
    var lines = [style.heading(title)]
    lines += [header.description, header.question].flatMap { LineFolding.words("  ", $0, width: style.width) }
    lines += [""] + table.lines()
    if reports.contains(where: { $0.mean("jobs.waiting") > 0 }) {
      lines += ["  waits are of jobs that started; those in the column `waiting` never did"]
    }
    lines += NextCommand.lines(next, style: style)
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  private static func cell(_ estimate: MetricEstimate) -> String {
    NumberText.grouped(estimate.mean, decimals: 1)
      + (estimate.halfWidth.map { " ± \(NumberText.grouped($0, decimals: 1))" } ?? "")
  }

  private static func spanCell(_ estimate: MetricEstimate?) -> String {
    estimate.map { NumberText.span(seconds: $0.mean) } ?? "-"
  }
}
