import CGSL
import Glibc
import SimulationKernel
import Testing

/// A variate with its distribution function, written down independently.
struct VariateCase: CustomStringConvertible, Sendable {
  let variate: Variate
  let cdf: @Sendable (Double) -> Double
  var description: String { "\(variate)" }
}

@Suite("Variates")
struct VariateTests {
  static let mixture = [
    Variate.Branch(weight: 0.9, mean: 0.5), Variate.Branch(weight: 0.1, mean: 5.5),
  ]
  static let farApart = [
    Variate.Branch(weight: 3, mean: 1e-3), Variate.Branch(weight: 1, mean: 1e6),
  ]
  static let table = [
    Variate.QuantilePoint(probability: 0, value: -1), Variate.QuantilePoint(probability: 0.5, value: 1),
    Variate.QuantilePoint(probability: 0.9, value: 2), Variate.QuantilePoint(probability: 1, value: 10),
  ]

  static func mixtureCDF(_ branches: [Variate.Branch]) -> @Sendable (Double) -> Double {
    { x in
      let total = branches.map(\.weight).reduce(0, +)
      return branches.reduce(0.0) { $0 - $1.weight / total * expm1(-x / $1.mean) }
    }
  }

  static let continuous: [VariateCase] = [
    VariateCase(variate: .uniform(low: -2, high: 6)) { ($0 + 2) / 8 },
    VariateCase(variate: .exponential(mean: 3)) { gsl_cdf_exponential_P($0, 3) },
    VariateCase(variate: .normal(mean: 5, standardDeviation: 2)) { gsl_cdf_gaussian_P($0 - 5, 2) },
    VariateCase(variate: .logNormal(mu: 1, sigma: 0.5)) { gsl_cdf_lognormal_P($0, 1, 0.5) },
    VariateCase(variate: .gamma(shape: 0.3, scale: 2)) { gsl_cdf_gamma_P($0, 0.3, 2) },
    VariateCase(variate: .gamma(shape: 7.5, scale: 0.1)) { gsl_cdf_gamma_P($0, 7.5, 0.1) },
    VariateCase(variate: .weibull(shape: 0.7, scale: 3)) { gsl_cdf_weibull_P($0, 3, 0.7) },
    VariateCase(variate: .weibull(shape: 2.5, scale: 3)) { gsl_cdf_weibull_P($0, 3, 2.5) },
    VariateCase(variate: .pareto(shape: 5, minimum: 2)) { gsl_cdf_pareto_P($0, 5, 2) },
    VariateCase(variate: .hyperexponential(mixture), cdf: mixtureCDF(mixture)),
    VariateCase(variate: .hyperexponential(farApart), cdf: mixtureCDF(farApart)),
    VariateCase(variate: .quantileTable(table)) { x in
      x < 1 ? 0.25 * (x + 1) : x < 2 ? 0.5 + 0.4 * (x - 1) : 0.9 + 0.1 * (x - 2) / 8
    },
  ]

  @Test("samples follow the distribution function", arguments: continuous)
  func followsDistribution(item: VariateCase) throws {
    try item.variate.validate()
    var stream = RandomStream(seed: 20, stream: "goodness of fit")
    let sample = (0..<20_000).map { _ in item.variate.next(from: &stream) }
    #expect(stream.nextDraw == 20_000, "one uniform each")
    let p = GoodnessOfFit.kolmogorovSmirnov(sample, cdf: item.cdf)
    #expect(p > 1e-4, "Kolmogorov-Smirnov p = \(p), seed 20")
    var cells = [Int](repeating: 0, count: 50)
    for value in sample { cells[min(49, Int(item.cdf(value) * 50))] += 1 }
    let q = GoodnessOfFit.chiSquare(observed: cells, expected: [Double](repeating: 400, count: 50))
    #expect(q > 1e-4, "chi-square p = \(q), seed 20")
  }

  @Test("the fit tests reject a distribution that is slightly wrong")
  func fitTestsHavePower() {
    var stream = RandomStream(seed: 20, stream: "goodness of fit")
    let sample = (0..<20_000).map { _ in Variate.exponential(mean: 3).next(from: &stream) }
    let p = GoodnessOfFit.kolmogorovSmirnov(sample) { gsl_cdf_exponential_P($0, 3.15) }
    #expect(p < 1e-4)
  }

  @Test("the quantile inverts the distribution function, far tails included", arguments: continuous)
  func quantileInverts(item: VariateCase) {
    var last = -Double.infinity
    for u in [
      0x1p-53, 1e-12, 1e-6, 0.01, 0.1, 0.4999, 0.5, 0.75, 0.9, 0.99, 1 - 1e-6, 1 - 1e-12, 1 - 0x1p-53,
    ] {
      let x = item.variate.quantile(u)
      #expect(x >= last && x.isFinite, "u = \(u)")
      // Relative, but for the rounding of the distribution functions themselves.
      #expect(abs(item.cdf(x) - u) <= 1e-9 * u + 1e-15, "u = \(u), x = \(x)")
      last = x
    }
  }

