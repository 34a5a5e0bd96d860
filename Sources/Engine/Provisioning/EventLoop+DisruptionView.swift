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

  /// What is known of shapes in one look: two nodes that are up and have room for
  /// it (-1: there is none).
  struct Hopes {
    var nodes: [Int32: (Int, Int)] = [:]
  }

  /// Nodes that are up and may go, unless they hold work that must not be
  /// disturbed, in the order of the fleet.
  func candidates(
    _ autoNodes: Provisioner,
    at now: Int64,
    where isWanted: (Int) -> Bool
  ) -> [Consolidation.Candidate] {
    var result: [Consolidation.Candidate] = []
    for (number, group) in autoNodes.spec.groups.enumerated() where group.purchase != .owned {
      for n in group.nodes where autoNodes.stage(n) == .up && isWanted(n) {
        guard autoNodes.nominatedUntil[n] <= now, !autoNodes.isChosen[n] else { continue }
        let entries = residents.entries(on: n)
        if entries.contains(where: { autoNodes.isProtected[Int(input.jobs.jobClass[$0.job].rawValue)] }) {
          continue
        }
        var priorities: [Int32] = []
        for entry in entries {
          let pods = entry.piece < 0 ? 1 : Int(pieces[entry.piece].workers)
          priorities += Array(repeating: input.jobs.priority[entry.job], count: pods)
        }
        result.append(
          Consolidation.Candidate(
            node: n,
            price: group.marginalPrice,
            cost: Consolidation.cost(priorities: priorities),
            isSpot: group.purchase == .spot,
            type: typeOfGroup(number, autoNodes)
          )
        )
      }
    }
    return result
  }

  /// The first group of equal machines.
  private func typeOfGroup(_ number: Int, _ autoNodes: Provisioner) -> Int {
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
  func jobsThatLeave(_ autoNodes: Provisioner) -> [Int] {
    var seen: Set<Int> = []
    var result: [Int] = []
    for n in autoNodes.clearing {
      for entry in residents.entries(on: Int(n)) where seen.insert(entry.job).inserted {
        if !autoNodes.isProtected[Int(input.jobs.jobClass[entry.job].rawValue)] { result.append(entry.job) }
      }
    }
    return result
  }

  mutating func view(_ autoNodes: Provisioner, at now: Int64) -> DisruptionView {
    let spec = autoNodes.spec
    let leaving = jobsThatLeave(autoNodes)
    var nodes = (0..<cluster.nodeCount).filter { cluster.isUp($0) }
    let up = nodes.count
    nodes += autoNodes.starting.map(Int.init)
    let offers = spec.groups.enumerated().map { number, group in
      DisruptionTrial.Offer(
        pool: group.pool,
        price: group.marginalPrice,
        preference: group.purchase.preference,
        isSpot: group.purchase == .spot,
        type: typeOfGroup(number, autoNodes),
        gpus: autoNodes.gpusPerNode[number],
        idle: NodeRoom(idle: group.nodes.lowerBound, cluster),
        left: min(autoNodes.left(number, at: now), machines(of: number, autoNodes))
      )
    }
    let trial = DisruptionTrial(
      offers,
      weights: spec.pools.map(\.weight),
      limits: spec.pools.indices.map { autoNodes.limits($0) }
    )
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

  /// Whether each job of the node might find a place elsewhere, looked at
  /// alone: most nodes of a full fleet are ruled out by this.
  func mayGo(_ candidate: Consolidation.Candidate, _ view: DisruptionView, _ hopes: inout Hopes) -> Bool {
    for entry in residents.entries(on: candidate.node) {
      // A gang frees room for itself.
      if entry.piece >= 0 { return true }
      let shape = shape(Int32(entry.job))
      let ask = provisionersView(of: requests[Int(shape)])
      let isBought = view.trial.offers.contains { offer in
        var room = offer.idle
        return offer.left > 0 && offer.price < candidate.price && room.take(ask)
      }
      if isBought { continue }
      if hopes.nodes[shape] == nil {
        var found = view.nodes[..<view.up].indices.lazy.filter { place in
          var room = view.rooms[place]
          return room.take(ask)
        }.prefix(2).map { view.nodes[$0] }.makeIterator()
        hopes.nodes[shape] = (found.next() ?? -1, found.next() ?? -1)
      }
      let (first, second) = hopes.nodes[shape]!
      if first == candidate.node ? second < 0 : first < 0 { return false }
    }
    return true
  }
}
