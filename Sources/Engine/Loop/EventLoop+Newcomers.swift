import Outcome
import SimulationKernel
import Workload

/// A quirk of Helios QSSF, see ``StudyQuirks/newcomersBySize``.
extension EventLoop {
  /// While all that wait arrived at this instant they are tried by size, and
  /// again a second later in their own order. Returns whether that was so.
  mutating func passOfNewcomers(at time: SimTime) throws -> Bool {
    let newcomers = newcomersAtThisInstant(time)
    guard queue.waitingCount == newcomers.count, !newcomers.isEmpty else {
      if !queue.isLine { explain([], at: time) }
      return false
    }
    let bySize = newcomers.sorted {
      (requests[Int(shapes[$0].rawValue)].takenByAll, $0) < (
        requests[Int(shapes[$1].rawValue)].takenByAll, $1
      )
    }
    for job in bySize {
      guard try tryToStart(job, at: time) else {
        explainNewcomers(bySize, refused: job, at: time)
        pushTimer(time.nanoseconds + 1_000_000_000)
        return true
      }
      queue.withdraw(Int32(job), request: Int(shapes[job].rawValue))
    }
    return true
  }

  /// The others wait behind the one that was refused.
  private mutating func explainNewcomers(_ newcomers: [Int], refused: Int, at time: SimTime) {
    waits.beginWindow()
    for job in newcomers where live.isIn(job, .waiting) {
      let cause = job == refused ? causeNow(Int(shapes[job].rawValue)) : .headOfLine
      waits.keep(job, cause, at: time.nanoseconds)
    }
    waits.endWindow(at: time.nanoseconds) { [state = live.state] in
      state[$0] == JobState.waiting.rawValue
    }
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
