import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Deadlines, worked by hand.
@Suite struct DeadlineTests {
  private static let jobs = [
    JobSketch.gpu(1, at: 0, for: 4), .gpu(1, at: 1, for: 2), .gpu(1, at: 2, for: 2), .gpu(1, at: 3, for: 2),
  ]

  private func given(_ deadlines: [Int64], _ order: JobOrder) -> SimulationInput {
    input([.gpu(1)], Self.jobs).with {
      $0.jobs.deadline = deadlines.map { SimDuration(nanoseconds: $0) }
      $0.queue = .ordered(order, headOfLineBlocking: true)
    }
  }

  private func metrics(_ input: SimulationInput) throws -> [String: Double] {
    let outcome = try Simulation.run(input)
    let all = OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
    return all.filter { $0.scope == "fleet" }.reduce(into: [:]) { $0[$1.name] = $1.value }
  }

  /// Due at 4, never, 12 and 11.
  @Test func `the order by deadline leaves jobs without one behind`() throws {
    let outcome = try Simulation.run(given([4, 0, 10, 8], .earliestDeadline))
    #expect(outcome.jobs.startNanoseconds == [0, 8, 6, 4])
  }

  @Test func `equal deadlines go by arrival`() throws {
    let outcome = try Simulation.run(given([4, 9, 8, 7], .earliestDeadline))
    #expect(outcome.jobs.startNanoseconds == [0, 4, 6, 8])
  }

  /// In order of arrival the jobs end at 4, 6, 8 and 10; due at 4, 6, 7, never.
  @Test func `the share of deadlines met counts jobs that have one`() throws {
    let found = try metrics(given([4, 5, 5, 0], .fifo))
    #expect(found["jobs.deadlines"] == 3)
    #expect(abs(found["deadlines_met"]! - 200.0 / 3) < 1e-9)
  }

  @Test func `jobs that may yet meet theirs are left out, others have missed it`() throws {
    // Due at 4, 20, 6 and 30, of which the run sees the first 7 ns: the first
    // has completed, the second completes at 6, the third waits in vain.
    var input = given([4, 19, 4, 27], .fifo)
    input.horizon = SimTime(nanoseconds: 7)
    let found = try metrics(input)
    #expect(found["jobs.deadlines"] == 3)
    #expect(abs(found["deadlines_met"]! - 200.0 / 3) < 1e-9)
  }

  @Test func `jobs that end otherwise miss their deadlines`() throws {
    var input = given([4, 90, 90, 90], .fifo)
    input.jobs.timeLimit = [.zero, SimDuration(nanoseconds: 1), .zero, .zero]
    let found = try metrics(input)
    #expect(found["deadlines_met"] == 75)
    #expect(found["jobs.timed_out"] == 1)
    #expect(found["jobs.failed"] == nil)
    #expect(try metrics(given([0, 0, 0, 0], .fifo))["deadlines_met"] == nil)
  }
}
