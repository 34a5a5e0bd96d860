import CGSL
import Glibc

/// p-values of the tests that the suites use; both are exact enough at the
/// sample sizes here (thousands).
enum GoodnessOfFit {
  /// Kolmogorov-Smirnov: the probability of a greater distance between the
  /// sample and its continuous distribution function. Asymptotic form with
  /// M. A. Stephens' correction (J. Royal Stat. Soc. B 32, 1970).
  static func kolmogorovSmirnov(_ sample: [Double], cdf: (Double) -> Double) -> Double {
    let sorted = sample.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (index, value) in sorted.enumerated() {
      let p = cdf(value)
      distance = max(distance, p - Double(index) / n, Double(index + 1) / n - p)
    }
    let lambda = (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
    var sum = 0.0
    for j in 1...100 {
      let term = exp(-2 * Double(j * j) * lambda * lambda)
      sum += j % 2 == 1 ? term : -term
    }
    return min(1, max(0, 2 * sum))
  }

  /// Pearson's chi-square: the probability of counts farther from what is
  /// expected.
  static func chiSquare(observed: [Int], expected: [Double]) -> Double {
    let statistic = zip(observed, expected).reduce(0.0) { sum, pair in
      let distance = Double(pair.0) - pair.1
      return sum + distance * distance / pair.1
    }
    return gsl_cdf_chisq_Q(statistic, Double(observed.count - 1))
  }
}
