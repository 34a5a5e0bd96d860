import Outcome
import SimulationKernel

/// Nodes come when jobs wait for them.
extension EventLoop {
  /// The nodes that are up when the run begins may be empty, and are as old as
  /// the run.
  mutating func beginAutoNodes() {
    guard let autoNodes else { return }
    autoNodes.types = autoNodes.spec.groups.indices.map { typeOfGroup($0, autoNodes) }
    autoNodes.budgets = preemption?.budgets ?? DisruptionBudgets(input.jobs)
    if autoNodes.spec.consolidatesUnderused && autoNodes.autoscaler == nil {
      autoNodes.book = makeBook(autoNodes)
    }
    if autoNodes.spec.launchesAhead { joinBatch(autoNodes, at: 0) }
    for (number, group) in autoNodes.spec.groups.enumerated() {
      for n in group.nodes.prefix(group.atStart) {
        noteUse(n, autoNodes)
        scheduleFate(of: n, autoNodes, at: 0)
      }
      for instant in group.driftsAt { push(.drift, number, at: instant.nanoseconds) }
      if group.replicas != nil { push(.replenish, number, at: 0) }
    }
  }

  mutating func autoNodeStep(_ payload: UInt32, generation: UInt32, at now: SimTime) {
    guard let autoNodes else { preconditionFailure("an event of nodes that do not come and go") }
    let (step, node) = Provisioner.meaning(payload)
    let instant = now.nanoseconds
    switch step {
    case .provision: look(autoNodes, at: instant)
    case .review: reviewNodes(autoNodes, at: instant)
    case .judge: judge(autoNodes, at: instant)
    case .drift: drift(group: node, autoNodes, at: instant)
    case .replenish: replenish(node, autoNodes, at: instant)
    case .validate:
      if autoNodes.turn[node] == generation { validateEmpty(node, autoNodes, at: instant) }
    case .ready, .gone, .giveUp, .expire, .evict, .interrupt, .force, .fail, .mend:
      if autoNodes.life[node] == generation { advance(node, step, autoNodes, at: now) }
    }
    reviewCauses(at: now)
  }

  /// After a pass: jobs that have come to wait open a batch, or prolong it; for
  /// others that still wait the provisioner looks again now and then.
  mutating func reviewPending(_ autoNodes: Provisioner, at now: Int64) {
    let hasNew = autoNodes.arrivals.contains { isInQueue(Int($0)) }
    autoNodes.arrivals.removeAll(keepingCapacity: true)
    guard queue.hasRefusals else {
      if autoNodes.spec.launchesAhead { scheduleRetry(autoNodes, at: now) }
      return
    }
    guard hasNew else { return scheduleRetry(autoNodes, at: now) }
    joinBatch(autoNodes, at: now)
  }

  /// Something is to be planned for: a batch opens, or lasts longer.
  mutating func joinBatch(_ autoNodes: Provisioner, at now: Int64) {
    if let autoscaler = autoNodes.autoscaler { return scheduleScan(autoNodes, autoscaler, at: now) }
    let idle = now + autoNodes.spec.batchIdle.nanoseconds
    if autoNodes.opened < 0 {
      autoNodes.opened = now
      autoNodes.due = min(autoNodes.due, idle)
    } else {
      autoNodes.due = min(autoNodes.opened + autoNodes.spec.batchLongest.nanoseconds, idle)
    }
    scheduleLook(autoNodes)
  }

  mutating func scheduleRetry(_ autoNodes: Provisioner, at now: Int64) {
    if let autoscaler = autoNodes.autoscaler { return scheduleScan(autoNodes, autoscaler, at: now) }
    autoNodes.due = min(autoNodes.due, max(now + 1, autoNodes.last + AutoNodes.poll))
    scheduleLook(autoNodes)
  }

