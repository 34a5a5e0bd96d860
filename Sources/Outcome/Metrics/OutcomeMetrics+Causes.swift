import SimulationKernel
import Workload

extension OutcomeMetrics {
  /// How long jobs waited and how many did, by the cause in their record.
  ///
  /// Jobs that still wait count up to the end of the run, those that left the
  /// queue otherwise up to then. Time before a job stood in the queue has the
  /// cause `dependency`, time out of it between a failure and the retry
  /// `requeue`, whatever cause the record holds for the rest.
  static func causes(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    var count = [Int64](repeating: 0, count: WaitCause.allCases.count)
    var nanoseconds = [Int128](repeating: 0, count: WaitCause.allCases.count)
    func book(_ cause: WaitCause, _ span: Int64) {
      guard span > 0 else { return }
      count[Int(cause.rawValue)] += 1
      nanoseconds[Int(cause.rawValue)] += Int128(span)
    }
    let held = outcome.heldBeforeNanoseconds
    let backoff = backoffs(outcome)
    for job in 0..<jobs.count where isCounted(job, outcome, jobs) {
      let start = outcome.jobs.startNanoseconds[job]
      let until =
        switch outcome.jobs.state[job] {
        case .waiting: outcome.end.nanoseconds
        case .withdrawn where start < 0: outcome.jobs.endNanoseconds[job]
        case .cancelled: outcome.jobs.endNanoseconds[job]
        default: start
        }
      let arrival = jobs.arrival[job].nanoseconds
      let eligible = outcome.jobs.eligible(job, arrival: arrival)
      book(.dependency, (eligible ?? until) - arrival)
      guard let eligible else { continue }
      let delay = backoff.isEmpty ? 0 : backoff[JobID(rawValue: Int32(job))] ?? 0
      book(.requeue, delay)
      book(outcome.jobs.cause[job], until - eligible - delay - (held[JobID(rawValue: Int32(job))] ?? 0))
    }
    return WaitCause.allCases.filter { isTold($0, jobs) }.flatMap { cause in
      let index = Int(cause.rawValue)
      return [
        Metric(
          name: "waited.\(cause.name)",
          scope: "fleet",
          unit: "jobs",
          value: Double(count[index])
        ),
        Metric(
          name: "wait_time.\(cause.name)",
          scope: "fleet",
          unit: "job_h",
          value: Double(nanoseconds[index]) / 3.6e12
        ),
      ]
    }
  }

  /// How long each job stayed out of the queue after failures, ns.
  private static func backoffs(_ outcome: RunOutcome) -> [JobID: Int64] {
    outcome.interruptedAttempts.reduce(into: [:]) { sums, attempt in
      guard attempt.backoffNanoseconds > 0 else { return }
      let until = min(attempt.endNanoseconds + attempt.backoffNanoseconds, outcome.end.nanoseconds)
      sums[attempt.job, default: 0] += until - attempt.endNanoseconds
    }
  }

  /// Causes that no job of the run can have are not told.
  private static func isTold(_ cause: WaitCause, _ jobs: JobTable) -> Bool {
    switch cause {
    case .none: false
    case .dependency: !jobs.after.isEmpty
    case .requeue: jobs.retryRules.contains { $0.delay > .zero }
    default: true
    }
  }
}
