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
    if let fresh = storage.begins(job, on: nodesUnder(job), at: now) {
      for n in fresh { storage.startPull(n, at: now) }
      if !fresh.isEmpty { retime(0, storage, at: now) }
      return true
    }
    guard let link = storage.reads(job, at: now) else { return false }
    retime(link, storage, at: now)
    return true
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
      if link > 0 {
        work(Int(flow), storage, at: now)
        continue
      }
      let span = storage.unpacking(Int(flow))
      if span == 0 {
        finishPull(Int(flow), storage, at: now)
      } else if span <= SimTime.latest.nanoseconds - now {
        feed.push(
          EventKey(time: SimTime(nanoseconds: now + span), phase: Phase.timer),
          payload: Self.unpackBase + UInt32(flow),
          generation: storage.nodes[Int(flow)].turn
        )
      }
    }
    retime(link, storage, at: now)
  }

  private mutating func finishPull(_ n: Int, _ storage: TransferState, at now: Int64) {
    for job in storage.finishPull(n, at: now) {
      if let link = storage.reads(job, at: now) {
        retime(link, storage, at: now)
      } else {
        work(job, storage, at: now)
      }
    }
    if !storage.nodes[n].pulls.isEmpty {
      storage.startPull(n, at: now)
      retime(0, storage, at: now)
    }
  }

  /// The run has all that it needs.
  private mutating func work(_ job: Int, _ storage: TransferState, at now: Int64) {
    let span = now - live.start[job]
    storage.works(job, after: span, at: now)
    progress!.addSetup(job, span)
    schedule(end: SimTime(nanoseconds: live.start[job]), after: runLength(job), job)
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

  /// A run is about to end, perhaps before it has worked: then all of it was
  /// overhead.
  mutating func leaveTransfers(_ job: Int, _ storage: TransferState, at now: Int64) {
    if storage.stage(job) != .none { progress!.setSetup(job, now - live.start[job]) }
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
    for job in 0..<input.jobs.count where live.isIn(job, .running) && storage.stage(job) != .none {
      progress!.setSetup(job, end - live.start[job])
    }
    return storage.totals
  }
}
