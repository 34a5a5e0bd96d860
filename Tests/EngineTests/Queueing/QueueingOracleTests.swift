import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Exact results of queueing theory, through the whole engine: jobs on GPUs.
///
/// 24 independent replications each; the 99.9 % t interval must hold the exact
/// value, and be narrow, so that a broken estimator fails too.
@Suite struct QueueingOracleTests {
  static let replications: UInt64 = 24
  #if DEBUG
    /// A sixteenth of the customers: intervals are four to five times as wide.
    static let shortening = 16
    static let widening = 5.0
  #else
    static let shortening = 1
    static let widening = 1.0
  #endif
  private static let hyperexponential = Variate.hyperexponential([
    .init(weight: 0.9, mean: 0.5), .init(weight: 0.1, mean: 5.5),
  ])

  /// Poisson arrivals of jobs with this many GPUs on one node with `gpus`.
  private func input(
    gpus: Int,
    perJob: Int32 = 1,
    rate: Double,
    service: Variate,
    customers: Int,
    replication: UInt64
  ) -> SimulationInput {
    var arrivals = RandomStream(seed: replication, stream: "arrivals")
    var services = RandomStream(seed: replication, stream: "services")
    var time = 0.0
    let jobs = (0..<customers / Self.shortening).map { _ in
      time += arrivals.nextExponential(mean: 1 / rate)
      return JobSketch.gpu(
        perJob,
        at: SimTime(seconds: time)!.nanoseconds,
        for: max(1, SimDuration(seconds: service.next(from: &services))!.nanoseconds)
      )
    }
    let nodes = gpus <= 16 ? [NodeSketch.gpu(gpus)] : Array(repeating: NodeSketch.gpu(16), count: gpus / 16)
    return EngineTests.input(nodes, jobs).with { $0.verify = false }
  }

  /// One observation a replication, against the exact value.
  private func expectMean(
    _ exact: Double,
    relativeHalfWidth bound: Double,
    _ observe: (UInt64) throws -> Double
  ) throws {
    let values = try (1...Self.replications).map(observe)
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(exact), "\(interval) against \(exact)")
    #expect(interval.halfWidth < bound * Self.widening * exact, "\(interval) against \(exact)")
  }

  /// Mean wait of all but the first tenth, seconds.
  private func meanWait(_ input: SimulationInput) throws -> Double {
    let jobs = try Simulation.run(input).jobs
    let counted = input.jobs.count / 10..<input.jobs.count
    let sum = counted.reduce(0.0) {
      $0 + Double(jobs.startNanoseconds[$1] - input.jobs.arrival[$1].nanoseconds)
    }
    return sum / Double(counted.count) / 1e9
  }

  @Test(arguments: [(4, 0.8, 0.745541, 0.07), (8, 0.85, 0.477141, 0.09)], [true, false])
  func `M/M/c, one-GPU jobs on identical GPUs, waits as Erlang C says`(
    cell: (servers: Int, load: Double, exact: Double, bound: Double),
    blocking: Bool
  ) throws {
    try expectMean(cell.exact, relativeHalfWidth: cell.bound) { replication in
      try meanWait(
        input(
          gpus: cell.servers,
          rate: cell.load * Double(cell.servers),
          service: .exponential(mean: 1),
          customers: 60_000,
          replication: replication
        ).with { $0.queue = .fifo(headOfLineBlocking: blocking) }
      )
    }
  }

  @Test(arguments: [Variate.exponential(mean: 1), .constant(1), hyperexponential])
  func `M/G/c/c, no queue, loses as Erlang B says whatever the law of service`(service: Variate) throws {
    try expectMean(0.167963, relativeHalfWidth: 0.04) { replication in
      let input = input(gpus: 10, rate: 9, service: service, customers: 25_000, replication: replication)
        .with { $0.queue = .none }
      let states = try Simulation.run(input).jobs.state.dropFirst(input.jobs.count / 10)
      return Double(states.filter { $0 == .rejected }.count) / Double(states.count)
    }
  }

  @Test(arguments: [(Variate.constant(1), 2.0, 0.06), (hyperexponential, 13.0, 0.15)])
  func `M/G/1, jobs that take the whole cluster, waits as Pollaczek and Khinchine say`(
    cell: (service: Variate, exact: Double, bound: Double)
  ) throws {
    try expectMean(cell.exact, relativeHalfWidth: cell.bound) { replication in
      try meanWait(
        input(
          gpus: 8,
          perJob: 8,
          rate: 0.8,
          service: cell.service,
          customers: 60_000,
          replication: replication
        )
      )
    }
  }

  @Test func `M/G/infinity, GPUs without limit, is busy as a Poisson variable`() throws {
    var variances: [UInt64: Double] = [:]
    try expectMean(20, relativeHalfWidth: 0.01) { replication in
      // Service of mean 1 s; the first 50 s are left out.
      let input = input(
        gpus: 80,
        rate: 20,
        service: Self.hyperexponential,
        customers: 64_000,
        replication: replication
      )
      let last = input.jobs.arrival.last!
      let outcome = try Simulation.run(
        input.with {
          $0.horizon = last
          $0.measuredFrom = SimTime(seconds: 50)!
        }
      )
      let span = Double((last - outcome.measuredFrom).nanoseconds)
      let mean = Double(outcome.ledger.allocated) / 1000 / span
      variances[replication] = secondMoment(input.jobs, outcome) - mean * mean
      return mean
    }
    try expectMean(20, relativeHalfWidth: 0.05) { variances[$0]! }
  }

  /// Time mean of the squared number of running jobs.
  private func secondMoment(_ jobs: JobTable, _ outcome: RunOutcome) -> Double {
    let end = outcome.end.nanoseconds
    var steps: [(time: Int64, change: Int)] = []
    for j in 0..<jobs.count where outcome.jobs.startNanoseconds[j] >= 0 {
      steps.append((outcome.jobs.startNanoseconds[j], 1))
      if outcome.jobs.endNanoseconds[j] >= 0 { steps.append((outcome.jobs.endNanoseconds[j], -1)) }
    }
    steps.sort { $0.time < $1.time }
    var (level, since, sum) = (0, outcome.measuredFrom.nanoseconds, 0.0)
    for step in steps {
      if step.time > since {
        sum += Double(level * level) * Double(step.time - since)
        since = step.time
      }
      level += step.change
    }
    sum += Double(level * level) * Double(end - since)
    return sum / Double(end - outcome.measuredFrom.nanoseconds)
  }
}
