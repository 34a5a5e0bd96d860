import Outcome

/// What a disruption controller sees of the cluster.
extension EventLoop {
  /// The cluster at a look: what a trial starts from.
  struct DisruptionView {
    var trial: DisruptionTrial
    /// Nodes that are up, ascending, then nodes that come, and what they have left.
    var nodes: [Int]
    var rooms: [NodeRoom]
    var up: Int
    /// Work that waits, and work on nodes that go already.
    var pending: [DisruptionTrial.Work]
  }

  /// Nodes that are up and may go, unless they hold work that must not be
  /// disturbed now, in the order of the fleet.
  func candidates(
    _ autoNodes: Provisioner,
    at now: Int64,
    where isWanted: (Int) -> Bool
  ) -> [Consolidation.Candidate] {
    var result: [Consolidation.Candidate] = []
    for (number, group) in autoNodes.spec.groups.enumerated() where group.purchase != .owned {
      for n in group.nodes where autoNodes.stage(n) == .up && isWanted(n) {
        guard autoNodes.nominatedUntil[n] <= now, !autoNodes.isChosen[n] else { continue }
        let mustStay = residents.entries(on: n).contains { entry in
          protectedUntil(entry.job, autoNodes) > now
            || budgets?.allowance(Int(input.jobs.jobClass[entry.job].rawValue)) == 0
        }
        if mustStay { continue }
        result.append(
          Consolidation.Candidate(
            node: n,
            price: group.marginalPrice,
            cost: costOfWork(on: n),
            isSpot: group.purchase == .spot,
            type: autoNodes.types[number],
            pool: group.pool
          )
        )
      }
    }
    return result
  }

  /// The first group of equal machines.
  func typeOfGroup(_ number: Int, _ autoNodes: Provisioner) -> Int {
    func spec(_ group: Int) -> NodeState {
      cluster.nodes[autoNodes.spec.groups[group].nodes.lowerBound]
    }
    let own = spec(number)
    let ownModel = cluster.fleet.nodes[autoNodes.spec.groups[number].nodes.lowerBound].gpuModel
    return autoNodes.spec.groups.indices.first { other in
      let machine = spec(other)
      return machine.cpuTotal == own.cpuTotal && machine.memoryTotal == own.memoryTotal
        && machine.gpuCount == own.gpuCount
        && cluster.fleet.nodes[autoNodes.spec.groups[other].nodes.lowerBound].gpuModel == ownModel
    }!
  }

  /// Jobs on nodes that are to go, which they will have to leave.
  func jobsThatLeave(_ autoNodes: Provisioner, at now: Int64) -> [Int] {
    var seen: Set<Int> = []
    var result: [Int] = []
    for n in autoNodes.clearing {
      for entry in residents.entries(on: Int(n)) where seen.insert(entry.job).inserted {
        if protectedUntil(entry.job, autoNodes) <= now { result.append(entry.job) }
      }
    }
    return result
  }

  /// What could be launched now.
  func trial(_ autoNodes: Provisioner, at now: Int64) -> DisruptionTrial {
    let spec = autoNodes.spec
    let offers = spec.groups.enumerated().map { number, group in
      DisruptionTrial.Offer(
        pool: group.pool,
        price: group.marginalPrice,
        preference: group.purchase.preference,
        isSpot: group.purchase == .spot,
        type: autoNodes.types[number],
        gpus: autoNodes.gpusPerNode[number],
        idle: NodeRoom(idle: group.nodes.lowerBound, cluster),
        left: min(autoNodes.left(number, at: now), machines(of: number, autoNodes))
      )
    }
    return DisruptionTrial(
      offers,
      weights: spec.pools.map(\.weight),
      limits: spec.pools.indices.map { autoNodes.limits($0) }
    )
  }

  mutating func view(_ autoNodes: Provisioner, at now: Int64) -> DisruptionView {
    let leaving = jobsThatLeave(autoNodes, at: now)
    var nodes = (0..<cluster.nodeCount).filter { cluster.isUp($0) }
    let up = nodes.count
    nodes += autoNodes.starting.map(Int.init)
    let trial = trial(autoNodes, at: now)
    // A gang leaves its other nodes too.
    let gangs = leaving.filter { requests[Int(shapes[$0].rawValue)].workers > 1 }
    for job in gangs { lift(job) }
    var rooms: [NodeRoom] = []
    for n in nodes { rooms.append(NodeRoom(n, cluster)) }
    for job in gangs.reversed() { putBack(job) }
    let pending = (waitingForNodes() + leaving.map(Int32.init)).map {
      DisruptionTrial.Work(job: $0, shape: shape($0), isMoved: false)
    }
    return DisruptionView(trial: trial, nodes: nodes, rooms: rooms, up: up, pending: pending)
  }

