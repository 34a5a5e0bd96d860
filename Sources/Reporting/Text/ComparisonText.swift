import Planning

/// A comparison as tables: one for each arm against the first.
public enum ComparisonText {
  public static func text(_ comparison: Comparison, style: TextStyle) -> String {
    let arms = [comparison.base] + comparison.contrasts.map(\.arm)
    var title = "\(arms.count) arms · seed \(comparison.seed)"
    title += " · \(comparison.replications) replications, paired, 95 % confidence intervals"
    var lines = [style.heading(title)]
    lines += zip(arms.indices, arms).map { number, arm in
      "  \(letter(number))  " + ([arm.file, arm.policy] + arm.varied).joined(separator: " · ")
    }
    for (number, contrast) in zip(1..., comparison.contrasts) {
      lines += ["", style.heading("\(letter(number)) against A"), "  " + workload(contrast, comparison)]
      lines += table(contrast, letter: letter(number), style: style)
    }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// A, B, C ...
  static func letter(_ number: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number)))
  }

  private static func workload(_ contrast: Comparison.Contrast, _ comparison: Comparison) -> String {
    contrast.isSameWorkload
      ? "same workload: equal jobs in every replication"
      : "different workload: other jobs in \(contrast.differentWorkloads) of \(comparison.replications) "
        + "replications; differences are paired by seed only"
  }

  private static func table(
    _ contrast: Comparison.Contrast,
    letter: String,
    style: TextStyle
  ) -> [String] {
    var table = TextTable(style: style, firstNumeric: 2)
    table.add(["metric", "verdict", "A", letter, "\(letter) - A"])
    for row in contrast.metrics {
      let unit = row.metric.unit
      table.add([
        row.metric.label, row.verdict.rawValue, MetricText.value(row.baseMean, unit: unit),
        MetricText.value(row.otherMean, unit: unit), MetricText.difference(row.difference, unit: unit),
      ])
    }
    return table.lines()
  }
}