  mutating func scheduleLook(_ autoNodes: Provisioner) {
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
    // The pause of a type without capacity may be over.
    waits.state &+= 1
    if let autoscaler = autoNodes.autoscaler { return scan(autoNodes, autoscaler, at: now) }
    var hasStockOut = false
    for (group, room) in plannedLaunches(autoNodes, at: now) {
      if autoNodes.left(group, at: now) > 0, let node = launch(group, autoNodes, for: room, at: now) {
        autoNodes.meantFor.append(node)
      } else {
        hasStockOut = true
      }
    }
    emptyMachines(autoNodes, at: now)
    launchWarm(autoNodes, at: now)
    // Another type may serve at the next look, or this one after its pause.
    if hasStockOut { autoNodes.due = now + max(1, autoNodes.spec.batchIdle.nanoseconds) }
    if queue.hasRefusals || autoNodes.lacksWarm {
      autoNodes.due = min(autoNodes.due, autoNodes.endOfPauses(after: now))
    }
    if autoNodes.due < Provisioner.never { scheduleLook(autoNodes) }
  }

  /// Launches a node of the group; nil: there is no capacity.
  ///
  /// - Parameter room: what it has left when the workers are there for which it
  ///   is launched; nil: it is launched for none.
  mutating func launch(
    _ group: Int,
    _ autoNodes: Provisioner,
    for room: NodeRoom? = nil,
    at now: Int64
  ) -> Int? {
    guard machines(of: group, autoNodes) > 0, let launch = autoNodes.launch(group, at: now) else {
      // What may replace others differs when the pause is over.
      waits.state &+= 1
      if autoNodes.spec.evictsWork { scheduleReview(autoNodes, at: autoNodes.pausedUntil[group]) }
      return nil
    }
    burst?.noteNodes(group, by: 1, at: now)
    mount(launch.node, group, autoNodes)
    chooseLayouts(launch.node, for: room)
    setCondition(.changing, launch.node)
    let step = launch.isGivenUp == nil ? Provisioner.Step.ready : .giveUp
    push(step, launch.node, at: launch.ready, generation: autoNodes.life[launch.node])
    return launch.node
  }

  /// The groups of which a node is to be launched for what waits, and for what
  /// has to leave its node, and what each has left then. Nodes that serve some of
  /// it are kept.
  private mutating func plannedLaunches(
    _ autoNodes: Provisioner,
    at now: Int64
  ) -> [(group: Int, room: NodeRoom)] {
    let spec = autoNodes.spec
    let left = spec.groups.indices.map { min(autoNodes.left($0, at: now), machines(of: $0, autoNodes)) }
    let leaving = jobsThatLeave(autoNodes, at: now)
    let buffer = placeholders(spec)
    autoNodes.meantFor = []
    guard queue.hasRefusals || !leaving.isEmpty || !buffer.isEmpty else { return [] }
    var pods = (waitingForNodes() + leaving.map(Int32.init)).map { job in
      ProvisioningPlan.Pod(job: job, shape: Int32(shapes[Int(job)].rawValue))
    }
    pods += buffer.pods(from: requests.count)
    let hasGangs = pods.contains { !$0.isPlaceholder && requests[Int($0.shape)].workers > 1 }
    let mayUseNodes = hasGangs || !leaving.isEmpty
    guard mayUseNodes || !buffer.isEmpty || left.contains(where: { $0 > 0 }) else { return [] }
    // Single workers that were refused fit on no node that is up.
    var nodes = mayUseNodes ? nodesThatTake(pods, leaving, autoNodes, at: now) : []
    if !buffer.isEmpty { nodes = nodesForBuffer() }
    nodes += autoNodes.starting.map(Int.init)
    let offers = spec.groups.enumerated().map { number, group in
      ProvisioningPlan.Offer(
        pool: group.pool,
        price: group.marginalPrice,
        preference: group.purchase.preference,
        gpus: autoNodes.gpusPerNode[number],
        idle: NodeRoom(idle: group.nodes.lowerBound, cluster),
        left: left[number]
      )
    }
    // A gang leaves its other nodes too.
    let gangs = leaving.filter { requests[Int(shapes[$0].rawValue)].workers > 1 }
    for job in gangs { lift(job) }
    var rooms: [NodeRoom] = []
    for n in nodes { rooms.append(room(n, autoNodes)) }
    for job in gangs.reversed() { putBack(job) }
    var plan = ProvisioningPlan(
      offers,
      weights: spec.pools.map(\.weight),
      limits: spec.pools.indices.map { autoNodes.limits($0) },
      rooms: rooms,
      variant: spec.plan
    )
    let launches = plan.launches(for: pods) { shape in
      shape < requests.count
        ? provisionersView(of: planned(requests[shape], shape, autoNodes, at: now))
        : buffer.requests[shape - requests.count]
    }
    if !buffer.isEmpty { reserve(nodes, plan.isUsed, autoNodes) }
    if mayUseNodes {
      for (place, n) in nodes.enumerated() where plan.isUsed[place] {
        autoNodes.nominate(n, until: now + AutoNodes.nomination)
      }
      if hasGangs { autoNodes.due = now + AutoNodes.poll }
    }
    autoNodes.meantFor = nodes.indices.filter { plan.isUsed[$0] }.map { nodes[$0] }
    return zip(launches, plan.launched).map { (group: $0, room: $1) }
  }

