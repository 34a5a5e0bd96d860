import Foundation
import Outcome
import SimulationKernel

/// Nodes come and go.
extension SlowElasticFleet {
  func change(_ n: Int, _ stage: Stage, _ noted: AutoNodeTotals.Stage?) {
    nodes[n].stage = stage
    changes.append(Change(at: now, node: n, stage: noted))
  }

  func comesUp(_ n: Int, isNew: Bool) {
    change(n, .up, .up)
    nodes[n].hasBeenUp = true
    nodes[n].bornAt = now
    let causes = spec.groups[nodes[n].group].failures.indices
    nodes[n].ticks = causes.map { _ in (0, 0) }
    for number in causes { scheduleTick(n, number) }
    guard isNew else { return }
    if !waiting.isEmpty { isPassDue = true }
    lookAtSuspended(pool(n))
  }

  func goes(_ n: Int) {
    well(n)
    change(n, .gone, nil)
    nodes[n].hasBeenUp = false
    keep(nodes[n].group)
    lookAtSuspended(pool(n))
    if !waiting.isEmpty { lookAgain() }
  }

  func launch(_ group: Int) -> Bool {
    let own = spec.groups[group]
    guard let n = own.nodes.first(where: { nodes[$0].stage == .gone }) else { return false }
    launches[group] += 1
    nodes[n].lives += 1
    change(n, .starting, .launching)
    var at = now
    for (what, delay) in [("launch", own.launch), ("join", own.join), ("gpu-stack", own.gpuStack)] {
      let stream = StreamName("auto-nodes/\(what)/\(own.name)")
      let u = RandomStream(seed: input.seed, stream: stream, entity: UInt64(launches[group])).uniform(0)
      at += Int64(delay.quantile(u) * 1e9)
    }
    happen(.ready, n, at: at, life: nodes[n].lives)
    return true
  }

  /// As many nodes exist and stay as are to be kept.
  func keep(_ group: Int) {
    guard let replicas = spec.groups[group].replicas else { return }
    func staying() -> Int {
      spec.groups[group].nodes.filter { [.starting, .up, .failed].contains(nodes[$0].stage) }.count
    }
    while staying() < replicas, launch(group) {}
  }

  func openBatch() {
    if let opened {
      due = min(opened + spec.batchLongest.nanoseconds, now + spec.batchIdle.nanoseconds)
    } else {
      opened = now
      due = min(due, now + spec.batchIdle.nanoseconds)
    }
    scheduleLook()
  }

  func lookAgain() {
    due = min(due, max(now + 1, lastLook + 10_000_000_000))
    scheduleLook()
  }

  func scheduleLook() {
    guard due < nextLook else { return }
    nextLook = due
    happen(.look, 0, at: due)
  }

  /// A node for each job that waits and for which none comes yet.
  func look() {
    if nextLook <= now { nextLook = .max }
    guard due <= now else {
      if due < .max { scheduleLook() }
      return
    }
    due = .max
    opened = nil
    lastLook = now
    guard let group = spec.groups.firstIndex(where: { $0.replicas == nil && $0.purchase != .owned }) else {
      return
    }
    var lacking = waiting.count - nodes.filter { $0.stage == .starting }.count
    while lacking > 0, launch(group) { lacking -= 1 }
  }
}
