import Outcome

/// Waiting for nodes that come, and for nodes that cannot be had.
extension EventLoop {
  /// Whether a refused job would fit if the nodes that start were up, or, next,
  /// if the types without capacity had some; nil: neither.
  func causeOfMissingNodes(_ shape: Int, _ request: Request, _ autoNodes: Provisioner) -> WaitCause? {
    if holds(request, gangs[shape], with: autoNodes.starting.map(Int.init), autoNodes) {
      return .provisioning
    }
    let now = feed.now.time.nanoseconds
    var missing: [Int] = []
    for (number, group) in autoNodes.spec.groups.enumerated() where autoNodes.pausedUntil[number] > now {
      missing += group.nodes.filter { autoNodes.stage($0) == .gone }
    }
    guard !missing.isEmpty else { return nil }
    let all = autoNodes.starting.map(Int.init) + missing
    return holds(request, gangs[shape], with: all, autoNodes) ? .stockOut : nil
  }

  /// Whether all workers fit on the nodes that are up and on these, and need one
  /// of these.
  private func holds(
    _ request: Request,
    _ gang: Gang,
    with nodes: [Int],
    _ autoNodes: Provisioner
  ) -> Bool {
    guard request.workers > 1 else { return nodes.contains { wouldHold(request, $0, autoNodes) } }
    guard !nodes.isEmpty else { return false }
    var room = room(request, gang, countsDown: false)
    if room.holds(gang) { return false }
    for n in nodes { room.add(roomOnNode(request, n), n, for: gang) }
    return room.holds(gang)
  }
}
