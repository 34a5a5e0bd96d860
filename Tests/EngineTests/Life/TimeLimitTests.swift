import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Runs killed at their time limit, worked by hand.
@Suite struct TimeLimitTests {
  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    limits: [Int64],
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    var given = input(nodes, jobs)
    given.jobs.timeLimit = limits.map { SimDuration(nanoseconds: $0) }
    change(&given)
    return try Simulation.run(given)
  }

  @Test func `a run is killed when it has lasted as long as its limit, and its work is lost`() throws {
    let outcome = try run([.gpu(1)], [.gpu(1, at: 2, for: 10)], limits: [4])
    #expect(outcome.jobs.state == [.timedOut])
    #expect(outcome.jobs.startNanoseconds == [2])
    #expect(outcome.jobs.endNanoseconds == [6])
    #expect(outcome.jobs.lostNanoseconds == [4])
    #expect(outcome.ledger[.lost] == 4 * 1000)
    #expect(outcome.ledger[.goodput] == 0)
    #expect(outcome.ledger.capacity == 6 * 1000)
    #expect(outcome.tenants[0].completed == 0)
    #expect(outcome.tenants[0].submitted == 1)
  }

  @Test func `a job that is done at its limit completes, and one without a limit runs on`() throws {
    let outcome = try run([.gpu(2)], [.gpu(1, at: 0, for: 4), .gpu(1, at: 0, for: 9)], limits: [4, 0])
    #expect(outcome.jobs.state == [.completed, .completed])
    #expect(outcome.jobs.endNanoseconds == [4, 9])
    #expect(outcome.jobs.lostNanoseconds.isEmpty)
  }

  @Test func `the next job gets the GPUs at the instant of the kill`() throws {
    let outcome = try run([.gpu(1)], [.gpu(1, at: 0, for: 9), .gpu(1, at: 1, for: 2)], limits: [5, 0])
    #expect(outcome.jobs.startNanoseconds == [0, 5])
  }

  /// Work 10 in steps of 2 with 1 to write: after 8 two checkpoints are done
  /// (2 + 1, 2 + 1), and 2 more are work since the last.
  @Test func `what checkpoints have kept is not lost`() throws {
    let outcome = try run([.gpu(1)], [.gpu(1, at: 0, for: 10)], limits: [8]) {
      $0.jobs.checkpointPlans = [
        CheckpointPlan(interval: .init(nanoseconds: 2), write: .init(nanoseconds: 1), restart: .zero)
      ]
      $0.jobs.checkpoint = [1]
    }
    #expect(outcome.jobs.state == [.timedOut])
    #expect(outcome.jobs.lostNanoseconds == [2])
    #expect(outcome.ledger[.lost] == 2 * 1000)
    #expect(outcome.ledger[.overhead] == 2 * 1000)
    #expect(outcome.ledger[.goodput] == 4 * 1000)
  }

  @Test func `the limit counts anew when the job starts again`() throws {
    let outcome = try run([.gpu(1)], [.gpu(1, at: 0, for: 9)], limits: [5]) {
      $0.fleetChanges = [FleetChange(at: 3, .fail, 0), FleetChange(at: 4, .repair, 0)]
    }
    #expect(outcome.jobs.state == [.timedOut])
    #expect(outcome.jobs.startNanoseconds == [4])
    #expect(outcome.jobs.endNanoseconds == [9])
    #expect(outcome.ledger[.lost] == (3 + 5) * 1000)
  }

  /// The second job of two GPUs waits for the first, which its limit lets end
  /// at 6 at the latest; the third, of 6, would reach into the reservation.
  @Test func `backfill expects no run to outlast its limit`() throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 20), .gpu(2, at: 1, for: 3), .gpu(1, at: 2, for: 6)]
    let without = try run([.gpu(2)], jobs, limits: [0, 0, 0]) { $0.queue = .backfill(Backfill(.easy)) }
    #expect(without.jobs.startNanoseconds[2] == 2)
    let outcome = try run([.gpu(2)], jobs, limits: [6, 0, 0]) { $0.queue = .backfill(Backfill(.easy)) }
    #expect(outcome.jobs.startNanoseconds == [0, 6, 9])
  }

  @Test func `an order by estimates goes by the limit where that is shorter`() throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 2), .gpu(1, at: 1, for: 5), .gpu(1, at: 1, for: 9)]
    let outcome = try run([.gpu(1)], jobs, limits: [0, 0, 3]) {
      $0.queue = .ordered(.shortestEstimate, headOfLineBlocking: true)
    }
    #expect(outcome.jobs.startNanoseconds == [0, 5, 2])
  }
}
