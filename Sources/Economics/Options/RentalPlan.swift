/// Instances rented over the buckets of a demand.
///
/// Time is added up exactly in instance-nanoseconds; a price is applied once
/// to the sum.
public struct RentalPlan: Hashable, Sendable {
  /// Instances paid for the whole time, used or not.
  public var committed: Int
  /// Instance x ns on demand.
  public var onDemand: Int128
  /// Instance x ns under commitment.
  public var committedTime: Int128

  /// Everything on demand.
  public init(instances: [Int], lengths: [Int64]) {
    committed = 0
    committedTime = 0
    onDemand = zip(instances, lengths).reduce(0) { $0 + Int128($1.0) * Int128($1.1) }
  }

  /// The commitment that costs least, the rest on demand:
  /// `k x T x p_c + sum of max(0, n_b - k) x t_b x p_od`, over all k.
  ///
  /// The cost is convex in k; the smallest of equal ones is taken.
  ///
  /// - Complexity: O(buckets + largest number of instances).
  public init(cheapestFor instances: [Int], lengths: [Int64], committedPrice: Money, onDemandPrice: Money) {
    let peak = instances.max() ?? 0
    // Time during which more than k instances are in use.
    var above = [Int128](repeating: 0, count: peak + 1)
    for (count, length) in zip(instances, lengths) where count > 0 { above[count - 1] += Int128(length) }
    for count in stride(from: peak - 2, through: 0, by: -1) { above[count] += above[count + 1] }
    let window = lengths.reduce(Int128(0)) { $0 + Int128($1) }
    var best = 0
    // One more instance pays as long as its price for the whole time is less
    // than that of its use on demand.
    while best < peak, committedPrice.nanos * window < onDemandPrice.nanos * above[best] { best += 1 }
    committed = best
    committedTime = Int128(best) * window
    onDemand = above[best...].reduce(0, +)
  }

  /// The price for the whole time, rounded once to the billionth.
  public static func cost(_ instanceNanoseconds: Int128, perHour price: Money) -> Money {
    Money(nanos: Money.quotient(instanceNanoseconds * price.nanos, 3_600_000_000_000))
  }
}
