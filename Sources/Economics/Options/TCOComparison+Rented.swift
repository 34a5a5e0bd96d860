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

  typealias Curves = [(entry: PriceBook.Entry, curve: DemandCurve)]

  /// The whole demand on demand, under a line's name.
  func metered(_ curves: Curves, _ line: String, kind: Rental.Kind = .metered) -> [Rental] {
    curves.map { entry, curve in
      let plan = RentalPlan(
        instances: curve.instances(ofGPUs: entry.row.gpuCount),
        lengths: curve.lengths,
        billing: entry.row.billing
      )
      return rental(line, entry.row, entry.row.onDemand ?? .zero, plan.onDemand, kind)
    }
  }

  /// A rental of so much instance time within the measured time.
  func rental(_ line: String, _ row: PriceRow, _ price: Money, _ time: Int128, _ kind: Rental.Kind) -> Rental
  {
    Rental(
      line: line,
      row: row,
      price: price,
      kind: kind,
      time: time,
      repeatsPerYear: demand.repeatsPerYear
    )
  }

  private func onDemand(_ curves: Curves, _ provider: String) -> TCOOption {
    immediate("\(provider), on demand", metered(curves, "on demand"), curves, .immediate, [])
  }

  private func committed(_ curves: Curves, _ provider: String) -> TCOOption {
    var rentals: [Rental] = []
    var remarks: [String] = []
    for (entry, curve) in curves {
      let onDemand = entry.row.onDemand ?? .zero
      let (price, remark) = oneYearPrice(entry.row)
      let plan = RentalPlan(
        cheapestFor: curve.instances(ofGPUs: entry.row.gpuCount),
        lengths: curve.lengths,
        committedPrice: price,
        onDemandPrice: onDemand,
        billing: entry.row.billing
      )
      var fixed = rental("committed", entry.row, price, plan.committedTime, .fixed)
      fixed.hasTypicalDiscount = entry.row.oneYear == nil
      fixed.instances = plan.committed
      rentals += [fixed, rental("on demand", entry.row, onDemand, plan.onDemand, .metered)]
      remarks.append(
        "\(plan.committed) x \(entry.row.instance) committed, renewed each year at the market's price"
      )
      remarks += remark
    }
    return immediate("\(provider), committed", rentals, curves, .immediate, remarks)
  }

  private func spot(_ curves: Curves, _ provider: String) -> TCOOption? {
    var rentals = metered(curves, "spot")
    for index in rentals.indices {
      guard let price = rentals[index].row.spot,
        !curves[index].entry.flaws.contains(.spotNotBelowOnDemand)
      else { return nil }
      rentals[index].price = price
      rentals[index].isSpot = true
    }
    let lost = Renting.lostWorkShare(
      interruptionsPerHour: value(.interruptions),
      checkpointHours: value(.checkpointInterval),
      restartHours: value(.restartTime)
    )
    let remark =
      "\((lost * 10_000).rounded() / 100) % of the work is lost to interruptions: an estimate, no rate is published"
    return immediate("\(provider), spot", rentals, curves, .interruptible, [remark])
  }

  /// The run's own fleet, rented whole under one-year commitments and paid
  /// when idle: jobs wait as in the run.
  private func managed(_ provider: String) throws(Failure) -> TCOOption {
    var option = asSimulated("\(provider), managed fleet")
    option.provider = provider
    option.rentedShare = 1
    for part in demand.fleet {
      let entry = try offer(.init(accepts: [part.gpu], offered: []), at: provider)
      let instances = (part.gpus + entry.row.gpuCount - 1) / entry.row.gpuCount
      let (price, remark) = oneYearPrice(entry.row)
      let year = Int128(instances) * Int128(OwnershipCase.hoursPerYear) * 3_600_000_000_000
      var rental = rental("rented fleet", entry.row, price, year, .fixed)
      rental.repeatsPerYear = 1
      rental.hasTypicalDiscount = entry.row.oneYear == nil
      rental.instances = instances
      option.rentals.append(rental)
      option.remarks += ["\(instances) x \(entry.row.instance)"] + remark
      option.remarks += entry.flaws.map { "\(entry.row.offer): \($0.text)" }
    }
    return option
  }

  /// The price of a commitment of one year; without a quotation, the typical
  /// discount, told as an estimate.
  private func oneYearPrice(_ row: PriceRow) -> (Money, [String]) {
    if let price = row.oneYear { return (price, []) }
    let discount = models.first?.parameters[.oneYearDiscount]
    let share = ((discount?.typical ?? 0) * 1000).rounded() / 10
    return (
      (row.onDemand ?? .zero) * (1 - (discount?.typical ?? 0)),
      [
        "\(row.offer): no commitment price is known, \(share) % off on demand is typical (\(discount?.source ?? ""))"
      ]
    )
  }

  private func immediate(
    _ name: String,
    _ rentals: [Rental],
    _ curves: Curves,
    _ service: TCOOption.Service,
    _ remarks: [String]
  ) -> TCOOption {
    var option = TCOOption(
      name: name,
      service: service,
      servedPerYear: offeredPerYear,
      unservedPerYear: 0,
      waitingPerYear: 0
    )
    option.rentals = rentals
    option.provider = curves.first?.entry.row.provider
    option.rentedShare = 1
    option.remarks =
      remarks + curves.flatMap { entry, _ in entry.flaws.map { "\(entry.row.offer): \($0.text)" } }
    return option
  }

  /// A fleet like the run's: what it served, what it left.
  func asSimulated(_ name: String) -> TCOOption {
    TCOOption(
      name: name,
      service: demand.waiting > 0 || demand.served < demand.offered ? .asSimulated : .immediate,
      servedPerYear: demand.perYear(demand.served),
      unservedPerYear: demand.perYear(max(0, demand.offered - demand.served)),
      waitingPerYear: demand.perYear(demand.waiting)
    )
  }
}