  private func shape(_ job: Int32) -> Int32 { Int32(shapes[Int(job)].rawValue) }

  /// Where the work of these nodes would go without them. Gangs give up their
  /// other nodes too.
  mutating func outcome(of leaving: [Int], _ view: DisruptionView, _ autoNodes: Provisioner)
    -> DisruptionTrial.Result
  {
    let isLeaving = Set(leaving)
    var seen = Set(view.pending.map(\.job))
    var moved: [DisruptionTrial.Work] = []
    var gangs: [Int] = []
    for n in leaving {
      for entry in residents.entries(on: n) where seen.insert(Int32(entry.job)).inserted {
        let job = Int32(entry.job)
        moved.append(DisruptionTrial.Work(job: job, shape: shape(job), isMoved: true))
        if entry.piece >= 0 { gangs.append(entry.job) }
      }
    }
    var others: Set<Int> = []
    for job in gangs {
      for position in 0..<partCount(job) { others.insert(part(of: job, position).node) }
      lift(job)
    }
    var rooms: [NodeRoom] = []
    rooms.reserveCapacity(view.rooms.count)
    var up = view.up
    for (place, n) in view.nodes.enumerated() {
      if isLeaving.contains(n) {
        up -= 1
      } else {
        rooms.append(others.contains(n) ? NodeRoom(n, cluster) : view.rooms[place])
      }
    }
    for job in gangs.reversed() { putBack(job) }
    let work = view.pending + moved
    var asks: [Int32: Request] = [:]
    for one in work where asks[one.shape] == nil {
      asks[one.shape] = provisionersView(of: requests[Int(one.shape)])
    }
    return view.trial.run(work, rooms: rooms, up: up, asks: asks)
  }

  // MARK: - The same slowly

  /// What would be decided about underused nodes if nothing were known from before:
  /// every candidate is looked at, on copies of all nodes.
  mutating func slowConsolidation(
    _ autoNodes: Provisioner,
    allowed: [Int],
    unseen: Set<Int>,
    at now: Int64
  ) -> Provisioner.Command? {
    let settled = candidates(autoNodes, at: now) {
      autoNodes.settledAt($0) <= now && autoNodes.emptySince[$0] < 0 && autoNodes.group($0).isDynamic
    }
    let ordered = Consolidation.ordered(settled)
    let view = view(autoNodes, at: now)
    var left = allowed
    var together: [Consolidation.Candidate] = []
    for candidate in ordered where left[candidate.pool] > 0 {
      left[candidate.pool] -= 1
      together.append(candidate)
    }
    let spec = autoNodes.spec
    let prices = autoNodes.poolPrices()
    var totals = prices.map { Consolidation.Balance.Totals(price: $0) }
    for group in spec.groups {
      for n in group.nodes where autoNodes.isServing[n] { totals[group.pool].cost += costOfWork(on: n) }
    }
    let rule = Consolidation(
      spotToSpot: spec.spotToSpot,
      balance: spec.balance.map { Consolidation.Balance(threshold: $0, totals: totals) }
    )
    func most(_ limit: Int64) -> Int {
      Consolidation.mostTrials(each: spec.trialTime.nanoseconds, within: limit)
    }
    let found = rule.together(together, view.trial.offers, mostTrials: most(AutoNodes.longestTogether)) {
      outcome(of: $0.map(\.node), view, autoNodes)
    }
    if let found { return Provisioner.Command(found.nodes, found.decision) }
    let single = rule.alone(
      Consolidation.inTurns(ordered, pools: spec.turns(after: unseen)),
      allowed: allowed,
      view.trial.offers,
      mostTrials: most(AutoNodes.longestAlone)
    ) { outcome(of: [$0.node], view, autoNodes) }
    return single.node.map { Provisioner.Command([$0], single.decision) }
  }
}
