/// Instances that an option rents.
public struct Rental: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// By the hour, as the demand asks.
    case metered
    /// Paid whether used or not.
    case fixed
    /// By the hour, until the owned GPUs come.
    case untilDelivery
  }

  /// The cost line, such as `on demand`.
  public var line: String
  public var row: PriceRow
  /// USD for an hour of one instance in the first year.
  public var price: Money
  /// The price is the on-demand price less the typical discount of a year's
  /// commitment, because none is quoted.
  public var hasTypicalDiscount = false
  /// Work is lost when instances are taken away.
  public var isSpot = false
  public var kind: Kind
  /// Instances paid for all the time; nil: as the demand asks.
  public var instances: Int?
  /// Instance x ns within the time that the run measured.
  public var time: Int128
  /// How often that time fits a year.
  public var repeatsPerYear: Double

  /// Instance-hours a year.
  public var hoursPerYear: Double { Double(time) / 3.6e12 * repeatsPerYear }

  /// USD for an hour of one instance in a world.
  func price(_ world: CostWorld) -> Money {
    hasTypicalDiscount ? (row.onDemand ?? .zero) * (1 - world.value(.oneYearDiscount)) : price
  }

  /// A year of the run's demand at the first year's price.
  func firstYear(_ world: CostWorld) -> Money {
    RentalPlan.cost(time, perHour: price(world)) * repeatsPerYear
  }
}
