import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Disruption budgets, and the way of a stopped job back into the queue.
@Suite struct DisruptionTests {
  /// Jobs of these classes and priorities; class 0 and 1 have these budgets.
  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [(job: JobSketch, group: UInt16, priority: Int32)],
    budgets: [DisruptionBudget?] = [],
    _ preemption: PriorityPreemption = PriorityPreemption(.kubeScheduler),
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs.map(\.job)).with {
        $0.queue = .ordered(.priority, headOfLineBlocking: false)
        $0.jobs.priority = jobs.map(\.priority)
        $0.jobs.classes = ["first", "second"]
        $0.jobs.jobClass = jobs.map { JobClassID(rawValue: $0.group) }
        $0.jobs.disruptionBudgets = budgets
        $0.preemption = preemption
        change(&$0)
      }
    )
  }

  @Test func `the node whose victims have budget left is chosen`() throws {
    let jobs = [
      (JobSketch.gpu(1, at: 0, for: 100), 0 as UInt16, 0 as Int32), (.gpu(1, at: 0, for: 100), 1, 0),
      (.gpu(1, at: 10, for: 5), 0, 1),
    ]
    let plain = try run([.gpu(1), .gpu(1)], jobs)
    #expect(plain.jobs.preemptions == [1, 0, 0])
    #expect(plain.budgetViolations == [])
    let spared = try run([.gpu(1), .gpu(1)], jobs, budgets: [.jobs(0), nil])
    #expect(spared.jobs.preemptions == [0, 1, 0])
    #expect(spared.budgetViolations == [0, 0])
    // Where nothing else can go, the budget is violated all the same.
    let forced = try run([.gpu(1), .gpu(1)], jobs, budgets: [.jobs(0), .share(thousandths: 0)])
    #expect(forced.jobs.preemptions == [1, 0, 0])
    #expect(forced.budgetViolations == [1, 0])
  }

  @Test func `on a node those without budget are put back first`() throws {
    // By importance the job that started last would have to go.
    let jobs = [
      (JobSketch.gpu(1, at: 0, for: 100), 1 as UInt16, 0 as Int32), (.gpu(1, at: 1, for: 100), 0, 0),
      (.gpu(1, at: 10, for: 5), 0, 1),
    ]
    #expect(try run([.gpu(2)], jobs).jobs.preemptions == [0, 1, 0])
    #expect(try run([.gpu(2)], jobs, budgets: [.jobs(0), nil]).jobs.preemptions == [1, 0, 0])
  }

  @Test func `a job that was stopped uses its class's budget until it runs again`() throws {
    let jobs = [
      (JobSketch.gpu(1, at: 0, for: 100), 0 as UInt16, 0 as Int32), (.gpu(1, at: 0, for: 100), 0, 0),
      (.gpu(1, at: 0, for: 100), 1, 0), (.gpu(1, at: 10, for: 50), 1, 1), (.gpu(1, at: 11, for: 50), 1, 1),
    ]
    let nodes = [NodeSketch.gpu(1), .gpu(1), .gpu(1)]
    #expect(try run(nodes, jobs).jobs.preemptions == [1, 1, 0, 0, 0])
    for budget in [DisruptionBudget.jobs(1), .share(thousandths: 500)] {
      let outcome = try run(nodes, jobs, budgets: [budget, nil])
      #expect(outcome.jobs.preemptions == [1, 0, 1, 0, 0])
      #expect(outcome.budgetViolations == [0, 0])
    }
    // Two of two may be stopped, and shares are rounded up.
    for budget in [DisruptionBudget.jobs(2), .share(thousandths: 501)] {
      #expect(try run(nodes, jobs, budgets: [budget, nil]).jobs.preemptions == [1, 1, 0, 0, 0])
    }
  }

  @Test func `the other choices of victims count violations and do not mind them`() throws {
    let jobs = [
      (JobSketch.gpu(1, at: 0, for: 100), 1 as UInt16, 0 as Int32), (.gpu(1, at: 1, for: 100), 0, 0),
      (.gpu(1, at: 10, for: 5), 0, 1),
    ]
    let outcome = try run([.gpu(2)], jobs, budgets: [.jobs(0), nil], PriorityPreemption(.kueue))
    #expect(outcome.jobs.preemptions == [0, 1, 0])
    #expect(outcome.budgetViolations == [1, 0])
  }

  // MARK: - Back into the queue

  private static func preemption(graceful: Int64 = 0, requeue: Int64) -> PriorityPreemption {
    PriorityPreemption(
      .kueue,
      gracefulPeriod: SimDuration(nanoseconds: graceful),
      requeueDelay: SimDuration(nanoseconds: requeue)
    )
  }

  private let two: [(job: JobSketch, group: UInt16, priority: Int32)] = [
    (.gpu(1, at: 0, for: 100), 0, 0), (.gpu(1, at: 30, for: 10), 0, 1),
  ]

  @Test func `a stopped job stands in the queue again after its delay`() throws {
    let late = try run([.gpu(1)], two, Self.preemption(requeue: 25))
    #expect(late.jobs.startNanoseconds == [55, 30])
    #expect(late.jobs.cause[0] == .requeue)
    #expect(late.ledger[.freePlaceable] == 15 * 1000)
    // The delay begins with the end of the graceful period.
    let graceful = try run([.gpu(1)], two, Self.preemption(graceful: 5, requeue: 25))
    #expect(graceful.jobs.startNanoseconds == [60, 35])
    // Back at 35 while the GPU is taken: it waits for capacity.
    let soon = try run([.gpu(1)], two, Self.preemption(requeue: 5))
    #expect(soon.jobs.startNanoseconds == [40, 30])
    #expect(soon.jobs.cause[0] == .capacity)
  }

  @Test func `the horizon may come before the return`() throws {
    let outcome = try run([.gpu(1)], two, Self.preemption(requeue: 1_000)) {
      $0.horizon = SimTime(nanoseconds: 50)
    }
    #expect(outcome.jobs.state == [.waiting, .completed])
    #expect(outcome.jobs.cause[0] == .requeue)
    #expect(outcome.tenants[0].waiting == 20 * 1000)
  }

  @Test func `a victim that ends by itself leaves no event behind`() throws {
    let jobs = [
      (JobSketch.gpu(1, at: 0, for: 33), 0 as UInt16, 0 as Int32), (.gpu(1, at: 30, for: 3), 0, 1),
    ]
    let outcome = try run([.gpu(1)], jobs, Self.preemption(graceful: 60, requeue: 5))
    #expect(outcome.jobs.endNanoseconds == [33, 36])
    #expect(outcome.end.nanoseconds == 36)
  }
}
