import Engine
import Outcome
import SimulationKernel
import Workload

/// Time limits, failures, retries and dependencies, looked at anew after every
/// event.
extension ReferenceSimulator {
  /// What becomes of a job beside its work.
  struct Life {
    enum Fate { case completes, timesOut, fails }
    /// How the present run is going to end.
    var fate = Fate.completes
    /// The work done at which the present attempt fails; nil: not found yet.
    var failsAt: Int64?
    var ownFailures = 0
    var failures = 0
    var lost: Int64 = 0
    /// When it came to stand in the queue, and when it did so last.
    var eligible: Int64 = -1
    var joined: Int64 = -1
    var isDelayed = false
  }

  /// How long the run lasts that begins now.
  mutating func plannedLength(_ j: Int) -> Int64 {
    let all = input.jobs.duration[j].nanoseconds
    let done = all - progress[j].work
    var length = progress[j].due + progress[j].work
    lives[j].fate = .completes
    let shares = Array(input.jobs.failures[j])
    if lives[j].ownFailures < shares.count {
      let share = Int128(shares[lives[j].ownFailures])
      let point = lives[j].failsAt ?? done + Int64(Int128(all - done) * share / 1_000_000_000)
      lives[j].failsAt = point
      length = max(1, progress[j].due + point - done)
      lives[j].fate = .fails
    }
    if !input.jobs.timeLimit.isEmpty, input.jobs.timeLimit[j] > .zero,
      input.jobs.timeLimit[j].nanoseconds < length
    {
      length = input.jobs.timeLimit[j].nanoseconds
      lives[j].fate = .timesOut
    }
    return length
  }

  /// The job ends, and its present run is lost.
  private mutating func endForGood(_ j: Int, _ state: JobState, _ now: Int64) {
    let elapsed = now - jobs.startNanoseconds[j]
    lives[j].lost = elapsed - min(elapsed, progress[j].due)
    jobs.state[j] = state
    jobs.endNanoseconds[j] = now
    events.removeAll { $0.what == .end(j) }
    giveBack(j)
    list.removeAll { $0 == j }
  }

  /// The run ends as planned, other than completed. Returns whether it did.
  mutating func endsEarly(_ j: Int, _ now: Int64) -> Bool {
    switch lives[j].fate {
    case .completes: return false
    case .timesOut: endForGood(j, .timedOut, now)
    case .fails:
      lives[j].ownFailures += 1
      lives[j].failsAt = nil
      fail(j, now)
      if jobs.state[j] == .waiting { attempts[attempts.count - 1].isFailure = true }
    }
    return true
  }

  /// A failure, of the job or of its node.
  mutating func fail(_ j: Int, _ now: Int64) {
    if input.jobs.kind[j] == .service { return lose(j, now) }
    lives[j].failures += 1
    let rule = input.jobs.retryRule(of: j)
    if let most = rule.most, lives[j].failures > Int(most) { return endForGood(j, .failed, now) }
    let (head, lines) = (refusedHead, refusedLines)
    lose(j, now)
    var delay = rule.delay.nanoseconds
    for _ in 1..<lives[j].failures { delay = min(2 * delay, rule.longestDelay.nanoseconds) }
    guard delay > 0 else { return }
    attempts[attempts.count - 1].backoff = delay
    // It joined for no time, and took nobody's place.
    remove(j)
    refusedHead = head
    refusedLines = lines
    events.removeAll { $0.what == .relax(j) }
    list.removeAll { $0 == j }
    lives[j].isDelayed = true
    push(now + delay, 0, .end(j))
  }

  /// The run is lost, and the job waits again.
  mutating func lose(_ j: Int, _ now: Int64) {
    if spec != nil { loseRank(j, now) } else { stop(j, now) }
  }

  mutating func returnFromDelay(_ j: Int, _ now: Int64) {
    lives[j].isDelayed = false
    lives[j].joined = now
    resetWish(j)
    join(j)
    list.append(j)
  }

  /// Looks at all jobs that wait for others until nothing changes. Returns
  /// whether some job joined the queue.
  mutating func settleDependencies(_ now: Int64) -> Bool {
    if input.jobs.after.isEmpty { return false }
    var hasJoined = false
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for j in jobs.state.indices where jobs.state[j] == .waiting && lives[j].eligible < 0 {
        let states = input.jobs.after[j].map { jobs.state[Int($0)] }
        if states.contains(where: { ![.unseen, .waiting, .running, .completed].contains($0) }) {
          jobs.state[j] = .cancelled
          jobs.endNanoseconds[j] = now
          hasChanged = true
        } else if states.allSatisfy({ $0 == .completed }) {
          lives[j].eligible = now
          lives[j].joined = now
          resetWish(j)
          join(j)
          list.append(j)
          hasJoined = true
        }
      }
    }
    return hasJoined
  }

  /// What jobs wait for that do not stand in the queue.
  var causesOutsideQueue: [(Int, WaitCause)] {
    jobs.state.indices.filter { jobs.state[$0] == .waiting }.compactMap { j in
      if lives[j].isDelayed { return (j, .requeue) }
      return lives[j].eligible < 0 ? (j, .dependency) : nil
    }
  }

  /// The columns that only this file fills.
  mutating func completeLives() {
    if !input.jobs.after.isEmpty { jobs.eligibleNanoseconds = lives.map(\.eligible) }
    if !input.jobs.failures.isEmpty { jobs.failures = lives.map { UInt32($0.ownFailures) } }
    if lives.contains(where: { $0.lost > 0 }) { jobs.lostNanoseconds = lives.map(\.lost) }
  }
}
