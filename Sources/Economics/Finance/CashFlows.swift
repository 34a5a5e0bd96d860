/// Yearly flows of one undertaking, the first at the start (usually the
/// purchase, negative), the others at the ends of years 1, 2, …
public struct CashFlows: Hashable, Sendable {
  public var flows: [Money]

  public init(_ flows: [Money]) { self.flows = flows }

  /// `sum of flow_t / (1 + r)^t`, for a rate above -1.
  public func presentValue(rate: Double) -> Double {
    var factor = 1.0
    var sum = 0.0
    for flow in flows {
      sum += flow.units * factor
      factor /= 1 + rate
    }
    return sum
  }

  /// The rates at which the present value is 0.
  public var internalRate: InternalRate { InternalRate(of: flows.map(\.units)) }

  /// The sum of all flows, the purchase included, over the purchase; nil
  /// without a purchase.
  public var returnOnInvestment: Double? {
    guard let first = flows.first, first < .zero else { return nil }
    return flows.total().units / -first.units
  }
}

/// When an investment has earned itself back.
public enum Payback: Hashable, Sendable {
  /// Years from the start, interpolated inside the year.
  case after(years: Double)
  /// Not within the years that were looked at.
  case never

  /// nil: never.
  public var years: Double? {
    if case .after(let years) = self { years } else { nil }
  }

  /// The first moment at which the earnings so far reach the capital; within
  /// a year, earnings come evenly. What is left of the capital's value at the
  /// end is no earning here.
  ///
  /// - Parameter earnings: of years 1, 2, …, not discounted.
  public init(capital: Double, earnings: [Double], rate: Double = 0) {
    var left = capital
    var factor = 1.0
    guard left > 0 else {
      self = .after(years: 0)
      return
    }
    for (year, earning) in earnings.enumerated() {
      factor /= 1 + rate
      let worth = earning * factor
      if worth >= left {
        self = .after(years: Double(year) + left / worth)
        return
      }
      left -= worth
    }
    self = .never
  }
}
