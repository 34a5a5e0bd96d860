/// A triangular distribution from low over typical to high, by inversion.
///
/// Its quantile of u is `low + sqrt(u (high - low)(typical - low))` below the
/// typical value's share, and the mirror image above it.
struct Triangular {
  let low: Double
  let high: Double
  /// The probability of staying below the typical value.
  let turn: Double
  /// `(high - low)(typical - low)` and `(high - low)(high - typical)`.
  let below: Double
  let above: Double

  /// - Precondition: low <= typical <= high.
  init(low: Double, typical: Double, high: Double) {
    precondition(low <= typical && typical <= high)
    self.low = low
    self.high = high
    turn = high > low ? (typical - low) / (high - low) : 0
    below = (high - low) * (typical - low)
    above = (high - low) * (high - typical)
  }

  var isFixed: Bool { low == high }

  /// The quantile of a number in (0, 1).
  func value(_ u: Double) -> Double {
    u < turn ? low + (u * below).squareRoot() : high - ((1 - u) * above).squareRoot()
  }
}
