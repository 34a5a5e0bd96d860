import Outcome
import SimulationKernel
import Workload

/// Waiting jobs get leave to go to other sites.
extension EventLoop {
  /// The payload of a review of the jobs that a budget holds; what lies above
  /// belongs to others, what lies below to the waits of jobs.
  static let burstReview: UInt32 = 0xFD << 24

  /// The job begins to wait: at home, unless a rule lets it go at once. Out of
  /// the queue it does so until it returns.
  mutating func waitAtHome(_ job: Int, _ burst: BurstState, at now: SimTime, isInQueue: Bool) {
    burst.beginsToWait(job, at: now.nanoseconds)
    shapes[job] = input.jobs.shape[job]
    if isInQueue { seekLeave(job, burst, at: now, isQueued: false) }
  }

  /// The time of a rule has come.
  mutating func burstComesDue(_ job: Int, _ burst: BurstState, at now: SimTime) {
    seekLeave(job, burst, at: now, isQueued: true)
  }

  /// At most one such event is pending for a job; it no longer stands once the
  /// job has started.
  private mutating func seekLeave(_ job: Int, _ burst: BurstState, at now: SimTime, isQueued: Bool) {
    let (sites, next) = burst.due(job, at: now.nanoseconds)
    if sites != burst.sites(job) { letGo(job, sites, burst, at: now, isQueued: isQueued) }
    guard next < .max else { return }
    feed.push(
      EventKey(time: SimTime(nanoseconds: next), phase: Phase.timer),
      payload: EventLoop.relaxationBase + UInt32(job),
      generation: live.interruptions[job]
    )
  }

  private mutating func letGo(
    _ job: Int,
    _ sites: UInt32,
    _ burst: BurstState,
    at now: SimTime,
    isQueued: Bool
  ) {
    guard burst.allow(job, sites, at: now.nanoseconds) else {
      if let period = burst.nextPeriod(after: now.nanoseconds) { reviewHeld(burst, at: period) }
      return
    }
    let old = Int(shapes[job].rawValue)
    let new = burst.plan.row(old, sites)
    shapes[job] = ShapeID(rawValue: Int32(new))
    if !queue.isLine {
      burst.away.append(Int32(job))
      waits.reviewedState = -1
    }
    guard isQueued else { return }
    queue.change(Int32(job), from: old, to: new)
    // A provisioner sees a job that may be placed elsewhere as a new one.
    autoNodes?.arrivals.append(Int32(job))
    isPassPending = true
  }

  /// A job that had leave has started at home, or will not start.
  mutating func giveBackLeave(_ job: Int, _ burst: BurstState, at now: Int64) {
    if burst.refund(job, at: now) { reviewHeld(burst, at: now + 1) }
  }

  private mutating func reviewHeld(_ burst: BurstState, at instant: Int64) {
    guard instant < burst.nextReview, instant <= SimTime.latest.nanoseconds else { return }
    burst.nextReview = instant
    feed.push(
      EventKey(time: SimTime(nanoseconds: instant), phase: Phase.timer),
      payload: EventLoop.burstReview,
      generation: 0
    )
  }

  /// Those that the budget holds ask again, in the order of the queue.
  mutating func reviewBudget(at now: SimTime) {
    guard let burst, burst.nextReview <= now.nanoseconds else { return }
    burst.nextReview = .max
    let waiting = burst.takeHeld().filter { isInQueue(Int($0)) }
    for job in waiting.sorted(by: { queue.place(of: $0) < queue.place(of: $1) }) {
      let (sites, _) = burst.due(Int(job), at: now.nanoseconds)
      if sites != burst.sites(Int(job)) { letGo(Int(job), sites, burst, at: now, isQueued: true) }
    }
  }

