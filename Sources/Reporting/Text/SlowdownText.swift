/// What sharing GPUs cost the jobs that share them.
enum SlowdownText {
  /// More tenants are told by `--json` only: the summary stays one screen.
  private static let mostTenants = 8

  /// A table of how much longer completed jobs took than alone on their GPU,
  /// and how often memory ran out; nothing where jobs do not slow one another.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    guard report.estimate("slowdown_mean") != nil || report.mean("oom_kills") > 0 else { return [] }
    let tenants = report.scopes(of: "tenant")
    var rows = [(label: "all jobs", scope: "fleet")]
    if tenants.count > 1 { rows += tenants.prefix(mostTenants).map { ("tenant " + $0, "tenant:" + $0) } }
    var table = TextTable(style: style)
    table.add(["Slowed by sharing", "completed", "mean", "p95", "out of memory"])
    for row in rows {
      let ratios = ["slowdown_mean", "slowdown_p95"].map { name in
        report.estimate(name, row.scope).map { NumberText.grouped($0.mean, decimals: 2) + " x" } ?? "-"
      }
      table.add(
        [row.label, NumberText.grouped(report.mean("jobs.completed", row.scope))] + ratios
          + [NumberText.grouped(report.mean("oom_kills", row.scope))]
      )
    }
    var lines = [""] + table.lines(hangingTitle: true)
    if tenants.count > mostTenants {
      lines.append("  … and \(tenants.count - mostTenants) more tenants (--json has all)")
    }
    return lines
  }
}
