extension TCOComparison {
  /// On demand, committed for a year at a time, spot where it is quoted, and
  /// the run's own fleet rented whole.
  func rented(from provider: String) throws(Failure) -> [TCOOption] {
    let curves = try curves(at: provider)
    let name = curves.first?.entry.row.provider ?? provider
    var options = [onDemand(curves, name), committed(curves, name)]
    if let spot = spot(curves, name) { options.append(spot) }
    options.append(try managed(name))
    return options
  }

  private typealias Curves = [(entry: PriceBook.Entry, curve: DemandCurve)]

  private func onDemand(_ curves: Curves, _ provider: String) -> TCOOption {
    let rent = curves.map { entry, curve in
      let plan = RentalPlan(instances: curve.instances(ofGPUs: entry.row.gpuCount), lengths: curve.lengths)
      return RentalPlan.cost(plan.onDemand, perHour: entry.row.onDemand ?? .zero)
    }.total()
    return immediate("\(provider), on demand", [("on demand", rent)], curves, .immediate, [])
  }

  private func committed(_ curves: Curves, _ provider: String) -> TCOOption {
    var (fixed, extra) = (Money.zero, Money.zero)
    var remarks: [String] = []
    for (entry, curve) in curves {
      let onDemand = entry.row.onDemand ?? .zero
      let (price, remark) = oneYearPrice(entry.row)
      let plan = RentalPlan(
        cheapestFor: curve.instances(ofGPUs: entry.row.gpuCount),
        lengths: curve.lengths,
        committedPrice: price,
        onDemandPrice: onDemand
      )
      fixed += RentalPlan.cost(plan.committedTime, perHour: price)
      extra += RentalPlan.cost(plan.onDemand, perHour: onDemand)
      remarks.append(
        "\(plan.committed) x \(entry.row.instance) committed, renewed each year at the market's price"
      )
      remarks += remark
    }
    let lines = [("committed", fixed), ("on demand", extra)]
    return immediate("\(provider), committed", lines, curves, .immediate, remarks)
  }

  private func spot(_ curves: Curves, _ provider: String) -> TCOOption? {
    var rent = Money.zero
    for (entry, curve) in curves {
      guard let price = entry.row.spot, !entry.flaws.contains(.spotNotBelowOnDemand) else { return nil }
      let plan = RentalPlan(instances: curve.instances(ofGPUs: entry.row.gpuCount), lengths: curve.lengths)
      rent += RentalPlan.cost(plan.onDemand, perHour: price)
    }
    let remark = "work lost to interruptions is not counted: no rate is published"
    return immediate("\(provider), spot", [("spot", rent)], curves, .interruptible, [remark])
  }

  /// The run's own fleet, rented whole under one-year commitments and paid
  /// when idle: jobs wait as in the run.
  private func managed(_ provider: String) throws(Failure) -> TCOOption {
    var rent = Money.zero
    var remarks: [String] = []
    for part in demand.fleet {
      let entry = try offer(.init(accepts: [part.gpu], offered: []), at: provider)
      let instances = (part.gpus + entry.row.gpuCount - 1) / entry.row.gpuCount
      let (price, remark) = oneYearPrice(entry.row)
      rent += price * instances * Int(OwnershipCase.hoursPerYear)
      remarks += ["\(instances) x \(entry.row.instance)"] + remark
      remarks += entry.flaws.map { "\(entry.row.offer): \($0.text)" }
    }
    var option = asSimulated("\(provider), managed fleet", remarks)
    option.lines = [.init(name: "rented fleet", amount: rent)]
    option.yearly = falling(rent)
    return option
  }

  /// The price of a commitment of one year; without a quotation, the typical
  /// discount, told as an estimate.
  private func oneYearPrice(_ row: PriceRow) -> (Money, [String]) {
    if let price = row.oneYear { return (price, []) }
    let onDemand = row.onDemand ?? .zero
    return (
      onDemand * (1 - Self.typicalOneYearDiscount),
      ["\(row.offer): no commitment price is known, \(Self.oneYearDiscountText)"]
    )
  }

  /// Off the on-demand price for a commitment of one year.
  public static let typicalOneYearDiscount = 0.35
  static let oneYearDiscountText = "35 % off on demand is a typical discount (generic plans: 25 to 45 %)"

  private func immediate(
    _ name: String,
    _ rents: [(String, Money)],
    _ curves: Curves,
    _ service: TCOOption.Service,
    _ remarks: [String]
  ) -> TCOOption {
    // The window stands for the whole year.
    let lines = rents.map { TCOOption.Line(name: $0.0, amount: $0.1 * demand.repeatsPerYear) }
    return TCOOption(
      name: name,
      service: service,
      capital: .zero,
      residual: .zero,
      lines: lines,
      yearly: falling(lines.map(\.amount).total()),
      ownedGPUs: [],
      servedPerYear: offeredPerYear,
      unservedPerYear: 0,
      waitingPerYear: 0,
      remarks: remarks + curves.flatMap { entry, _ in entry.flaws.map { "\(entry.row.offer): \($0.text)" } }
    )
  }

  /// A fleet like the run's: what it served, what it left.
  func asSimulated(_ name: String, _ remarks: [String]) -> TCOOption {
    TCOOption(
      name: name,
      service: demand.waiting > 0 || demand.served < demand.offered ? .asSimulated : .immediate,
      capital: .zero,
      residual: .zero,
      lines: [],
      yearly: [],
      ownedGPUs: [],
      servedPerYear: demand.perYear(demand.served),
      unservedPerYear: demand.perYear(max(0, demand.offered - demand.served)),
      waitingPerYear: demand.perYear(demand.waiting),
      remarks: remarks
    )
  }
}
