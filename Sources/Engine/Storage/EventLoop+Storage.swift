import Outcome
import SimulationKernel
import Workload

/// Runs fetch their images and data before they work.
extension EventLoop {
  /// Payloads of links lie from here on, those of nodes that unpack from
  /// ``unpackBase`` on; both below those that others have above.
  private static let linkBase = burstReview + 1
  private static let unpackBase = burstReview + 1 << 21

  /// A run begins: returns whether it has to fetch anything before it works.
  mutating func fetches(_ job: Int, _ storage: TransferState, at now: Int64) -> Bool {
    if burst == nil { progress!.setSetup(job, 0) }
    progress!.writes?.begins(job)
    if let fresh = storage.begins(job, on: nodesUnder(job), at: now) {
      for n in fresh { storage.startPull(n, at: now) }
      if !fresh.isEmpty { retime(0, storage, at: now) }
      return true
    }
    return reads(job, storage, at: now)
  }

  /// A run has its image: returns whether it has to wait for more.
  private mutating func reads(_ job: Int, _ storage: TransferState, at now: Int64) -> Bool {
    guard let link = storage.reads(job, at: now) else { return stages(job, storage, at: now) }
    retime(link, storage, at: now)
    return true
  }

  /// A run has read: returns whether it has to wait for data from another site.
  private mutating func stages(_ job: Int, _ storage: TransferState, at now: Int64) -> Bool {
    guard let burst, storage.sites != nil else { return false }
    let site = Int(burst.plan.siteOf[Int(live.node[job])])
    switch storage.stages(job, at: site, now: now) {
    case .nothing: return false
    case .waits: return true
    case .begins(let link):
      if burst.keepsData(job) { burst.noteEgress(job, to: site, at: now) }
      retime(link, storage, at: now)
      return true
    }
  }

  /// A link's next flow is done, or a node has unpacked its image.
  mutating func transferStep(_ payload: UInt32, generation: UInt32, at time: SimTime) {
    guard let storage else { return }
    let now = time.nanoseconds
    if payload >= Self.unpackBase {
      let n = Int(payload - Self.unpackBase)
      if storage.nodes[n].turn == generation { finishPull(n, storage, at: now) }
      return
    }
    let link = Int(payload - Self.linkBase)
    guard storage.turn[link] == generation else { return }
    for flow in storage.takeDone(link, at: now) {
      if link == 0 {
        hasPulled(Int(flow), storage, at: now)
      } else if storage.isBetweenSites(link) {
        for job in storage.sites!.arrives(flow) { work(Int(job), storage, at: now) }
      } else if storage.stage(Int(flow)) == .write {
        hasWritten(Int(flow), storage, at: now)
      } else if !stages(Int(flow), storage, at: now) {
        work(Int(flow), storage, at: now)
      }
    }
    retime(link, storage, at: now)
  }

  /// A node has pulled an image, and unpacks it.
  private mutating func hasPulled(_ n: Int, _ storage: TransferState, at now: Int64) {
    let span = storage.unpacking(n)
    if span == 0 {
      finishPull(n, storage, at: now)
    } else if span <= SimTime.latest.nanoseconds - now {
      feed.push(
        EventKey(time: SimTime(nanoseconds: now + span), phase: Phase.timer),
        payload: Self.unpackBase + UInt32(n),
        generation: storage.nodes[n].turn
      )
    }
  }

  private mutating func finishPull(_ n: Int, _ storage: TransferState, at now: Int64) {
    for job in storage.finishPull(n, at: now) where !reads(job, storage, at: now) {
      work(job, storage, at: now)
    }
    if !storage.nodes[n].pulls.isEmpty {
      storage.startPull(n, at: now)
      retime(0, storage, at: now)
    }
  }

  /// The run has all that it needs. A replica's end is a date.
  private mutating func work(_ job: Int, _ storage: TransferState, at now: Int64) {
    noteStaging(job, storage, at: now)
    let span = now - live.start[job]
    storage.works(job, after: span, at: now)
    progress!.addSetup(job, span)
    if kinds[job] == .batch { beginWork(job, at: SimTime(nanoseconds: live.start[job])) }
  }

