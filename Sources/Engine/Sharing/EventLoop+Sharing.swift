import Outcome
import SimulationKernel
import Workload

/// Clients that share a GPU: they come, end, fail, and slow one another.
extension EventLoop {
  /// Payloads from here to ``fleetChangeBase`` are devices whose next client
  /// ends; jobs lie below.
  static let deviceBase: UInt32 = 1 << 30

  /// The GPU on which a job of one shared worker lies.
  @inline(__always)
  func device(of job: Int) -> Int {
    Int(live.node[job]) * cluster.stride + live.gpuMask[job].trailingZeroBitCount
  }

  /// The job, just placed, works on its GPU from now on. Returns false for a
  /// job that does not share one.
  mutating func joinDevice(_ job: Int, at now: SimTime) -> Bool {
    guard let sharing, sharing.isShared(job) else { return false }
    let device = device(of: job)
    let work = life!.plan(job, left: duration[job].nanoseconds, done: 0, ignoresLimit: true) { $0 }
    sharing.join(job, device, work: work, at: now.nanoseconds)
    if let limit = input.jobs.limit(of: job) { schedule(end: now, after: limit, job) }
    let card = sharing.cardMiB[cluster.modelIndex(Int(live.node[job]))]
    for victim in sharing.victims(device, cardMiB: card) {
      // A run that fails at once lasts a tick, so that time goes on.
      sharing.fate[victim] = DeviceSharing.Fate.outOfMemory.rawValue
      schedule(end: now, after: .tick, victim)
    }
    return true
  }

  /// The next ends of the devices whose clients have changed at this instant.
  mutating func retimeDevices(_ sharing: DeviceSharing, at now: SimTime) throws {
    for position in sharing.dirty.indices {
      let device = Int(sharing.dirty[position])
      sharing.accrue(device, to: now.nanoseconds)
      let old = sharing.devices[device].due
      let hasMoved = sharing.retime(device)
      try sharing.audit?.check(device, sharing)
      guard hasMoved else { continue }
      let due = sharing.devices[device].due
      if due != DeviceSharing.never {
        feed.push(
          EventKey(time: SimTime(nanoseconds: due), phase: Phase.release),
          payload: EventLoop.deviceBase + UInt32(device),
          generation: sharing.devices[device].generation
        )
      }
      if old != DeviceSharing.never {
        feed.noteCancellation { [live = liveness] in live.isLive($0) }
      }
    }
    sharing.clearDirty()
  }

  /// A client of the device has nothing left to do.
  mutating func deviceComesDue(_ device: Int, at now: SimTime) {
    sharing!.noteDue(device)
    settle(device, sharing!, at: now)
  }

  /// An event of the job itself, which shares a GPU and runs: its time limit,
  /// or a kill for want of memory. Returns false for any other job.
  mutating func endsShared(_ job: Int, at now: SimTime) -> Bool {
    guard let sharing, sharing.isShared(job), live.isIn(job, .running) else { return false }
    settle(device(of: job), sharing, at: now)
    return true
  }

  /// Ends all runs on the device whose time has come, in an order that does
  /// not depend on that of their events: what completes, what fails of itself,
  /// what has reached its limit, what is killed for want of memory; then what
  /// a crash takes with it.
  private mutating func settle(_ device: Int, _ sharing: DeviceSharing, at now: SimTime) {
    sharing.accrue(device, to: now.nanoseconds)
    let clients = sharing.rows(device)
    var hasCrashed = false
    let fails = LifeState.RunEnd.fails.rawValue
    for client in clients where client.left <= 0 && life!.end[Int(client.job)] != fails {
      end(Int(client.job), at: now)
    }
    for client in clients where client.left <= 0 && life!.end[Int(client.job)] == fails {
      end(Int(client.job), at: now)
      hasCrashed = true
    }
    for client in clients where client.left > 0 {
      let job = Int(client.job)
      guard let limit = input.jobs.limit(of: job),
        now.nanoseconds - live.start[job] >= limit.nanoseconds
      else { continue }
      endForGood(job, .timedOut, at: now)
    }
    let doomed = DeviceSharing.Fate.outOfMemory.rawValue
    for client in clients where client.left > 0 && sharing.fate[Int(client.job)] == doomed {
      let job = Int(client.job)
      guard live.isIn(job, .running) else { continue }
      killForMemory(job, sharing, at: now)
      hasCrashed = true
    }
    if hasCrashed && !sharing.spec.faultIsolation { takeDown(device, sharing, at: now) }
  }

  private mutating func end(_ job: Int, at now: SimTime) {
    fingerprint.fold(UInt64(job))
    finishRun(job, at: now)
  }

  private mutating func killForMemory(_ job: Int, _ sharing: DeviceSharing, at now: SimTime) {
    sharing.oomKills[job] += 1
    guard let delay = life!.retry(job), sharing.oomKills[job] <= UInt32(sharing.spec.restart.most!) else {
      return endForGood(job, .failed, at: now)
    }
    let restart = sharing.spec.restart.delay(afterFailures: Int(sharing.oomKills[job]))
    failAndComeBack(job, after: max(delay, restart), at: now)
  }

  /// Without fault isolation a crash takes the other clients of the GPU with
  /// it: they lose their run and wait again. It does not count against their
  /// retries.
  private mutating func takeDown(_ device: Int, _ sharing: DeviceSharing, at now: SimTime) {
    for client in sharing.rows(device) {
      let job = Int(client.job)
      interrupt(job, at: now, isPreemption: false, savesFirst: false, extra: 0)
      rejoin(job)
      isPassPending = true
      hasNews = true
    }
  }
}
