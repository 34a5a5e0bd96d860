import Engine
import Outcome
import Workload

/// Queues in which jobs keep what they have: every waiting job is tried in
/// every pass.
extension ReferenceSimulator {
  mutating func join(_ j: Int) {
    waiting = (waiting + [j]).sorted { (key($0), $0) < (key($1), $1) }
    if standing.first == j { refusedHead = nil }
    if blocks, head(of: line(j)) == j { refusedLines.remove(line(j)) }
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
    case .ordered(.earliestDeadline, _): input.jobs.due(of: j)?.nanoseconds ?? .max
    // All gain alike, so that it matters only when they came.
    case .ageing(let ageing, _) where ageing.atMost == nil:
      Int64(ageing.raises) * input.jobs.arrival[j].nanoseconds
        - Int64(input.jobs.priority[j]) * ageing.every.nanoseconds
    case .preemptive, .ageing, .fairShare: 0
    case .backfill, .rounds: preconditionFailure("not modelled here")
    }
  }

  private func milli(_ j: Int) -> Int64 { input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].milliGPU }

  mutating func remove(_ j: Int) {
    let wasHead = head(of: line(j)) == j
    waiting.removeAll { $0 == j }
    if head(of: line(j)) == nil || (blocks && wasHead) { refusedLines.remove(line(j)) }
    if refusedHead == j { refusedHead = nil }
    let own = shapeNow(j)
    if !standing.contains(where: { shapeNow($0) == own }) { refusedShapes.remove(own) }
  }

  mutating func pass(_ now: Int64) {
    if isInLines { return linePass(now) }
    // A refusal stands until a node is freed that could change it.
    refusedShapes = refusedShapes.filter { shape in
      let j = waiting.first { shapeNow($0) == shape }!
      return !freed.contains { isWorthTrying(j, on: $0) }
    }
    if let head = refusedHead, freed.contains(where: { isWorthTrying(head, on: $0) }) { refusedHead = nil }
    while walk(now) {}
  }

  /// Returns whether the walk must begin anew: a start has lifted refusals of
  /// jobs ahead.
  private mutating func walk(_ now: Int64) -> Bool {
    for j in waiting {
      let shape = shapeNow(j)
      if tryToStart(j, now) {
        if countsForOthers(j) { return true }
        continue
      }
      if blocks {
        refusedHead = j
        return false
      }
      if loses {
        jobs.state[j] = .rejected
        jobs.cause[j] = cause(j)
        events.removeAll { $0.what == .end(j) || $0.what == .relax(j) }
        remove(j)
        refusedShapes = []
      } else {
        refusedShapes.insert(shape)
      }
    }
    return false
  }

  // MARK: - Causes

  /// What a waiting job waits for, as everything is now.
  func causeOfWaiting(_ j: Int) -> WaitCause {
    if spec != nil && !unplaced.contains(j) { return causeOfRank(j) }
    return blocks && waiting.first != j ? .headOfLine : cause(j)
  }

  /// Whether that is all there is to say: holds, wishes that are relaxed and
  /// shares have causes of their own. Of jobs with rules the engine does not
  /// see what they are to one another, and of consolidated gangs with
  /// preferences what they would be on other nodes.
  var knowsCauses: Bool {
    if holdsGangs || !input.jobs.relaxations.isEmpty || isInLines { return false }
    return !requests.contains { r in
      !r.constraints.rules.isEmpty || r.workers > 1 && r.wish == .consolidated && preferences(r).count > 1
    }
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
