/// The worth of owning by use and by cloud price, everything else typical.
public struct UseByPriceTable: Sendable {
  /// Shares of the available GPU-hours in use: the rows.
  public let uses: [Double]
  /// USD per GPU-hour: the columns.
  public let prices: [Double]
  /// Net present value, USD, by row and column.
  public let worths: [[Double]]

  /// From 30 to 100 % in use, at half to one and a half times the offer's price.
  public static let standardUses = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
  public static let standardFactors = [0.5, 0.75, 1, 1.25, 1.5]

  public init(_ world: UncertainWorld, uses: [Double], prices: [Double]) {
    self.uses = uses
    self.prices = prices
    let typical = world.model.parameters.typical
    worths = uses.map { use in prices.map { world.worth(typical, use: use, price: $0) } }
  }
}
