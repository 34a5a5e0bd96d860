import Outcome
import SimulationKernel

/// Nodes come when jobs wait for them, and go when nothing runs on them.
extension EventLoop {
  /// The nodes that are up when the run begins may be empty.
  mutating func beginAutoNodes() {
    guard let autoNodes else { return }
    for group in autoNodes.spec.groups {
      for n in group.nodes.prefix(group.atStart) { noteUse(n, autoNodes) }
    }
  }

  mutating func autoNodeStep(_ payload: UInt32, generation: UInt32, at now: SimTime) {
    guard let autoNodes else { preconditionFailure("an event of nodes that do not come and go") }
    let (step, node) = Provisioner.meaning(payload)
    let instant = now.nanoseconds
    switch step {
    case .provision: look(autoNodes, at: instant)
    case .ready:
      autoNodes.becameReady(node, at: instant)
      raise(node)
    case .review: reviewEmpty(autoNodes, at: instant)
    case .validate:
      guard autoNodes.turn[node] == generation, autoNodes.emptySince[node] >= 0 else { return }
      guard autoNodes.nominatedUntil[node] <= instant else {
        autoNodes.spare(node)
        return scheduleReview(autoNodes, at: autoNodes.nominatedUntil[node])
      }
      autoNodes.leaves(node, at: instant)
      setCondition(.changing, node)
      push(.gone, node, at: wayBack(node, autoNodes, from: instant + autoNodes.spec.termination.nanoseconds))
    case .gone:
      autoNodes.isGone(node, at: instant)
      setCondition(.absent, node)
      unmount(node)
      // There is room for another node.
      if queue.hasRefusals { scheduleRetry(autoNodes, at: instant) }
    }
    reviewCauses(at: now)
  }

  // MARK: - Nodes come

  /// After a pass: jobs that have come to wait open a batch, or prolong it; for
  /// others that still wait the provisioner looks again now and then.
  mutating func reviewPending(_ autoNodes: Provisioner, at now: Int64) {
    let hasNew = autoNodes.arrivals.contains { isInQueue(Int($0)) }
    autoNodes.arrivals.removeAll(keepingCapacity: true)
    guard queue.hasRefusals else { return }
    guard hasNew else { return scheduleRetry(autoNodes, at: now) }
    let idle = now + autoNodes.spec.batchIdle.nanoseconds
    if autoNodes.opened < 0 {
      autoNodes.opened = now
      autoNodes.due = min(autoNodes.due, idle)
    } else {
      autoNodes.due = min(autoNodes.opened + autoNodes.spec.batchLongest.nanoseconds, idle)
    }
    scheduleLook(autoNodes)
  }

  private mutating func scheduleRetry(_ autoNodes: Provisioner, at now: Int64) {
    autoNodes.due = min(autoNodes.due, max(now + 1, autoNodes.last + AutoNodes.poll))
    scheduleLook(autoNodes)
  }

  private mutating func scheduleLook(_ autoNodes: Provisioner) {
    guard autoNodes.due < autoNodes.nextLook else { return }
    autoNodes.nextLook = autoNodes.due
    push(.provision, 0, at: autoNodes.due)
  }

  private mutating func look(_ autoNodes: Provisioner, at now: Int64) {
    if autoNodes.nextLook <= now { autoNodes.nextLook = Provisioner.never }
    guard autoNodes.due <= now else {
      if autoNodes.due < Provisioner.never { scheduleLook(autoNodes) }
      return
    }
    autoNodes.due = Provisioner.never
    autoNodes.opened = -1
    autoNodes.last = now
    var hasStockOut = false
    for group in plannedLaunches(autoNodes, at: now) {
      guard autoNodes.left(group, at: now) > 0, machines(of: group, autoNodes) > 0,
        let (node, ready) = autoNodes.launch(group, at: now)
      else {
        hasStockOut = true
        continue
      }
      mount(node, group, autoNodes)
      setCondition(.changing, node)
      push(.ready, node, at: ready)
    }
    // Another type may serve at the next look, or this one after its pause.
    if hasStockOut { autoNodes.due = now + max(1, autoNodes.spec.batchIdle.nanoseconds) }
    if queue.hasRefusals { autoNodes.due = min(autoNodes.due, autoNodes.endOfPauses(after: now)) }
    if autoNodes.due < Provisioner.never { scheduleLook(autoNodes) }
  }