  /// What a node has left that exists or comes. One whose layouts are chosen has
  /// them; one on which instances are created on demand can still have any.
  private func room(_ n: Int, _ autoNodes: Provisioner) -> NodeRoom {
    autoNodes.stage(n) == .starting && !(cluster.mig?.choosesLayouts(n) ?? false)
      ? NodeRoom(idle: n, cluster) : NodeRoom(n, cluster)
  }

  /// Nodes that are up, or fewer: without some on which none of the pods would lie.
  private func nodesThatTake(
    _ pods: [ProvisioningPlan.Pod],
    _ leaving: [Int],
    _ autoNodes: Provisioner,
    at now: Int64
  ) -> [Int] {
    // A gang that leaves frees room elsewhere, and one that may go to another site asks
    // something else.
    guard let book = autoNodes.book, autoNodes.spec.buffer.isEmpty, burst == nil,
      leaving.allSatisfy({ requests[Int(shapes[$0].rawValue)].workers == 1 })
    else { return (0..<cluster.nodeCount).filter { cluster.isUp($0) } }
    sync(book, autoNodes, at: now)
    var asks: [Int] = []
    for pod in pods {
      let ask = book.room.ask(pod.shape, cluster) { provisionersView(of: requests[Int(pod.shape)]) }
      if !asks.contains(ask) { asks.append(ask) }
    }
    return book.room.nodes(thatTake: asks)
  }

  /// Jobs that wait and for which nodes are launched, in no order that matters.
  func waitingForNodes() -> [Int32] { queue.hasRefusals ? queue.refusedJobs : [] }

  /// What the provisioner takes the request for.
  func provisionersView(of request: Request) -> Request {
    var ask = request
    if autoNodes!.spec.view == .gpus, ask.gpuCount > 0 {
      ask.milli = 1000
      ask.slice = -1
    }
    return ask
  }

  mutating func push(_ step: Provisioner.Step, _ node: Int, at instant: Int64, generation: UInt32 = 0) {
    guard instant <= SimTime.latest.nanoseconds else { return }
    var phase = step == .ready || step == .mend ? Phase.repair : Phase.fault
    // A scan sees all that has become of nodes at its instant.
    if step == .provision && autoNodes!.autoscaler != nil { phase = Phase.timer }
    let earliest = feed.now.time.nanoseconds
    feed.push(
      // A look after a pass of this instant belongs to the next one.
      EventKey(
        time: SimTime(nanoseconds: max(instant, phase == Phase.timer ? earliest : earliest + 1)),
        phase: phase
      ),
      payload: Provisioner.payload(step, node),
      generation: generation
    )
  }
}
