import Engine
import Hardware
import SimulationKernel

/// The nodes of virtual clusters.
extension TenancyBuilder {
  /// false: something is wrong.
  func readNodes(
    _ node: Decoded,
    _ file: VClusterFile?,
    into cluster: inout Tenancy.Cluster,
    _ result: inout BuiltTenancy,
    _ takenPools: inout [String: String],
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let word = node["nodes"], let stated = Tenancy.Nodes(rawValue: word.text) else { return false }
    let fromFile = word.origin == .standard ? file?.nodes : nil
    cluster.nodes = fromFile ?? stated
    if cluster.sleep != nil, cluster.nodes == .private {
      let at = node["sleep"] ?? node["from"] ?? node
      return fail(
        at.origin,
        at.keyPath,
        Tenancy.privateNodesDoNotSleep,
        hint: "remove sleep, or say nodes: dedicated",
        &diagnostics
      )
    }
    guard let built else { return true }
    var pools: [(name: String, quantity: Int?, origin: Origin, keyPath: String)] =
      (node["pools"]?.elements ?? []).map { ($0.text, nil, $0.origin, $0.keyPath) }
    if pools.isEmpty { pools = file?.pools.map { ($0.pool, $0.quantity, $0.origin, $0.keyPath) } ?? [] }
    for pool in pools {
      guard let range = built.pools[pool.name] else {
        let known = built.pools.keys.sorted()
        return fail(
          pool.origin,
          pool.keyPath,
          "unknown pool of nodes; found '\(pool.name)'; accepted: \(known.joined(separator: ", "))",
          hint: Hint.didYouMean(pool.name, among: known),
          &diagnostics
        )
      }
      if cluster.nodes == .shared {
        return fail(
          pool.origin,
          pool.keyPath,
          "nodes of its own on shared nodes",
          hint: "say nodes: dedicated or private",
          &diagnostics
        )
      }
      if let other = takenPools.updateValue(cluster.name, forKey: pool.name), other != cluster.name {
        return fail(
          pool.origin,
          pool.keyPath,
          "pool '\(pool.name)' is that of cluster '\(other)' already",
          &diagnostics
        )
      }
      if let quantity = pool.quantity, quantity > range.count {
        return fail(
          pool.origin,
          pool.keyPath,
          "asks for more nodes than the pool has; found \(quantity) of \(range.count)",
          &diagnostics
        )
      }
      cluster.ownNodes += range.prefix(pool.quantity ?? range.count)
      if isAuto(pool.name) { cluster.groups.append(pool.name) }
    }
    if let selector = file?.nodeSelector, cluster.nodes != .private, pools.isEmpty {
      let chosen = built.fleet.nodes.indices.filter { n in
        selector.allSatisfy { built.fleet.nodes[n].label($0.key) == $0.value }
      }
      guard !chosen.isEmpty else {
        let at = file?.selectorOrigin ?? node.origin
        return fail(at, "sync.fromHost.nodes.selector", "chooses no node of the fleet", &diagnostics)
      }
      // The selector alone keeps nobody else off; dedicated nodes are tainted.
      if cluster.nodes == .shared { cluster.allowedNodes = chosen } else { cluster.ownNodes = chosen }
    }
    if let mount = node["mount"] {
      guard readMount(mount, node, into: &cluster, &result, &diagnostics) else { return false }
    }
    if cluster.nodes != .shared, cluster.ownNodes.isEmpty {
      return fail(
        word.origin == .standard ? node.origin : word.origin,
        word.origin == .standard ? node.keyPath : word.keyPath,
        "\(cluster.nodes.rawValue) nodes, and none are named",
        hint: "name pools of fleet.nodes with pools"
          + (cluster.nodes == .private ? ", or mount machines" : ""),
        &diagnostics
      )
    }
    return true
  }

  private func isAuto(_ pool: String) -> Bool {
    (fleet?["nodes"]?.elements ?? []).contains { $0.isSound && $0["name"]?.text == pool && $0["auto"] != nil }
  }

  /// Adds places for machines of the host to the fleet.
  private func readMount(
    _ mount: Decoded,
    _ node: Decoded,
    into cluster: inout Tenancy.Cluster,
    _ result: inout BuiltTenancy,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard mount.isSound, let from = mount["from"], let most = mount["most"], let built else { return false }
    if cluster.nodes != .private {
      return fail(
        mount.origin,
        mount.keyPath,
        "machines are mounted on private nodes only",
        hint: "say nodes: private",
        &diagnostics
      )
    }
    if !statesHorizon {
      return fail(
        mount.origin,
        mount.keyPath,
        "nodes that come and go need a horizon, and none is set",
        hint: "for example horizon: 2w at the top of the file",
        &diagnostics
      )
    }
    guard let host = built.pools[from.text] else {
      let known = built.pools.keys.sorted()
      return fail(
        from.origin,
        from.keyPath,
        "unknown pool of nodes; found '\(from.text)'; accepted: \(known.joined(separator: ", "))",
        hint: Hint.didYouMean(from.text, among: known),
        &diagnostics
      )
    }
    if isAuto(from.text) {
      return fail(
        from.origin,
        from.keyPath,
        "the pool's own nodes come and go; found '\(from.text)'",
        &diagnostics
      )
    }
    if most.integer > host.count {
      return fail(
        most.origin,
        most.keyPath,
        "more machines than the pool has; found \(most.integer) of \(host.count)",
        &diagnostics
      )
    }
    var delays: [Variate] = []
    for key in ["drain", "wipe", "provision", "join", "gpuStack"] {
      guard let variate = mount[key].flatMap({ DistributionBuilder.build($0, into: &diagnostics) }) else {
        return false
      }
      delays.append(variate)
    }
    var fleet = result.fleet ?? built.fleet
    let first = fleet.nodes.count
    let name = "\(cluster.name)-mounted"
    for number in 0..<Int(most.integer) {
      var place = fleet.nodes[host.lowerBound]
      place.name = "\(name)-\(number)"
      place.place = .unstated
      place.isForLoans = true
      fleet.nodes.append(place)
    }
    result.fleet = fleet
    var group = AutoNodes.Group(
      name: name,
      nodes: first..<fleet.nodes.count,
      pool: 0,
      join: delays[3],
      gpuStack: delays[4]
    )
    var source = AutoNodes.Source(nodes: host, drain: delays[0], wipe: delays[1], provision: delays[2])
    guard readEviction(mount, into: &source, &diagnostics) else { return false }
    group.source = source
    result.mounted.append(group)
    cluster.ownNodes += first..<fleet.nodes.count
    cluster.groups.append(name)
    return true
  }

  /// What may be done to the host's work for it; false: something is wrong.
  private func readEviction(
    _ mount: Decoded,
    into source: inout AutoNodes.Source,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let evict = mount["evict"].flatMap({ AutoNodes.Source.Eviction(rawValue: $0.text) }),
      let atOnce = mount["evictAtOnce"], let keep = mount["keep"]
    else { return false }
    if keep.integer > source.nodes.count {
      return fail(
        keep.origin,
        keep.keyPath,
        "more machines than the pool has; found \(keep.integer) of \(source.nodes.count)",
        &diagnostics
      )
    }
    source.evict = evict
    source.evictAtOnce = Int(atOnce.integer)
    source.keep = Int(keep.integer)
    return true
  }

  private func fail(
    _ origin: Origin,
    _ keyPath: String,
    _ text: String,
    hint: String = "",
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    diagnostics.add(origin, keyPath, text, hint: hint)
    return false
  }
}
