import Outcome
import SimulationKernel

/// A placement pass of a queue in which jobs keep what they have.
extension EventLoop {
  mutating func pass(at now: SimTime) throws {
    if ranked != nil { return try rankedPass(at: now) }
    if input.quirks.contains(.newcomersBySize), try passOfNewcomers(at: now) { return }
    queue.beginPass(probes, cluster)
    while true {
      let job = Int(queue.nextCandidate(probes, cluster))
      if job < 0 { break }
      let shape = Int(shapes[job].rawValue)
      if try tryToStart(job, at: now) {
        queue.took(request: shape)
      } else if refusesForGood {
        queue.took(request: shape)
        live.state[job] = JobState.rejected.rawValue
        live.cause[job] = refusalCause(shape).rawValue
      } else {
        live.cause[job] = refusalCause(shape).rawValue
        lastCause[shape] = live.cause[job]
        queue.refused(request: shape)
      }
      if input.recordsFilling { recordFilling() }
    }
    queue.endPass()
  }

  mutating func recordFilling() {
    filling.arrivedMilliGPU.append(arrivedMilli)
    filling.allocatedMilliGPU.append(allocatedMilli)
    filling.fragmentedMilliGPU.append(tracker?.fleetMilliGPU ?? 0)
  }
}
