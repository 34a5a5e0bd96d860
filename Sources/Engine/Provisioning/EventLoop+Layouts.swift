import Outcome

/// Layouts of GPUs that are chosen with their nodes.
extension EventLoop {
  /// A node that is launched gets the layouts that hold what it is launched
  /// for, and of these the ones of most use to the mix.
  mutating func chooseLayouts(_ node: Int, for room: NodeRoom?) {
    guard let mig = cluster.mig, mig.choosesLayouts(node) else { return }
    let gpus = Int(cluster.nodes[node].gpuCount)
    mig.chooseLayouts(node, gpus: gpus, holding: room?.demand ?? MIGPacking.Counts())
    cluster.summarise(node)
  }

  /// A node that is gone leaves nothing behind.
  mutating func loseLayouts(_ node: Int) {
    guard let mig = cluster.mig, mig.choosesLayouts(node) else { return }
    mig.loseLayouts(node, gpus: Int(cluster.nodes[node].gpuCount))
    cluster.summarise(node)
  }

  /// Whether the request fits on the node once it is up.
  func wouldHold(_ request: Request, _ n: Int, _ autoNodes: Provisioner) -> Bool {
    guard request.slice >= 0, autoNodes.stage(n) == .gone else { return cluster.hasRoom(request, n) }
    var room = NodeRoom(idle: n, cluster)
    return room.take(request)
  }
}
