import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Two priorities on one GPU, against their exact means (Cobham 1954; White
/// and Christie 1958), by the same rule as ``QueueingOracleTests``.
@Suite struct PriorityOracleTests {
  #if DEBUG
    private static let customers = 2_500
    private static let widening = 5.0
  #else
    private static let customers = 40_000
    private static let widening = 1.0
  #endif

  /// Rates 0.3 (important) and 0.4, service exponential with mean 1 s.
  private func input(_ replication: UInt64) -> SimulationInput {
    var arrivals = RandomStream(seed: replication, stream: "arrivals")
    var services = RandomStream(seed: replication, stream: "services")
    var time = 0.0
    var priorities: [Int32] = []
    let jobs = (0..<Self.customers).map { _ in
      time += arrivals.nextExponential(mean: 1 / 0.7)
      priorities.append(arrivals.nextUniform() < 0.3 / 0.7 ? 1 : 0)
      let service = SimDuration(seconds: services.nextExponential(mean: 1))!
      return JobSketch.gpu(1, at: SimTime(seconds: time)!.nanoseconds, for: max(1, service.nanoseconds))
    }
    return EngineTests.input([.gpu(1)], jobs).with {
      $0.verify = false
      $0.queue = .ordered(.priority, headOfLineBlocking: true)
      $0.jobs.priority = priorities
    }
  }

  /// The mean of a figure of the jobs of one priority, all but the first
  /// tenth, must hold the exact value in its 99.9 % interval.
  private func expectMean(
    _ exact: Double,
    priority: Int32,
    _ change: (inout SimulationInput) -> Void,
    _ nanoseconds: (SimulationInput, JobColumns, Int) -> Int64
  ) throws {
    let values = try (1...UInt64(24)).map { replication in
      let input = input(replication).with(change)
      let jobs = try Simulation.run(input).jobs
      let counted = (input.jobs.count / 10..<input.jobs.count).filter { input.jobs.priority[$0] == priority }
      return counted.reduce(0.0) { $0 + Double(nanoseconds(input, jobs, $1)) } / Double(counted.count) / 1e9
    }
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(exact), "\(interval) against \(exact)")
    #expect(interval.halfWidth < 0.09 * Self.widening * exact, "\(interval) against \(exact)")
  }

  @Test(arguments: [(Int32(1), 1.42857), (0, 4.76190)])
  func `preempted without loss, both priorities stay as long as theory says`(
    cell: (priority: Int32, exact: Double)
  ) throws {
    try expectMean(cell.exact, priority: cell.priority) {
      $0.preemption = PriorityPreemption(.kueue)
      // Work is saved at every tick at no cost: preemptive resume.
      let none = SimDuration(nanoseconds: 0)
      $0.jobs.checkpointPlans = [CheckpointPlan(interval: .tick, write: none, restart: none)]
      $0.jobs.checkpoint = Array(repeating: 1, count: $0.jobs.count)
    } _: { input, jobs, j in
      jobs.endNanoseconds[j] - input.jobs.arrival[j].nanoseconds
    }
  }

  @Test(arguments: [(Int32(1), 1.0), (0, 3.33333)])
  func `without preemption both priorities wait as long as theory says`(
    cell: (priority: Int32, exact: Double)
  ) throws {
    try expectMean(cell.exact, priority: cell.priority) { _ in
    } _: { input, jobs, j in
      jobs.startNanoseconds[j] - input.jobs.arrival[j].nanoseconds
    }
  }
}
