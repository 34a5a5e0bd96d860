import Outcome
import SimulationKernel
import Workload

/// A quirk of Helios QSSF, see ``StudyQuirks/newcomersBySize``.
extension EventLoop {
  /// While all that wait arrived at this instant they are tried by size, and
  /// again a second later in their own order. Returns whether that was so.
  mutating func passOfNewcomers(at time: SimTime) throws -> Bool {
    let newcomers = newcomersAtThisInstant(time)
    guard queue.waitingCount == newcomers.count, !newcomers.isEmpty else { return false }
    let bySize = newcomers.sorted {
      (requests[Int(shapes[$0].rawValue)].takenByAll, $0) < (
        requests[Int(shapes[$1].rawValue)].takenByAll, $1
      )
    }
    for job in bySize {
      let shape = Int(shapes[job].rawValue)
      guard try tryToStart(job, at: time) else {
        live.cause[job] = refusalCause(shape).rawValue
        pushTimer(time.nanoseconds + 1_000_000_000)
        return true
      }
      queue.withdraw(Int32(job), request: shape)
    }
    return true
  }

  private func newcomersAtThisInstant(_ time: SimTime) -> [Int] {
    var result: [Int] = []
    var job = arrivedCount - 1
    while job >= 0, arrival[job] == time {
      if live.isIn(job, .waiting) { result.append(job) }
      job -= 1
    }
    return result
  }
}
