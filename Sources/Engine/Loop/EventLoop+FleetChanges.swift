import Hardware
import Outcome
import SimulationKernel
import Workload

/// The fleet changes: nodes join, leave, fail, drain, return.
extension EventLoop {
  mutating func change(_ change: FleetChange, at now: SimTime) {
    for id in change.nodes {
      let node = Int(id.rawValue)
      switch change.action {
      case .join, .repair:
        endMaintenance(node, at: now)
        raise(node)
      case .leave: lose(node, to: .absent, at: now)
      case .fail: lose(node, to: .fault, at: now)
      case .maintain: lose(node, to: .maintenance, at: now)
      case .drain: drain(node, at: now)
      case .interrupt: interruptResidents(of: node, at: now, isFailure: true)
      }
    }
    explainDemands(at: now.nanoseconds)
    reviewCauses(at: now)
  }

  /// The node is up from now on.
  mutating func raise(_ node: Int) {
    setCondition(.up, node)
    queue.noteFreed(node)
    if hasWaiting { isPassPending = true }
  }

  mutating func setCondition(_ condition: NodeCondition, _ node: Int) {
    let old = cluster.isUp(node)
    if let removals, ![.up, .draining, .clearing].contains(condition) { dropRemovals(of: node, removals) }
    cluster.setCondition(condition, node)
    waits.state &+= 1
    if condition == .absent { wipes?.forget(node: node) }
    waits.setDown(node, [.fault, .maintenance, .draining].contains(condition))
    if old != cluster.isUp(node) || !old { nodeChanged(node) }
    if let storage, [.absent, .fault, .maintenance].contains(condition) {
      loseImages(node, storage, isGone: condition == .absent)
    }
  }

  private mutating func lose(_ node: Int, to condition: NodeCondition, at now: SimTime) {
    interruptResidents(of: node, at: now, isFailure: condition == .fault)
    endMaintenance(node, at: now)
    setCondition(condition, node)
  }

  /// What runs on the node is interrupted, falls back to what it has saved,
  /// and waits again in its old place in the queue. A failure counts against a
  /// job's retries; what was planned does not.
  mutating func interruptResidents(of node: Int, at now: SimTime, isFailure: Bool = false) {
    if let heldGangs { dropHeld(on: node, heldGangs, at: now) }
    while let job = residents.first(node: node) {
      if isFailure, failsWithNode(job, at: now) { continue }
      interrupt(job, at: now, isPreemption: false, savesFirst: false, extra: 0)
      // A replica's end is a date: schedule it again under the new generation.
      if kinds[job] == .service && !refusesForGood { schedule(end: arrival[job], after: duration[job], job) }
      rejoin(job)
      isPassPending = true
    }
  }

  /// Takes a running job off its GPUs; it pays for it as the policy says.
  mutating func preempt(_ job: Int, at now: SimTime, savesFirst: Bool, staysAway: Bool = false) {
    live.preemptions[job] += 1
    interrupt(
      job,
      at: now,
      isPreemption: true,
      savesFirst: savesFirst,
      extra: preemptionCost[Int(shapes[job].rawValue)],
      staysAway: staysAway
    )
  }

  /// The job's run ends early; it waits again, without a place in the queue,
  /// which it gets at once unless it stays away.
  mutating func interrupt(
    _ job: Int,
    at now: SimTime,
    isPreemption: Bool,
    savesFirst: Bool,
    extra: Int64,
    staysAway: Bool = false
  ) {
    if let storage { leaveTransfers(job, storage, at: now.nanoseconds) }
    var record = InterruptedAttempt(
      job: JobID(rawValue: Int32(job)),
      startNanoseconds: live.start[job],
      endNanoseconds: now.nanoseconds,
      node: NodeID(rawValue: live.node[job]),
      gpuMask: live.gpuMask[job]
    )
    record.isPreemption = isPreemption
    if kinds[job] == .batch,
      let split = progress?.stop(job, at: now.nanoseconds, savesFirst: savesFirst, extra: extra)
    {
      record.keptNanoseconds = split.kept
      record.overheadNanoseconds = split.overhead
    } else if storage != nil, let progress {
      record.overheadNanoseconds = progress.setup(job)
    }
    if let wipes {
      record.wipeNanoseconds = min(wipes.span(of: job), now.nanoseconds - live.start[job])
    }
    record.rate = progress?.speeds?.rate(of: job) ?? 0
    if rounds != nil { record.keptNanoseconds = now.nanoseconds - live.start[job] }
    if live.pieceCount.count > 0 {
      record.firstPiece = live.firstPiece[job]
      record.pieceCount = live.pieceCount[job]
    }
    attempts.append(record)
    budgets?.stopped(job, isPreemption: isPreemption)
    vacate(job)
    if let sharing, sharing.isShared(job) {
      attempts[attempts.count - 1].usedMilliNanoseconds = sharing.use(of: job)
    }
    live.state[job] = JobState.waiting.rawValue
    live.start[job] = -1
    live.node[job] = -1
    live.gpuMask[job] = 0
    waits.note(job: job, .none, at: now.nanoseconds)
    if live.pieceCount.count > 0 { live.pieceCount[job] = 0 }
    precondition(live.interruptions[job] < .max, "a job was interrupted four billion times")
    live.interruptions[job] += 1
    resetWish(job, at: now, isInQueue: !staysAway)
    feed.noteCancellation { [live = liveness] in live.isLive($0) }
  }
}
