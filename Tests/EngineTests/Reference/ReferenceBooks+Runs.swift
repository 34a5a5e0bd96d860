import Engine
import Outcome
import Workload

/// What became of the time of each run: first overhead, then work that was
/// kept, then work that was lost.
extension ReferenceBooks {
  mutating func bookRuns(_ run: ReferenceSimulator, from: Int64) {
    for attempt in run.attempts {
      book(attempt, run, from: from)
    }
    for hold in run.holds where hold.end > max(from, hold.start) {
      let worker = run.requests[hold.job]
      let span = Int128(hold.end - max(from, hold.start))
      var held = LedgerTotals()
      held[.idle] = Int128(worker.count * worker.asked * hold.piece.workers) * span
      held[.rounding] = Int128(worker.taken * hold.piece.workers) * span - held[.idle]
      heldOfNode[hold.piece.node] += held
      heldByTenant[Int(run.input.jobs.tenant[hold.job].rawValue)] += held
    }
    for j in run.jobs.state.indices where run.jobs.startNanoseconds[j] >= 0 {
      let start = run.jobs.startNanoseconds[j]
      let end = run.jobs.endNanoseconds[j] >= 0 ? run.jobs.endNanoseconds[j] : run.end
      let overhead = min(end - start, run.progress[j].due)
      // What still runs counts as kept, unless the job timed out or failed.
      let last = ReferenceSimulator.Attempt(
        job: j,
        start: start,
        end: end,
        pieces: run.laid[j],
        overhead: overhead,
        kept: end - start - overhead - run.lives[j].lost
      )
      book(last, run, from: from)
    }
  }

  /// Busy time is rounded down for each piece and each stretch of one fate.
  private mutating func book(_ run: ReferenceSimulator.Attempt, _ all: ReferenceSimulator, from: Int64) {
    let worker = all.requests[run.job]
    let tenant = Int(all.input.jobs.tenant[run.job].rawValue)
    let busyMilli = Int128(all.input.jobs.busyMilli[run.job])
    let worked = run.start + run.overhead
    let stretches: [(LedgerLeaf, Int64, Int64)] = [
      (.overhead, run.start, worked), (.goodput, worked, worked + run.kept),
      (.lost, worked + run.kept, run.end),
    ]
    for piece in run.pieces {
      if run.start >= from { starts[piece.node] += 1 }
      for (leaf, start, end) in stretches where end > max(start, from) {
        let span = Int128(end - max(start, from))
        let asked = Int128(worker.count * worker.asked * piece.workers) * span
        let busy = asked * busyMilli / 1000
        var held = LedgerTotals()
        held[leaf] = busy
        held[.idle] = asked - busy
        held[.rounding] = Int128(worker.taken * piece.workers) * span - asked
        heldOfNode[piece.node] += held
        heldByTenant[tenant] += held
      }
    }
  }
}
