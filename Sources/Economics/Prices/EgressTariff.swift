/// What a provider asks for data sent to the internet, in steps a month.
///
/// Source: the providers' public tariffs of 2026 for the first 10 TB, the next
/// 40, the next 100 and the rest (AWS 0.09, 0.085, 0.07, 0.05 USD/GB; Azure and
/// Google Cloud's premium tier beside it). Neoclouds usually ask nothing.
public struct EgressTariff: Hashable, Sendable {
  /// Upper ends of the steps, TB a month; the last has none.
  private static let ends = [10, 50, 150, Double.infinity]
  /// USD per GB in each step.
  public let prices: [Double]

  private init(_ prices: [Double]) { self.prices = prices }

  public static let aws = EgressTariff([0.09, 0.085, 0.07, 0.05])
  static let azure = EgressTariff([0.087, 0.083, 0.07, 0.05])
  static let gcp = EgressTariff([0.12, 0.11, 0.08, 0.08])
  static let none = EgressTariff([0, 0, 0, 0])

  /// Providers without a published tariff count as asking nothing.
  public static func of(_ provider: String) -> EgressTariff {
    switch provider.lowercased() {
    case "aws": aws
    case "azure": azure
    case "gcp": gcp
    default: none
    }
  }

  /// USD a month; tariffs count 1 TB as 1024 GB.
  public func cost(terabytesPerMonth: Double) -> Money {
    var (from, sum) = (0.0, 0.0)
    for (end, price) in zip(Self.ends, prices) where terabytesPerMonth > from {
      sum += (min(terabytesPerMonth, end) - from) * 1024 * price
      from = end
    }
    return Money(sum)
  }
}
