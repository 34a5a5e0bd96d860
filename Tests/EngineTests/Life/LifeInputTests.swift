import Engine
import SimulationKernel
import Testing
import Workload

/// Limits, failures, retries, deadlines and dependencies that contradict
/// themselves are refused with a message.
@Suite struct LifeInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let part: String
    let change: @Sendable (inout JobTable) -> Void
    init(_ part: String, _ change: @escaping @Sendable (inout JobTable) -> Void) {
      self.part = part
      self.change = change
    }
    var testDescription: String { part }
  }

  private static let minusOne = SimDuration(nanoseconds: -1)

  static let cases = [
    Case("columns differ in length") { $0.timeLimit = [.tick] },
    Case("columns differ in length") { $0.deadline = [.tick] },
    Case("columns differ in length") { $0.retry = [0] },
    Case("columns differ in length") { $0.failures = JobLists([[]]) },
    Case("columns differ in length") { $0.after = JobLists([[], [], []]) },
    Case("time limit is below zero") { $0.timeLimit = [.tick, minusOne] },
    Case("deadline lies before its arrival") { $0.deadline = [.tick, minusOne] },
    Case("names a retry rule") { $0.retry = [0, 1] },
    Case("started again -1 times") { $0.retryRules = [RetryRule(most: -1)] },
    Case("a retry delay must be") { $0.retryRules = [RetryRule(delay: .tick)] },
    Case("a retry delay must be") { $0.retryRules = [RetryRule(delay: minusOne)] },
    Case("share outside 0 ... 1") { $0.failures = JobLists([[], [FailureShare.whole + 1]]) },
    Case("share outside 0 ... 1") { $0.failures = JobLists([[-1], []]) },
    Case("job number 2, which does not exist") { $0.after = JobLists([[], [2]]) },
    Case("job number -1, which does not exist") { $0.after = JobLists([[-1], []]) },
    Case("wait for one another: 'job-0', 1 in all") { $0.after = JobLists([[0], []]) },
    Case("wait for one another: 'job-0', 'job-1', 2 in all") { $0.after = JobLists([[1], [0]]) },
    Case("a service replica has no limit") {
      $0.kind[1] = .service
      $0.after = JobLists([[], [0]])
    },
    Case("a service replica has no limit") {
      $0.kind[1] = .service
      $0.timeLimit = [.zero, .tick]
    },
  ]

  @Test(arguments: cases) func `a contradiction is told`(_ test: Case) {
    var given = input([.gpu(2)], [.gpu(1, at: 0, for: 5), .gpu(1, at: 3, for: 5)])
    test.change(&given.jobs)
    let error = #expect(throws: SimulationError.self) { try Simulation.run(given) }
    #expect("\(String(describing: error))".contains(test.part), "\(String(describing: error))")
  }

  @Test func `the largest delays, limits and deadlines trap nowhere`() throws {
    var given = input([.gpu(1)], [.gpu(1, at: 0, for: 5), .gpu(1, at: 3, for: 5)])
    let longest = SimTime.latest - .zero
    given.jobs.timeLimit = [longest, SimDuration(nanoseconds: .max)]
    given.jobs.deadline = [longest, SimDuration(nanoseconds: .max)]
    given.jobs.retryRules = [RetryRule(most: .max, delay: longest, longestDelay: longest)]
    given.jobs.retry = [1, 1]
    given.jobs.failures = JobLists([[FailureShare.whole], []])
    given.queue = .ordered(.earliestDeadline, headOfLineBlocking: true)
    let outcome = try Simulation.run(given)
    #expect(outcome.jobs.state == [.waiting, .completed])
    #expect(outcome.jobs.cause[0] == .requeue)
  }
}
