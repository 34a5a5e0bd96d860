import Outcome
import SimulationKernel
import Workload

/// Runs that do not complete: killed at their time limit, failed of
/// themselves, or failed with a node once too often.
extension EventLoop {
  /// The present run of a job ends as it was planned, other than completed.
  /// Returns false when it completes.
  mutating func endsEarly(_ job: Int, at now: SimTime) -> Bool {
    guard let life, live.isIn(job, .running) else { return false }
    switch LifeState.RunEnd(rawValue: life.end[job])! {
    case .completes: return false
    case .timesOut: endForGood(job, .timedOut, at: now)
    case .fails:
      life.failed(job)
      guard let delay = life.retry(job) else {
        endForGood(job, .failed, at: now)
        return true
      }
      failAndComeBack(job, after: delay, at: now)
    }
    return true
  }

  /// The run fails of itself; the job is started again after the delay.
  mutating func failAndComeBack(_ job: Int, after delay: SimDuration, at now: SimTime) {
    leaveNodes(job, before: delay, at: now)
    attempts[attempts.count - 1].isFailure = true
    comeBack(job, after: delay, at: now)
  }

  /// The job's node is lost. Returns whether that was once too often, and the
  /// job has ended.
  mutating func failsWithNode(_ job: Int, at now: SimTime) -> Bool {
    guard let life, kinds[job] == .batch else { return false }
    guard let delay = life.retry(job) else {
      endForGood(job, .failed, at: now)
      feed.noteCancellation { [live = liveness] in live.isLive($0) }
      isPassPending = true
      return true
    }
    guard delay > .zero else { return false }
    leaveNodes(job, before: delay, at: now)
    comeBack(job, after: delay, at: now)
    return true
  }

  /// The run ends, and with it the job: what it had not saved is lost.
  mutating func endForGood(_ job: Int, _ state: JobState, at now: SimTime) {
    if let storage { leaveTransfers(job, storage, at: now.nanoseconds) }
    let elapsed = max(0, now.nanoseconds - live.start[job] - (wipes?.span(of: job) ?? 0))
    let split = progress?.split(job, at: now.nanoseconds, savesFirst: false)
    life!.lost[job] = elapsed - (split.map { $0.overhead + $0.kept } ?? 0)
    live.end[job] = now.nanoseconds
    live.state[job] = state.rawValue
    budgets?.ended(job)
    vacate(job)
    cancelDependents(of: job, at: now)
    if hasWaiting { isPassPending = true }
    hasNews = true
    leavesGate(job, at: now)
  }

  private mutating func leaveNodes(_ job: Int, before delay: SimDuration, at now: SimTime) {
    interrupt(
      job,
      at: now,
      isPreemption: false,
      savesFirst: false,
      extra: 0,
      staysAway: delay > .zero
    )
  }

  /// A job that has failed joins the queue again, at once or after its delay.
  private mutating func comeBack(_ job: Int, after delay: SimDuration, at now: SimTime) {
    isPassPending = true
    hasNews = true
    guard delay > .zero else { return rejoin(job) }
    attempts[attempts.count - 1].backoffNanoseconds = delay.nanoseconds
    life!.joined[job] = -1
    waits.note(job: job, .requeue, at: now.nanoseconds)
    leavesGate(job, at: now)
    schedule(end: now, after: delay, job)
  }

  /// The delay of a job that had failed is over. Returns false for any other.
  mutating func returnsFromDelay(_ job: Int, at now: SimTime) -> Bool {
    guard let life, live.isIn(job, .waiting), kinds[job] == .batch else { return false }
    life.joined[job] = now.nanoseconds
    waits.note(job: job, .none, at: now.nanoseconds)
    guard passesGate(job, at: now, isAccess: false) else { return true }
    resetWish(job, at: now)
    rejoin(job)
    isPassPending = true
    hasNews = true
    return true
  }

  /// Whether the job has failed, and stays out of the queue until its delay is
  /// over.
  func isDelayed(_ job: Int) -> Bool {
    guard let life, live.isIn(job, .waiting) else { return false }
    return life.joined[job] < 0 && life.eligible[job] >= 0
  }

  /// Whether the job waits, and neither for others nor for its return to the
  /// queue.
  func isInQueue(_ job: Int) -> Bool {
    live.isIn(job, .waiting) && (life.map { $0.joined[job] >= 0 } ?? true)
      && waits.ownCause(of: job) != .requeue && !(tenancy?.isOutside(job) ?? false)
  }

  /// The length of the run that begins, given how long it would take to
  /// complete at full speed.
  func plannedLength(_ job: Int, toCompletion left: Int64) -> Int64 {
    var slow: InstanceSpeeds.Slowing?
    if let instanceSpeeds { slow = slowing(job, instanceSpeeds) }
    let length = { [slow] (span: Int64) -> Int64 in slow?.length(of: span) ?? span }
    guard let life else { return length(left) }
    guard let progress else { return life.plan(job, left: length(left), done: 0, length: length) }
    let done = duration[job].nanoseconds - progress.workLeft(job)
    return life.plan(job, left: length(left), done: done) { length(progress.runLength(job, toWork: $0)) }
  }
}
