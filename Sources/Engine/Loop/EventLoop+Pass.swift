import Outcome
import SimulationKernel

/// A placement pass of a queue in which jobs keep what they have.
extension EventLoop {
  mutating func pass(at now: SimTime) throws {
    if ranked != nil { return try rankedPass(at: now) }
    if rounds != nil { return try roundPass(at: now) }
    if backfill != nil { return try backfillPass(at: now) }
    if let heldGangs { return try heldPass(heldGangs, at: now) }
    if input.quirks.contains(.newcomersBySize), try passOfNewcomers(at: now) { return }
    lines?.begin(at: now)
    repeat {
      if let preemption {
        preemption.hasPreempted = false
        reconsiderPreemptors(preemption)
      }
      queue.beginPass(probes, cluster)
      try walk(at: now)
      queue.endPass(keepsFreed: preemption?.hasPreempted ?? false)
    } while preemption?.hasPreempted ?? false
    reviewCauses(at: now)
    if let lines, lines.wantsTimer() { pushTimer(lines.timedFor) }
  }

  /// Tries the candidates one after the other.
  private mutating func walk(at now: SimTime) throws {
    while true {
      let job = Int(queue.nextCandidate(probes, cluster))
      if job < 0 { break }
      let shape = Int(shapes[job].rawValue)
      hideNominated(from: job)
      let starts = try tryToStart(job, at: now)
      if starts {
        queue.took(request: shape)
      } else if preemption != nil, try tryToPreempt(for: job, at: now) {
        queue.took(request: shape)
      } else if refusesForGood {
        queue.took(request: shape)
        live.state[job] = JobState.rejected.rawValue
        live.cause[job] = refusalCause(shape).rawValue
        cancelDependents(of: job, at: now)
      } else {
        waits.fresh.append(Int32(shape))
        if let lines {
          let isOvertaken = isOvertaken(job)
          lines.noteOvertaken(Int32(job), isOvertaken)
        }
        if let preemption {
          let number = queue.refusalNumber(Int32(job), request: shape)
          preemption.startsAtRefusal[number] = preemption.startCount
          preemption.refusedJob[number] = Int32(job)
        }
        queue.refused(request: shape)
      }
      if input.recordsFilling { recordFilling() }
    }
    showNominated()
  }

  /// A refusal no longer stands where jobs have started since that the refused
  /// one could preempt, or where a more important one with the same request has
  /// come.
  private mutating func reconsiderPreemptors(_ preemption: PreemptionState) {
    for job in queue.refusedHeads {
      let shape = Int(shapes[Int(job)].rawValue)
      let number = queue.refusalNumber(job, request: shape)
      let isNew = preemption.refusedJob[number] != job
      if isNew || preemption.startsAtRefusal[number] < preemption.startCount, mayPreempt(for: Int(job)) {
        queue.reconsider(job, request: shape)
      }
    }
  }

  mutating func recordFilling() {
    filling.arrivedMilliGPU.append(arrivedMilli)
    filling.allocatedMilliGPU.append(allocatedMilli)
    filling.fragmentedMilliGPU.append(tracker?.fleetMilliGPU ?? 0)
  }
}
