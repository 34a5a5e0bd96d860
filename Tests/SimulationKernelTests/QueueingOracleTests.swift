import CGSL
import Glibc
import SimulationKernel
import Testing

/// Simulations on the public kernel against exact queueing theory.
///
/// Each estimate is a t interval at 99.9 % over independent replications with
/// fixed seeds: the exact value must lie inside, and the interval must be
/// narrow, so that an estimator which is merely noisy fails too. Without
/// optimisation the runs are shorter and the allowed width is wider.
@Suite("Queueing theory")
struct QueueingOracleTests {
  /// Customers in a replication: as given, or a tenth without optimisation.
  private func scaled(_ customers: Int) -> Int { isOptimised ? customers : customers / 10 }

  private func check(
    _ values: [Double],
    exact: Double,
    halfWidth bound: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(exact), "exact \(exact), found \(interval)", sourceLocation: sourceLocation)
    let allowed = isOptimised ? bound : bound * 4
    #expect(
      interval.relativeHalfWidth < allowed,
      "too wide: \(interval)",
      sourceLocation: sourceLocation
    )
  }

  /// Erlang B by its recursion, then Erlang C (A. K. Erlang, 1917).
  private func erlang(servers: Int, load: Double) -> (b: Double, c: Double) {
    var b = 1.0
    for k in 1...servers { b = load * b / (Double(k) + load * b) }
    let rho = load / Double(servers)
    return (b, b / (1 - rho * (1 - b)))
  }

  struct ErlangCell: Sendable, CustomStringConvertible {
    let servers: Int
    let rho: Double
    let probability: Double
    let wait: Double
    let customers: Int
    var description: String { "M/M/\(servers), load \(rho)" }
  }

  /// Probabilities of waiting and mean waits from the formulae, to six digits.
  static let erlangCells = [
    ErlangCell(servers: 4, rho: 0.8, probability: 0.596432, wait: 0.745541, customers: 500_000),
    ErlangCell(servers: 8, rho: 0.85, probability: 0.572569, wait: 0.477141, customers: 500_000),
    ErlangCell(servers: 64, rho: 0.9, probability: 0.310663, wait: 0.048541, customers: 2_000_000),
  ]

  @Test("M/M/c waits as Erlang C says", arguments: erlangCells)
  func erlangC(cell: ErlangCell) throws {
    let rate = Double(cell.servers) * cell.rho
    let formula = erlang(servers: cell.servers, load: rate)
    let exactWait = formula.c / (Double(cell.servers) - rate)
    #expect(abs(formula.c - cell.probability) < 1e-6)
    #expect(abs(exactWait - cell.wait) < 1e-6)
    let model = QueueModel(
      servers: cell.servers,
      arrivalRate: rate,
      service: .exponential(mean: 1)
    )
    let customers = scaled(cell.customers)
    var waits: [Double] = []
    var delayed: [Double] = []
    var late: [Double] = []
    for replication in UInt64(0)..<20 {
      let result = model.run(
        seed: 101,
        replication: replication,
        customers: customers,
        warmUp: customers / 10
      )
      let count = Double(result.waits.count)
      waits.append(result.waits.reduce(0, +) / count)
      delayed.append(Double(result.waits.filter { $0 > 0 }.count) / count)
      late.append(Double(result.waits.filter { $0 > exactWait }.count) / count)
    }
    try check(waits, exact: exactWait, halfWidth: 0.04)
    try check(delayed, exact: formula.c, halfWidth: 0.02)
    let exactLate = formula.c * exp(-(Double(cell.servers) - rate) * exactWait)
    try check(late, exact: exactLate, halfWidth: 0.03)
  }

  static let lossServices: [Variate] = [
    .exponential(mean: 1), .constant(1),
    .hyperexponential([.init(weight: 0.9, mean: 0.5), .init(weight: 0.1, mean: 5.5)]),
  ]

  @Test("M/G/c/c rejects as Erlang B says, whatever the law of service", arguments: lossServices)
  func erlangB(service: Variate) throws {
    let exact = erlang(servers: 10, load: 9).b
    #expect(abs(exact - 0.167963) < 1e-6)
    let model = QueueModel(servers: 10, arrivalRate: 9, service: service, mayWait: false)
    let customers = scaled(200_000)
    let rejected = (UInt64(0)..<20).map { replication in
      let result = model.run(
        seed: 102,
        replication: replication,
        customers: customers,
        warmUp: customers / 10
      )
      return Double(result.rejected) / Double(customers - customers / 10)
    }
    try check(rejected, exact: exact, halfWidth: 0.02)
  }

  @Test("M/G/1 waits as Pollaczek and Khinchine say")
  func pollaczekKhinchine() throws {
    let mixture = Variate.hyperexponential([.init(weight: 0.9, mean: 0.5), .init(weight: 0.1, mean: 5.5)])
    for (service, exact, bound) in [(Variate.constant(1), 2.0, 0.02), (mixture, 13.0, 0.08)] {
      let mean = try #require(service.mean)
      let secondMoment = try #require(service.variance) + mean * mean
      #expect(abs(0.8 * secondMoment / (2 * (1 - 0.8)) - exact) < 1e-9)
      let model = QueueModel(servers: 1, arrivalRate: 0.8, service: service)
      let customers = scaled(500_000)
      let waits = (UInt64(0)..<20).map { replication in
        let result = model.run(
          seed: 103,
          replication: replication,
          customers: customers,
          warmUp: customers / 10
        )
        return result.waits.reduce(0, +) / Double(result.waits.count)
      }
      try check(waits, exact: exact, halfWidth: bound)
    }
  }

  @Test("processor sharing keeps customers 1/(mu - lambda), whatever the law of service")
  func processorSharing() throws {
    let mixture = Variate.hyperexponential([.init(weight: 0.9, mean: 0.5), .init(weight: 0.1, mean: 5.5)])
    for service in [Variate.constant(1), .exponential(mean: 1), mixture] {
      let model = SharedProcessor(arrivalRate: 0.8, service: service)
      let customers = scaled(100_000)
      let times = (UInt64(0)..<20).map { replication in
        model.run(seed: 104, replication: replication, customers: customers, warmUp: customers / 10)
      }
      // The mixture's own mean is 1, like the others'.
      try check(times, exact: 1 / (1 - 0.8), halfWidth: 0.1)
    }
  }

  @Test("M/G/infinity has a Poisson number of busy servers")
  func infiniteServers() throws {
    for service in [Variate.constant(1), .exponential(mean: 1)] {
      let model = QueueModel(servers: .max, arrivalRate: 20, service: service)
      let customers = scaled(100_000)
      var means: [Double] = []
      var squares: [Double] = []
      for replication in UInt64(0)..<20 {
        let result = model.run(
          seed: 105,
          replication: replication,
          customers: customers,
          warmUp: customers / 10
        )
        #expect(result.waits.allSatisfy { $0 == 0 })
        means.append(result.meanBusy)
        squares.append(result.meanSquareBusy)
      }
      try check(means, exact: 20, halfWidth: 0.01)
      // Mean and variance are both 20, so the mean square is 20 + 400.
      try check(squares, exact: 420, halfWidth: 0.02)
    }
  }

  @Test("the mean wait of M/M/1 varies between runs as theory says")
  func varianceOfTheMeanWait() {
    // n Var(mean wait) tends to rho (2 + 5 rho - 4 rho^2 + rho^3) / (1 - rho)^4,
    // in mean services squared (D. J. Daley, 1968).
    let rho = 0.5
    let exact = rho * (2 + 5 * rho - 4 * rho * rho + rho * rho * rho) / pow(1 - rho, 4)
    #expect(exact == 29)
    let model = QueueModel(servers: 1, arrivalRate: rho, service: .exponential(mean: 1))
    let customers = isOptimised ? 11_000 : 3_300
    let counted = customers - customers / 11
    let replications = isOptimised ? 600 : 200
    let means = (0..<UInt64(replications)).map { replication in
      let result = model.run(
        seed: 106,
        replication: replication,
        customers: customers,
        warmUp: customers / 11
      )
      return result.waits.reduce(0, +) / Double(counted)
    }
    let mean = means.reduce(0, +) / Double(replications)
    let squares = means.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } * Double(counted)
    // The chi-square interval of a variance, at 99.9 %.
    let freedom = Double(replications - 1)
    let lower = squares / gsl_cdf_chisq_Pinv(0.9995, freedom)
    let upper = squares / gsl_cdf_chisq_Pinv(0.0005, freedom)
    #expect(lower <= exact && exact <= upper, "exact \(exact), found \(lower) ... \(upper), seed 106")
    #expect(upper / lower < (isOptimised ? 1.5 : 2.1))
  }

  @Test("Little's law holds to the last nanosecond")
  func littlesLaw() {
    for replication in UInt64(0)..<10 {
      let model = QueueModel(servers: 3, arrivalRate: 2.5, service: .exponential(mean: 1))
      let result = model.run(seed: 107, replication: replication, customers: 5_000, warmUp: 0)
      #expect(result.waits.count == 5_000)
      #expect(result.numberIntegral == result.timeInSystem)
      #expect(result.numberIntegral > 0)
    }
  }

  @Test("waits follow their distribution, not only its mean")
  func waitDistribution() {
    // P(W > t) = C exp(-(c mu - lambda) t) for those who wait; every 200th
    // customer, so that the waits are nearly independent.
    let model = QueueModel(servers: 4, arrivalRate: 2.8, service: .exponential(mean: 1))
    var sample: [Double] = []
    for replication in UInt64(0)..<20 {
      let customers = scaled(100_000)
      let result = model.run(seed: 108, replication: replication, customers: customers, warmUp: 1_000)
      sample += stride(from: 0, to: result.waits.count, by: 200).map { result.waits[$0] }.filter { $0 > 0 }
    }
    #expect(sample.count > (isOptimised ? 3_000 : 300))
    let p = GoodnessOfFit.kolmogorovSmirnov(sample) { -expm1(-(4 - 2.8) * $0) }
    #expect(p > 1e-4, "p = \(p), seed 108")
    let wrong = GoodnessOfFit.kolmogorovSmirnov(sample) { -expm1(-2 * $0) }
    #expect(wrong < 1e-4)
  }
}
