import Outcome
import SimulationKernel
import Workload

/// Jobs come, start, and go.
extension EventLoop {
  mutating func arrive(_ job: Int) {
    let shape = Int(shapes[job].rawValue)
    arrivedMilli += requests[shape].askedByAll
    if isImpossible[job] {
      live.state[job] = JobState.rejected.rawValue
      if isRefusedByCluster(job) { live.cause[job] = WaitCause.quota.rawValue }
      cancelDependents(of: job, at: arrival[job])
      if input.recordsFilling { recordFilling() }
      return
    }
    live.state[job] = JobState.waiting.rawValue
    if waitsForOthers(job) { return }
    if kinds[job] == .service && !refusesForGood {
      // The replica is wanted until then, whether it runs or waits.
      schedule(end: arrival[job], after: duration[job], job)
    }
    guard passesGate(job, at: arrival[job], isAccess: true) else { return }
    resetWish(job, at: arrival[job])
    enqueue(job, Int(shapes[job].rawValue))
  }

  /// The job waits from now on.
  mutating func enqueue(_ job: Int, _ shape: Int) {
    noteWaiting(job, by: 1, at: feed.now.time.nanoseconds)
    if let rounds {
      rounds.arrived.append(Int32(job))
      if !rounds.isUnderWay { isPassPending = true }
    } else if ranked != nil {
      ranked!.arrive(Int32(job))
      isPassPending = true
      hasNews = true
    } else if backfill != nil {
      backfill!.insert(Int32(job))
      isPassPending = true
    } else {
      queue.insert(Int32(job), request: shape)
      if queue.mayPlaceAfterArrival { isPassPending = true }
    }
  }

  /// An end beyond the latest instant never comes: the job runs to the end.
  mutating func schedule(end from: SimTime, after span: SimDuration, _ job: Int) {
    guard span <= SimTime.latest - from else { return }
    feed.push(
      EventKey(time: from + span, phase: Phase.release),
      payload: UInt32(job),
      generation: UInt32(live.interruptions[job])
    )
  }

  /// A job ends, or a replica's time passes while it waits.
  mutating func finish(_ job: Int, at now: SimTime) {
    if let rounds, rounds.hasMore(afterPartOf: job) { return pause(job, at: now) }
    if sharing != nil, endsShared(job, at: now) { return }
    if let writes = progress?.writes, writesNow(job, writes, at: now.nanoseconds) { return }
    finishRun(job, at: now)
  }

  /// The same for a run whose time has come.
  mutating func finishRun(_ job: Int, at now: SimTime) {
    if life != nil, endsEarly(job, at: now) || returnsFromDelay(job, at: now) { return }
    let wasRunning = live.isIn(job, .running)
    if !input.jobs.disruptionBudgets.isEmpty {
      if wasRunning { budgets?.ended(job) } else { budgets?.returned(job) }
    }
    live.end[job] = now.nanoseconds
    live.state[job] = (wasRunning ? JobState.completed : .withdrawn).rawValue
    if wasRunning {
      if let storage { leaveTransfers(job, storage, at: now.nanoseconds) }
      vacate(job)
    } else {
      withdraw(job)
    }
    if life != nil {
      if wasRunning { releaseDependents(of: job, at: now) } else { cancelDependents(of: job, at: now) }
    }
    if hasWaiting { isPassPending = true }
    hasNews = true
    leavesGate(job, at: now)
  }

  /// A waiting job leaves the queue, if it stands in it.
  mutating func withdraw(_ job: Int) {
    if let tenancy, tenancy.isOutside(job) { return }
    noteWaiting(job, by: -1, at: feed.now.time.nanoseconds)
    if backfill != nil {
      backfill!.remove(Int32(job))
    } else if ranked == nil {
      if let heldGangs, withdrawHeld(job, heldGangs) { return }
      if let burst { giveBackLeave(job, burst, at: feed.now.time.nanoseconds) }
      queue.withdraw(Int32(job), request: Int(shapes[job].rawValue))
    }
  }

  /// A job that lost its GPUs waits again in its place.
  mutating func rejoin(_ job: Int) {
    noteWaiting(job, by: 1, at: feed.now.time.nanoseconds)
    if backfill != nil {
      backfill!.insert(Int32(job))
    } else if ranked != nil {
      ranked!.lost(Int32(job))
    } else {
      queue.insert(Int32(job), request: Int(shapes[job].rawValue))
    }
  }

  /// Whether a pass could place anything. A preemptive queue has a pass at
  /// every event: demotions depend on it; so has one in lines, for its timer.
  var hasWaiting: Bool {
    ranked != nil || lines != nil || (backfill?.line.count ?? 0) > 0 || !queue.isEmpty
      || !(heldGangs?.gangs.isEmpty ?? true)
  }