  private func noteStaging(_ job: Int, _ storage: TransferState, at now: Int64) {
    guard storage.stage(job) == .site, let burst, let sites = storage.sites else { return }
    burst.noteStaging(sites.waited(job, until: now), runSince: live.start[job])
  }

  private mutating func retime(_ link: Int, _ storage: TransferState, at now: Int64) {
    let (next, turn) = storage.retime(link)
    guard let next else { return }
    feed.push(
      EventKey(time: SimTime(nanoseconds: max(next, now + 1)), phase: Phase.timer),
      payload: Self.linkBase + UInt32(link),
      generation: turn
    )
  }

  // MARK: - Checkpoints

  /// The run works from this instant on, after what it repeats: to its end, or
  /// to where it fails.
  mutating func beginStretches(_ job: Int, _ writes: SharedWrites, at ready: Int64) {
    let progress = progress!
    let left = progress.workLeft(job)
    let done = duration[job].nanoseconds - left
    let toDo = life?.plan(job, left: left, done: done) { $0 } ?? left
    let (from, isNever) = ready.addingReportingOverflow(progress.lead(job))
    let span = writes.works(job, from: isNever ? .max : from, toDo: toDo)
    if isNever || from > SimTime.latest.nanoseconds { return }
    schedule(end: SimTime(nanoseconds: from), after: SimDuration(nanoseconds: span), job)
  }

  /// A stretch of work ends; returns whether the run goes on.
  mutating func writesNow(_ job: Int, _ writes: SharedWrites, at now: Int64) -> Bool {
    guard writes.isShared(job), live.isIn(job, .running), let storage else { return false }
    switch writes.endsStretch(job, at: now) {
    case .ends: return false
    case .waits: break
    case .writes: retime(storage.writes(job, at: now), storage, at: now)
    case .writesAndWorks(let span):
      retime(storage.writes(job, at: now), storage, at: now)
      schedule(end: SimTime(nanoseconds: now), after: SimDuration(nanoseconds: span), job)
    }
    return true
  }

  private mutating func hasWritten(_ job: Int, _ storage: TransferState, at now: Int64) {
    let (span, stretch, writesAgain) = progress!.writes!.wrote(job, at: now)
    storage.wrote(job, after: span, at: now)
    // The link is timed anew when all that is done on it has been taken off.
    if writesAgain { _ = storage.writes(job, at: now) }
    guard let stretch else { return }
    schedule(end: SimTime(nanoseconds: now), after: SimDuration(nanoseconds: stretch), job)
  }

  // MARK: - Ends

  /// A run is about to end, perhaps before it has worked: then all of it was
  /// overhead.
  func leaveTransfers(_ job: Int, _ storage: TransferState, at now: Int64) {
    switch storage.stage(job) {
    case .none, .write: break
    case .image, .read, .site: progress!.setSetup(job, now - live.start[job])
    }
    noteStaging(job, storage, at: now)
  }

  /// The run's nodes are given back.
  mutating func endTransfers(_ job: Int, _ storage: TransferState, at now: Int64) {
    if let link = storage.ends(job, on: nodesUnder(job), at: now) { retime(link, storage, at: now) }
  }

  /// A node is not up any more.
  mutating func loseImages(_ n: Int, _ storage: TransferState, isGone: Bool) {
    let now = feed.now.time.nanoseconds
    if storage.lose(n, keepsImages: !isGone, at: now) { retime(0, storage, at: now) }
  }

  /// The nodes on which a job lies, each once.
  private func nodesUnder(_ job: Int) -> [Int] {
    var result: [Int] = []
    for position in 0..<max(1, partCount(job)) {
      let n = part(of: job, position).node
      if !result.contains(n) { result.append(n) }
    }
    return result
  }

  /// Runs that still fetch at the end.
  func closeTransfers(_ storage: TransferState, at end: Int64) -> StorageTotals {
    for job in 0..<input.jobs.count where live.isIn(job, .running) {
      leaveTransfers(job, storage, at: end)
    }
    return storage.totals
  }
}
