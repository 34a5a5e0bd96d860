import Outcome
import Workload

/// Victims as kube-scheduler chooses them, see ``PriorityPreemption/Victims``.
extension EventLoop {
  /// Worker by worker, the node where it hurts least.
  mutating func victimsOnNodes(for job: Int) -> [Int]? {
    let worker = requests[Int(shapes[job].rawValue)]
    let level = preemption!.running.level(job)
    var victims: [Int] = []
    var laid: [(request: Request, node: Int, mask: UInt16)] = []
    var isPossible = true
    for _ in 0..<worker.workers where isPossible {
      var placement = seat(Int(shapes[job].rawValue)).placement
      if placement.node < 0 {
        if let choice = leastHarm(worker, level: level) {
          for victim in choice.victims {
            lift(victim)
            preemption!.chosen.insert(victim)
          }
          victims += choice.victims
          placement = Placement(node: choice.node, gpuMask: defaultDevices(worker, on: choice.node, cluster))
        }
      }
      isPossible = placement.node >= 0
      if isPossible {
        cluster.allocate(worker, node: placement.node, gpuMask: placement.gpuMask)
        trialChanged(placement.node)
        laid.append((worker, placement.node, placement.gpuMask))
      }
    }
    preemption!.trialNodes = laid.map(\.node)
    for piece in laid.reversed() {
      cluster.release(piece.request, node: piece.node, gpuMask: piece.mask)
      trialChanged(piece.node)
    }
    // A gang with a wish may still not lie as it wants.
    if isPossible && worker.workers > 1 && gangs[Int(shapes[job].rawValue)].wish != .anywhere {
      isPossible = layForTrial(Int(shapes[job].rawValue))
      if isPossible { takeUpTrial(Int(shapes[job].rawValue)) }
    }
    for victim in victims { putBack(victim) }
    preemption!.chosen.removeAll()
    return isPossible ? victims : nil
  }

  private struct Harm: Comparable {
    var violations: Int
    var highest: Int64
    var sum: Int64
    var count: Int
    var negatedStart: Int64
    static func < (a: Harm, b: Harm) -> Bool {
      (a.violations, a.highest, a.sum, a.count, a.negatedStart)
        < (b.violations, b.highest, b.sum, b.count, b.negatedStart)
    }
  }

  private mutating func leastHarm(_ worker: Request, level: Int) -> (node: Int, victims: [Int])? {
    var best: (harm: Harm, node: Int, victims: [Int])?
    let limit = max(100, cluster.nodeCount / 10)
    var found = 0
    for step in 0..<cluster.nodeCount where found < limit {
      let node = (preemption!.firstNode + step) % cluster.nodeCount
      guard cluster.isUp(node), worker.classes & cluster.nodes[node].classBit != 0,
        let (victims, violations) = victims(on: node, worker, level: level)
      else { continue }
      found += 1
      let priorities = victims.map { Int64(input.jobs.priority[$0]) }
      let top = priorities.max() ?? 0
      let starts = zip(victims, priorities).filter { $0.1 == top }.map { live.start[$0.0] }
      let harm = Harm(
        violations: violations,
        highest: top,
        sum: priorities.reduce(0) { $0 + $1 + 1 << 31 },
        count: victims.count,
        negatedStart: -(starts.min() ?? 0)
      )
      if best == nil || harm < best!.harm { best = (harm, node, victims) }
    }
    preemption!.firstNode = (preemption!.firstNode + 1) % cluster.nodeCount
    return best.map { ($0.node, $0.victims) }
  }

  /// The jobs that would have to leave this node, or nil if that does not help.
  /// and how many of them have no budget left.
  private mutating func victims(on node: Int, _ worker: Request, level: Int)
    -> (jobs: [Int], violations: Int)?
  {
    let lower = residents.entries(on: node).filter {
      preemption!.running.contains($0.job) && preemption!.running.level($0.job) < level
        && !preemption!.chosen.contains($0.job)
    }
    guard !lower.isEmpty else { return nil }
    for entry in lower { cluster.release(held(entry).request, node: node, gpuMask: held(entry).mask) }
    defer { for entry in lower where !isBack(entry) { restore(entry, node) } }
    preemption!.keptBack.removeAll(keepingCapacity: true)
    guard cluster.fits(worker, node) else { return nil }
    let byImportance = lower.sorted {
      let (a, b) = (input.jobs.priority[$0.job], input.jobs.priority[$1.job])
      if a != b { return a > b }
      return (live.start[$0.job], $0.job) < (live.start[$1.job], $1.job)
    }
    let violating = beyondBudget(byImportance.map(\.job))
    let reprieved =
      violating.isEmpty
      ? byImportance
      : byImportance.filter { violating.contains($0.job) }
        + byImportance.filter { !violating.contains($0.job) }
    var victims: [Int] = []
    for entry in reprieved {
      restore(entry, node)
      if cluster.fits(worker, node) {
        preemption!.keptBack.append(entry)
      } else {
        cluster.release(held(entry).request, node: node, gpuMask: held(entry).mask)
        if !victims.contains(entry.job) { victims.append(entry.job) }
      }
    }
    return (victims, victims.count { violating.contains($0) })
  }

  /// The jobs whose class has no budget left for them: the most important ones
  /// use it first, after those that are chosen already.
  private func beyondBudget(_ byImportance: [Int]) -> Set<Int> {
    guard let budgets = preemption!.budgets else { return [] }
    var used: [Int: Int] = [:]
    for job in preemption!.chosen { used[budgets.group(job), default: 0] += 1 }
    var seen: Set<Int> = []
    var beyond: Set<Int> = []
    for job in byImportance where seen.insert(job).inserted {
      let group = budgets.group(job)
      guard let allowance = budgets.allowance(group) else { continue }
      used[group, default: 0] += 1
      if used[group]! > allowance { beyond.insert(job) }
    }
    return beyond
  }

  private func held(_ entry: ResidentLists.Entry) -> (request: Request, mask: UInt16) {
    let request = requests[Int(shapes[entry.job].rawValue)]
    guard entry.piece >= 0 else { return (request, live.gpuMask[entry.job]) }
    return (pieceRequest(request, pieces[entry.piece]), pieces[entry.piece].gpuMask)
  }

  private func restore(_ entry: ResidentLists.Entry, _ node: Int) {
    cluster.allocate(held(entry).request, node: node, gpuMask: held(entry).mask)
  }

  private func isBack(_ entry: ResidentLists.Entry) -> Bool {
    preemption!.keptBack.contains { $0.job == entry.job && $0.piece == entry.piece }
  }
}
