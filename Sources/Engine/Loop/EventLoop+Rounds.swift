import Outcome
import SimulationKernel
import Workload

/// A boundary between rounds, see ``RoundSpec``.
extension EventLoop {
  mutating func roundPass(at now: SimTime) throws {
    let rounds = self.rounds!
    rounds.isUnderWay = false
    rounds.admit(at: now)
    rounds.refreshIfDue()
    var end = try beginRound(rounds, at: now)
    if end == nil, !rounds.active.isEmpty, arrivedCount == input.jobs.count {
      // Nobody will come whose arrival would begin a round.
      rounds.refreshNow()
      end = try beginRound(rounds, at: now)
    }
    for job in rounds.active where live.isIn(Int(job), .waiting) {
      let isChosen = rounds.chosen.contains(job)
      let cause =
        isChosen
        ? causeNow(Int(shapes[Int(job)].rawValue)) : rounds.hasShare(job) ? .priority : .roundBoundary
      waits.note(job: Int(job), cause, at: now.nanoseconds)
    }
    if let end {
      rounds.isUnderWay = true
      pushTimer(end)
    }
  }

  /// Starts the chosen jobs; returns when the last of them is done, ns, or nil
  /// when none runs.
  private mutating func beginRound(_ rounds: RoundState, at now: SimTime) throws -> Int64? {
    var end: Int64?
    for (job, model) in rounds.choice() {
      rounds.plan(job, on: model)
      shapes[job] = rounds.boundShape(job, model)
      guard try tryToStart(job, at: now) else { continue }
      rounds.begin(job, on: model)
      end = max(end ?? 0, (now + rounds.partLength(job)).nanoseconds)
    }
    return end
  }

  /// The job's part of the round is done, the job is not: it waits for the
  /// boundary and has lost nothing.
  mutating func pause(_ job: Int, at now: SimTime) {
    interrupt(job, at: now, isPreemption: false, savesFirst: true, extra: 0)
  }
}
