import SimulationKernel

/// Nodes drain, go into maintenance, and return.
extension EventLoop {
  mutating func scheduleMaintenances() {
    for (number, plan) in input.maintenances.enumerated() {
      feed.push(
        EventKey(time: SimTime(nanoseconds: plan.startNanoseconds), phase: Phase.fault),
        payload: MaintenanceProgress.payload(.start, number)
      )
    }
  }

  mutating func maintain(_ entry: CalendarEntry, at now: SimTime) {
    let (step, subject) = MaintenanceProgress.meaning(entry.payload)
    switch step {
    case .start: beginTurns(of: subject, at: now)
    case .limit: interruptResidents(of: subject, at: now)
    case .review: isPassPending = true
    case .end:
      // A node that failed meanwhile returns when it is repaired.
      if maintenance.turn[subject] == entry.generation {
        endRelayout(subject, succeeds: true, at: now.nanoseconds)
        raise(subject)
      }
      freeSlot(of: subject, at: now)
    }
    explainDemands(at: now.nanoseconds)
    reviewCauses(at: now)
  }

  /// As many nodes begin to drain as may be out at a time.
  private mutating func beginTurns(of number: Int, at now: SimTime) {
    let plan = input.maintenances[number]
    while maintenance.next[number] < plan.nodes.count && maintenance.out[number] < plan.atOnce {
      let node = Int(plan.nodes[maintenance.next[number]].rawValue)
      maintenance.next[number] += 1
      guard cluster.isUp(node) else { continue }
      maintenance.out[number] += 1
      maintenance.current[node] = Int32(number)
      drain(node, at: now)
      guard cluster.isDraining(node), let limit = plan.drainLimit else { continue }
      if limit == .zero {
        interruptResidents(of: node, at: now)
      } else {
        push(.limit, node, at: now, after: limit)
      }
    }
  }

  /// The node takes no new work; with nothing on it, it is down at once.
  mutating func drain(_ node: Int, at now: SimTime) {
    guard cluster.isUp(node) else { return }
    maintenance.turn[node] &+= 1
    if let heldGangs { dropHeld(on: node, heldGangs, at: now) }
    setCondition(.draining, node)
    if residents.first(node: node) == nil { goDown(node, at: now) }
  }

  /// A job has left a node that drains.
  mutating func noteLeft(_ node: Int) {
    guard residents.first(node: node) == nil, mounts.emptying[node] == nil else { return }
    if let autoNodes, autoNodes.groupOf[node] >= 0 { return noteAutoNodeLeft(node, autoNodes) }
    if cluster.isClearing(node) { return layOut(node, at: feed.now.time) }
    goDown(node, at: feed.now.time)
  }

  private mutating func goDown(_ node: Int, at now: SimTime) {
    maintenance.turn[node] &+= 1
    setCondition(.maintenance, node)
    let number = Int(maintenance.current[node])
    if number >= 0 { push(.end, node, at: now, after: input.maintenances[number].duration) }
  }

  /// The node is given another fate than its maintenance had in mind.
  mutating func endMaintenance(_ node: Int, at now: SimTime) {
    maintenance.turn[node] &+= 1
    endRelayout(node, succeeds: false, at: now.nanoseconds)
    // What is down keeps its slot until its time is over.
    if cluster.isDraining(node) { freeSlot(of: node, at: now) }
  }

  private mutating func freeSlot(of node: Int, at now: SimTime) {
    let number = Int(maintenance.current[node])
    guard number >= 0 else { return }
    maintenance.current[node] = -1
    maintenance.out[number] -= 1
    beginTurns(of: number, at: now)
  }

  private mutating func push(
    _ step: MaintenanceProgress.Step,
    _ node: Int,
    at now: SimTime,
    after span: SimDuration
  ) {
    // A step beyond the latest instant never comes.
    guard span <= SimTime.latest - now else { return }
    feed.push(
      EventKey(time: now + span, phase: step == .end ? Phase.repair : Phase.fault),
      payload: MaintenanceProgress.payload(step, node),
      generation: maintenance.turn[node]
    )
  }
}
