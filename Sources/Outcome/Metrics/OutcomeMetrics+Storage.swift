extension OutcomeMetrics {
  /// Images and data. No rows where nothing is fetched.
  static func storage(_ outcome: RunOutcome) -> [Metric] {
    guard let totals = outcome.storage else { return [] }
    func row(_ name: String, _ unit: String, _ value: Double) -> Metric {
      Metric(name: "storage.\(name)", scope: "fleet", unit: unit, value: value)
    }
    var rows = [
      row("pulls", "times", Double(totals.pulls)),
      row("pulled", "GB", Double(totals.pulledBytes) / 1e9),
      row("image_hits", "times", Double(totals.hits)),
      row("evictions", "times", Double(totals.evictions)),
      row("read", "GB", Double(totals.readBytes) / 1e9),
      row("setup_time", "h", Double(totals.setupNanoseconds) / 3.6e12),
    ]
    if let writes = totals.writes {
      rows += [
        row("checkpoints", "times", Double(writes.count)),
        row("written", "GB", Double(writes.bytes) / 1e9),
        row("write_time", "h", Double(writes.nanoseconds) / 3.6e12),
        row("write_time_alone", "h", Double(writes.aloneNanoseconds) / 3.6e12),
      ]
    }
    return rows
  }
}
