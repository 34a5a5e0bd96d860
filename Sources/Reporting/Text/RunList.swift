import Results

/// The list of stored runs.
public enum RunList {
  public static func text(_ runs: [RunListing], style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 3)
    table.add([
      "run", "scenario", "policy", "seed", "replications", "GPUs", "allocated %", "wait p95", "started",
    ])
    for run in runs {
      table.add([
        String(run.id), run.name, run.policy, String(run.seed), String(run.replications),
        NumberText.grouped(Double(run.gpus)),
        run.allocationPercent.map { NumberText.grouped($0, decimals: 1) } ?? "-",
        run.waitP95Seconds.map(NumberText.span(seconds:)) ?? "-", run.startedAt,
      ])
    }
    return style.plain(table.lines().joined(separator: "\n")) + "\n"
  }
}
