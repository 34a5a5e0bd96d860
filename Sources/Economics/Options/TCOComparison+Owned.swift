extension TCOComparison {
  /// The run's fleet, bought.
  func owned() -> TCOOption {
    var option = asSimulated("owned", [])
    let use = use(of: demand.served, gpus: demand.fleet.reduce(0) { $0 + $1.gpus })
    add(models.map { ($0, use) }, to: &option)
    return option
  }

  /// An owned base with everything above it on demand at the cheapest of the
  /// providers; the base is the number of nodes that costs least over all
  /// years.
  func hybrid(among providers: [String]) throws(Failure) -> TCOOption {
    var best: TCOOption?
    for provider in providers {
      let candidate = try hybrid(with: provider)
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
      capital: .zero,
      residual: .zero,
      lines: [],
      yearly: Array(repeating: .zero, count: years),
      ownedGPUs: [],
      servedPerYear: offeredPerYear,
      unservedPerYear: 0,
      waitingPerYear: 0,
      remarks: ["the base never makes a job wait: what it cannot hold goes to \(name) in the same bucket"]
    )
    var burst = Money.zero
    var bases: [(FleetModel, Double)] = []
    for (entry, curve) in curves {
      let base = cheapestBase(entry, curve)
      burst += base.burst
      if let model = base.model { bases.append((model, base.use)) }
      option.remarks += entry.flaws.map { "\(entry.row.offer): \($0.text)" }
    }
    if bases.isEmpty {
      option.remarks.append("no base: at these prices every owned node costs more than it saves")
    } else {
      add(bases, to: &option)
    }
    option.lines.append(.init(name: "burst, on demand", amount: burst))
    for (year, amount) in falling(burst).enumerated() { option.yearly[year] += amount }
    return option
  }

  /// A base of so many nodes, and a year's burst above it.
  private struct Base {
    var model: FleetModel?
    var use: Double
    var burst: Money
  }

  /// Tries every number of nodes up to the peak: staff comes in steps, so
  /// that the cost is not convex.
  ///
  /// - Complexity: O(nodes at the peak x buckets).
  private func cheapestBase(_ entry: PriceBook.Entry, _ curve: DemandCurve) -> Base {
    let level = Annuity.presentValue(rate: rate, years: years, growth: -value(.cloudPriceDecline))
    func burst(above base: Int128) -> Money {
      let instances = curve.instances(ofGPUs: entry.row.gpuCount, above: base)
      let plan = RentalPlan(instances: instances, lengths: curve.lengths)
      return RentalPlan.cost(plan.onDemand, perHour: entry.row.onDemand ?? .zero) * demand.repeatsPerYear
    }
    var best = Base(model: nil, use: 0, burst: burst(above: 0))
    var bestCost = best.burst.units * level
    guard let pattern = models.first(where: { PriceBook.isSame($0.gpu.id, curve.gpu) }) else { return best }
    let perNode = pattern.parameters.gpusPerNode
    let availability = pattern.parameters[.availability].typical
    let growth = Annuity.presentValue(rate: rate, years: years, growth: value(.costGrowth))
    for nodes in stride(from: 1, through: (curve.peakGPUs + perNode - 1) / perNode, by: 1) {
      let model = FleetModel(
        gpu: pattern.gpu,
        gpus: nodes * perNode,
        parameters: pattern.parameters,
        years: years
      )
      // Nodes that are down serve nothing: the base is what is up on average.
      let base = Int128((Double(model.gpus) * availability * 1000).rounded(.down))
      let served = zip(curve.values, curve.lengths).reduce(Int128(0)) { $0 + min($1.0, base * Int128($1.1)) }
      let use = use(of: served, gpus: model.gpus)
      let costs = model.costs(pattern.parameters.typical, use: use)
      let above = burst(above: base)
      let present =
        costs.capital + costs.running * growth + above.units * level
        - costs.residual * Annuity.discount(rate: rate, years: years)
      if present < bestCost {
        best = Base(model: model, use: use, burst: above)
        bestCost = present
      }
    }
    return best
  }

  /// The share of the available GPU time that was held.
  private func use(of served: Int128, gpus: Int) -> Double {
    let capacity = Double(gpus) * 1000 * Double(demand.window) * value(.availability)
    return capacity > 0 ? min(1, Double(served) / capacity) : 0
  }

  /// Adds what fleets cost to an option.
  private func add(_ fleets: [(FleetModel, Double)], to option: inout TCOOption) {
    var sums: [Money] = Array(repeating: .zero, count: 6)
    let names = ["power", "rent", "maintenance", "staff", "software", "insurance"]
    for (model, use) in fleets {
      let costs = model.costs(model.parameters.typical, use: use)
      option.capital += Money(costs.capital)
      option.residual += Money(costs.residual)
      let parts = [costs.power, costs.rent, costs.maintenance, costs.staff, costs.software, costs.insurance]
      for index in sums.indices { sums[index] += Money(parts[index]) }
      option.ownedGPUs.append(.init(gpu: model.gpu.id, gpus: model.gpus))
    }
    // One team looks after all models.
    if let (model, _) = fleets.first, fleets.count > 1 {
      let posts = Staff.posts(
        nodes: fleets.reduce(0) { $0 + $1.0.nodes },
        minimum: model.parameters[.minimumPosts].typical,
        nodesPerPost: model.parameters[.nodesPerPost].typical
      )
      sums[3] = Money(posts * model.parameters[.postCost].typical)
    }
    option.lines += zip(names, sums).map { TCOOption.Line(name: $0, amount: $1) }
    let running = growing(sums.total())
    if option.yearly.isEmpty {
      option.yearly = running
    } else {
      for year in running.indices { option.yearly[year] += running[year] }
    }
  }
}
