/// What the uncertainty of one offer is about: a fleet, a cloud price, and a
/// share of use that may itself be a range.
public struct UncertainWorld: Sendable {
  public let model: FleetModel
  /// USD per GPU-hour in the first year: a quotation, so it is fixed.
  public let cloudPrice: Double
  public let use: UseRange

  /// The share of the available GPU-hours in use.
  public struct UseRange: Hashable, Sendable {
    public var low: Double
    public var typical: Double
    public var high: Double

    public init(low: Double, typical: Double, high: Double) {
      self.low = low
      self.typical = typical
      self.high = high
    }
  }

  public init(model: FleetModel, cloudPrice: Double, use: UseRange) {
    self.model = model
    self.cloudPrice = cloudPrice
    self.use = use
  }

  /// Parameters that move the worth of owning: with a range, and of money.
  var varied: [CostRole] {
    CostRole.allCases.filter { role in
      let parameter = model.parameters[role]
      let isMoney = role != .carbonIntensity && role != .embodiedCarbon
      return parameter.low < parameter.high && isMoney && !role.isForRuns
        && !(role == .life && model.years != nil)
    }
  }

  /// The net present value of owning instead of renting, USD: the worth of
  /// ``OwnershipResult`` without its rounding to billionths.
  func worth(_ values: [Double], use: Double, price: Double) -> Double {
    let costs = model.costs(values, use: use)
    let rent =
      Double(model.gpus) * OwnershipCase.hoursPerYear * values[CostRole.availability.rawValue] * use * price
    let step = 1 / (1 + values[CostRole.costOfCapital.rawValue])
    let rentStep = 1 - values[CostRole.cloudPriceDecline.rawValue]
    let costStep = 1 + values[CostRole.costGrowth.rawValue]
    var (discount, rentNow, costNow, worth) = (1.0, rent, costs.running, -costs.capital)
    for _ in 0..<costs.years {
      discount *= step
      worth += (rentNow - costNow) * discount
      rentNow *= rentStep
      costNow *= costStep
    }
    return worth + costs.residual * discount
  }
}
