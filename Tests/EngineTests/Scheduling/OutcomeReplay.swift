import Engine
import Hardware
import Outcome
import Workload

/// The cluster at an instant of a finished run, rebuilt from the run's
/// columns alone.
struct OutcomeReplay {
  let input: SimulationInput
  let outcome: RunOutcome
  let requests: [ReferenceRequest]

  init(_ input: SimulationInput, _ outcome: RunOutcome) {
    self.input = input
    self.outcome = outcome
    requests = input.jobs.shape.map { ReferenceRequest(input.jobs.shapes[Int($0.rawValue)], input) }
  }

  /// Instants at which something may have been decided.
  var instants: Set<Int64> {
    Set(
      input.jobs.arrival.map(\.nanoseconds) + outcome.jobs.endNanoseconds
        + input.fleetChanges.map(\.atNanoseconds)
        + outcome.interruptedAttempts.map(\.endNanoseconds)
    ).filter { $0 >= 0 && $0 <= outcome.end.nanoseconds }
  }

  /// The nodes as they are once all of the instant's releases and fleet
  /// changes are done, and of its starts those of jobs before `job`.
  func nodes(at time: Int64, before job: Int = .max) -> [ReferenceNode] {
    var nodes = input.fleet.nodes.indices.map { ReferenceNode(input.fleet, $0) }
    for n in nodes.indices {
      let own = input.fleetChanges.filter { $0.nodes.contains(NodeID(rawValue: Int32(n))) }
      if own.first?.action == .join { nodes[n].condition = .absent }
      // Repairs come before faults of the same instant.
      let past = own.filter { $0.atNanoseconds <= time }.sorted { a, b in
        (a.atNanoseconds, isFault(a) ? 1 : 0) < (b.atNanoseconds, isFault(b) ? 1 : 0)
      }
      for change in past {
        switch change.action {
        case .join, .repair: nodes[n].condition = .up
        case .leave: nodes[n].condition = .absent
        case .fail: nodes[n].condition = .fault
        case .maintain: nodes[n].condition = .maintenance
        case .drain: if nodes[n].condition == .up { nodes[n].condition = .draining }
        case .interrupt: break
        }
      }
    }
    func place(_ j: Int, _ start: Int64, _ stop: Int64, _ node: NodeID, _ mask: UInt16) {
      guard start >= 0, stop < 0 || stop > time, start < time || start == time && j < job else { return }
      let gpus = (0..<16).filter { mask & (1 << UInt16($0)) != 0 }
      nodes[Int(node.rawValue)].take(j, requests[j], gpus: gpus)
    }
    let jobs = outcome.jobs
    for j in requests.indices {
      place(j, jobs.startNanoseconds[j], jobs.endNanoseconds[j], jobs.node[j], jobs.gpuMask[j])
    }
    for a in outcome.interruptedAttempts {
      place(Int(a.job.rawValue), a.startNanoseconds, a.endNanoseconds, a.node, a.gpuMask)
    }
    return nodes
  }

  private func isFault(_ change: FleetChange) -> Bool { change.action != .join && change.action != .repair }

  /// Jobs that wait once the instant is over.
  func waiting(at time: Int64) -> [Int] {
    requests.indices.filter { j in
      let jobs = outcome.jobs
      if jobs.state[j] == .unseen || jobs.state[j] == .rejected || input.jobs.arrival[j].nanoseconds > time {
        return false
      }
      if jobs.state[j] == .withdrawn && jobs.endNanoseconds[j] <= time { return false }
      if jobs.startNanoseconds[j] >= 0 && jobs.startNanoseconds[j] <= time { return false }
      return !outcome.interruptedAttempts.contains {
        Int($0.job.rawValue) == j && $0.startNanoseconds <= time && $0.endNanoseconds > time
      }
    }
  }
}
