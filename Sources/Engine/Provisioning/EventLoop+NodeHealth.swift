import Outcome
import SimulationKernel
import Workload

/// Nodes that come and go fail, are mended, or are replaced.
extension EventLoop {
  /// A machine that is up begins to be able to fail.
  mutating func startFailureClocks(of node: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let health = autoNodes.health else { return }
    let group = Int(autoNodes.groupOf[node])
    health.clocks.start(node, group: group, life: autoNodes.life[node], at: now)
    scheduleFailure(of: node, health, autoNodes)
  }

  private mutating func scheduleFailure(of node: Int, _ health: NodeHealth, _ autoNodes: Provisioner) {
    guard let next = health.clocks.next(node) else { return }
    push(.fail, node, at: next, generation: autoNodes.life[node])
  }

  /// The ticks of the machine's clocks that are due.
  mutating func machineFails(_ node: Int, _ autoNodes: Provisioner, at now: SimTime) {
    guard let health = autoNodes.health else { return }
    while let next = health.clocks.next(node), next <= now.nanoseconds {
      let tick = health.clocks.take(node)
      if autoNodes.isInService(node) { strike(node, tick, health, autoNodes, at: now) }
    }
    scheduleFailure(of: node, health, autoNodes)
  }

  /// What runs on the node is stopped; and the node is down, unless only software
  /// crashed. One that drains goes when nothing runs on it any more.
  private mutating func strike(
    _ node: Int,
    _ tick: FailureClocks.Tick,
    _ health: NodeHealth,
    _ autoNodes: Provisioner,
    at now: SimTime
  ) {
    guard let repair = tick.repair else { return interruptResidents(of: node, at: now, isFailure: true) }
    let cause = autoNodes.group(node).failures[tick.cause]
    autoNodes.noteFailure(node, at: now.nanoseconds)
    stopWork(on: node, autoNodes, at: now)
    guard autoNodes.isInService(node) else { return }
    autoNodes.fails(node, health, cause, repair: repair, at: now.nanoseconds)
    setCondition(.fault, node)
    // A budget has less room; and what waits needs another node.
    if autoNodes.spec.evictsWork { scheduleReview(autoNodes, at: now.nanoseconds) }
    let life = autoNodes.life[node]
    push(.mend, node, at: health.mendedAt[node], generation: life)
    if health.tolerableUntil[node] < health.mendedAt[node] {
      push(.mend, node, at: health.tolerableUntil[node], generation: life)
    }
  }

  /// Stops what runs on the node because it failed, and books what that loses.
  private mutating func stopWork(on node: Int, _ autoNodes: Provisioner, at now: SimTime) {
    let firstRun = attempts.count
    var jobs: [Int] = []
    for entry in residents.entries(on: node) where !jobs.contains(entry.job) { jobs.append(entry.job) }
    interruptResidents(of: node, at: now, isFailure: true)
    for place in firstRun..<attempts.count {
      let run = attempts[place]
      let job = Int(run.job.rawValue)
      let lost = run.endNanoseconds - run.startNanoseconds - run.keptNanoseconds - run.overheadNanoseconds
      noteFailureLoss(job, place, kinds[job] == .batch ? lost : 0, of: node, autoNodes, at: now)
    }
    // Those that failed once too often have ended instead.
    for job in jobs where live.isIn(job, .failed) {
      noteFailureLoss(job, nil, life?.lost[job] ?? 0, of: node, autoNodes, at: now)
    }
  }

  private func noteFailureLoss(
    _ job: Int,
    _ attempt: Int?,
    _ lost: Int64,
    of node: Int,
    _ autoNodes: Provisioner,
    at now: SimTime
  ) {
    let milli = requests[Int(shapes[job].rawValue)].takenByAll
    autoNodes.noteFailureLoss(
      node,
      attempt: attempt,
      lostMilliNanoseconds: Int128(lost) * Int128(milli),
      at: now.nanoseconds
    )
  }

  /// The node is mended by now, or has been down for as long as node repair
  /// tolerates.
  mutating func mend(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let health = autoNodes.health, autoNodes.stage(node) == .failed else { return }
    if health.mendedAt[node] <= now {
      autoNodes.mends(node, health, at: now)
      if autoNodes.stage(node) == .up { raise(node) } else { setCondition(.clearing, node) }
      if autoNodes.spec.evictsWork { scheduleReview(autoNodes, at: now) }
      reviewRepairs(of: autoNodes.group(node).pool, autoNodes, at: now)
    } else if health.tolerableUntil[node] <= now {
      guard autoNodes.mayRepair(pool: autoNodes.group(node).pool, health) else {
        health.isSuspended[node] = true
        return
      }
      removeFailed(node, .unhealthy, autoNodes, at: now)
    }
  }

  /// Nodes that would have been removed are looked at again, now that fewer of
  /// their pool are down, or more are there.
  mutating func reviewRepairs(of pool: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let health = autoNodes.health else { return }
    for entry in health.down {
      let n = Int(entry)
      guard health.isSuspended[n], autoNodes.group(n).pool == pool else { continue }
      health.isSuspended[n] = false
      push(.mend, n, at: now, generation: autoNodes.life[n])
    }
  }

  /// A node that is down goes at once: nothing runs on it. Whoever takes nodes away
  /// that are not ready ends their lives here.
  mutating func removeFailed(
    _ node: Int,
    _ reason: NodeRemoval,
    _ autoNodes: Provisioner,
    at now: Int64
  ) {
    autoNodes.condemn(node, reason)
    terminate(node, autoNodes, at: now)
  }
}
