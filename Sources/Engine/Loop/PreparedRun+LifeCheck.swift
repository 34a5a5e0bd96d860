import SimulationKernel
import Workload

extension PreparedRun {
  /// Refuses limits, failures, retries, deadlines and dependencies that
  /// contradict the rest.
  static func checkLives(_ input: SimulationInput) throws {
    func fail(_ text: String, about part: InputPart = .workload) -> Refusal {
      Refusal(text: text, part: part)
    }
    let jobs = input.jobs
    let n = jobs.count
    let lengths = [
      jobs.timeLimit.count, jobs.deadline.count, jobs.retry.count, jobs.failures.count, jobs.after.count,
    ]
    if lengths.contains(where: { $0 != 0 && $0 != n }) {
      throw fail("the job table's columns differ in length")
    }
    if jobs.timeLimit.contains(where: { $0 < .zero }) { throw fail("a job's time limit is below zero") }
    if jobs.deadline.contains(where: { $0 < .zero }) {
      throw fail("a job's deadline lies before its arrival")
    }
    if jobs.retry.contains(where: { Int($0) > jobs.retryRules.count }) {
      throw fail("a job names a retry rule that its table does not list")
    }
    for rule in jobs.retryRules {
      if (rule.most ?? 0) < 0 { throw fail("a job is started again \(rule.most ?? 0) times") }
      if rule.delay < .zero || rule.longestDelay < rule.delay || rule.longestDelay > SimTime.latest - .zero {
        throw fail("a retry delay must be 0 ... 36 years, and its end not below its beginning")
      }
    }
    if jobs.failures.values.contains(where: { !(0...FailureShare.whole).contains($0) }) {
      throw fail("an attempt fails at a share outside 0 ... 1")
    }
    if let wrong = jobs.after.values.first(where: { !(0..<n).contains(Int($0)) }) {
      throw fail("a job waits for job number \(wrong), which does not exist")
    }
    if let ring = jobs.after.cycle {
      let names = ring.prefix(8).map { "'" + jobs.name(JobID(rawValue: Int32($0))) + "'" }
      throw fail("jobs wait for one another: \(names.joined(separator: ", ")), \(ring.count) in all")
    }
    if jobs.kind.contains(.service) {
      for job in 0..<n where jobs.kind[job] == .service {
        if jobs.limit(of: job) != nil || jobs.due(of: job) != nil || jobs.retryRule(of: job) != RetryRule()
          || !jobs.failures[job].isEmpty || !jobs.after[job].isEmpty
        {
          throw fail("a service replica has no limit, failures, retries, deadline or dependencies")
        }
      }
    }
    guard jobs.hasLives else { return }
    if jobs.hasSpeeds, !jobs.failures.isEmpty {
      throw fail("jobs whose speed depends on their place do not fail of themselves")
    }
    if case .rounds = input.queue {
      throw fail(
        "a queue in rounds takes no jobs with limits, failures, retries or dependencies",
        about: .queue
      )
    }
    if input.recordsFilling, !jobs.after.isEmpty {
      throw fail("a filling is recorded only where no job waits for another")
    }
  }
}
