import Glibc

extension CostSchedule {
  /// The costs of an option in a world.
  init(_ option: TCOOption, _ world: CostWorld) {
    self.init(years: world.terms.years)
    addFleets(option, world)
    addRentals(option, world)
    addData(option, world)
    if world.terms.countsSupport { addSupport(option, world) }
    if world.terms.isTaxed { addTax(world) }
  }

  /// Purchase, running costs from the delivery on, and the sale at the end.
  private mutating func addFleets(_ option: TCOOption, _ world: CostWorld) {
    guard !option.fleets.isEmpty else { return }
    let names = ["power", "rent", "maintenance", "staff", "software", "insurance"]
    var running = Array(repeating: Money.zero, count: names.count)
    var firstPower = Money.zero
    for fleet in option.fleets {
      let values = world.values[fleet.place]
      let costs = fleet.model.costs(values, use: fleet.use)
      add(Self.purchase, Money(costs.capital), inYear: 0)
      let parts = [costs.power, costs.rent, costs.maintenance, costs.staff, costs.software, costs.insurance]
      for index in parts.indices { running[index] += Money(parts[index]) }
      firstPower += Money(fleet.model.costs(values, use: fleet.use * world.terms.firstYearDemandShare).power)
    }
    if option.fleets.count > 1 {
      // One team looks after all models.
      let posts = Staff.posts(
        nodes: option.fleets.reduce(0) { $0 + $1.model.nodes },
        minimum: world.value(.minimumPosts),
        nodesPerPost: world.value(.nodesPerPost)
      )
      running[3] = Money(posts * world.value(.postCost))
    }
    for year in 1...years {
      let growth = pow(1 + world.value(.costGrowth), Double(year - 1))
      for (index, name) in names.enumerated() {
        let isFirstPower = year == 1 && index == 0
        let amount = (isFirstPower ? firstPower : running[index]) * growth
        add(name, year == 1 && world.leadShare > 0 ? amount * (1 - world.leadShare) : amount, inYear: year)
      }
    }
    for fleet in option.fleets {
      let costs = fleet.model.costs(world.values[fleet.place], use: fleet.use)
      add(Self.residual, -Money(costs.residual), inYear: years)
    }
  }

  private mutating func addRentals(_ option: TCOOption, _ world: CostWorld) {
    for rental in option.rentals {
      let first = rental.firstYear(world)
      for year in 1...years {
        var amount = first * pow(1 - world.value(.cloudPriceDecline), Double(year - 1))
        switch rental.kind {
        case .metered where year == 1: amount = amount * world.terms.firstYearDemandShare
        case .untilDelivery where year == 1:
          amount = amount * (world.leadShare * world.terms.firstYearDemandShare)
        case .untilDelivery: continue
        case .metered, .fixed: break
        }
        add(rental.line, amount, inYear: year)
        guard rental.isSpot else { continue }
        let lost = Renting.lostWorkShare(
          interruptionsPerHour: world.value(.interruptions),
          checkpointHours: world.value(.checkpointInterval),
          restartHours: world.value(.restartTime)
        )
        add(Self.lostWork, amount * lost, inYear: year)
      }
    }
  }

  /// Storage, and egress of what is computed in a cloud.
  private mutating func addData(_ option: TCOOption, _ world: CostWorld) {
    let terms = world.terms
    if terms.storageTerabytes > 0 {
      if option.fleets.isEmpty {
        let year = terms.storageTerabytes * 1000 * 12 * world.value(.objectStorage)
        for number in 1...years { add(Self.storage, Money(year), inYear: number) }
      } else {
        add(Self.storagePurchase, Money(terms.storageTerabytes * world.value(.storagePrice)), inYear: 0)
      }
    }
    let month = Self.egressPerMonth(option, terms)
    guard month > .zero else { return }
    for number in 1...years { add(Self.egress, month * 12, inYear: number) }
  }

  /// By the provider's steps, for the part that is computed there.
  static func egressPerMonth(_ option: TCOOption, _ terms: TCOTerms) -> Money {
    guard terms.egressTerabytesPerMonth > 0, option.rentedShare > 0, let provider = option.provider else {
      return .zero
    }
    return EgressTariff.of(provider).cost(
      terabytesPerMonth: terms.egressTerabytesPerMonth * option.rentedShare
    )
  }

  private mutating func addSupport(_ option: TCOOption, _ world: CostWorld) {
    let rented = Set(option.rentals.map(\.line))
    for year in 1...years {
      let rent = lines.filter { rented.contains($0.name) }.map { $0.amounts[year] }.total()
      if rent > .zero { add(Self.support, rent * world.value(.supportShare), inYear: year) }
    }
  }

  /// Running costs and the write-off of the purchase save tax; what is left is
  /// sold at its book value.
  private mutating func addTax(_ world: CostWorld) {
    let writeOff = writeOff(world.terms)
    for year in 1...years {
      let costs = lines.filter { !Self.exceptional.contains($0.name) }.map { $0.amounts[year] }.total()
      add(Self.tax, -((costs + writeOff[year - 1]) * world.value(.taxRate)), inYear: year)
    }
  }

  /// What is written off in years 1, 2, …
  public func writeOff(_ terms: TCOTerms) -> [Money] {
    let capital = lines.filter { Self.exceptional.contains($0.name) }.map { $0.amounts[0] }.total()
    let residual = -(lines.first { $0.name == Self.residual }?.amounts[years] ?? .zero)
    return switch terms.writeOff {
    case .straightLine: Depreciation.straightLine(capital: capital, residual: residual, years: years)
    case .doubleDeclining: Depreciation.doubleDeclining(capital: capital, residual: residual, years: years)
    }
  }
}
