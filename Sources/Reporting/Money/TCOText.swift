import Economics

/// The ways of meeting a run's demand, for people and for programs.
public enum TCOText {
  /// What the figures rest on.
  public struct Source: Sendable {
    public var run: Int64
    public var name: String
    public var policy: String
    public var replication: Int
    public var seconds: Double

    public init(run: Int64, name: String, policy: String, replication: Int, seconds: Double) {
      self.run = run
      self.name = name
      self.policy = policy
      self.replication = replication
      self.seconds = seconds
    }
  }

  public static func page(_ comparison: TCOComparison, _ source: Source, style: TextStyle) -> String {
    let rate = comparison.rate
    var lines = [
      style.heading(
        "run \(source.run) · \(source.name) · \(source.policy) · replication \(source.replication)"
      ),
      "  \(NumberText.span(seconds: source.seconds)) measured stand for each of \(comparison.years) years, "
        + "at \(EstimateText.percent(rate)) cost of capital",
      "  offered \(NumberText.grouped(comparison.offeredPerYear)) GPU-hours a year", "",
    ]
    var table = TextTable(style: style, firstNumeric: 1)
    table.add([
      "option", "purchase", "first year", "USD a year", "per GPU-h", "unserved GPU-h", "waiting GPU-h",
      "jobs start",
    ])
    for option in comparison.options {
      table.add([
        option.name, NumberText.grouped(option.capital.units), NumberText.grouped(option.yearly[0].units),
        NumberText.grouped(option.annualCost(rate: rate)),
        option.costPerServedGPUHour(rate: rate).map(EstimateText.cost) ?? "-",
        NumberText.grouped(option.unservedPerYear), NumberText.grouped(option.waitingPerYear),
        service(option),
      ])
    }
    table.fit(sparing: ["first year", "waiting GPU-h"])
    lines += table.lines(hangingTitle: true)
    if Set(comparison.options.map(\.service)).count > 1 {
      lines += ["", "  ! the options do not serve the jobs equally: see the last columns"]
    }
    lines += ["", style.heading("Details")]
    for option in comparison.options {
      lines.append("  \(option.name)")
      let parts = option.lines.map { "\($0.name) \(NumberText.grouped($0.amount.units))" }
      lines += LineFolding.fold("    first year: ", parts, width: style.width)
      if !option.ownedGPUs.isEmpty {
        lines.append(
          "    owned: " + option.ownedGPUs.map { "\($0.gpus) x \($0.gpu)" }.joined(separator: ", ")
        )
      }
      lines += option.remarks.map { "    ! \($0)" }
    }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  public static func json(
    _ comparison: TCOComparison,
    _ source: Source,
    chargeback: Chargeback?
  ) throws -> String {
    try ReportJSON.encode(TCODocument(comparison, source, chargeback))
  }

  private static func service(_ option: TCOOption) -> String {
    switch option.service {
    case .immediate: "at once"
    case .asSimulated: "as simulated"
    case .interruptible: "at once, interruptible"
    }
  }
}

/// A divided bill for people.
public enum ChargebackText {
  public static func page(_ bill: Chargeback, of option: String, style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["tenant", "GPU-hours", "USD", "of that idle"])
    for line in bill.lines {
      table.add([
        line.tenant, NumberText.hours(Double(line.held) / 3.6e15), usd(line.cents), usd(line.idleCents),
      ])
    }
    if bill.idleCents > 0 {
      table.add(["nobody: idle capacity", "", usd(bill.idleCents), usd(bill.idleCents)])
    }
    table.add(["bill", "", usd(bill.billCents), ""])
    return style.plain(
      (["", style.heading("Chargeback of the measured time, \(option)")] + table.lines()).joined(
        separator: "\n"
      )
    )
      + "\n"
  }

  static func usd(_ cents: Int128) -> String { NumberText.grouped(Double(cents) / 100, decimals: 2) }
}
