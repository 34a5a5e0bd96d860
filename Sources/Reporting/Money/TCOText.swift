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

  public static func page(_ report: TCOReport, style: TextStyle) -> String {
    let (comparison, source) = (report.comparison, report.source)
    var lines = [
      style.heading(
        "run \(source.run) · \(source.name) · \(source.policy) · replication \(source.replication)"
      ),
      "  \(NumberText.span(seconds: source.seconds)) measured stand for each of \(comparison.terms.years) years, "
        + "at \(EstimateText.percent(comparison.rate)) cost of capital",
      "  offered \(NumberText.grouped(comparison.offeredPerYear)) GPU-hours a year", "",
    ]
    lines += options(comparison, style)
    lines += details(report, style)
    lines += states(comparison, style) + worths(comparison, style)
    if report.books.count > 1 { lines += books(report, style) }
    if let tornado = report.tornado, let other = tornado.against {
      lines += UncertaintyText.tornado(
        tornado,
        title: "What moves the worth of \(comparison.options[0].name) against \(other)",
        style
      )
    }
    if let joint = report.joint { lines += self.joint(joint, style) }
    lines.append("")
    lines += LineFolding.fold("  not counted: ", comparison.terms.notCounted, width: style.width)
    if let bill = report.chargeback { lines += ChargebackText.lines(bill, report, style) }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  public static func json(_ report: TCOReport) throws -> String {
    try ReportJSON.encode(TCODocument(report))
  }

  private static func options(_ comparison: TCOComparison, _ style: TextStyle) -> [String] {
    let rate = comparison.rate
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
    var lines = table.lines(hangingTitle: true)
    if Set(comparison.options.map(\.service)).count > 1 {
      lines += ["", "  ! the options do not serve the jobs equally: see the last columns"]
    }
    return lines
  }

  private static func details(_ report: TCOReport, _ style: TextStyle) -> [String] {
    let comparison = report.comparison
    var lines = ["", style.heading("Details")]
    for option in comparison.options {
      lines.append("  \(option.name)")
      let parts = option.lines.map { "\($0.name) \(NumberText.grouped($0.amount.units))" }
      lines += LineFolding.fold("    first year: ", parts, width: style.width)
      if !option.ownedGPUs.isEmpty {
        lines.append(
          "    owned: " + option.ownedGPUs.map { "\($0.gpus) x \($0.gpu)" }.joined(separator: ", ")
        )
      }
      let carbon = Footprint(option, comparison, grid: report.grid)
      lines.append(
        "    \(NumberText.grouped(carbon.energy)) kWh a year, \(NumberText.grouped(carbon.operational)) kgCO2e of the grid "
          + "and \(NumberText.grouped(carbon.embodied)) of making the hardware"
      )
      lines += option.remarks.map { "    ! \($0)" }
    }
    return lines
  }

  /// Where the money of the simulated fleet goes.
  private static func states(_ comparison: TCOComparison, _ style: TextStyle) -> [String] {
    var lines: [String] = []
    for option in comparison.options {
      guard let costs = StateCosts(option, comparison.demand, rate: comparison.rate) else { continue }
      var table = TextTable(style: style, firstNumeric: 1)
      table.add(["", "GPU time", "USD a year"])
      for part in costs.parts {
        table.add([part.name, EstimateText.percent(part.share), NumberText.grouped(part.cost)])
      }
      lines += ["", style.heading("Where the money goes: \(option.name)")] + table.lines()
      let unit = [
        ("available", costs.perAvailable), ("allocated", costs.perAllocated), ("busy", costs.perBusy),
      ].compactMap { name, cost in cost.map { "\(EstimateText.cost($0)) per \(name) GPU-h" } }
      let job = costs.perJob.map { ["\(EstimateText.cost($0)) per completed job"] } ?? []
      lines += LineFolding.fold("  USD ", unit + job, width: style.width)
      if let waiting = costs.waiting, waiting > 0 {
        lines.append("  waiting jobs' GPU-hours at the same rate: \(NumberText.grouped(waiting)) USD a year")
      }
    }
    return lines
  }

  private static func worths(_ comparison: TCOComparison, _ style: TextStyle) -> [String] {
    guard let (option, worths) = comparison.owningWorths else { return [] }
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["", "NPV", "IRR", "payback", "discounted", "ROI"])
    func years(_ payback: Payback) -> String {
      payback.years.map { "\(NumberText.grouped($0, decimals: 1)) years" } ?? "never"
    }
    for worth in worths {
      let rate =
        switch worth.internalRate {
        case .unique(let rate): EstimateText.percent(rate)
        case .none: "none"
        case .several: "not unique"
        }
      table.add([
        worth.other, NumberText.grouped(worth.netPresentValue), rate,
        years(worth.payback(isDiscounted: false)),
        years(worth.payback(isDiscounted: true)), worth.returnOnInvestment.map(EstimateText.percent) ?? "-",
      ])
    }
    return ["", style.heading("What \(option.name) is worth against")] + table.lines()
  }

  /// What each option costs by each price book.
  private static func books(_ report: TCOReport, _ style: TextStyle) -> [String] {
    var table = TextTable(style: style, firstNumeric: 1)
    let names = report.comparison.options.map(\.name)
    table.add(["USD a year"] + names)
    for (name, comparison) in report.books {
      table.add(
        [name]
          + names.map { option in
            comparison.options.first { $0.name == option }
              .map { NumberText.grouped($0.annualCost(rate: comparison.rate)) } ?? "-"
          }
      )
    }
    return ["", style.heading("By price book")] + table.lines()
  }

  private static func joint(_ joint: JointUncertainty, _ style: TextStyle) -> [String] {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["USD a year", "P10", "P50", "P90", "cheapest in"])
    for option in joint.options {
      table.add([
        option.name, NumberText.grouped(option.p10), NumberText.grouped(option.p50),
        NumberText.grouped(option.p90), EstimateText.percent(option.probabilityCheapest),
      ])
    }
    let title =
      "\(NumberText.grouped(Double(joint.draws))) draws of the parameters and of \(joint.replications) "
      + "replication\(joint.replications == 1 ? "" : "s"), seed \(joint.seed)"
    return ["", style.heading(title)] + table.lines()
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
enum ChargebackText {
  static func lines(_ bill: Chargeback, _ report: TCOReport, _ style: TextStyle) -> [String] {
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
    let option = report.comparison.options[0].name
    var lines = ["", style.heading("Chargeback of the measured time, \(option)")] + table.lines()
    let jobs = report.dearestJobs
    if !jobs.isEmpty {
      var table = TextTable(style: style, firstNumeric: 2)
      table.add(["job", "tenant", "GPU-hours", "USD"])
      for job in jobs {
        table.add([job.job, job.tenant, NumberText.hours(Double(job.time) / 3.6e15), usd(job.cents)])
      }
      let title = "The \(jobs.count) dearest of \(NumberText.grouped(Double(bill.jobs.count))) jobs"
      lines += ["", style.heading(title)] + table.lines()
    }
    if !report.verdicts.isEmpty { lines += ["", style.heading("Budgets")] }
    for verdict in report.verdicts {
      let kind = verdict.budget.isHard ? "hard" : "soft"
      let state = verdict.isBroken ? "! broken" : "kept"
      lines.append(
        "  \(verdict.budget.tenant): \(usd(verdict.cents)) of \(usd(verdict.budget.limit.cents)) USD, "
          + "\(kind) limit \(state)"
      )
    }
    return lines
  }

  static func usd(_ cents: Int128) -> String { NumberText.grouped(Double(cents) / 100, decimals: 2) }
}
