import Workload

/// Rules between jobs: who comes and goes is counted, and nodes are closed and
/// opened for the shapes that obey.
extension EventLoop {
  /// The nodes that rules close while nobody runs.
  mutating func closeNodesAtStart() {
    guard let rules else { return }
    for node in 0..<cluster.nodeCount {
      let closed = rules.closedAtStart(node)
      cluster.nodes[node].closedBy = closed
      index.closedBy[node] = closed
    }
  }

  /// Workers of the shape have come to the node (+1) or gone (-1). Refusals of
  /// shapes that look at them no longer stand.
  mutating func countForRules(_ shape: Int, node: Int, by sign: Int32) {
    guard let rules else { return }
    for moved in count(rules, shape, node, sign, ofGang: false) { queue.reconsider(request: Int(moved)) }
  }

  /// `ofGang`: only the rules of the gang that is being laid, or only the others.
  private func count(_ rules: RuleState, _ shape: Int, _ node: Int, _ sign: Int32, ofGang: Bool) -> [Int32] {
    rules.change(shape, node: node, by: sign, ofGang: ofGang) { node, rule, isClosed in
      if isClosed {
        cluster.nodes[node].closedBy |= rule
        index.closedBy[node] |= rule
      } else {
        cluster.nodes[node].closedBy &= ~rule
        index.closedBy[node] &= ~rule
      }
    }
  }

  /// Worker by worker, each where the policy would put it beside those that
  /// lie already, as kube-scheduler places pods.
  ///
  /// - Parameter own: the job's shape; `shape` may be one of its preferences.
  mutating func layByRules(_ worker: Request, _ shape: Int, own: Int) -> Bool {
    guard let rules else { return false }
    let first = pieces.count
    var moved: Set<Int32> = []
    for _ in 0..<worker.workers {
      let placement = find(worker, shape: shape)
      if placement.node < 0 { break }
      lay(worker, 1, placement.node, placement.gpuMask)
      _ = count(rules, own, placement.node, 1, ofGang: true)
      moved.formUnion(count(rules, own, placement.node, 1, ofGang: false))
    }
    let isLaid = pieces.count - first == Int(worker.workers)
    for piece in pieces[first...].reversed() {
      _ = count(rules, own, Int(piece.node), -1, ofGang: true)
      if !isLaid { _ = count(rules, own, Int(piece.node), -1, ofGang: false) }
    }
    if isLaid { for other in moved.sorted() { queue.reconsider(request: Int(other)) } }
    return isLaid
  }
}
