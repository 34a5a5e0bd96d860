import Outcome
import SimulationKernel
import Workload

/// Keeps the causes of waiting true while the cluster changes: a refusal may
/// stand while its reason changes, as when GPUs come free in pieces that are
/// too small.
///
/// Causes are those at the end of an instant, when all that starts then has
/// started. `docs/waiting.md` states the rules.
extension EventLoop {
  /// Looks that reviews may take a pass on average: a class costs one where
  /// the fleet's free GPUs decide, ``searchLooks`` where an index is asked, a
  /// tenth of the nodes where they are scanned. Passes that take fewer leave
  /// up to ``savedLooks`` to later ones; what is left undone waits for the
  /// next passes, so that very many classes on very many nodes stay cheap.
  private static let looksAPass = 64
  private static let searchLooks = 8
  static let savedLooks = 8192

  /// After a pass, or after nodes have come or gone.
  mutating func reviewCauses(at now: SimTime) {
    if refusesForGood || waits.reviewedState == waits.state && waits.fresh.isEmpty { return }
    waits.reviewedState = waits.state
    if looksAtJobs {
      for job in waits.window where isInQueue(Int(job)) {
        waits.note(job: Int(job), causeNow(Int(shapes[Int(job)].rawValue)), at: now.nanoseconds)
      }
    } else if let lines {
      reviewLines(lines, at: now.nanoseconds)
    } else if queue.isLine {
      reviewHead(at: now.nanoseconds)
    } else {
      reviewClasses(at: now.nanoseconds)
      if let ladders { reviewRelaxed(ladders, at: now.nanoseconds) }
      if let burst { reviewAway(burst, at: now.nanoseconds) }
    }
    waits.fresh.removeAll(keepingCapacity: true)
  }

  /// Whether the fleet's totals decide causes where they can: nothing is down
  /// and nothing held back.
  ///
  /// Mutating, as ``causeNow(_:)``, though it changes nothing: a profile showed
  /// copies of the loop (3 KiB) where a call that is not inlined borrows it.
  private mutating func totalsDecide() -> Bool {
    waits.down.isEmpty && preemption == nil && !(autoNodes != nil && isMounting)
      && !(heldGangs?.isByQuota ?? false)
      && !(autoNodes?.explainsWaits(at: feed.now.time.nanoseconds) ?? false)
  }

  private mutating func cause(_ shape: Int, _ isPlain: Bool) -> WaitCause {
    if isPlain, let cause = waits.totals.cause(shape) { return cause }
    return causeNow(shape)
  }

  private mutating func reviewHead(at now: Int64) {
    _ = waits.totals.update(free: freeMilli(.max), largest: index.largestCapability)
    let head = Int(queue.refusedHead)
    waits.beginWindow()
    if head >= 0 { waits.keep(head, cause(Int(shapes[head].rawValue), totalsDecide()), at: now) }
    waits.endWindow(at: now) { [state = live.state, life, tenancy] in stands($0, state, life, tenancy) }
  }

  /// The heads of the lines whose refusal stands: each for itself where the
  /// others of its line stand behind it, or where tenants with a smaller share
  /// went first; else for all like requests.
  private mutating func reviewLines(_ lines: WaitingLines, at now: Int64) {
    waits.beginWindow()
    for head in lines.refusedHeads {
      let shape = Int(shapes[Int(head)].rawValue)
      if lines.isOvertaken(head) {
        waits.keep(Int(head), .fairShare, at: now)
      } else if lines.blocks {
        waits.keep(Int(head), causeNow(shape), at: now)
      }
      if !lines.blocks { waits.note(class: shape, causeNow(shape), at: now) }
    }
    waits.endWindow(at: now) { [state = live.state, life, tenancy] in stands($0, state, life, tenancy) }
  }

  /// Jobs whose wish was relaxed wait for what refuses them as they wish now,
  /// whatever those of their class wait for that wish as at first.
  private mutating func reviewRelaxed(_ ladders: WishLadders, at now: Int64) {
    ladders.relaxed.removeAll { [state = live.state] in state[Int($0)] != JobState.waiting.rawValue }
    for job in ladders.relaxed where isInQueue(Int(job)) {
      waits.note(job: Int(job), causeNow(Int(shapes[Int(job)].rawValue)), at: now)
    }
  }

  /// The classes whose refusal stands: those refused in this pass, then as
  /// many of the others as the looks suffice for.
  private mutating func reviewClasses(at now: Int64) {
    let isPlain = totalsDecide()
    let stands = waits.totals.update(free: freeMilli(.max), largest: index.largestCapability)
    for shape in waits.fresh where queue.isRefused(request: Int(shape)) {
      waits.note(class: Int(shape), cause(Int(shape), isPlain), at: now)
    }
    if stands && isPlain { return }
    let count = queue.activeRequestCount
    guard count > 0 else { return }
    let scan = cluster.nodeCount / 10
    waits.credit = min(waits.credit + Self.looksAPass, max(Self.savedLooks, 8 * scan))
    var left = count
    waits.totals.begin()
    while left > 0 && waits.credit > 0 {
      left -= 1
      if waits.position >= count { waits.position = 0 }
      let shape = queue.activeRequest(at: waits.position)
      waits.position += 1
      waits.credit -= 1
      guard queue.isRefused(request: shape) else { continue }
      if isPlain, let cause = waits.totals.cause(shape) {
        waits.note(class: shape, cause, at: now)
        continue
      }
      let scans = cluster.isPooled || requests[shape].workers > 1
      waits.credit -= scans ? scan : Self.searchLooks
      waits.note(class: shape, causeNow(shape), at: now)
    }
    if left > 0 || !isPlain { waits.totals.lookAgain() }
    if left > 0 { waits.reviewedState = 0 }
  }

  /// The jobs at the front of a queue, whose causes are found job by job.
  mutating func explain(_ front: [Int], at now: SimTime) {
    waits.reviewedState = waits.state
    waits.beginWindow()
    for job in front where live.isIn(job, .waiting) {
      waits.keep(job, causeNow(Int(shapes[job].rawValue)), at: now.nanoseconds)
    }
    waits.endWindow(at: now.nanoseconds) { [state = live.state, life, tenancy] in
      stands($0, state, life, tenancy)
    }
  }

  /// What a ranking queue's jobs wait for: their rank where the nodes that are
  /// up would suffice for the demand.
  mutating func explainDemands(at now: Int64) {
    guard ranked != nil else { return }
    for number in 0..<ranked!.demandCount {
      let demand = ranked!.demands[number]
      var up: Int64 = 0
      for one in 0..<classCount where demand.classes & (1 << UInt64(one)) != 0 {
        up += cluster.upMilliByClass[one]
      }
      var down: Int64 = 0
      for n in waits.down where demand.classes & cluster.nodes[Int(n)].classBit != 0 {
        down += Int64(cluster.nodes[Int(n)].gpuCount) * 1000
      }
      let cause: WaitCause =
        up >= demand.milli ? .priority : up + down >= demand.milli ? .failure : .capacity
      waits.note(class: number, cause, at: now)
    }
  }
}

/// Whether the job waits in the queue.
private func stands(
  _ job: Int,
  _ state: LiveJobs.Field<UInt8>,
  _ life: LifeState?,
  _ tenancy: TenancyState?
) -> Bool {
  state[job] == JobState.waiting.rawValue && (life.map { $0.joined[job] >= 0 } ?? true)
    && !(tenancy?.isOutside(job) ?? false)
}
