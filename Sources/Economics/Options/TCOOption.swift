/// One way of meeting a run's demand for some years.
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

  /// A named part of the first year's running cost or rent.
  public struct Line: Hashable, Sendable {
    public var name: String
    public var amount: Money
  }

  public var name: String
  public var service: Service
  /// Bought at the start, and what is left at the end.
  public var capital: Money
  public var residual: Money
  /// Of the first year.
  public var lines: [Line]
  /// Costs of years 1, 2, …, without the purchase.
  public var yearly: [Money]
  /// GPUs of the owned base, by model; empty: nothing is owned.
  public var ownedGPUs: [RunDemand.Part]
  /// GPU-hours a year.
  public var servedPerYear: Double
  public var unservedPerYear: Double
  public var waitingPerYear: Double
  /// What a reader must know about its prices.
  public var remarks: [String]

  /// The purchase, the yearly costs, and the sale of what is left; costs are
  /// negative.
  public var flows: CashFlows {
    var flows = [-capital] + yearly.map { -$0 }
    flows[flows.count - 1] += residual
    return CashFlows(flows)
  }

  /// What all years cost, at the start, USD.
  public func presentCost(rate: Double) -> Double { -flows.presentValue(rate: rate) }

  /// The same as a level amount a year, USD.
  public func annualCost(rate: Double) -> Double {
    presentCost(rate: rate) * Annuity.recoveryFactor(rate: rate, years: yearly.count)
  }

  /// USD for a GPU-hour that jobs held; nil when there is none.
  public func costPerServedGPUHour(rate: Double) -> Double? {
    servedPerYear > 0 ? annualCost(rate: rate) / servedPerYear : nil
  }
}
