/// Instances rented over the buckets of a demand.
///
/// Time is added up exactly in instance-nanoseconds; a price is applied once
/// to the sum. Of several instances the one that was started last is given
/// back first, so that the k-th runs whenever at least k are needed; each of
/// its stretches is charged by the provider's ``BillingTerms``.
public struct RentalPlan: Hashable, Sendable {
  /// Instances paid for the whole time, used or not.
  public var committed: Int
  /// Instance x ns on demand.
  public var onDemand: Int128
  /// Instance x ns under commitment.
  public var committedTime: Int128

  /// Everything on demand.
  public init(instances: [Int], lengths: [Int64], billing: BillingTerms = .exact) {
    committed = 0
    committedTime = 0
    onDemand = Self.charged(instances, lengths, billing).reduce(0, +)
  }

  /// The commitment that costs least, the rest on demand:
  /// `k x T x p_c + charged time of the instances above k x p_od`, over all k.
  ///
  /// The smallest of equal ones is taken.
  ///
  /// - Complexity: O(buckets + starts of instances).
  public init(
    cheapestFor instances: [Int],
    lengths: [Int64],
    committedPrice: Money,
    onDemandPrice: Money,
    billing: BillingTerms = .exact
  ) {
    let charged = Self.charged(instances, lengths, billing)
    let window = lengths.reduce(Int128(0)) { $0 + Int128($1) }
    var above = charged.reduce(0, +)
    (committed, onDemand) = (0, above)
    var least = onDemandPrice.nanos * above
    for (count, time) in charged.enumerated() {
      above -= time
      let cost = committedPrice.nanos * window * Int128(count + 1) + onDemandPrice.nanos * above
      if cost < least { (committed, onDemand, least) = (count + 1, above, cost) }
    }
    committedTime = Int128(committed) * window
  }

  /// The charged time of the first, second, … instance, ns. What still runs at
  /// the end is charged as it is: the run stands for a longer time.
  public static func charged(_ instances: [Int], _ lengths: [Int64], _ billing: BillingTerms) -> [Int128] {
    var charged = Array(repeating: Int128(0), count: instances.max() ?? 0)
    var starts: [Int64] = []
    var now: Int64 = 0
    for (count, length) in zip(instances, lengths) {
      while starts.count > count {
        let start = starts.removeLast()
        charged[starts.count] += Int128(billing.charged(now - start))
      }
      while starts.count < count { starts.append(now) }
      now += length
    }
    for (place, start) in starts.enumerated() { charged[place] += Int128(now - start) }
    return charged
  }

  /// The price for the whole time, rounded once to the billionth.
  public static func cost(_ instanceNanoseconds: Int128, perHour price: Money) -> Money {
    Money(nanos: Money.quotient(instanceNanoseconds * price.nanos, 3_600_000_000_000))
  }
}
