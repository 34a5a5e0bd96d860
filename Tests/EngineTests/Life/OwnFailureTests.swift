import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Jobs that fail of themselves or with their nodes, worked by hand.
@Suite struct OwnFailureTests {
  private static let half = FailureShare.whole / 2

  private func run(
    _ jobs: [JobSketch],
    fails: [[Int32]],
    _ rule: RetryRule = RetryRule(),
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    var given = input([.gpu(1)], jobs)
    given.jobs.failures = JobLists(fails)
    if rule != RetryRule() {
      given.jobs.retryRules = [rule]
      given.jobs.retry = jobs.map { _ in 1 }
    }
    change(&given)
    return try Simulation.run(given)
  }

  @Test func `an attempt fails at its share of the work, and the next begins from nothing`() throws {
    let outcome = try run([.gpu(1, at: 0, for: 8)], fails: [[Self.half, Self.half / 2]])
    #expect(outcome.jobs.state == [.completed])
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [4, 6])
    #expect(outcome.interruptedAttempts.allSatisfy { $0.isFailure && !$0.isPreemption })
    #expect(outcome.jobs.startNanoseconds == [6])
    #expect(outcome.jobs.endNanoseconds == [14])
    #expect(outcome.jobs.failures == [2])
    #expect(outcome.ledger[.lost] == 6 * 1000)
    #expect(outcome.ledger[.goodput] == 8 * 1000)
  }

  @Test func `shares of nothing and of all the work are the ends of an attempt`() throws {
    let outcome = try run([.gpu(1, at: 0, for: 5)], fails: [[0, FailureShare.whole]])
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [1, 6])
    #expect(outcome.jobs.endNanoseconds == [11])
  }

  @Test func `when the retries are used up the job has failed`() throws {
    let outcome = try run(
      [.gpu(1, at: 0, for: 8), .gpu(1, at: 1, for: 3)],
      fails: [[Self.half, Self.half, Self.half], []],
      RetryRule(most: 1)
    )
    #expect(outcome.jobs.state == [.failed, .completed])
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [4])
    #expect(outcome.jobs.endNanoseconds == [8, 11])
    #expect(outcome.jobs.lostNanoseconds == [4, 0])
    #expect(outcome.jobs.failures == [2, 0])
    #expect(outcome.ledger[.lost] == 8 * 1000)
  }

  @Test func `failures of nodes count against the retries, what is planned does not`() throws {
    func state(_ action: FleetChange.Action) throws -> RunOutcome {
      try run([.gpu(1, at: 0, for: 8)], fails: [[]], RetryRule(most: 0)) {
        $0.fleetChanges = [FleetChange(at: 3, action, 0), FleetChange(at: 4, .repair, 0)]
      }
    }
    let failed = try state(.fail)
    #expect(failed.jobs.state == [.failed])
    #expect(failed.jobs.endNanoseconds == [3])
    #expect(failed.jobs.startNanoseconds == [0])
    #expect(failed.jobs.interruptions == [0])
    #expect(failed.ledger[.lost] == 3 * 1000)
    #expect(failed.end.nanoseconds == 4)
    #expect(try state(.interrupt).jobs.state == [.failed])
    #expect(try state(.maintain).jobs.state == [.completed])
    #expect(try state(.leave).jobs.state == [.completed])
  }

  @Test func `preemptions do not count against the retries`() throws {
    let outcome = try run(
      [.gpu(1, at: 0, for: 8), .gpu(1, at: 2, for: 2)],
      fails: [[], []],
      RetryRule(most: 0)
    ) { $0.queue = .preemptive(PreemptiveQueue(.shortestRemainingTime)) }
    #expect(outcome.jobs.preemptions == [1, 0])
    #expect(outcome.jobs.state == [.completed, .completed])
  }

  /// Delays of 3, 6, 7, 7: doubled, but for the longest.
  @Test func `the retry delay doubles up to its longest`() throws {
    let rule = RetryRule(
      delay: SimDuration(nanoseconds: 3),
      longestDelay: SimDuration(nanoseconds: 7)
    )
    #expect((1...4).map { rule.delay(afterFailures: $0).nanoseconds } == [3, 6, 7, 7])
    #expect(rule.delay(afterFailures: 1_000_000).nanoseconds == 7)
    let outcome = try run([.gpu(1, at: 0, for: 2)], fails: [[Self.half, Self.half, Self.half]], rule)
    #expect(outcome.interruptedAttempts.map(\.startNanoseconds) == [0, 4, 11])
    #expect(outcome.interruptedAttempts.map(\.backoffNanoseconds) == [3, 6, 7])
    #expect(outcome.jobs.startNanoseconds == [19])
    #expect(outcome.jobs.cause == [.requeue])
    #expect(outcome.series.first { $0.name == "queue" } == nil)
  }

  /// It comes back at 5 behind the job that runs from 2 to 9.
  @Test func `after the delay the job has its old place in the queue`() throws {
    let outcome = try run(
      [.gpu(1, at: 0, for: 4), .gpu(1, at: 1, for: 7), .gpu(1, at: 2, for: 1)],
      fails: [[Self.half], [], []],
      RetryRule(delay: SimDuration(nanoseconds: 3), longestDelay: SimDuration(nanoseconds: 3))
    )
    #expect(outcome.jobs.startNanoseconds == [9, 2, 13])
    #expect(outcome.jobs.cause[0] == .headOfLine || outcome.jobs.cause[0] == .capacity)
  }

  /// A checkpoint after each 2 of the work: the attempt that fails at 5 of 10
  /// has kept 4; the next fails at half of the 6 that are left, having kept 2.
  @Test func `with checkpoints a share is one of the work that is left`() throws {
    let outcome = try run([.gpu(1, at: 0, for: 10)], fails: [[Self.half, Self.half]]) {
      $0.jobs.checkpointPlans = [
        CheckpointPlan(interval: .init(nanoseconds: 2), write: .zero, restart: .init(nanoseconds: 1))
      ]
      $0.jobs.checkpoint = [1]
    }
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [5, 9])
    #expect(outcome.interruptedAttempts.map(\.keptNanoseconds) == [4, 2])
    #expect(outcome.jobs.endNanoseconds == [14])
    #expect(outcome.ledger[.goodput] == 10 * 1000)
    #expect(outcome.ledger[.lost] == 2 * 1000)
    #expect(outcome.ledger[.overhead] == 2 * 1000)
  }

  @Test func `a preemption moves neither the work at which an attempt fails nor the number of failures`()
    throws
  {
    func failures(_ queue: QueueSpec) throws -> RunOutcome {
      try run(
        [.gpu(1, at: 0, for: 8), .gpu(1, at: 2, for: 2)],
        fails: [[Self.half], []]
      ) { $0.queue = queue }
    }
    let plain = try failures(.fifo(headOfLineBlocking: true))
    let preempted = try failures(.preemptive(PreemptiveQueue(.shortestRemainingTime)))
    #expect(plain.interruptedAttempts.map(\.endNanoseconds) == [4])
    // Two done, two of the other job, two more to the failure; two are kept.
    #expect(preempted.interruptedAttempts.map(\.endNanoseconds) == [2, 6])
    #expect(preempted.interruptedAttempts.map(\.isFailure) == [false, true])
    #expect(plain.jobs.failures == preempted.jobs.failures)
  }

  @Test func `a failure at the limit is a failure, one behind it a time-out`() throws {
    func state(limit: Int64) throws -> JobState {
      try run([.gpu(1, at: 0, for: 8)], fails: [[Self.half]], RetryRule(most: 0)) {
        $0.jobs.timeLimit = [SimDuration(nanoseconds: limit)]
      }.jobs.state[0]
    }
    #expect(try state(limit: 4) == .failed)
    #expect(try state(limit: 3) == .timedOut)
  }
}
