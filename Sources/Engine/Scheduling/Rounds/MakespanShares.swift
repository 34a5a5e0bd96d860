/// Shares under which all jobs end within the shortest time, found to 5 %
/// (Gavel's `min_total_duration_perf`).
final class MakespanShares: RoundAllocator {
  func shares(_ demand: RoundDemand) -> [[Double]] {
    guard !demand.jobs.isEmpty else { return [] }
    // Seconds, as the published tool starts.
    var low = 100.0
    var high = 1e6
    let runs = demand.jobs.map { $0.throughput.contains { $0 > 0 } }
    func attempt(_ time: Double) -> [[Double]]? {
      demand.shares(reaching: zip(demand.jobs, runs).map { $1 ? $0.stepsLeft / time : 0 })
    }
    var best = attempt(high)
    while best == nil && high < 1e12 {
      low = high
      high *= 2
      best = attempt(high)
    }
    while high > 1.05 * low {
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