  /// The groups of which a node is to be launched for what waits. Nodes on which
  /// some workers of a gang are to lie are kept for it.
  private mutating func plannedLaunches(_ autoNodes: Provisioner, at now: Int64) -> [Int] {
    let spec = autoNodes.spec
    let left = spec.groups.indices.map { min(autoNodes.left($0, at: now), machines(of: $0, autoNodes)) }
    guard queue.hasRefusals else { return [] }
    let pods = queue.refusedJobs.map { job in
      ProvisioningPlan.Pod(job: job, shape: Int32(shapes[Int(job)].rawValue))
    }
    let hasGangs = pods.contains { requests[Int($0.shape)].workers > 1 }
    guard hasGangs || left.contains(where: { $0 > 0 }) else { return [] }
    // Single workers that were refused fit on no node that is up.
    var nodes = hasGangs ? (0..<cluster.nodeCount).filter { cluster.isUp($0) } : []
    nodes += autoNodes.starting.map(Int.init)
    let offers = spec.groups.enumerated().map { number, group in
      ProvisioningPlan.Offer(
        pool: group.pool,
        price: group.pricePerHour,
        idle: NodeRoom(
          cluster.fleet.nodes[group.nodes.lowerBound],
          classBit: cluster.nodes[group.nodes.lowerBound].classBit
        ),
        left: left[number]
      )
    }
    var rooms: [NodeRoom] = []
    for n in nodes { rooms.append(NodeRoom(n, cluster)) }
    var plan = ProvisioningPlan(offers, weights: spec.pools.map(\.weight), rooms: rooms)
    let launches = plan.launches(for: pods) { shape in
      var ask = requests[shape]
      if spec.view == .gpus, ask.gpuCount > 0 { ask.milli = 1000 }
      return ask
    }
    if hasGangs {
      for (place, n) in nodes.enumerated() where plan.isUsed[place] {
        autoNodes.nominatedUntil[n] = now + AutoNodes.nomination
      }
      autoNodes.due = now + AutoNodes.poll
    }
    return launches
  }

  // MARK: - Nodes go

  /// The node has other contents than before.
  mutating func noteUse(_ n: Int, _ autoNodes: Provisioner) {
    let now = feed.now.time.nanoseconds
    guard let from = autoNodes.noteUse(n, isIdle: cluster.isIdle(n), at: now) else { return }
    scheduleReview(autoNodes, at: from)
  }

  /// At the next full interval of looks; one at this instant has been.
  private mutating func scheduleReview(_ autoNodes: Provisioner, at instant: Int64) {
    let earliest = max(instant, feed.now.time.nanoseconds + 1)
    let at = (earliest + AutoNodes.poll - 1) / AutoNodes.poll * AutoNodes.poll
    guard at < autoNodes.nextReview else { return }
    autoNodes.nextReview = at
    push(.review, 0, at: at)
  }

  private mutating func reviewEmpty(_ autoNodes: Provisioner, at now: Int64) {
    // One that was superseded by an earlier look.
    guard autoNodes.nextReview <= now else { return }
    autoNodes.nextReview = Provisioner.never
    let (chosen, next) = autoNodes.choose(at: now)
    for node in chosen {
      push(.validate, node, at: now + AutoNodes.validation, generation: autoNodes.turn[node])
    }
    if let next { scheduleReview(autoNodes, at: next) }
  }

  private mutating func push(_ step: Provisioner.Step, _ node: Int, at instant: Int64, generation: UInt32 = 0)
  {
    guard instant <= SimTime.latest.nanoseconds else { return }
    let phase = step == .ready ? Phase.repair : Phase.fault
    let earliest = feed.now.time.nanoseconds
    feed.push(
      // A look after a pass of this instant belongs to the next one.
      EventKey(time: SimTime(nanoseconds: max(instant, earliest + 1)), phase: phase),
      payload: Provisioner.payload(step, node),
      generation: generation
    )
  }
}
