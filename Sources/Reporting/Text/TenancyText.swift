import Outcome

/// Virtual clusters, in the summary of a run.
enum TenancyText {
  /// Clusters beyond so many are not listed.
  private static let most = 12

  /// Nothing where there are none.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    let names = report.scopes(of: "cluster", having: "tenancy.cost")
    guard !names.isEmpty else { return [] }
    let drains = names.contains { report.mean("tenancy.drained", "cluster:" + $0) > 0 }
    let sleeps = names.contains { report.mean("tenancy.sleeps", "cluster:" + $0) > 0 }
    var table = TextTable(style: style)
    table.add(
      ["Virtual clusters", "GPU-hours", "most GPUs", "wait quota", "mounting", "asleep", "USD"]
        + (drains ? ["emptied", "runs stopped", "lost GPU-h"] : [])
        + (sleeps ? ["h asleep", "woken by use", "noise", "cron", "freed GPU-h"] : [])
    )
    for name in names.prefix(most) {
      let scope = "cluster:" + name
      func count(_ metric: String) -> String { NumberText.grouped(report.mean("tenancy." + metric, scope)) }
      func hours(_ metric: String) -> String { NumberText.hours(report.mean("tenancy." + metric, scope)) }
      table.add(
        [
          name, hours("gpu_time"), count("most_gpus"), hours("wait_quota"), hours("wait_mounting"),
          hours("wait_asleep"), count("cost"),
        ]
          + (drains ? [count("drained"), count("evicted"), hours("evicted_lost")] : [])
          + (sleeps
            ? [
              hours("asleep_time"), count("wakes.access"), count("wakes.noise"), count("wakes.schedule"),
              hours("freed"),
            ] : [])
      )
    }
    table.fit(sparing: ["mounting", "most GPUs", "cron"])
    var lines = [""] + table.lines(hangingTitle: true)
    if names.count > most { lines.append("  … and \(names.count - most) more clusters (--json has all)") }
    if drains {
      lines.append("  emptied: machines of the host, and the work on them that was stopped for it")
    }
    return lines + ["  waits in job-hours; USD: control plane and nodes that come and go for it"]
  }
}
