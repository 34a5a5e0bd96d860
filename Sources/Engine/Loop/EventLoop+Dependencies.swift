import Outcome
import SimulationKernel
import Workload

/// Jobs that wait for others to complete before they stand in the queue.
extension EventLoop {
  /// A job has arrived: true when it may not join the queue yet, or never.
  mutating func waitsForOthers(_ job: Int) -> Bool {
    guard let life else { return false }
    let now = arrival[job]
    if life.isLost(job) {
      cancel(job, at: now)
      return true
    }
    if life.isHeld(job) {
      waits.note(job: job, .dependency, at: now.nanoseconds)
      return true
    }
    life.eligible[job] = now.nanoseconds
    life.joined[job] = now.nanoseconds
    return false
  }

  /// A job has completed: those that waited for it alone join the queue.
  mutating func releaseDependents(of job: Int, at now: SimTime) {
    guard let life else { return }
    for other in life.released(by: job) where live.isIn(other, .waiting) && !life.isLost(other) {
      life.eligible[other] = now.nanoseconds
      life.joined[other] = now.nanoseconds
      waits.note(job: other, .none, at: now.nanoseconds)
      guard passesGate(other, at: now, isAccess: true) else { continue }
      resetWish(other, at: now)
      enqueue(other, Int(shapes[other].rawValue))
    }
  }

  /// A job will never complete: those that wait for it end too, and those that
  /// wait for these; what has not arrived yet ends when it does.
  mutating func cancelDependents(of job: Int, at now: SimTime) {
    guard let life else { return }
    var next = life.doomed(by: job)
    while let other = next.popLast() {
      guard live.isIn(other, .waiting) else { continue }
      live.end[other] = now.nanoseconds
      live.state[other] = JobState.cancelled.rawValue
      next += life.doomed(by: other)
    }
  }

  /// A job arrives that waits for another in vain.
  private mutating func cancel(_ job: Int, at now: SimTime) {
    live.end[job] = now.nanoseconds
    live.state[job] = JobState.cancelled.rawValue
    cancelDependents(of: job, at: now)
  }
}
