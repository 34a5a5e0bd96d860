/// One way of meeting a run's demand for some years: what it owns and rents,
/// and what that costs.
public struct TCOOption: Sendable {
  /// What the jobs get.
  public enum Service: String, Sendable {
    /// Every job starts as soon as it can.
    case immediate
    /// Jobs wait as they did in the run.
    case asSimulated = "as simulated"
    /// Every job starts as soon as it can, and may lose its GPUs at any time.
    case interruptible
  }

  /// Nodes of one GPU model that it buys.
  public struct OwnedFleet: Hashable, Sendable {
    /// Of the model among those of the run's fleet.
    public var place: Int
    public var model: FleetModel
    /// The share of the available GPU-hours in use.
    public var use: Double
  }

  /// A named part of the first year's running cost or rent.
  public struct Line: Hashable, Sendable {
    public var name: String
    public var amount: Money
  }

  public var name: String
  public var service: Service
  public var fleets: [OwnedFleet] = []
  public var rentals: [Rental] = []
  /// The cloud in which it rents; nil: none.
  public var provider: String?
  /// The part of the GPU-hours that is rented, 0 to 1.
  public var rentedShare = 0.0
  /// GPU-hours a year.
  public var servedPerYear: Double
  public var unservedPerYear: Double
  public var waitingPerYear: Double
  /// What a reader must know about its prices.
  public var remarks: [String] = []
  /// With typical values; filled once the option is complete.
  public internal(set) var schedule = CostSchedule(years: 0)

  /// GPUs that it owns, by model; empty: none.
  public var ownedGPUs: [RunDemand.Part] {
    fleets.map { RunDemand.Part(gpu: $0.model.gpu.id, gpus: $0.model.gpus) }
  }

  /// Bought at the start.
  public var capital: Money { schedule.total(ofYear: 0) }

  /// What is left at the end.
  public var residual: Money {
    -(schedule.lines.first { $0.name == CostSchedule.residual }?.amounts.last ?? .zero)
  }

  /// Of the first year, without purchase and sale.
  public var lines: [Line] {
    schedule.lines.compactMap { line in
      line.name == CostSchedule.residual || line.amounts[1...].allSatisfy { $0 == .zero }
        ? nil : Line(name: line.name, amount: line.amounts[1])
    }
  }

  /// Costs of years 1, 2, …, without purchase and sale.
  public var yearly: [Money] {
    (1...schedule.years).map { year in
      schedule.lines.filter { $0.name != CostSchedule.residual }.map { $0.amounts[year] }.total()
    }
  }

  /// The purchase, the yearly costs, and the sale of what is left; costs are
  /// negative.
  public var flows: CashFlows { schedule.flows }

  /// What all years cost, at the start, USD.
  public func presentCost(rate: Double) -> Double { -flows.presentValue(rate: rate) }

  /// The same as a level amount a year, USD.
  public func annualCost(rate: Double) -> Double {
    presentCost(rate: rate) * Annuity.recoveryFactor(rate: rate, years: schedule.years)
  }

  /// The level cost a year of owning fleets, USD, with typical values and
  /// nothing optional; the cost of capital is that of the first.
  public static func levelCost(ofOwning fleets: [FleetModel], use: Double, years: Int) -> Double {
    guard !fleets.isEmpty else { return 0 }
    var option = TCOOption(
      name: "owned",
      service: .immediate,
      servedPerYear: 0,
      unservedPerYear: 0,
      waitingPerYear: 0
    )
    option.fleets = fleets.indices.map { OwnedFleet(place: $0, model: fleets[$0], use: use) }
    let world = CostWorld(terms: TCOTerms(years: years), values: fleets.map(\.parameters.typical))
    option.schedule = CostSchedule(option, world)
    return option.annualCost(rate: world.rate)
  }

  /// USD for a GPU-hour that jobs held; nil when there is none.
  public func costPerServedGPUHour(rate: Double) -> Double? {
    servedPerYear > 0 ? annualCost(rate: rate) / servedPerYear : nil
  }
}
