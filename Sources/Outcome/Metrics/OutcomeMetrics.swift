import Hardware
import SimulationKernel
import Workload

/// Turns the columns of a run into its metrics: exact, and the same on every
/// machine.
///
/// **Which jobs count.** A job is counted when it arrived in the measured
/// window `[measuredFrom, end]` and was admitted. Jobs that arrived during
/// the warm-up, after the end (`unseen`) or were refused (`rejected`) are not
/// part of waiting figures; refused ones of the window are told as
/// `jobs.rejected`.
///
/// **Censoring.** `wait.*` covers the counted jobs that started. Those that
/// still wait at the end have no known wait; they are told as `jobs.waiting`
/// beside the percentiles (and `jobs.withdrawn` for service replicas whose
/// time passed), never dropped in silence. The wait of a job that was
/// interrupted and queued again is the sum of its waits, retry delays included.
/// The wait of a job that depends on others begins when the last of them has
/// completed; the time before is told as `wait_time.dependency`. `jct.*` covers completed batch jobs; a service's length is
/// given, not a result.
///
/// **Causes.** `wait_time.*`, `wait_gpu_time.*` and `waited.*` cover all time
/// that the counted jobs waited, up to the end of the run; a job that waited
/// for several causes counts as waiting for each.
///
/// **Percentiles** are nearest-rank order statistics: the ⌈p·n/100⌉-th
/// smallest value.
///
/// **Deadlines.** `deadlines_met` is the share of the jobs of the window with a
/// deadline, refused ones included, that completed by it. Jobs that may yet
/// meet theirs at the end of the run are left out.
///
/// **Percentages** of GPU time are shares of capacity x measured time, down
/// time included. A figure whose denominator is 0 has no row.
public enum OutcomeMetrics {
  /// All metrics of a run, in a fixed order: fleet, GPU models, waiting by
  /// cause, then jobs overall, by class, by tenant and by size.
  ///
  /// - Complexity: O(n log n) in jobs (one sort of the waits, one of the
  ///   completion times).
  public static func compute(outcome: RunOutcome, jobs: JobTable, fleet: Fleet) -> [Metric] {
    gpuTime(outcome, fleet) + fragmentation(outcome) + models(outcome, fleet)
      + WaitTotals(outcome, jobs).metrics(jobs) + makespan(outcome, jobs) + tallies(outcome, jobs)
      + tenantTime(outcome, jobs) + heldByGangs(outcome, jobs)
      + budgetViolations(outcome, jobs) + placeability(outcome) + autoNodes(outcome)
      + autoNodeUse(outcome, jobs) + bursts(outcome) + storage(outcome)
      + services(outcome, jobs) + tenancy(outcome, jobs)
  }

  /// Whether a job belongs to the waiting figures.
  static func isCounted(_ job: Int, _ outcome: RunOutcome, _ jobs: JobTable) -> Bool {
    switch outcome.jobs.state[job] {
    case .unseen, .rejected: false
    case .waiting, .running, .completed, .withdrawn, .timedOut, .failed, .cancelled:
      inWindow(job, outcome, jobs)
    }
  }

  static func inWindow(_ job: Int, _ outcome: RunOutcome, _ jobs: JobTable) -> Bool {
    jobs.arrival[job] >= outcome.measuredFrom && jobs.arrival[job] <= outcome.end
  }
}

/// Conversions of the exact integrals at the edge.
public enum GPUTime {
  /// Thousandths x nanoseconds in one GPU-hour.
  public static let milliGPUNanosecondsPerHour: Int128 = 1000 * 3_600_000_000_000

  /// GPU-hours of an integral in thousandths x nanoseconds.
  public static func hours(_ milliGPUNanoseconds: Int128) -> Double {
    Double(milliGPUNanoseconds) / Double(milliGPUNanosecondsPerHour)
  }

  /// `part` as a percentage of `whole`; nil when `whole` is 0.
  public static func percent(_ part: Int128, of whole: Int128) -> Double? {
    whole == 0 ? nil : 100 * Double(part) / Double(whole)
  }
}
