/// First in, first out: each job gets the model that is fastest for it among
/// those with enough GPUs left, until the first job that fits nowhere (Gavel's
/// `fifo_perf`). Of equally fast models the first by name is taken. A model on
/// which the job cannot run may be all that is left for it: the job then holds
/// GPUs there in vain and does not stop those behind it.
final class FastestModelShares: RoundAllocator {
  func shares(_ demand: RoundDemand) -> [[Double]] {
    var left = demand.gpus
    let byName = demand.models.indices.sorted { demand.models[$0] < demand.models[$1] }
    var result = demand.jobs.map { _ in left.map { _ in 0.0 } }
    for (position, job) in demand.jobs.enumerated() {
      var best: Int?
      for model in byName
      where left[model] >= job.gpus && (best == nil || job.throughput[model] > job.throughput[best!]) {
        best = model
      }
      guard let best else { break }
      left[best] -= job.gpus
      result[position][best] = 1
    }
    return result
  }
}
