import CGSL
import Glibc

/// A distribution to draw from: one uniform number in, one value out.
///
/// Values come by inverse transform, so ``quantile(_:)`` never falls as `u`
/// grows. Two models that share a stream therefore see long jobs in the same
/// places, and `1 - u` gives the antithetic variate. See L. Devroye,
/// "Non-Uniform Random Variate Generation" (1986), section II.2.
///
/// Units are those of the parameters. Call ``validate()`` on what comes from
/// outside before drawing.
public enum Variate: Sendable, Equatable {
  /// Always the same value.
  case constant(Double)
  /// Evenly spread over an interval.
  case uniform(low: Double, high: Double)
  /// Memoryless: the time between events of a Poisson process.
  case exponential(mean: Double)
  case normal(mean: Double, standardDeviation: Double)
  /// e to the power of a normal variate of mean `mu` and deviation `sigma`.
  case logNormal(mu: Double, sigma: Double)
  case gamma(shape: Double, scale: Double)
  case weibull(shape: Double, scale: Double)
  /// P(X > x) = (minimum / x)^shape.
  case pareto(shape: Double, minimum: Double)
  /// A mixture of exponentials.
  case hyperexponential([Branch])
  /// One of the given values, in ascending order and equally likely.
  case empirical([Double])
  /// The straight lines between given quantiles.
  case quantileTable([QuantilePoint])

  /// One part of a mixture of exponentials.
  public struct Branch: Sendable, Equatable {
    /// How likely this branch is, relative to the sum of all weights.
    public var weight: Double
    /// The mean of the branch.
    public var mean: Double

    public init(weight: Double, mean: Double) {
      self.weight = weight
      self.mean = mean
    }
  }

  /// A point of a quantile table: the value that is not exceeded with the
  /// given probability.
  public struct QuantilePoint: Sendable, Equatable {
    public var probability: Double
    public var value: Double

    public init(probability: Double, value: Double) {
      self.probability = probability
      self.value = value
    }
  }

  /// The next value from a stream; uses one draw.
  public func next(from stream: inout RandomStream) -> Double {
    quantile(stream.nextUniform())
  }

  /// The value that is not exceeded with probability `u`.
  ///
  /// Normal, log-normal and gamma quantiles are GSL's `gsl_cdf_…_Pinv`; the
  /// others are closed forms, except for the mixture, whose distribution
  /// function is inverted by Newton's method.
  ///
  /// - Precondition: 0 < u < 1, and ``validate()`` accepts the distribution.
  public func quantile(_ u: Double) -> Double {
    precondition(u > 0 && u < 1, "a quantile needs a probability inside (0, 1)")
    switch self {
    case .constant(let value):
      return value
    case .uniform(let low, let high):
      return low + (high - low) * u
    case .exponential(let mean):
      return -mean * log1p(-u)
    case .normal(let mean, let deviation):
      return mean + deviation * gsl_cdf_ugaussian_Pinv(u)
    case .logNormal(let mu, let sigma):
      return exp(mu + sigma * gsl_cdf_ugaussian_Pinv(u))
    case .gamma(let shape, let scale):
      return GammaQuantile.value(u, shape: shape) * scale
    case .weibull(let shape, let scale):
      return scale * pow(-log1p(-u), 1 / shape)
    case .pareto(let shape, let minimum):
      return minimum * exp(-log1p(-u) / shape)
    case .hyperexponential(let branches):
      return Self.mixtureQuantile(u, branches)
    case .empirical(let values):
      // u * n rounds up to n for the u nearest to 1.
      return values[min(Int(u * Double(values.count)), values.count - 1)]
    case .quantileTable(let points):
      return Self.tableQuantile(u, points)
    }
  }

  /// Solves `log S(x) = log(1 - u)` for the survival function
  /// `S(x) = sum w exp(-x / m)` of a mixture.
  ///
  /// log S is convex and falling, so Newton's method from 0 approaches the
  /// root from below and stops when a step no longer moves it.
  private static func mixtureQuantile(_ u: Double, _ branches: [Branch]) -> Double {
    let total = branches.reduce(0) { $0 + $1.weight }
    let target = log1p(-u)
    var x = 0.0
    let slowest = branches.reduce(0) { max($0, $1.mean) }
    while true {
      // Relative to the slowest branch, so that nothing underflows far out.
      var survival = 0.0
      var density = 0.0
      for branch in branches {
        let part = branch.weight / total * exp(x / slowest - x / branch.mean)
        survival += part
        density += part / branch.mean
      }
      let step = (log(survival) - x / slowest - target) * survival / density
      guard step > x * 0x1p-52 else { return x }
      x += step
    }
  }

  private static func tableQuantile(_ u: Double, _ points: [QuantilePoint]) -> Double {
    var low = 0
    var high = points.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle].probability <= u { low = middle } else { high = middle }
    }
    let (a, b) = (points[low], points[high])
    return a.value + (b.value - a.value) * (u - a.probability) / (b.probability - a.probability)
  }
}