  @Test(
    "gamma quantiles hold for shapes from 0.001 to 10,000",
    arguments: [1e-3, 0.01, 0.1, 0.5, 1, 2, 10, 100, 1e3, 1e4]
  )
  func gammaShapes(shape: Double) {
    for step in 1..<200 {
      let u = Double(step) / 200
      let x = Variate.gamma(shape: shape, scale: 1).quantile(u)
      // Below the smallest double the distribution function is a step.
      if x > 1e-300 { #expect(abs(gsl_cdf_gamma_P(x, shape, 1) - u) < 1e-9, "u = \(u)") }
      if x <= 1e-300 { #expect(gsl_cdf_gamma_P(1e-300, shape, 1) >= u - 1e-9, "u = \(u)") }
    }
  }

  @Test("sample mean and variance agree with the stated moments", arguments: continuous)
  func momentsAgree(item: VariateCase) throws {
    let mean = try #require(item.variate.mean)
    let variance = try #require(item.variate.variance)
    var means: [Double] = []
    var variances: [Double] = []
    for entity in UInt64(0)..<200 {
      var stream = RandomStream(seed: 21, stream: "moments", entity: entity)
      let sample = (0..<500).map { _ in item.variate.next(from: &stream) }
      means.append(sample.reduce(0, +) / 500)
      variances.append(sample.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / 500)
    }
    let meanInterval = try #require(ConfidenceInterval(of: means, level: 0.9999))
    let varianceInterval = try #require(ConfidenceInterval(of: variances, level: 0.9999))
    #expect(meanInterval.contains(mean), "\(meanInterval)")
    #expect(varianceInterval.contains(variance), "\(varianceInterval)")
    #expect(meanInterval.halfWidth < 0.06 * max(abs(mean), variance.squareRoot()))
    #expect(varianceInterval.halfWidth < 0.5 * variance)
  }

  @Test("constants and empirical values come as they are")
  func discreteVariates() {
    #expect(Variate.constant(4).quantile(0.3) == 4)
    #expect(Variate.constant(4).mean == 4 && Variate.constant(4).variance == 0)
    let values = Variate.empirical([1, 1, 5, 9])
    #expect([0.1, 0.4, 0.6, 0.8, 1 - 0x1p-53].map(values.quantile) == [1, 1, 5, 9, 9])
    #expect(values.mean == 4 && values.variance == 11)
  }

  @Test("moments that are infinite are not stated")
  func infiniteMoments() {
    #expect(Variate.pareto(shape: 1, minimum: 1).mean == nil)
    #expect(Variate.pareto(shape: 2, minimum: 1).mean == 2)
    #expect(Variate.pareto(shape: 2, minimum: 1).variance == nil)
  }

  @Test("the fast exponential equals the general one but for the last bit")
  func fastExponential() {
    var fast = RandomStream(seed: 3, stream: "exponential")
    var general = fast
    for _ in 0..<20_000 {
      let a = fast.nextExponential(mean: 2.5)
      let b = Variate.exponential(mean: 2.5).next(from: &general)
      #expect(abs(a - b) <= 2 * b.ulp)
    }
  }

  static let invalid: [(Variate, VariateError)] = [
    (.constant(.nan), .notFinite(parameter: "constant", found: .nan)),
    (.uniform(low: 2, high: 1), .reversedInterval(low: 2, high: 1)),
    (.exponential(mean: 0), .notPositive(parameter: "mean", found: 0)),
    (.normal(mean: 0, standardDeviation: -1), .negative(parameter: "standardDeviation", found: -1)),
    (.logNormal(mu: .infinity, sigma: 1), .notFinite(parameter: "mu", found: .infinity)),
    (.gamma(shape: -1, scale: 1), .notPositive(parameter: "shape", found: -1)),
    (.weibull(shape: 1, scale: 0), .notPositive(parameter: "scale", found: 0)),
    (.pareto(shape: 1, minimum: 0), .notPositive(parameter: "minimum", found: 0)),
    (.hyperexponential([]), .empty(parameter: "branches")),
    (
      .hyperexponential([Variate.Branch(weight: 0, mean: 1)]),
      .notPositive(parameter: "branches[0].weight", found: 0)
    ),
    (.empirical([]), .empty(parameter: "values")),
    (.empirical([1, 3, 2]), .notAscending(parameter: "values", position: 2)),
    (.quantileTable([]), .empty(parameter: "points")),
    (.quantileTable(Array(table.dropLast())), .incompleteTable(first: 0, last: 0.9)),
  ]

  @Test("wrong parameters are refused with the reason", arguments: invalid.indices)
  func refusesWrongParameters(index: Int) {
    let (variate, expected) = Self.invalid[index]
    do {
      try variate.validate()
      Issue.record("\(variate) was accepted")
    } catch {
      #expect(error.description == expected.description)
    }
  }
}
