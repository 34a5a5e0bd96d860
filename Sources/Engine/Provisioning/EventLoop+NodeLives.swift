import Outcome
import SimulationKernel
import Workload

/// The lives of nodes that come and go, from the launch until they are gone.
extension EventLoop {
  /// The next step of a node's life.
  mutating func advance(_ node: Int, _ step: Provisioner.Step, _ autoNodes: Provisioner, at now: SimTime) {
    let instant = now.nanoseconds
    switch step {
    case .ready:
      autoNodes.becameReady(node, at: instant)
      autoNodes.autoscaler?.succeeds(Int(autoNodes.groupOf[node]))
      raise(node)
      scheduleFate(of: node, autoNodes, at: instant)
      noteReplacement(node, autoNodes, at: instant)
      reviewRepairs(of: autoNodes.group(node).pool, autoNodes, at: instant)
    case .giveUp:
      giveUp(node, autoNodes, at: instant)
    case .gone:
      autoNodes.isGone(node, at: instant)
      loseLayouts(node)
      burst?.noteNodes(Int(autoNodes.groupOf[node]), by: -1, at: instant)
      setCondition(.absent, node)
      unmount(node)
      replenish(Int(autoNodes.groupOf[node]), autoNodes, at: instant)
      reviewRepairs(of: autoNodes.group(node).pool, autoNodes, at: instant)
      // There is room for another node, and in the budget.
      if queue.hasRefusals { scheduleRetry(autoNodes, at: instant) }
      if autoNodes.spec.evictsWork { scheduleReview(autoNodes, at: instant) }
    case .expire:
      guard [.up, .cordoned, .failed].contains(autoNodes.stage(node)) else { return }
      beginToDrain(node, for: .expired, autoNodes, at: instant)
    case .interrupt: takeBack(node, autoNodes, at: instant)
    case .evict:
      if autoNodes.stage(node) == .draining { evictWork(from: node, autoNodes, at: now, byForce: false) }
    case .force:
      if autoNodes.stage(node) == .draining { evictWork(from: node, autoNodes, at: now, byForce: true) }
    case .fail: machineFails(node, autoNodes, at: now)
    case .mend: mend(node, autoNodes, at: instant)
    case .provision, .review, .validate, .judge, .drift, .replenish: break
    }
  }

  /// When a node that is up will be taken back by its provider, when it is too
  /// old, and when its machine fails.
  mutating func scheduleFate(of node: Int, _ autoNodes: Provisioner, at now: Int64) {
    let life = autoNodes.life[node]
    if let span = autoNodes.untilInterruption(node) {
      push(.interrupt, node, at: now + span, generation: life)
    }
    if let age = autoNodes.group(node).expireAfter {
      push(.expire, node, at: autoNodes.created[node] + age.nanoseconds, generation: life)
    }
    startFailureClocks(of: node, autoNodes, at: now)
  }

  private mutating func giveUp(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    let isLaunch = autoNodes.running[node] > now && autoNodes.group(node).launchTimeout != nil
    autoNodes.givesUp(node, isLaunch ? .launchTimeout : .registrationTimeout, at: now)
    // It is no longer one that comes.
    waits.state &+= 1
    push(
      .gone,
      node,
      at: now + autoNodes.spec.termination.nanoseconds,
      generation: autoNodes.life[node]
    )
    failReplacement(node, autoNodes, at: now)
    noteFailedLaunch(Int(autoNodes.groupOf[node]), autoNodes, at: now)
    replenish(Int(autoNodes.groupOf[node]), autoNodes, at: now)
    if queue.hasRefusals { scheduleRetry(autoNodes, at: now) }
  }

  /// The provider gives notice; the node is gone when that is over.
  private mutating func takeBack(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    let notice = autoNodes.spec.spotNotice.nanoseconds
    let life = autoNodes.life[node]
    autoNodes.deadline[node] = now + notice
    if [.up, .cordoned, .failed].contains(autoNodes.stage(node)) {
      let grace = min(notice, autoNodes.spec.grace.nanoseconds)
      beginToDrain(node, for: .interrupted, autoNodes, grace: grace, at: now)
    }
    // Whatever still runs then loses it; and a node that goes is gone by then.
    push(autoNodes.stage(node) == .terminating ? .gone : .force, node, at: now + notice, generation: life)
  }

  // MARK: - Nodes go

  /// An empty node goes if it may still.
  mutating func validateEmpty(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard autoNodes.emptySince[node] >= 0 else { return }
    guard autoNodes.nominatedUntil[node] <= now else {
      autoNodes.spare(node)
      return scheduleReview(autoNodes, at: autoNodes.nominatedUntil[node])
    }
    if autoNodes.isKeptWarm(node, at: now) { return autoNodes.spare(node) }
    guard autoNodes.allowances(.empty, at: now)[autoNodes.group(node).pool] > 0 else {
      autoNodes.spare(node)
      return scheduleReview(autoNodes, at: now)
    }
    autoNodes.disruptions.append(
      NodeDisruption(
        atNanoseconds: now,
        removal: .empty,
        nodes: [Int32(node)],
        replacements: [],
        pricePerHour: autoNodes.group(node).marginalPrice,
        replacementPricePerHour: 0
      )
    )
    terminate(node, autoNodes, at: now)
  }