  /// A run begins: its data come first.
  mutating func beginAtSite(_ job: Int, _ burst: BurstState, at now: Int64) {
    let node = Int(live.node[job])
    var nodes = [Int32(node)]
    if live.pieceCount.count > 0, live.pieceCount[job] > 0 {
      let first = Int(live.firstPiece[job])
      nodes = pieces[first..<first + Int(live.pieceCount[job])].map(\.node)
    }
    let staging = burst.begins(job, on: nodes, at: now)
    progress?.setSetup(job, staging)
    if burst.plan.siteOf[node] == burst.plan.homeOf[job] { giveBackLeave(job, burst, at: now) }
  }

  /// A run ends: what it may cost still is free for others.
  mutating func endAtSite(_ job: Int, _ burst: BurstState, milli: Int64, at now: Int64) {
    let frees = burst.ends(job, on: Int(live.node[job]), since: live.start[job], milli: milli, at: now)
    if frees { reviewHeld(burst, at: now + 1) }
  }

  /// What a provisioner may plan for a gang that may leave: its workers lie at
  /// one site, the first in order that can bring a node. Others are planned
  /// wherever they may go.
  func planned(_ request: Request, _ shape: Int, _ autoNodes: Provisioner, at now: Int64) -> Request {
    guard let burst, request.workers > 1, burst.plan.sitesOf[shape] != 0 else { return request }
    let numbers = tiers.isEmpty ? [] : tiers[shape].map { requests[Int($0)] }
    var ask = request
    for site in burst.plan.order(shape).dropFirst() {
      var bits: UInt64 = 0
      for (number, group) in autoNodes.spec.groups.enumerated()
      where Int(burst.plan.siteOf[group.nodes.lowerBound]) == site && autoNodes.left(number, at: now) > 0 {
        bits |= cluster.nodes[group.nodes.lowerBound].classBit
      }
      let there = numbers.last { $0.classes & bits != 0 && $0.classes & ~burst.plan.classesOf[site] == 0 }
      guard let there else { continue }
      ask.classes = there.classes
      return ask
    }
    return ask
  }

  /// Waiting jobs with leave wait for what refuses them wherever they may go.
  mutating func reviewAway(_ burst: BurstState, at now: Int64) {
    burst.away.removeAll { [state = live.state] in state[Int($0)] != JobState.waiting.rawValue }
    for job in burst.away where isInQueue(Int(job)) && shapes[Int(job)] != input.jobs.shape[Int(job)] {
      waits.note(job: Int(job), causeNow(Int(shapes[Int(job)].rawValue)), at: now)
    }
  }

  /// Whether nothing but its site keeps a waiting job of the shape from a node
  /// that is up.
  func waitsForLeave(_ shape: Int) -> Bool {
    guard let burst, burst.plan.everywhere[Int(burst.plan.homeRow[shape])] >= 0 else { return false }
    let row = Int(burst.plan.everywhere[Int(burst.plan.homeRow[shape])])
    guard row != shape else { return false }
    if requests[row].workers == 1 { return hasRoom(requests[row]) }
    return tiers[row].contains { tier in
      let worker = requests[Int(tier)]
      return freeMilli(worker.classes) >= worker.takenByAll
        && room(worker, gangs[Int(tier)], countsDown: false).holds(gangs[Int(tier)])
    }
  }

  /// The books of those that left.
  func closeBursts(_ burst: BurstState, _ columns: JobColumns, at end: Int64) -> BurstTotals {
    var waited: [Int] = []
    for job in 0..<input.jobs.count {
      if live.isIn(job, .running) {
        let milli = requests[Int(shapes[job].rawValue)].takenByAll
        _ = burst.ends(job, on: Int(live.node[job]), since: live.start[job], milli: milli, at: end)
      }
      let arrived = arrival[job]
      guard arrived >= input.measuredFrom, columns.state[job] != .unseen, columns.state[job] != .rejected
      else { continue }
      let start = columns.firstStartNanoseconds[job]
      let joined = life.map { max(arrived.nanoseconds, $0.eligible[job]) } ?? arrived.nanoseconds
      if start < 0 ? columns.state[job] == .waiting : start > joined { waited.append(job) }
    }
    return burst.close(at: end, waited: waited)
  }
}
