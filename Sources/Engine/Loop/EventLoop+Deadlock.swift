import Outcome

/// Gangs that will never start.
extension EventLoop {
  /// Books what is held at the end, and finds the gangs that could not start
  /// even if all that runs ended: one whose rest can be laid is taken to start
  /// and end, again and again, until none is left or none can (Dijkstra's
  /// banker's algorithm, EWD 123). Where holds time out, nothing is stuck.
  ///
  /// Call it when nothing looks at the cluster any more: it is emptied.
  mutating func closeHolds(_ held: HeldGangs, at end: Int64) -> GangDeadlock? {
    let stuck = held.holding.timeout == nil ? stuckGangs(held) : []
    for gang in held.gangs {
      for part in gang.pieces {
        held.note(gang.job, part, until: end, stuck.contains(gang.job) ? .stuck : .atEnd)
      }
    }
    guard !stuck.isEmpty else { return nil }
    var result = GangDeadlock(gangs: stuck.count, milliGPU: 0, sinceNanoseconds: 0)
    for gang in held.gangs where stuck.contains(gang.job) {
      let worker = requests[Int(shapes[gang.job].rawValue)]
      for part in gang.pieces { result.milliGPU += Int64(worker.takenMilli) * Int64(part.piece.workers) }
      result.sinceNanoseconds = max(result.sinceNanoseconds, gang.since, gang.pieces.map(\.since).max() ?? 0)
    }
    return result
  }

  private mutating func stuckGangs(_ held: HeldGangs) -> Set<Int> {
    guard !held.gangs.isEmpty else { return [] }
    for job in 0..<input.jobs.count where live.isIn(job, .running) { lift(job) }
    var left = held.gangs
    var hasProgress = true
    while hasProgress {
      hasProgress = false
      var still: [HoldingGang] = []
      for gang in left {
        var whole = gang
        let starts = layRest(&whole, at: 0)
        takeOff(whole, from: starts ? 0 : gang.pieces.count)
        if starts { hasProgress = true } else { still.append(gang) }
      }
      left = still
    }
    return Set(left.map(\.job))
  }

  private mutating func takeOff(_ gang: HoldingGang, from first: Int) {
    let worker = requests[Int(shapes[gang.job].rawValue)]
    for part in gang.pieces[first...] {
      let node = Int(part.piece.node)
      cluster.release(pieceRequest(worker, part.piece), node: node, gpuMask: part.piece.gpuMask)
      trialChanged(node)
    }
  }
}