  /// The node takes no new work, and what runs on it is told to stop. On one that
  /// is down nothing does.
  mutating func beginToDrain(
    _ node: Int,
    for reason: NodeRemoval,
    _ autoNodes: Provisioner,
    grace: Int64? = nil,
    at now: Int64
  ) {
    if autoNodes.stage(node) == .failed { return removeFailed(node, reason, autoNodes, at: now) }
    let life = autoNodes.life[node]
    if autoNodes.stage(node) == .up {
      autoNodes.cordon(node, reason, at: now)
      setCondition(.clearing, node)
    }
    autoNodes.commandOf[node] = -1
    autoNodes.drains(node, reason, at: now)
    autoNodes.grace[node] = grace ?? autoNodes.spec.grace.nanoseconds
    replenish(Int(autoNodes.groupOf[node]), autoNodes, at: now)
    if residents.first(node: node) == nil { return terminate(node, autoNodes, at: now) }
    joinBatch(autoNodes, at: now)
    let end = now + autoNodes.grace[node]
    push(.evict, node, at: end, generation: life)
    tellWork(on: node, autoNodes, at: now)
    if let limit = autoNodes.spec.drainLimit {
      push(.force, node, at: max(end, now + limit.nanoseconds), generation: life)
    }
  }

  /// What runs on the node stops, falls back to what it has saved, and waits
  /// again in its old place. Jobs that were not told stay unless forced, and have
  /// saved nothing then that their checkpoints had not.
  private mutating func evictWork(
    from node: Int,
    _ autoNodes: Provisioner,
    at now: SimTime,
    byForce: Bool
  ) {
    var seen: Set<Int> = []
    for entry in residents.entries(on: node) where seen.insert(entry.job).inserted {
      let job = entry.job
      let isTold = hasHadGrace(job, autoNodes, at: now.nanoseconds)
      if !isTold && !byForce { continue }
      let write = progress?.writeTime(job)
      let saves = isTold && write.map { $0 <= autoNodes.grace[node] } ?? false
      interrupt(job, at: now, isPreemption: false, savesFirst: saves, extra: 0)
      var lost = Int128(0)
      if kinds[job] == .batch {
        let run = attempts[attempts.count - 1]
        let time = run.endNanoseconds - run.startNanoseconds - run.keptNanoseconds - run.overheadNanoseconds
        lost = Int128(time) * Int128(requests[Int(shapes[job].rawValue)].takenByAll)
      }
      autoNodes.noteEviction(
        node,
        attempt: attempts.count - 1,
        lostMilliNanoseconds: lost,
        at: now.nanoseconds
      )
      if kinds[job] == .service {
        // A replica's end is a date: schedule it again under the new generation.
        if !refusesForGood { schedule(end: arrival[job], after: duration[job], job) }
      }
      rejoin(job)
      isPassPending = true
    }
    if !byForce { tellWork(on: node, autoNodes, at: now.nanoseconds) }
  }

  /// The last job has left a node that is to go.
  mutating func noteAutoNodeLeft(_ node: Int, _ autoNodes: Provisioner) {
    guard autoNodes.stage(node) == .draining else { return }
    terminate(node, autoNodes, at: feed.now.time.nanoseconds)
  }

  /// Nothing runs on the node, and it goes.
  mutating func terminate(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    autoNodes.leaves(node, at: now)
    setCondition(.changing, node)
    let back = wayBack(node, autoNodes, from: now + autoNodes.spec.termination.nanoseconds)
    let gone = min(back, autoNodes.deadline[node])
    push(.gone, node, at: gone, generation: autoNodes.life[node])
    replenish(Int(autoNodes.groupOf[node]), autoNodes, at: now)
  }

  // MARK: - Nodes in place of others

  /// Launches what a group that keeps a fixed number of nodes lacks.
  mutating func replenish(_ group: Int, _ autoNodes: Provisioner, at now: Int64) {
    reviewWarm(group, autoNodes, at: now)
    guard autoNodes.spec.groups[group].replicas != nil else { return }
    if autoNodes.replenishAt[group] <= now { autoNodes.replenishAt[group] = Provisioner.never }
    while autoNodes.lacking(group) > 0, autoNodes.room(group, at: now) > 0 {
      if launch(group, autoNodes, at: now) == nil { break }
    }
    let again = autoNodes.pausedUntil[group]
    guard autoNodes.lacking(group) > 0, again > now, again < autoNodes.replenishAt[group] else { return }
    autoNodes.replenishAt[group] = again
    push(.replenish, group, at: again)
  }

  /// A node that replaces others is up: when all are, those go.
  private mutating func noteReplacement(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    let number = Int(autoNodes.replaces[node])
    guard number >= 0 else { return }
    autoNodes.replaces[node] = -1
    autoNodes.nominate(node, until: now + AutoNodes.nomination + autoNodes.spec.grace.nanoseconds)
    autoNodes.commands[number].awaited -= 1
    guard autoNodes.commands[number].awaited == 0 else { return }
    for old in autoNodes.commands[number].nodes where Int(autoNodes.commandOf[old]) == number {
      beginToDrain(old, for: autoNodes.commands[number].removal, autoNodes, at: now)
    }
  }

  /// A node that was to replace others does not come: those stay.
  private mutating func failReplacement(_ node: Int, _ autoNodes: Provisioner, at now: Int64) {
    let number = Int(autoNodes.replaces[node])
    guard number >= 0 else { return }
    autoNodes.replaces[node] = -1
    takeUp(command: number, autoNodes, at: now)
  }

  mutating func takeUp(command number: Int, _ autoNodes: Provisioner, at now: Int64) {
    autoNodes.commands[number].awaited = -1
    for old in autoNodes.commands[number].nodes where Int(autoNodes.commandOf[old]) == number {
      autoNodes.uncordon(old, at: now)
      if autoNodes.stage(old) == .up { raise(old) }
    }
    scheduleReview(autoNodes, at: now)
  }
}
