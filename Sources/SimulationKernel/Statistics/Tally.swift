import Glibc

/// Count, sum, mean, variance and extremes of whole-number observations.
///
/// Count, sum and extremes are exact. The variance follows B. P. Welford,
/// Technometrics 4 (1962), and merging T. F. Chan, G. H. Golub,
/// R. J. LeVeque, "Updating formulae" (1979), equation 2.1; both are stable
/// where a sum of squares is not.
///
/// - Complexity: O(1) an observation; 64 bytes.
@frozen
public struct Tally: Equatable, Sendable {
  @usableFromInline var storedSum: Int128 = 0
  @usableFromInline var storedCount: Int64 = 0
  @usableFromInline var low: Int64 = .max
  @usableFromInline var high: Int64 = .min
  @usableFromInline var runningMean: Double = 0
  /// The sum of squared distances from the mean.
  @usableFromInline var squares: Double = 0

  /// A tally of nothing.
  @inlinable
  public init() {}

  /// The number of observations.
  @inlinable
  public var count: Int64 { storedCount }

  /// The exact sum.
  @inlinable
  public var sum: Int128 { storedSum }

  /// The least observation; nil if there is none.
  public var minimum: Int64? { storedCount > 0 ? low : nil }

  /// The greatest observation; nil if there is none.
  public var maximum: Int64? { storedCount > 0 ? high : nil }

  /// The mean; nil if there is no observation.
  public var mean: Double? {
    storedCount > 0 ? Double(storedSum) / Double(storedCount) : nil
  }

  /// The unbiased sample variance; nil below two observations.
  public var variance: Double? {
    storedCount > 1 ? squares / Double(storedCount - 1) : nil
  }

  /// The square root of the variance; nil below two observations.
  public var standardDeviation: Double? { variance.map { $0.squareRoot() } }

  /// Adds an observation.
  @inlinable
  public mutating func add(_ value: Int64) {
    storedSum += Int128(value)
    storedCount += 1
    if value < low { low = value }
    if value > high { high = value }
    let observed = Double(value)
    let distance = observed - runningMean
    runningMean += distance / Double(storedCount)
    squares += distance * (observed - runningMean)
  }

  /// Adds the observations of another tally.
  public mutating func merge(_ other: Tally) {
    guard other.storedCount > 0 else { return }
    guard storedCount > 0 else {
      self = other
      return
    }
    let total = storedCount + other.storedCount
    let distance = other.runningMean - runningMean
    let share = Double(other.storedCount) / Double(total)
    squares += other.squares + distance * distance * Double(storedCount) * share
    runningMean += distance * share
    storedSum += other.storedSum
    storedCount = total
    low = min(low, other.low)
    high = max(high, other.high)
  }
}
