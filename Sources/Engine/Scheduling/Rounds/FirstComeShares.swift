/// First in, first out on one GPU model, as Gavel's `fifo` does it.
///
/// Jobs with a share keep it. Where one of them has ended, the first waiting
/// job gets its share if it fits what is free so far in the walk; running jobs
/// later in the walk are not counted yet, so that more GPUs may be given out
/// than there are, and jobs then take turns.
final class FirstComeShares: RoundAllocator {
  /// Jobs with a share, ascending, and their GPUs.
  private var holders: [(id: Int32, gpus: Double)] = []

  func shares(_ demand: RoundDemand) -> [[Double]] {
    var free = demand.gpus.reduce(0, +)
    let active = Set(demand.jobs.map(\.id))
    let held = Set(holders.map(\.id))
    var waiting = demand.jobs.filter { !held.contains($0.id) }[...]
    var next: [(id: Int32, gpus: Double)] = []
    for holder in holders {
      if active.contains(holder.id) {
        next.append(holder)
        free -= holder.gpus
      } else if let head = waiting.first, head.gpus <= free {
        waiting.removeFirst()
        next.append((head.id, head.gpus))
        free -= head.gpus
      }
    }
    while let head = waiting.first, head.gpus <= free {
      waiting.removeFirst()
      next.append((head.id, head.gpus))
      free -= head.gpus
    }
    holders = next.sorted { $0.id < $1.id }
    let chosen = Set(holders.map(\.id))
    return demand.jobs.map { chosen.contains($0.id) ? [1] : [0] }
  }
}
