import SimulationKernel

/// The cluster-autoscaler launches nodes: of one group at each scan.
extension EventLoop {
  /// At the next full scan; one at this instant has been.
  mutating func scheduleScan(
    _ autoNodes: Provisioner,
    _ autoscaler: AutoscalerState,
    at instant: Int64
  ) {
    guard instant < Provisioner.never else { return }
    let scan = autoscaler.spec.scan.nanoseconds
    let earliest = max(instant, feed.now.time.nanoseconds + 1)
    autoNodes.due = min(autoNodes.due, (earliest + scan - 1) / scan * scan)
    scheduleLook(autoNodes)
  }

  mutating func scaleUp(_ autoNodes: Provisioner, _ autoscaler: AutoscalerState, at now: Int64) {
    let jobs = waitingForNodes()
    guard !jobs.isEmpty else { return }
    let spec = autoNodes.spec
    let offers = spec.groups.enumerated().map { number, group in
      ScaleUp.Offer(
        weight: spec.pools[group.pool].weight,
        price: group.marginalPrice,
        idle: NodeRoom(idle: group.nodes.lowerBound, cluster),
        left: autoNodes.left(number, at: now)
      )
    }
    let up = ScaleUp(offers: offers, batches: unserved(jobs, autoNodes))
    let options = up.options()
    var again = autoNodes.endOfPauses(after: now)
    let choice = ScaleUp.choose(
      options,
      by: autoscaler.spec.expanders,
      weights: { offers[$0].weight }
    ) {
      autoscaler.choices += 1
      let stream = RandomStream(
        seed: autoNodes.seed,
        stream: StreamName("auto-nodes/expander"),
        entity: autoscaler.choices
      )
      return stream.uniform(0)
    }
    if let choice {
      for _ in 0..<choice.nodes {
        guard launch(choice.group, autoNodes, at: now) != nil else {
          noteFailedLaunch(choice.group, autoNodes, at: now)
          break
        }
        autoscaler.lastGrowth = now
      }
      // Other groups, and what is left, come at the next scan.
      again = now
    }
    scheduleScan(autoNodes, autoscaler, at: again)
  }

  /// What waits and fits on no node that comes, nor on one that is up, as some
  /// workers of a gang may; by request, in the order of the first jobs.
  private mutating func unserved(_ jobs: [Int32], _ autoNodes: Provisioner) -> [ScaleUp.Batch] {
    let jobs = jobs.sorted()
    let hasGangs = jobs.contains { requests[Int(shapes[Int($0)].rawValue)].workers > 1 }
    var rooms: [NodeRoom] = []
    // A node that has just come up takes what waits at the end of this instant.
    if hasGangs || isPassPending {
      for n in 0..<cluster.nodeCount where cluster.isUp(n) { rooms.append(NodeRoom(n, cluster)) }
    }
    for n in autoNodes.starting { rooms.append(NodeRoom(Int(n), cluster)) }
    var batches: [ScaleUp.Batch] = []
    var position: [Int32: Int] = [:]
    for job in jobs {
      let shape = shapes[Int(job)].rawValue
      if let known = position[Int32(shape)] {
        batches[known].workers += Int(batches[known].ask.workers)
      } else {
        let ask = provisionersView(of: requests[Int(shape)])
        position[Int32(shape)] = batches.count
        batches.append(ScaleUp.Batch(ask: ask, workers: Int(ask.workers)))
      }
    }
    for batch in batches.indices {
      var place = 0
      while batches[batch].workers > 0 && place < rooms.count {
        if rooms[place].take(batches[batch].ask) { batches[batch].workers -= 1 } else { place += 1 }
      }
    }
    return batches.filter { $0.workers > 0 }
  }

  /// There was no capacity, or the node did not come in time: the group is left
  /// out for a while.
  mutating func noteFailedLaunch(_ group: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let autoscaler = autoNodes.autoscaler else { return }
    autoNodes.pausedUntil[group] = autoscaler.fails(group, at: now)
  }
}
