/// Max-min fairness (Gavel's `max_min_fairness`, and `_perf` by throughput):
/// the smallest of throughput x GPUs / weight is as large as can be, each
/// job's throughput divided by that under an equal split of all models.
final class MaxMinShares: RoundAllocator {
  private let byThroughput: Bool

  init(byThroughput: Bool) { self.byThroughput = byThroughput }

  func shares(_ demand: RoundDemand) -> [[Double]] {
    guard !demand.jobs.isEmpty else { return [] }
    let count = demand.jobs.count * demand.gpus.count
    let programme = programme(demand)
    // Zero shares are a solution, so there is a best one.
    return demand.rows(programme.middle(count: count) ?? programme.corner(count: count)!)
  }

  /// The variables are the shares, then the smallest of what is compared.
  func programme(_ demand: RoundDemand) -> LinearProgram {
    var demand = demand
    if !byThroughput {
      for job in demand.jobs.indices { demand.jobs[job].throughput = demand.gpus.map { _ in 1 } }
    }
    let all = demand.gpus.reduce(0, +)
    let smallest = demand.jobs.count * demand.gpus.count
    let programme = demand.programme(extraVariables: 1)
    programme.maximise([(smallest, 1)])
    for (position, job) in demand.jobs.enumerated() {
      let split = zip(demand.gpus, job.throughput).reduce(0) { $0 + $1.0 / all * $1.1 }
      // A job that runs nowhere would hold all others at zero.
      guard split > 0 else { continue }
      let terms = demand.throughputTerms(position, times: job.gpus / (job.weight * split))
      programme.require(terms + [(smallest, -1)], atLeast: 0)
    }
    return programme
  }
}