  mutating func vacate(_ job: Int) {
    let request = requests[Int(shapes[job].rawValue)]
    if let storage { endTransfers(job, storage, at: feed.now.time.nanoseconds) }
    if let burst { endAtSite(job, burst, milli: request.takenByAll, at: feed.now.time.nanoseconds) }
    allocatedMilli -= request.takenByAll
    waits.state &+= 1
    unlistRunning(job)
    shares?.change(job, -1, at: feed.now.time.nanoseconds)
    if let wipes { endWipe(job, request, wipes, at: feed.now.time.nanoseconds) }
    if request.workers > 1 {
      vacateGang(job, request)
      return
    }
    let node = Int(live.node[job])
    if let sharing, sharing.isShared(job) {
      sharing.leave(job, device(of: job), at: feed.now.time.nanoseconds)
    }
    if let removals, request.slice >= 0, cluster.mig!.isDynamic(node, live.gpuMask[job]) {
      leaveInstance(job, request, node, removals)
    } else {
      cluster.release(request, node: node, gpuMask: live.gpuMask[job])
      verifier?.released(request, node: node, gpuMask: live.gpuMask[job])
    }
    residents.remove(job, node: node)
    nodeChanged(node)
    queue.noteFreed(node)
    countForRules(Int(shapes[job].rawValue), node: node, by: -1)
    if cluster.isDraining(node) { noteLeft(node) }
  }

  mutating func nodeChanged(_ node: Int) {
    index.update(node, cluster)
    search.nodeChanged(node)
    accounts.nodeChanged(node)
    tracker?.nodeChanged(node, cluster)
    if let autoNodes { noteUse(node, autoNodes) }
  }

  /// Where the policy would put the request now.
  mutating func find(_ request: Request, shape: Int) -> Placement {
    search.place(request, shape: shape, &cluster, &index)
  }

  /// Where the policy would put a job of one worker now, and under which
  /// request: that of the first of its preferences that has room, or its own.
  mutating func seat(_ shape: Int) -> (shape: Int, placement: Placement) {
    if !tiers.isEmpty {
      for tier in tiers[shape] {
        let placement = find(requests[Int(tier)], shape: Int(tier))
        if placement.node >= 0 { return (Int(tier), placement) }
      }
    }
    return (shape, find(requests[shape], shape: shape))
  }

  /// Places the job if it fits now, and starts it.
  mutating func tryToStart(_ job: Int, at now: SimTime) throws -> Bool {
    let shape = Int(shapes[job].rawValue)
    let request = requests[shape]
    if request.workers > 1 {
      let first = pieces.count
      guard layGang(shape) else {
        if verifier != nil { try verifier!.refusedGang(request, gangs[shape], cluster) }
        return false
      }
      settleGang(job, request, from: first)
    } else {
      let (asked, placement) = seat(shape)
      if verifier != nil {
        try verifier!.decided(
          requests[asked],
          placement,
          cluster,
          order: search is OrderedSearch && request.slice < 0 ? search.nodeOrder : nil
        )
      }
      guard placement.node >= 0 else { return false }
      cluster.allocate(request, node: placement.node, gpuMask: placement.gpuMask)
      live.node[job] = Int32(placement.node)
      live.gpuMask[job] = placement.gpuMask
      residents.insert(job, node: placement.node)
      verifier?.placed(request, placement)
      nodeChanged(placement.node)
      countForRules(shape, node: placement.node, by: 1)
      fingerprint.fold(UInt64(job) << 32 | UInt64(placement.node))
      fingerprint.fold(UInt64(placement.gpuMask))
    }
    begin(job, request, at: now)
    return true
  }

  /// The job runs from now on.
  mutating func begin(_ job: Int, _ request: Request, at now: SimTime) {
    allocatedMilli += request.takenByAll
    waits.state &+= 1
    listRunning(job)
    noteWaiting(job, by: -1, at: now.nanoseconds)
    shares?.change(job, 1, at: now.nanoseconds)
    live.state[job] = JobState.running.rawValue
    live.start[job] = now.nanoseconds
    noteExpectedEnd(job, at: now)
    if let burst { beginAtSite(job, burst, at: now.nanoseconds) }
    if sharing != nil, joinDevice(job, at: now) { return }
    var setup = SimDuration.zero
    if let wipes { setup = beginWipe(job, request, wipes) }
    if kinds[job] == .batch {
      if let speeds = progress?.speeds { speeds.begin(job, rate: rateWhereItLies(job, speeds)) }
      let ready = now + setup + (request.slice >= 0 ? timeToCreate(job) : .zero)
      progress?.started(job, at: ready.nanoseconds)
      if let storage, fetches(job, storage, at: now.nanoseconds) { return }
      beginWork(job, at: ready)
    } else {
      if refusesForGood { schedule(end: arrival[job], after: duration[job], job) }
      if let storage { _ = fetches(job, storage, at: now.nanoseconds) }
    }
  }

  /// The run ends after its length, unless it stops to write before.
  mutating func beginWork(_ job: Int, at ready: SimTime) {
    if let writes = progress?.writes, writes.isShared(job) {
      beginStretches(job, writes, at: ready.nanoseconds)
    } else {
      schedule(end: ready, after: runLength(job), job)
    }
  }

  func runLength(_ job: Int) -> SimDuration {
    if let rounds { return rounds.partLength(job) }
    guard let progress else {
      guard life != nil || instanceSpeeds != nil else { return duration[job] }
      return SimDuration(nanoseconds: plannedLength(job, toCompletion: duration[job].nanoseconds))
    }
    let tick: Int64 = input.quirks.contains(.tickingClock) ? 1_000_000_000 : 0
    return SimDuration(nanoseconds: plannedLength(job, toCompletion: progress.runLength(job) + tick))
  }
}
