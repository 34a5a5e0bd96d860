/// How a provider counts the time of an instance.
public struct BillingTerms: Hashable, Sendable {
  /// Each stretch of use is rounded up to a multiple of this, s; 0: charged
  /// as it is.
  public var granularity: Int
  /// The least that a stretch of use costs, s.
  public var minimum: Int

  /// Nothing is rounded up.
  public static let exact = BillingTerms(granularity: 0, minimum: 0)

  public init(granularity: Int, minimum: Int) {
    self.granularity = granularity
    self.minimum = minimum
  }

  /// What a provider is known for; by the hour where nothing is known.
  ///
  /// General knowledge of the providers' pricing pages, not read for this:
  /// treat as estimates. A table of prices overrides it.
  public static func usual(_ provider: String) -> BillingTerms {
    switch provider.lowercased() {
    case "aws", "gcp", "azure": BillingTerms(granularity: 1, minimum: 60)
    case "lambda", "hyperstack", "runpod", "nebius": BillingTerms(granularity: 60, minimum: 60)
    default: BillingTerms(granularity: 3600, minimum: 3600)
    }
  }

  /// What is charged for a stretch of use, ns.
  public func charged(_ nanoseconds: Int64) -> Int64 {
    let second: Int64 = 1_000_000_000
    let step = Int64(granularity) * second
    let whole = step > 0 ? (nanoseconds + step - 1) / step * step : nanoseconds
    return max(whole, Int64(minimum) * second)
  }
}
