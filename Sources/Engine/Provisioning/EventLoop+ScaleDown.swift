import Outcome
import SimulationKernel

/// The cluster-autoscaler takes nodes away that have not been needed for a while.
extension EventLoop {
  /// A node that could go; an empty one has no work that counts.
  private struct Unneeded {
    var node: Int
    var isEmpty: Bool
  }

  mutating func scaleDown(
    _ scan: Scan,
    _ autoNodes: Provisioner,
    _ autoscaler: AutoscalerState,
    at now: Int64
  ) {
    let spec = autoscaler.spec
    guard spec.scalesDown else { return }
    // Karpenter's list of nodes that may go.
    autoNodes.empties.removeAll(keepingCapacity: true)
    let unneeded = unneededNodes(scan, autoNodes, autoscaler)
    let isUnneeded = Set(unneeded.map(\.node))
    for group in autoNodes.spec.groups {
      for n in group.nodes where !isUnneeded.contains(n) { autoscaler.unneededSince[n] = -1 }
    }
    let resting = autoscaler.lastGrowth + spec.delayAfterAdd.nanoseconds
    var next = Int64.max
    // Nodes that go already count; of those with work there is one at a time.
    let going = autoNodes.leaving.reduce(0, +)
    var empties = max(0, spec.emptyAtOnce - going)
    var mayDrain = !autoNodes.clearing.contains { hasWorkThatCounts(Int($0), autoscaler) }
    for one in unneeded {
      let n = one.node
      if autoscaler.unneededSince[n] < 0 { autoscaler.unneededSince[n] = now }
      let from = max(resting, autoscaler.unneededSince[n] + spec.unneededTime.nanoseconds)
      let group = Int(autoNodes.groupOf[n])
      guard from <= now, autoNodes.size(group) > autoNodes.spec.groups[group].least,
        one.isEmpty ? empties > 0 : mayDrain
      else {
        next = min(next, from)
        continue
      }
      if one.isEmpty { empties -= 1 }
      // Empty nodes first: with work none goes in the same scan.
      mayDrain = false
      autoscaler.unneededSince[n] = -1
      remove(n, autoNodes.emptySince[n] >= 0 ? .empty : .underused, autoNodes, at: now)
    }
    if next < Int64.max { scheduleScan(autoNodes, autoscaler, at: max(now, next)) }
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
  /// fits on the nodes that stay. Those to which such work would go stay, and so
  /// does a group that is as small as it may be.
  private mutating func unneededNodes(
    _ scan: Scan,
    _ autoNodes: Provisioner,
    _ autoscaler: AutoscalerState
  ) -> [Unneeded] {
    var empty: [Int] = []
    var used: [Int] = []
    var isNeeded: Set<Int> = []
    for (place, n) in scan.nodes.enumerated() where !scan.laid[place].isEmpty { isNeeded.insert(n) }
    for (number, group) in autoNodes.spec.groups.enumerated()
    where group.isDynamic && autoNodes.size(number) > group.least {
      for n in group.nodes where autoNodes.stage(n) == .up && !isNeeded.contains(n) {
        if autoNodes.emptySince[n] >= 0 {
          empty.append(n)
        } else if canMove(n, autoNodes, autoscaler) {
          if !hasWorkThatCounts(n, autoscaler) {
            empty.append(n)
          } else if isLittleUsed(n, autoscaler) {
            used.append(n)
          }
        }
      }
    }
    var result = empty.map { Unneeded(node: $0, isEmpty: true) }
    if used.isEmpty { return result }
    var trial = RemovalTrial(scan, without: Set(empty))
    for n in used.prefix(ClusterAutoscaler.mostCandidates) {
      if fitsElsewhere(n, &trial, autoscaler) { result.append(Unneeded(node: n, isEmpty: false)) }
    }
    for job in trial.lifted.reversed() { putBack(job) }
    return result
  }

  /// Where work would go if nodes went.
  private struct RemovalTrial {
    var nodes: [Int] = []
    var rooms: [NodeRoom] = []
    /// By room: what has been laid there, and is not on the cluster.
    var laid: [[Request]] = []
    var position: [Int: Int] = [:]
    var receives: Set<Int> = []
    var going: Set<Int> = []
    /// Gangs that have been taken off the cluster and laid elsewhere.
    var lifted: [Int] = []

    init(_ scan: Scan, without empty: Set<Int>) {
      for (place, n) in scan.nodes.enumerated() where !empty.contains(n) {
        position[n] = nodes.count
        nodes.append(n)
        rooms.append(scan.rooms[place])
        laid.append(scan.laid[place])
      }
    }

    /// Lays workers on the first nodes that take them, but not on this one.
    mutating func lay(_ ask: Request, but n: Int, _ targets: inout Set<Int>) -> Bool {
      var left = ask.workers
      for place in nodes.indices where left > 0 && nodes[place] != n && !going.contains(nodes[place]) {
        while left > 0 && rooms[place].take(ask) {
          laid[place].append(ask)
          targets.insert(nodes[place])
          left -= 1
        }
      }
      return left == 0
    }

    /// The node has this room on the cluster; what has been laid there is laid
    /// again.
    mutating func renew(_ n: Int, _ room: NodeRoom) -> Bool {
      guard let place = position[n] else { return true }
      rooms[place] = room
      for ask in laid[place] where !rooms[place].take(ask) { return false }
      return true
    }
  }

  /// Whether the node's work fits on nodes that stay; if so it is laid there. A gang
  /// leaves all its nodes, and is laid anew as a whole.
  private mutating func fitsElsewhere(
    _ n: Int,
    _ known: inout RemovalTrial,
    _ autoscaler: AutoscalerState
  ) -> Bool {
    if known.receives.contains(n) { return false }
    var trial = known
    var targets: Set<Int> = []
    var fits = true
    for entry in residents.entries(on: n) where fits {
      let job = entry.job
      if isExpendable(job, autoscaler) || trial.lifted.contains(job) { continue }
      if entry.piece >= 0 {
        trial.lifted.append(job)
        lift(job)
        for number in 0..<partCount(job) where fits {
          let node = part(of: job, number).node
          fits = trial.renew(node, NodeRoom(node, cluster))
        }
      }
      fits = fits && trial.lay(provisionersView(of: requests[Int(shapes[job].rawValue)]), but: n, &targets)
    }
    guard fits else {
      for job in trial.lifted[known.lifted.count...].reversed() { putBack(job) }
      return false
    }
    known = trial
    known.receives.formUnion(targets)
    known.going.insert(n)
    return true
  }

  /// Whether less of the node is requested than it must be to stay: of its GPUs,
  /// if it has any; else of CPU and memory (simulator/utilization/info.go).
  private func isLittleUsed(_ n: Int, _ autoscaler: AutoscalerState) -> Bool {
    let node = cluster.nodes[n]
    let machine = cluster.fleet.nodes[n]
    var gpus = Int32(node.gpuCount) * 1000
    for g in 0..<Int(node.gpuCount) { gpus -= Int32(cluster.gpuFree[n * cluster.stride + g]) }
    var cpu = machine.cpuMilli - node.cpuFree
    var memory = machine.memoryMiB - node.memoryFree
    for entry in residents.entries(on: n) where isExpendable(entry.job, autoscaler) {
      let request =
        entry.piece < 0
        ? requests[Int(shapes[entry.job].rawValue)]
        : pieceRequest(requests[Int(shapes[entry.job].rawValue)], pieces[entry.piece])
      gpus -= request.takenMilli
      cpu -= request.cpu
      memory -= request.memory
    }
    func share(_ used: Int32, _ all: Int32) -> Double { all > 0 ? Double(used) / Double(all) : 0 }
    if node.gpuCount > 0 {
      return share(gpus, Int32(node.gpuCount) * 1000) < autoscaler.spec.gpuThreshold
    }
    return max(share(cpu, machine.cpuMilli), share(memory, machine.memoryMiB)) < autoscaler.spec.threshold
  }

  private func hasWorkThatCounts(_ n: Int, _ autoscaler: AutoscalerState) -> Bool {
    residents.entries(on: n).contains { !isExpendable($0.job, autoscaler) }
  }

  /// Whether its work may move: no job that is protected, and workers of a gang,
  /// which stop the others, only where that is accepted.
  private func canMove(_ n: Int, _ autoNodes: Provisioner, _ autoscaler: AutoscalerState) -> Bool {
    residents.entries(on: n).allSatisfy { entry in
      (entry.piece < 0 || autoscaler.spec.movesGangs || isExpendable(entry.job, autoscaler))
        && !autoNodes.isProtected[Int(input.jobs.jobClass[entry.job].rawValue)]
    }
  }
}
