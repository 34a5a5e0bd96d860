/// Finish-time fairness (Gavel's `finish_time_fairness_perf`): the largest
/// ratio of a job's projected finish time to that under an equal share is as
/// small as can be.
///
/// Under an equal share, time counts as it would have passed: the steps done
/// between refreshes at the equal share's speed then, and those left at the
/// present one.
final class FinishTimeShares: RoundAllocator {
  private struct Past {
    /// Seconds that the steps done so far would have taken.
    var seconds = 0.0
    var stepsLeft: Double
    /// Steps per second under the equal share.
    var rate: Double
  }
  private var past: [Int32: Past] = [:]

  func shares(_ demand: RoundDemand) -> [[Double]] {
    guard !demand.jobs.isEmpty else { return [] }
    var next: [Int32: Past] = [:]
    /// Seconds to the finish under an equal share; nil for jobs that run nowhere.
    var alone: [Double?] = []
    for job in demand.jobs {
      let rate = zip(demand.equalShare(job), job.throughput).reduce(0) { $0 + $1.0 * $1.1 }
      var own = past[job.id] ?? Past(stepsLeft: job.stepsLeft, rate: rate)
      if own.rate > 0 { own.seconds += (own.stepsLeft - job.stepsLeft) / own.rate }
      own.stepsLeft = job.stepsLeft
      own.rate = rate
      next[job.id] = own
      alone.append(rate > 0 ? own.seconds + job.stepsLeft / rate : nil)
    }
    past = next
    func attempt(_ ratio: Double) -> [[Double]]? {
      var rates: [Double] = []
      for (job, alone) in zip(demand.jobs, alone) {
        guard let alone else {
          rates.append(0)
          continue
        }
        let left = ratio * alone - job.age
        if left <= 0 { return nil }
        rates.append(job.stepsLeft / left)
      }
      return demand.shares(reaching: rates)
    }
    var low = 0.0
    var high = 1.0
    var best = attempt(high)
    while best == nil && high < 1e9 {
      low = high
      high *= 2
      best = attempt(high)
    }
    while high - low > 1e-6 * high {
      let middle = (low + high) / 2
      if let found = attempt(middle) {
        best = found
        high = middle
      } else {
        low = middle
      }
    }
    return best ?? demand.jobs.map(demand.equalShare)
  }
}
