import Outcome
import SimulationKernel

/// The cluster-autoscaler takes nodes away that have not been needed for a while.
extension EventLoop {
  mutating func scaleDown(_ autoNodes: Provisioner, _ autoscaler: AutoscalerState, at now: Int64) {
    guard autoNodes.nextReview <= now else { return }
    autoNodes.nextReview = Provisioner.never
    let spec = autoscaler.spec
    guard spec.scalesDown else { return }
    let unneeded = unneededNodes(autoNodes, spec, at: now)
    let isUnneeded = Set(unneeded)
    for group in autoNodes.spec.groups {
      for n in group.nodes where !isUnneeded.contains(n) { autoscaler.unneededSince[n] = -1 }
    }
    let resting = autoscaler.lastGrowth + spec.delayAfterAdd.nanoseconds
    var next = Int64.max
    // Nodes that go already count; of those with work there is one at a time.
    let going = autoNodes.leaving.reduce(0, +)
    var empties = max(0, spec.emptyAtOnce - going)
    var mayDrain = autoNodes.clearing.isEmpty
    for n in unneeded {
      if autoscaler.unneededSince[n] < 0 { autoscaler.unneededSince[n] = now }
      let from = max(resting, autoscaler.unneededSince[n] + spec.unneededTime.nanoseconds)
      let isEmpty = autoNodes.emptySince[n] >= 0
      guard from <= now, isEmpty ? empties > 0 : mayDrain else {
        next = min(next, from)
        continue
      }
      if isEmpty { empties -= 1 }
      // Empty nodes first: with work none goes in the same scan.
      mayDrain = false
      autoscaler.unneededSince[n] = -1
      remove(n, isEmpty ? .empty : .underused, autoNodes, at: now)
    }
    if next < Int64.max { scheduleReview(autoNodes, at: max(now, next)) }
  }

  private mutating func remove(
    _ n: Int,
    _ reason: NodeRemoval,
    _ autoNodes: Provisioner,
    at now: Int64
  ) {
    autoNodes.disruptions.append(
      NodeDisruption(
        atNanoseconds: now,
        removal: reason,
        nodes: [Int32(n)],
        replacements: [],
        pricePerHour: autoNodes.group(n).marginalPrice,
        replacementPricePerHour: 0
      )
    )
    beginToDrain(n, for: reason, autoNodes, at: now)
  }

  /// Nodes that could go: empty ones, then those below the threshold whose work
  /// fits on the nodes that stay. Those to which such work would go stay.
  private mutating func unneededNodes(
    _ autoNodes: Provisioner,
    _ spec: ClusterAutoscaler,
    at now: Int64
  ) -> [Int] {
    var empty: [Int] = []
    var used: [Int] = []
    for group in autoNodes.spec.groups where group.isDynamic {
      for n in group.nodes where autoNodes.stage(n) == .up {
        if autoNodes.emptySince[n] >= 0 {
          empty.append(n)
        } else if use(of: n) < (cluster.nodes[n].gpuCount > 0 ? spec.gpuThreshold : spec.threshold),
          canMove(n, autoNodes)
        {
          used.append(n)
        }
      }
    }
    if used.isEmpty { return empty }
    let isEmpty = Set(empty)
    var nodes: [Int] = []
    var rooms: [NodeRoom] = []
    for n in 0..<cluster.nodeCount where cluster.isUp(n) && !isEmpty.contains(n) {
      nodes.append(n)
      rooms.append(NodeRoom(n, cluster))
    }
    var receives: Set<Int> = []
    var going: Set<Int> = []
    for n in used.prefix(ClusterAutoscaler.mostCandidates) where !receives.contains(n) {
      var trial = rooms
      var targets: Set<Int> = []
      let fits = residents.entries(on: n).allSatisfy { entry in
        let ask = provisionersView(of: requests[Int(shapes[entry.job].rawValue)])
        for place in nodes.indices where nodes[place] != n && !going.contains(nodes[place]) {
          if trial[place].take(ask) {
            targets.insert(nodes[place])
            return true
          }
        }
        return false
      }
      guard fits else { continue }
      rooms = trial
      receives.formUnion(targets)
      going.insert(n)
    }
    return empty + used.filter(going.contains)
  }

  /// The share of the node that is requested: of its GPUs, if it has any; else
  /// the larger of CPU and memory (simulator/utilization/info.go).
  private func use(of n: Int) -> Double {
    let node = cluster.nodes[n]
    let spec = cluster.fleet.nodes[n]
    if node.gpuCount > 0 {
      var free = 0
      for g in 0..<Int(node.gpuCount) { free += Int(cluster.gpuFree[n * cluster.stride + g]) }
      return 1 - Double(free) / Double(Int(node.gpuCount) * 1000)
    }
    func share(_ free: Int32, _ all: Int32) -> Double {
      all > 0 ? 1 - Double(free) / Double(all) : 0
    }
    return max(share(node.cpuFree, spec.cpuMilli), share(node.memoryFree, spec.memoryMiB))
  }

  /// Whether its work may move: no worker of a gang, which would stop the
  /// others, and no job that is protected.
  private func canMove(_ n: Int, _ autoNodes: Provisioner) -> Bool {
    residents.entries(on: n).allSatisfy { entry in
      entry.piece < 0 && !autoNodes.isProtected[Int(input.jobs.jobClass[entry.job].rawValue)]
    }
  }
}
