extension TCOComparison {
  /// The run's fleet, bought.
  func owned(bridgedBy providers: [String]) throws(Failure) -> TCOOption {
    var option = asSimulated("owned")
    let use = use(of: demand.served, gpus: demand.fleet.reduce(0) { $0 + $1.gpus })
    option.fleets = models.indices.map { .init(place: $0, model: models[$0], use: use) }
    guard terms.countsLeadTime else { return option }
    let weeks = value(.leadTime)
    guard let bridge = try cheapestOnDemand(providers) else {
      let lost = min(1, weeks / TCOTerms.weeksPerYear) * terms.firstYearDemandShare * offeredPerYear
      option.remarks.append(
        "nothing is served in the \(weeks) weeks before the delivery: \(Int(lost.rounded())) GPU-hours; name a provider to rent until then"
      )
      return option
    }
    option.rentals = metered(bridge.curves, "until delivery, on demand", kind: .untilDelivery)
    option.provider = bridge.name
    option.remarks.append("\(weeks) weeks until delivery are rented on demand from \(bridge.name)")
    return option
  }

  /// The provider at which the demand costs least on demand.
  private func cheapestOnDemand(_ providers: [String]) throws(Failure) -> (name: String, curves: Curves)? {
    var best: (name: String, curves: Curves, cost: Money)?
    for provider in providers {
      let curves = try curves(at: provider)
      let cost = metered(curves, "").map { RentalPlan.cost($0.time, perHour: $0.price) }.total()
      if best.map({ cost < $0.cost }) ?? true {
        best = (curves.first?.entry.row.provider ?? provider, curves, cost)
      }
    }
    return best.map { ($0.name, $0.curves) }
  }

  /// An owned base with everything above it on demand at the cheapest of the
  /// providers; the base is the number of nodes that costs least over all
  /// years.
  func hybrid(among providers: [String]) throws(Failure) -> TCOOption {
    var best: TCOOption?
    for provider in providers {
      let candidate = complete(try hybrid(with: provider))
      if best.map({ candidate.presentCost(rate: rate) < $0.presentCost(rate: rate) }) ?? true {
        best = candidate
      }
    }
    guard let best else { throw .noBurst }
    return best
  }

  private func hybrid(with provider: String) throws(Failure) -> TCOOption {
    let curves = try curves(at: provider)
    let name = curves.first?.entry.row.provider ?? provider
    var option = TCOOption(
      name: "hybrid with \(name)",
      service: .immediate,
      servedPerYear: offeredPerYear,
      unservedPerYear: 0,
      waitingPerYear: 0
    )
    option.provider = name
    option.remarks = [
      "the base never makes a job wait: what it cannot hold goes to \(name) in the same bucket"
    ]
    var ownTime = Int128(0)
    for (entry, curve) in curves {
      let base = cheapestBase(entry, curve)
      let price = entry.row.onDemand ?? .zero
      option.rentals.append(rental("burst, on demand", entry.row, price, base.burst, .metered))
      if let fleet = base.fleet { option.fleets.append(fleet) }
      ownTime += base.served
      option.remarks += entry.flaws.map { "\(entry.row.offer): \($0.text)" }
    }
    let total = demand.offered
    option.rentedShare = total > 0 ? Double(total - ownTime) / Double(total) : 0
    if option.fleets.isEmpty {
      option.remarks.append("no base: at these prices every owned node costs more than it saves")
    } else if terms.countsLeadTime {
      option.rentals += bridge(curves, beside: option.rentals)
      option.remarks.append("until delivery everything is rented on demand from \(name)")
    }
    return option
  }

  /// What the base would hold, rented until it comes.
  private func bridge(_ curves: Curves, beside bursts: [Rental]) -> [Rental] {
    var rentals = metered(curves, "until delivery, on demand", kind: .untilDelivery)
    for index in rentals.indices { rentals[index].time = max(0, rentals[index].time - bursts[index].time) }
    return rentals
  }

  /// A base of so many nodes, and the instance time above it.
  private struct Base {
    var fleet: TCOOption.OwnedFleet?
    var served: Int128 = 0
    var burst: Int128
  }

  /// Tries every number of nodes up to the peak: staff comes in steps, so
  /// that the cost is not convex.
  ///
  /// - Complexity: O(nodes at the peak x buckets).
  private func cheapestBase(_ entry: PriceBook.Entry, _ curve: DemandCurve) -> Base {
    let level = Annuity.presentValue(rate: rate, years: terms.years, growth: -value(.cloudPriceDecline))
    func burst(above base: Int128) -> Int128 {
      let instances = curve.instances(ofGPUs: entry.row.gpuCount, above: base)
      return RentalPlan(instances: instances, lengths: curve.lengths, billing: entry.row.billing).onDemand
    }
    func present(_ burst: Int128) -> Double {
      let year = RentalPlan.cost(burst, perHour: entry.row.onDemand ?? .zero) * demand.repeatsPerYear
      return year.units * level
    }
    var best = Base(burst: burst(above: 0))
    var bestCost = present(best.burst)
    guard let place = models.firstIndex(where: { PriceBook.isSame($0.gpu.id, curve.gpu) }) else {
      return best
    }
    let pattern = models[place]
    let perNode = pattern.parameters.gpusPerNode
    let availability = pattern.parameters[.availability].typical
    let growth = Annuity.presentValue(rate: rate, years: terms.years, growth: value(.costGrowth))
    for nodes in stride(from: 1, through: (curve.peakGPUs + perNode - 1) / perNode, by: 1) {
      let model = FleetModel(
        gpu: pattern.gpu,
        gpus: nodes * perNode,
        parameters: pattern.parameters,
        years: terms.years,
        site: terms.site
      )
      // Nodes that are down serve nothing: the base is what is up on average.
      let base = Int128((Double(model.gpus) * availability * 1000).rounded(.down))
      let served = zip(curve.values, curve.lengths).reduce(Int128(0)) { $0 + min($1.0, base * Int128($1.1)) }
      let use = use(of: served, gpus: model.gpus)
      let costs = model.costs(pattern.parameters.typical, use: use)
      let above = burst(above: base)
      let cost =
        costs.capital + costs.running * growth + present(above)
        - costs.residual * Annuity.discount(rate: rate, years: terms.years)
      if cost < bestCost {
        best = Base(fleet: .init(place: place, model: model, use: use), served: served, burst: above)
        bestCost = cost
      }
    }
    return best
  }

  /// The share of the available GPU time that was held.
  private func use(of served: Int128, gpus: Int) -> Double {
    let capacity = Double(gpus) * 1000 * Double(demand.window) * value(.availability)
    return capacity > 0 ? min(1, Double(served) / capacity) : 0
  }
}
