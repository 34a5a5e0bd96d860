/// How far each parameter alone moves the worth of owning: to its low and to
/// its high value, the others typical; widest first.
public struct Tornado: Sendable {
  public struct Bar: Hashable, Sendable {
    public var name: String
    public var low: Double
    public var high: Double
    /// Net present value at the low and at the high value, USD.
    public var worthAtLow: Double
    public var worthAtHigh: Double

    public var width: Double { (worthAtHigh - worthAtLow).magnitude }
  }

  /// With everything typical, USD.
  public let worth: Double
  public let bars: [Bar]
  /// What the worth is measured against, where it is another option.
  public let against: String?

  /// Widest first; equal widths keep their order.
  init(worth: Double, against: String?, bars: [Bar]) {
    self.worth = worth
    self.against = against
    self.bars = bars.sorted { $0.width > $1.width }
  }

  public init(_ world: UncertainWorld) {
    let typical = world.model.parameters.typical
    let use = world.use
    var bars = world.varied.map { role in
      let parameter = world.model.parameters[role]
      func worth(_ value: Double) -> Double {
        var values = typical
        values[role.rawValue] = value
        return world.worth(values, use: use.typical, price: world.cloudPrice)
      }
      return Bar(
        name: parameter.name,
        low: parameter.low,
        high: parameter.high,
        worthAtLow: worth(parameter.low),
        worthAtHigh: worth(parameter.high)
      )
    }
    if use.low < use.high {
      bars.append(
        Bar(
          name: "use",
          low: use.low,
          high: use.high,
          worthAtLow: world.worth(typical, use: use.low, price: world.cloudPrice),
          worthAtHigh: world.worth(typical, use: use.high, price: world.cloudPrice)
        )
      )
    }
    self.init(
      worth: world.worth(typical, use: use.typical, price: world.cloudPrice),
      against: nil,
      bars: bars
    )
  }
}
