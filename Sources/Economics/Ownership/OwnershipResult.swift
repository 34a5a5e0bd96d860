import Glibc

/// What follows from an ``OwnershipCase``.
///
/// Where costs grow or prices fall over the years, levelled figures (a year, a
/// GPU-hour, a break-even) are those that are worth as much as the real ones;
/// without growth they are the text-book formulas.
public struct OwnershipResult: Sendable {
  public let input: OwnershipCase

  public init(_ input: OwnershipCase) { self.input = input }

  // MARK: Flows

  /// Running costs of years 1, 2, …
  public var runningCosts: [Money] {
    (0..<input.years).map { input.runningCost * pow(1 + input.costGrowth, Double($0)) }
  }

  /// What renting the used GPU-hours costs in the first year.
  public var rent: Money { Money(input.usedGPUHours * input.cloudPrice) }

  /// What renting the used GPU-hours costs in years 1, 2, …
  public var rents: [Money] {
    (0..<input.years).map { rent * pow(1 - input.cloudPriceDecline, Double($0)) }
  }

  /// What owning saves in years 1, 2, …, before the capital.
  public var savings: [Money] { zip(rents, runningCosts).map { $0 - $1 } }

  /// Owning instead of renting: the purchase, the savings, and the sale of
  /// what is left.
  public var flows: CashFlows {
    var flows = [-input.capital] + savings
    flows[input.years] += input.residual
    return CashFlows(flows)
  }

  // MARK: Worth

  /// USD at the start.
  public var netPresentValue: Double { flows.presentValue(rate: input.costOfCapital) }
  public var internalRate: InternalRate { flows.internalRate }
  public var returnOnInvestment: Double? { flows.returnOnInvestment }

  public var simplePayback: Payback {
    Payback(capital: input.capital.units, earnings: savings.map(\.units))
  }

  public var discountedPayback: Payback {
    Payback(capital: input.capital.units, earnings: savings.map(\.units), rate: input.costOfCapital)
  }

  // MARK: Levelled costs

  /// `CRF`.
  public var recoveryFactor: Double {
    Annuity.recoveryFactor(rate: input.costOfCapital, years: input.years)
  }

  /// Capital cost a year, USD: `(C - S / (1 + r)^n) x CRF`.
  public var capitalRecovery: Double {
    let discount = Annuity.discount(rate: input.costOfCapital, years: input.years)
    return (input.capital.units - input.residual.units * discount) * recoveryFactor
  }

  /// Equivalent annual cost, USD: capital recovery plus running costs.
  public var equivalentAnnualCost: Double {
    capitalRecovery + input.runningCost.units * level(input.costGrowth)
  }

  /// USD.
  public var costPerAvailableGPUHour: Double { equivalentAnnualCost / input.availableGPUHours }

  /// USD; nil when nothing is used.
  public var costPerUsedGPUHour: Double? {
    input.utilisation > 0 ? equivalentAnnualCost / input.usedGPUHours : nil
  }

  /// The utilisation at which owning costs as much as renting; above 1, owning
  /// never wins. nil when renting costs nothing.
  public var breakEvenUtilisation: Double? {
    let rentAtFullUse =
      input.cloudPrice * input.availableGPUHours * level(-input.cloudPriceDecline)
    return rentAtFullUse > 0 ? equivalentAnnualCost / rentAtFullUse : nil
  }

  /// The first year's cloud price at which owning costs as much as renting,
  /// USD per GPU-hour; nil when nothing is used.
  public var breakEvenCloudPrice: Double? {
    costPerUsedGPUHour.map { $0 / level(-input.cloudPriceDecline) }
  }

  /// A year's payment that is worth as much as payments that begin with 1 and
  /// grow.
  private func level(_ growth: Double) -> Double {
    guard growth != 0 else { return 1 }
    return Annuity.presentValue(rate: input.costOfCapital, years: input.years, growth: growth)
      * recoveryFactor
  }
}
