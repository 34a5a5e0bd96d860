import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Jobs that wait for others, worked by hand.
@Suite struct DependencyTests {
  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    after: [[Int32]],
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    var given = input(nodes, jobs)
    given.jobs.after = JobLists(after)
    change(&given)
    return try Simulation.run(given)
  }

  @Test func `a job joins the queue when the last of those that it waits for completes`() throws {
    let outcome = try run(
      [.gpu(4)],
      [.gpu(1, at: 0, for: 3), .gpu(1, at: 0, for: 5), .gpu(1, at: 1, for: 2), .gpu(1, at: 1, for: 1)],
      after: [[], [], [0, 1], [2]]
    )
    #expect(outcome.jobs.state == Array(repeating: .completed, count: 4))
    #expect(outcome.jobs.startNanoseconds == [0, 0, 5, 7])
    #expect(outcome.jobs.eligibleNanoseconds == [0, 0, 5, 7])
    #expect(outcome.jobs.cause == [.none, .none, .dependency, .dependency])
    #expect(outcome.series.first { $0.name == "queue" } == nil)
    #expect(outcome.tenants[0].waiting == 0)
  }

  @Test func `it may wait for a job that arrives later, and for one that has long ended`() throws {
    let outcome = try run(
      [.gpu(4)],
      [.gpu(1, at: 0, for: 1), .gpu(1, at: 2, for: 2), .gpu(1, at: 5, for: 3)],
      after: [[], [2], [0]]
    )
    #expect(outcome.jobs.startNanoseconds == [0, 8, 5])
    #expect(outcome.jobs.eligibleNanoseconds == [0, 8, 5])
  }

  /// The dependent job arrived before job 2, so it stands ahead of it.
  @Test func `in the queue it has the place of its arrival`() throws {
    let outcome = try run(
      [.gpu(1)],
      [.gpu(1, at: 0, for: 4), .gpu(1, at: 1, for: 1), .gpu(1, at: 2, for: 1)],
      after: [[], [0], []]
    )
    #expect(outcome.jobs.startNanoseconds == [0, 4, 5])
    #expect(outcome.jobs.cause[2] == .capacity)
  }

  /// Its wait counts from when it could have started.
  @Test func `waiting in the queue is told apart from waiting for others`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 4), .gpu(1, at: 0, for: 7), .gpu(1, at: 1, for: 1), .gpu(1, at: 2, for: 9),
    ]
    let outcome = try run([.gpu(2)], jobs, after: [[], [], [1], []])
    // Job 3 takes the GPU of job 0 at 4, job 2 that of job 1 at 7.
    #expect(outcome.jobs.startNanoseconds == [0, 0, 7, 4])
    let blocked = try run(
      [.gpu(1)],
      [jobs[0], .gpu(1, at: 1, for: 5), .gpu(1, at: 1, for: 1)],
      after: [[], [], [0]]
    ) {
      $0.queue = .ordered(.priority, headOfLineBlocking: true)
      $0.jobs.priority = [0, 1, 0]
    }
    #expect(blocked.jobs.startNanoseconds == [0, 4, 9])
    #expect(blocked.jobs.eligibleNanoseconds == [0, 1, 4])
    #expect(blocked.jobs.cause[2] != .dependency)
    let metrics = OutcomeMetrics.compute(
      outcome: blocked,
      jobs: input([.gpu(1)], [jobs[0], .gpu(1, at: 1, for: 5), .gpu(1, at: 1, for: 1)]).with {
        $0.jobs.after = JobLists([[], [], [0]])
      }.jobs,
      fleet: fleet([.gpu(1)])
    )
    func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
    #expect(value("waited.dependency") == 1)
    #expect(abs(value("wait_time.dependency")! * 3.6e12 - 3) < 1e-9)
    // Job 1 waited 3 and job 2, which was eligible at 4, waited 5.
    #expect(abs(value("wait.mean")! * 1e9 * 3 - 8) < 1e-6)
  }

  @Test func `what waits for a job that does not complete is cancelled, and so on`() throws {
    let chain: [[Int32]] = [[], [0], [1], [1, 4], []]
    let jobs = (0..<4).map { _ in JobSketch.gpu(1, at: 1, for: 6) } + [.gpu(1, at: 1, for: 1)]
    let timedOut = try run([.gpu(4)], jobs, after: chain) {
      $0.jobs.timeLimit = [SimDuration(nanoseconds: 2)] + Array(repeating: .zero, count: 4)
    }
    #expect(timedOut.jobs.state == [.timedOut, .cancelled, .cancelled, .cancelled, .completed])
    #expect(timedOut.jobs.endNanoseconds == [3, 3, 3, 3, 2])
    #expect(timedOut.jobs.eligibleNanoseconds == [1, -1, -1, -1, 1])
    #expect(timedOut.jobs.cause[1] == .dependency)
    #expect(timedOut.tenants[0].waiting == 0)
    let failed = try run([.gpu(4)], jobs, after: chain) {
      $0.jobs.retryRules = [RetryRule(most: 0)]
      $0.jobs.retry = [1, 0, 0, 0, 0]
      $0.fleetChanges = [FleetChange(at: 4, .fail, 0), FleetChange(at: 5, .repair, 0)]
    }
    #expect(failed.jobs.state == [.failed, .cancelled, .cancelled, .cancelled, .completed])
    let rejected = try run([.gpu(4)], jobs, after: chain) {
      $0.jobs.shapes.append(JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: 9, milliGPUPerDevice: 1000))
      $0.jobs.shape[0] = ShapeID(rawValue: Int32($0.jobs.shapes.count - 1))
      $0.rejectsImpossibleJobs = true
    }
    #expect(rejected.jobs.state == [.rejected, .cancelled, .cancelled, .cancelled, .completed])
    #expect(rejected.jobs.endNanoseconds == [-1, 1, 1, 1, 2])
  }

  @Test func `a job that arrives after what it waits for has failed is cancelled on arrival`() throws {
    let outcome = try run(
      [.gpu(1)],
      [.gpu(1, at: 0, for: 5), .gpu(1, at: 4, for: 1), .gpu(1, at: 9, for: 1)],
      after: [[], [2], [0]]
    ) { $0.jobs.timeLimit = [SimDuration(nanoseconds: 1), .zero, .zero] }
    #expect(outcome.jobs.state == [.timedOut, .cancelled, .cancelled])
    #expect(outcome.jobs.endNanoseconds == [1, 9, 9])
  }

  @Test func `in a loss system a refused job takes those that wait for it along`() throws {
    let outcome = try run(
      [.gpu(1)],
      [.gpu(1, at: 0, for: 5), .gpu(1, at: 1, for: 1), .gpu(1, at: 1, for: 1), .gpu(1, at: 1, for: 1)],
      after: [[], [], [1], [0]]
    ) { $0.queue = .none }
    #expect(outcome.jobs.state == [.completed, .rejected, .cancelled, .completed])
    #expect(outcome.jobs.startNanoseconds[3] == 5)
  }

  @Test func `jobs still held at the end of the run wait for others`() throws {
    let outcome = try run(
      [.gpu(1)],
      [.gpu(1, at: 0, for: 9), .gpu(1, at: 1, for: 1)],
      after: [[], [0]]
    ) { $0.horizon = SimTime(nanoseconds: 5) }
    #expect(outcome.jobs.state == [.running, .waiting])
    #expect(outcome.jobs.cause == [.none, .dependency])
    #expect(outcome.jobs.eligibleNanoseconds == [0, -1])
  }

  @Test func `the error about impossible jobs counts those that wait for them`() throws {
    let error = #expect(throws: SimulationError.self) {
      try run(
        [.gpu(2)],
        [.gpu(9, at: 0, for: 1), .gpu(1, at: 0, for: 1), .gpu(1, at: 0, for: 1), .gpu(1, at: 0, for: 1)],
        after: [[], [0], [1, 0], []]
      )
    }
    #expect("\(error!)".contains("2 other jobs wait for them in vain"), "\(error!)")
  }

  @Test func `a ring is an error that names it`() throws {
    let error = #expect(throws: SimulationError.self) {
      try run(
        [.gpu(2)],
        (0..<4).map { _ in JobSketch.gpu(1, at: 0, for: 1) },
        after: [[], [3], [1], [2]]
      )
    }
    #expect("\(error!)".contains("'job-1', 'job-3', 'job-2', 3 in all"), "\(error!)")
  }

  @Test func `a chain of 100,000 jobs is cancelled at once`() throws {
    let n = 100_000
    let jobs = (0..<n).map { _ in JobSketch.gpu(1, at: 0, for: 2) }
    let outcome = try run([.gpu(1)], jobs, after: (0..<n).map { $0 == 0 ? [] : [Int32($0 - 1)] }) {
      $0.jobs.timeLimit = [SimDuration(nanoseconds: 1)] + Array(repeating: .zero, count: n - 1)
      $0.verify = false
    }
    #expect(outcome.jobs.state[0] == .timedOut)
    #expect(outcome.jobs.state.dropFirst().allSatisfy { $0 == .cancelled })
  }
}
