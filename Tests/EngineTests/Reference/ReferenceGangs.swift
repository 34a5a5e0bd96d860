import Engine
import Outcome
import Workload

/// How the workers of a job are laid on nodes, all or none: tried on a copy of
/// the nodes, which replaces them when everything fits.
extension ReferenceSimulator {
  /// Workers of a job on one node.
  struct Piece: Hashable {
    var node: Int
    var gpuMask: UInt16
    var workers: Int
  }
  struct Layout {
    var nodes: [ReferenceNode]
    var pieces: [Piece] = []

    mutating func lay(_ job: Int, _ request: ReferenceRequest, workers: Int, on n: Int, gpus: [Int]) {
      nodes[n].take(job, request, gpus: gpus)
      let mask = gpus.reduce(UInt16(0)) { $0 | 1 << UInt16($1) }
      pieces.append(Piece(node: n, gpuMask: mask, workers: workers))
    }
  }

  /// Where the job would lie on these nodes, or nil.
  func layout(_ j: Int, on nodes: [ReferenceNode]) -> Layout? { layout(j, requests[j], on: nodes) }

  /// The same if it asked this: as a whole on the nodes that it likes best,
  /// else on the next best too, and so on.
  func layout(_ j: Int, _ r: ReferenceRequest, on nodes: [ReferenceNode]) -> Layout? {
    for liked in preferences(r) { if let found = layoutOnAll(j, liked, on: nodes) { return found } }
    return nil
  }

  private func layoutOnAll(_ j: Int, _ r: ReferenceRequest, on nodes: [ReferenceNode]) -> Layout? {
    var layout = Layout(nodes: nodes)
    if r.workers == 1 {
      guard let n = choose(j, r, nodes) else { return nil }
      layout.lay(j, r, workers: 1, on: n, gpus: scores.gpus(r, nodes[n]))
      return layout
    }
    for wish in wishes(j) { if let laid = lay(j, r, as: wish, layout) { return laid } }
    return nil
  }

  private func lay(_ j: Int, _ r: ReferenceRequest, as wish: PlacementWish, _ layout: Layout) -> Layout? {
    switch wish {
    case .anywhere: return layAnywhere(j, r, layout)
    case .oneNode: return lay(j, r, together: [r.workers], layout)
    case .nvlinkDomain, .rack: return layInOneGroup(j, r, wish, layout)
    case .consolidated:
      let most = emptyNodes.map { $0.room(r) }.max()!
      if most == 0 { return nil }
      var groups = Array(repeating: most, count: r.workers / most)
      if r.workers % most > 0 { groups.append(r.workers % most) }
      return lay(j, r, together: groups, layout)
    }
  }

  /// The policy chooses a node for one worker; as many as fit go there. Of
  /// workers that share GPUs, or keep to rules, each is placed for itself.
  private func layAnywhere(_ j: Int, _ r: ReferenceRequest, _ start: Layout) -> Layout? {
    var layout = start
    var left = r.workers
    while left > 0 {
      guard let n = choose(j, r, layout.nodes) else { return nil }
      let node = layout.nodes[n]
      let isSingle = r.isPart || !r.constraints.rules.isEmpty
      let count = isSingle ? 1 : min(left, node.room(r))
      if count == 1 {
        layout.lay(j, r, workers: 1, on: n, gpus: scores.gpus(r, node))
      } else {
        layout.lay(j, r.merged(count), workers: count, on: n, gpus: node.usualGPUs(r.merged(count)))
      }
      left -= count
    }
    return layout
  }

  /// Groups of workers, each on one node: for the policy a group is one
  /// request. Workers that share GPUs go to the first node in tie-break order
  /// with room, one after the other; the policy is not asked.
  func lay(_ j: Int, _ r: ReferenceRequest, together groups: [Int], _ start: Layout) -> Layout? {
    var layout = start
    for count in groups {
      if r.isPart {
        let fitting = layout.nodes.indices.filter { layout.nodes[$0].room(r) >= count }
        guard let n = fitting.min(by: { rank[$0] < rank[$1] }) else { return nil }
        for _ in 0..<count {
          layout.lay(j, r, workers: 1, on: n, gpus: layout.nodes[n].usualGPUs(r))
        }
      } else {
        let all = r.merged(count)
        guard let n = choose(j, all, layout.nodes) else { return nil }
        layout.lay(j, all, workers: count, on: n, gpus: scores.gpus(all, layout.nodes[n]))
      }
    }
    return layout
  }

  func choose(_ j: Int, _ r: ReferenceRequest, _ nodes: [ReferenceNode]) -> Int? {
    let fitting = nodes.indices.filter { nodes[$0].fits(r) && rulesAllow(j, r, on: $0, nodes) }
    let scored = fitting.map { (score: scores.total(r, nodes[$0]), rank: rank[$0], node: $0) }
    return scored.max { ($0.score, -$0.rank) < ($1.score, -$1.rank) }?.node
  }

  /// What a freed node must hold before a refused job is worth another try:
  /// the smallest group of its workers. It decides when the cause of a refused
  /// gang is looked at anew.
  func isWorthTrying(_ j: Int, on n: Int) -> Bool {
    let r = requests[j]
    if r.workers == 1 { return nodes[n].fits(r) && rulesAllow(j, r, on: n, nodes) }
    let someAreDisliked = nodes.contains { $0.taints.contains { $0.effect == .preferNoSchedule } }
    let prefers =
      someAreDisliked || !r.constraints.preferred.isEmpty || !r.constraints.preferredModels.isEmpty
    if prefers { return nodes[n].fits(r) }
    let wish = wishes(j).last!
    // A wish that no fleet grants waits for a wider one.
    if lay(j, r, as: wish, Layout(nodes: emptyNodes)) == nil { return nodes[n].fits(r) }
    if wish == .anywhere || wish.isForOneGroup || r.isPart { return nodes[n].fits(r) }
    if wish == .oneNode { return nodes[n].fits(r.merged(r.workers)) }
    let most = emptyNodes.map { $0.room(r) }.max()!
    return nodes[n].fits(r.merged(r.workers % most > 0 ? r.workers % most : most))
  }

  // MARK: - Causes

  /// Why the job does not fit now.
  func cause(_ j: Int) -> WaitCause {
    let r = requests[j]
    if layout(j, on: repaired(nodes)) != nil { return .failure }
    if r.count > 0 && layout(j, r.ofAnyModel, on: nodes) != nil { return .gpuModel }
    if layout(j, r.unconstrained, on: nodes) != nil { return .nodeConstraint }
    let up = nodes.filter { $0.condition == .up && $0.accepts(r) }
    if r.count > 0, up.reduce(0, { $0 + $1.gpuFree }) < r.takenByAll { return .capacity }
    let room = nodes.map { $0.room(r) }
    guard r.workers > 1, room.max()! > 0 else {
      if r.count > 0, !up.contains(where: { $0.hasGPUs(r) }) { return .fragmentation }
      return up.contains {
        $0.hasGPUs(r) && $0.cpuFree >= r.cpu && rulesAllow(j, r, on: $0.number, nodes)
      } ? .memory : .cpu
    }
    return room.reduce(0, +) >= r.workers ? .placementWish : .gang
  }

  /// The nodes if all that have failed, are in maintenance or drain took work.
  func repaired(_ nodes: [ReferenceNode]) -> [ReferenceNode] {
    nodes.map { node in
      var up = node
      if node.condition != .absent { up.condition = .up }
      return up
    }
  }
}
