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
    let shape = input.jobs.shape[j]
    if !waiting.contains(where: { input.jobs.shape[$0] == shape }) { refusedShapes.remove(shape.rawValue) }
  }

  mutating func pass(_ now: Int64) {
    // A refusal stands until a node is freed that could change it.
    refusedShapes = refusedShapes.filter { shape in
      let j = waiting.first { input.jobs.shape[$0].rawValue == shape }!
      return !freed.contains { isWorthTrying(j, on: $0) }
    }
    if let head = refusedHead, freed.contains(where: { isWorthTrying(head, on: $0) }) { refusedHead = nil }
    for j in waiting {
      let shape = input.jobs.shape[j].rawValue
      if tryToStart(j, now) { continue }
      if blocks {
        refusedHead = j
        return
      }
      if loses {
        jobs.state[j] = .rejected
        jobs.cause[j] = cause(j)
        events.removeAll { $0.what == .end(j) }
        remove(j)
        refusedShapes = []
      } else {
        refusedShapes.insert(shape)
      }
    }
  }

  // MARK: - Causes

  /// What a waiting job waits for, as everything is now.
  func causeOfWaiting(_ j: Int) -> WaitCause {
    if spec != nil && !unplaced.contains(j) { return causeOfRank(j) }
    return blocks && waiting.first != j ? .headOfLine : cause(j)
  }

  /// Why a preemptive queue does not choose the job.
  private func causeOfRank(_ j: Int) -> WaitCause {
    let accepted = nodes.filter { $0.condition != .absent && $0.accepts(requests[j]) }
    let up = accepted.filter { $0.condition == .up }.reduce(0) { $0 + $1.gpuCapacity }
    if up >= requests[j].takenByAll { return .priority }
    return accepted.reduce(0) { $0 + $1.gpuCapacity } >= requests[j].takenByAll ? .failure : .capacity
  }

  /// The cause of the greatest part of its wait, the first of equals.
  func mainCause(_ j: Int) -> WaitCause {
    waits[j].min { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }?.key ?? .none
  }
}
