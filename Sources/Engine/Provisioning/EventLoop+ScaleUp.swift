import SimulationKernel

/// The cluster-autoscaler's scans: of one group, or of groups that are alike,
/// nodes are launched; where none were, nodes may go.
extension EventLoop {
  /// What a scan sees: nodes that are up, in the order of the fleet, what they
  /// have left beside what waits, and what waits and fits nowhere.
  struct Scan {
    var nodes: [Int] = []
    var rooms: [NodeRoom] = []
    /// By node of the list: what waits and would go there.
    var laid: [[Request]] = []
    var unserved: [ScaleUp.Batch] = []
  }

  /// At the next full scan: at this instant, if its scan is still to come.
  mutating func scheduleScan(
    _ autoNodes: Provisioner,
    _ autoscaler: AutoscalerState,
    at instant: Int64
  ) {
    guard instant < Provisioner.never else { return }
    let scan = autoscaler.spec.scan.nanoseconds
    let now = feed.now.time.nanoseconds
    let hasBeen = now == 0 || feed.now.phase >= Phase.timer || autoscaler.passedAt == now
    let earliest = max(instant, hasBeen ? now + 1 : now)
    autoNodes.due = min(autoNodes.due, (earliest + scan - 1) / scan * scan)
    scheduleLook(autoNodes)
  }

  mutating func scan(_ autoNodes: Provisioner, _ autoscaler: AutoscalerState, at now: Int64) {
    let seen = scanned(autoNodes, autoscaler, at: now)
    if !seen.unserved.isEmpty, scaleUp(seen.unserved, autoNodes, autoscaler, at: now) {
      // Other groups, what is left, and nodes that may go have their turn at the
      // next scan (core/static_autoscaler.go: no scale-down in this iteration).
      return scheduleScan(autoNodes, autoscaler, at: now)
    }
    scaleDown(seen, autoNodes, autoscaler, at: now)
  }

  /// Whether neither growth nor a node's stay depends on the job.
  func isExpendable(_ job: Int, _ autoscaler: AutoscalerState) -> Bool {
    input.jobs.priority[job] < autoscaler.spec.priorityCutoff
  }

  /// What waits is put on nodes that are up, as some workers of a gang may be, and
  /// then on nodes that come: by request, in the order of the first jobs. Jobs of
  /// this instant have not been refused yet, and are seen at the next scan.
  private func scanned(_ autoNodes: Provisioner, _ autoscaler: AutoscalerState, at now: Int64) -> Scan {
    var scan = Scan()
    let jobs = waitingForNodes().filter {
      arrival[Int($0)].nanoseconds < now && !isExpendable(Int($0), autoscaler)
    }.sorted()
    if jobs.isEmpty && !autoscaler.spec.scalesDown { return scan }
    for n in 0..<cluster.nodeCount where cluster.isUp(n) {
      scan.nodes.append(n)
      scan.rooms.append(NodeRoom(n, cluster))
    }
    scan.laid = Array(repeating: [], count: scan.nodes.count)
    var position: [Int32: Int] = [:]
    for job in jobs {
      let shape = Int32(shapes[Int(job)].rawValue)
      if let known = position[shape] {
        scan.unserved[known].workers += Int(scan.unserved[known].ask.workers)
      } else {
        let ask = provisionersView(of: requests[Int(shape)])
        position[shape] = scan.unserved.count
        scan.unserved.append(ScaleUp.Batch(ask: ask, workers: Int(ask.workers)))
      }
    }
    // Single workers that were refused fit on no node that is up; but a node that
    // has just come up takes what waits at the end of this instant.
    let triesUp = isPassPending || scan.unserved.contains { $0.ask.workers > 1 }
    var starting: [NodeRoom] = []
    for n in autoNodes.starting { starting.append(NodeRoom(Int(n), cluster)) }
    for batch in scan.unserved.indices {
      let ask = scan.unserved[batch].ask
      var place = triesUp ? 0 : scan.rooms.count
      while scan.unserved[batch].workers > 0 && place < scan.rooms.count {
        if scan.rooms[place].take(ask) {
          scan.laid[place].append(ask)
          scan.unserved[batch].workers -= 1
        } else {
          place += 1
        }
      }
      place = 0
      while scan.unserved[batch].workers > 0 && place < starting.count {
        if starting[place].take(ask) { scan.unserved[batch].workers -= 1 } else { place += 1 }
      }
    }
    scan.unserved.removeAll { $0.workers == 0 }
    return scan
  }

  /// Whether nodes were asked for.
  private mutating func scaleUp(
    _ batches: [ScaleUp.Batch],
    _ autoNodes: Provisioner,
    _ autoscaler: AutoscalerState,
    at now: Int64
  ) -> Bool {
    let spec = autoNodes.spec
    let alike =
      autoscaler.spec.balancesSimilarGroups ? similarGroups(autoNodes) : spec.groups.indices.map { [$0] }
    let offers = spec.groups.enumerated().map { number, group in
      ScaleUp.Offer(
        weight: spec.pools[group.pool].weight,
        price: group.marginalPrice,
        idle: NodeRoom(idle: group.nodes.lowerBound, cluster),
        left: left(of: alike[number], autoNodes, at: now).count
      )
    }
    let options = ScaleUp(offers: offers, batches: batches).options()
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
    guard let choice else {
      scheduleScan(autoNodes, autoscaler, at: autoNodes.endOfPauses(after: now))
      return false
    }
    let growth = left(of: alike[choice.group], autoNodes, at: now)
    for (group, nodes) in growth.balanced(choice.nodes) {
      for _ in 0..<nodes {
        guard launch(group, autoNodes, at: now) != nil else {
          noteFailedLaunch(group, autoNodes, at: now)
          break
        }
        autoscaler.lastGrowth = now
      }
    }
    return true
  }

  /// What groups that are alike could grow by.
  private func left(of groups: [Int], _ autoNodes: Provisioner, at now: Int64) -> SimilarGroups {
    SimilarGroups(
      groups: groups.map { group in
        SimilarGroups.Member(
          group: group,
          pool: autoNodes.spec.groups[group].pool,
          size: autoNodes.size(group),
          left: autoNodes.left(group, at: now)
        )
      },
      mostOfPool: autoNodes.spec.pools.indices.map { pool in
        let limits = autoNodes.limits(pool)
        let gpus = autoNodes.gpusPerNode[groups[0]]
        return gpus > 0 ? min(limits.nodes, limits.gpus / gpus) : limits.nodes
      }
    )
  }

  /// By group: those of equal machines, labels and taints (as far as any job asks
  /// for them) that are bought alike, in their order.
  private func similarGroups(_ autoNodes: Provisioner) -> [[Int]] {
    let groups = autoNodes.spec.groups
    return groups.indices.map { own in
      groups.indices.filter { other in
        typeOfGroup(other, autoNodes) == typeOfGroup(own, autoNodes)
          && groups[other].purchase == groups[own].purchase
          && (groups[other].replicas == nil) == (groups[own].replicas == nil)
          && cluster.nodes[groups[other].nodes.lowerBound].classBit
            == cluster.nodes[groups[own].nodes.lowerBound].classBit
      }
    }
  }

  /// There was no capacity, or the node did not come in time: the group is left
  /// out for a while.
  mutating func noteFailedLaunch(_ group: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let autoscaler = autoNodes.autoscaler else { return }
    autoNodes.pausedUntil[group] = autoscaler.fails(group, at: now)
    // The group has become smaller, perhaps as small as it may be.
    scheduleScan(autoNodes, autoscaler, at: now)
  }
}
