import Glibc

/// Nodes beside those that the work needs, so that enough of them are up.
///
/// Nodes fail independently of one another, and are up for a share of the
/// time: the number that is up is binomial. The share is that of an alternating
/// renewal process, `1 / (1 + sum of rate x mean repair)`, whatever the
/// distribution of the repairs.
public enum SpareNodes {
  /// The share of the time for which a node is up.
  ///
  /// - Parameter downDaysPerDay: the sum over causes of failures a day of a
  ///   node in service x mean days to repair.
  public static func availability(downDaysPerDay: Double) -> Double { 1 / (1 + downDaysPerDay) }

  /// The probability that at least `needed` of `nodes` are up: a k-out-of-n
  /// system.
  public static func probability(needed: Int, of nodes: Int, availability: Double) -> Double {
    guard needed > 0 else { return 1 }
    guard nodes >= needed, availability > 0 else { return 0 }
    guard availability < 1 else { return 1 }
    let (up, down) = (log(availability), log1p(-availability))
    // From the likeliest end: few nodes are down.
    return min(
      1,
      (needed...nodes).reversed().reduce(0) { sum, count in
        let choices =
          lgamma(Double(nodes + 1)) - lgamma(Double(count + 1)) - lgamma(Double(nodes - count + 1))
        return sum + exp(choices + Double(count) * up + Double(nodes - count) * down)
      }
    )
  }

  /// The fewest spares with which at least `needed` nodes are up with the
  /// probability asked for; nil: more than `most` are needed.
  public static func fewest(
    needed: Int,
    availability: Double,
    probability wanted: Double,
    most: Int = 100_000
  ) -> Int? {
    guard needed > 0 else { return 0 }
    for spares in 0...most
    where probability(needed: needed, of: needed + spares, availability: availability) >= wanted {
      return spares
    }
    return nil
  }
}
