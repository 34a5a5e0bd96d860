import Engine
import Outcome
import Workload

/// Queues in which jobs keep what they have: every waiting job is tried in
/// every pass.
extension ReferenceSimulator {
  mutating func join(_ j: Int) {
    waiting = (waiting + [j]).sorted { (key($0), $0) < (key($1), $1) }
    if waiting.first == j { refusedHead = nil }
  }

  /// Lower goes first.
  private func key(_ j: Int) -> Int64 {
    switch input.queue {
    case .none, .ordered(.fifo, _): 0
    case .ordered(.priority, _): -Int64(input.jobs.priority[j])
    case .ordered(.shortestJob, _): input.jobs.duration[j].nanoseconds
    case .ordered(.shortestEstimate, _): input.jobs.expectedDuration(j).nanoseconds
    // Service, then size; small numbers, so that one key holds both.
    case .ordered(.leastService, _): input.jobs.expectedDuration(j).nanoseconds * milli(j) << 20 + milli(j)
    case .preemptive: 0
    case .backfill, .rounds: preconditionFailure("not modelled here")
    }
  }

  private func milli(_ j: Int) -> Int64 { input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].milliGPU }

  mutating func remove(_ j: Int) {
    waiting.removeAll { $0 == j }
    if refusedHead == j { refusedHead = nil }
    let shape = shapeNumber(j)
    if !waiting.contains(where: { shapeNumber($0) == shape }) { refusedShapes.remove(shape) }
  }

  mutating func pass(_ now: Int64) {
    // A refusal stands until a node is freed that could change it.
    refusedShapes = refusedShapes.filter { shape in
      let j = waiting.first { shapeNumber($0) == shape }!
      return !freed.contains { isWorthTrying(j, on: $0) }
    }
    if let head = refusedHead, freed.contains(where: { isWorthTrying(head, on: $0) }) { refusedHead = nil }
    while walk(now) {}
  }

  /// Returns whether the walk must begin anew: a start has lifted refusals of
  /// jobs ahead.
  private mutating func walk(_ now: Int64) -> Bool {
    for j in waiting {
      let shape = shapeNumber(j)
      if tryToStart(j, now) {
        if countsForOthers(j) { return true }
        continue
      }
      // A refusal that stands is not repeated: its cause stays.
      if blocks {
        if refusedHead != j { jobs.cause[j] = cause(j) }
        refusedHead = j
        return false
      }
      if loses {
        jobs.state[j] = .rejected
        jobs.cause[j] = cause(j)
        events.removeAll { $0.what == .end(j) }
        remove(j)
        refusedShapes = []
      } else if refusedShapes.insert(shape).inserted {
        jobs.cause[j] = cause(j)
        lastCause[shape] = jobs.cause[j]
      }
    }
    return false
  }

  /// The cause of a job that waited and was not tried itself.
  func untried(_ j: Int) -> WaitCause {
    if spec != nil { return .priority }
    return blocks ? .headOfLine : lastCause[shapeNumber(j)] ?? .headOfLine
  }
}
