import CGSL

/// An interval that holds the true mean with a stated probability.
///
/// Student's t interval for independent observations, usually one from each
/// replication of a simulation. Source: A. M. Law, "Simulation Modeling and
/// Analysis" (5th ed., 2015), sections 4.5, 9.5.3 (batch means), 10.2.1
/// (paired differences).
public struct ConfidenceInterval: Equatable, Sendable, CustomStringConvertible {
  /// The mean of the observations.
  public let mean: Double
  /// The distance from the mean to either end.
  public let halfWidth: Double
  /// The probability of holding the true mean, 0.95 for example.
  public let level: Double
  /// The number of observations.
  public let count: Int

  /// The interval of independent observations; nil below two.
  ///
  /// - Precondition: 0 < level < 1.
  public init?(of values: some Collection<Double>, level: Double = 0.95) {
    precondition(level > 0 && level < 1, "the level must lie inside (0, 1)")
    guard values.count > 1 else { return nil }
    let count = Double(values.count)
    // Welford's recurrence; see Tally.
    var mean = 0.0
    var squares = 0.0
    for (index, value) in values.enumerated() {
      let distance = value - mean
      mean += distance / Double(index + 1)
      squares += distance * (value - mean)
    }
    let standardError = (squares / (count - 1) / count).squareRoot()
    self.mean = mean
    halfWidth = Self.studentT(level: level, degreesOfFreedom: count - 1) * standardError
    self.level = level
    self.count = values.count
  }

  /// The interval of the mean of `a - b`, observation by observation: for two
  /// policies run on common random numbers. Nil below two pairs.
  ///
  /// - Precondition: both have the same number of observations.
  public static func pairedDifference(
    _ a: some Collection<Double>,
    _ b: some Collection<Double>,
    level: Double = 0.95
  ) -> ConfidenceInterval? {
    precondition(a.count == b.count, "paired observations must come in pairs")
    return ConfidenceInterval(of: zip(a, b).map { $0 - $1 }, level: level)
  }

  /// The interval of the mean of a correlated series from one long run, by
  /// the means of equally long batches; nil if a batch would be empty.
  ///
  /// What does not fill a batch is left out at the start of the series.
  ///
  /// - Precondition: at least two batches. Law advises 10 to 30, long enough
  ///   for their means to be uncorrelated.
  public static func batchMeans(
    of series: [Double],
    batches: Int = 30,
    level: Double = 0.95
  ) -> ConfidenceInterval? {
    precondition(batches > 1, "batch means need two batches or more")
    let length = series.count / batches
    guard length > 0 else { return nil }
    let kept = series.suffix(length * batches)
    let means = (0..<batches).map { batch in
      let start = kept.startIndex + batch * length
      return kept[start..<start + length].reduce(0, +) / Double(length)
    }
    return ConfidenceInterval(of: means, level: level)
  }

  /// The two-sided quantile of Student's t distribution: with probability
  /// `level` a t variate is not farther from 0.
  public static func studentT(level: Double, degreesOfFreedom: Double) -> Double {
    gsl_cdf_tdist_Pinv((1 + level) / 2, degreesOfFreedom)
  }

  /// The lower end.
  public var lower: Double { mean - halfWidth }

  /// The upper end.
  public var upper: Double { mean + halfWidth }

  /// The half-width as a fraction of the mean's magnitude; infinite at 0.
  public var relativeHalfWidth: Double { halfWidth / abs(mean) }

  /// Whether a value lies in the interval, its ends included.
  public func contains(_ value: Double) -> Bool {
    lower <= value && value <= upper
  }

  /// Mean, half-width and what they were made of.
  public var description: String {
    "\(mean) ± \(halfWidth) (level \(level), \(count) observations)"
  }
}
