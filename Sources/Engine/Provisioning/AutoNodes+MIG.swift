import Hardware

extension AutoNodes {
  /// Why nodes that are cut so do not come and go, or nil.
  public func problem(_ fleet: Fleet, _ sharing: SharingMode, _ mig: MIGSpec) -> String? {
    guard sharing == .mig else { return nil }
    if mig.relayout != nil {
      return "nodes that come and go are not laid out anew: what they have holds until they are gone"
    }
    /// By GPU that can be cut.
    func cuts(_ n: Int) -> [MIGSpec.Cut] {
      let node = fleet.nodes[n]
      guard let model = node.gpuModel, fleet.migGeometry(ofModel: fleet.gpuModels[Int(model.rawValue)]) != nil
      else { return [] }
      if mig.cuts.isEmpty { return Array(repeating: .dynamic, count: node.gpuCount) }
      // Another number of nodes is refused with the cuts themselves.
      let stated = mig.cuts.indices.contains(n) ? mig.cuts[n] : []
      return (0..<node.gpuCount).map { stated.indices.contains($0) ? stated[$0] : .whole }
    }
    for group in groups {
      let own = cuts(group.nodes.lowerBound)
      if own.isEmpty { continue }
      if group.nodes.contains(where: { cuts($0) != own }) {
        return "the nodes of group '\(group.name)' are cut differently"
      }
      if group.source != nil {
        return "machines on loan, such as those of '\(group.name)', are not cut by MIG"
      }
      if let reason = problem(own, group.name) { return reason }
    }
    let isAuto = { (n: Int) in groups.contains { $0.nodes.contains(n) } }
    if let stranger = fleet.nodes.indices.first(where: { !isAuto($0) && cuts($0).contains(.chosen) }) {
      return "layouts are chosen with nodes that come; '\(fleet.nodes[stranger].name)' is always there"
    }
    return nil
  }

  /// - Parameter cuts: of the nodes of one group.
  private func problem(_ cuts: [MIGSpec.Cut], _ name: String) -> String? {
    let isDynamic = cuts.contains(.dynamic)
    if plan == .cheapestPlan && isDynamic && cuts.contains(where: { $0 != .dynamic }) {
      return "the cheapest plan does not count what nodes hold on only some of whose GPUs instances are "
        + "created on demand, such as those of '\(name)'"
    }
    if view == .gpus && cuts.contains(where: { $0 != .dynamic && $0 != .whole }) {
      return "a provisioner that sees whole GPUs finds none on the nodes of '\(name)', which have layouts"
    }
    guard cuts.contains(.chosen) else { return nil }
    if cuts.contains(where: { $0 != .chosen }) {
      return "layouts are chosen for all GPUs of a node, or for none; '\(name)' has some"
    }
    if clusterAutoscaler != nil {
      return
        "the cluster-autoscaler takes all nodes of a group for alike: no layouts are chosen with the node"
    }
    if consolidatesUnderused || groups.contains(where: { !$0.driftsAt.isEmpty }) {
      return "underused and drifted nodes are not replaced where layouts are chosen with the node: nodes go "
        + "when they are empty"
    }
    return nil
  }
}
