import Engine
import SimulationKernel

/// Makes what pools of nodes say under `auto`, and `policy.autoNodes`.
struct AutoNodesBuilder {
  var built: BuiltFleet
  var statesHorizon: Bool
  /// How pools of nodes fail.
  var failures: [FailureGroup] = []
  /// Machines of the host move to virtual clusters.
  var hasMounts = false
  /// The day on which the run begins, since 1970.
  var firstDay = CalendarDay.standardStart

  /// nil: no node comes and goes, or something is wrong.
  func build(
    _ fleet: Decoded,
    _ policy: Decoded?,
    _ workload: Decoded?,
    into diagnostics: inout DiagnosticList
  ) -> AutoNodes? {
    let pools = (fleet["nodes"]?.elements ?? []).filter { $0.isSound && $0["auto"] != nil }
    let stated = policy.flatMap { $0["autoNodes"] }
    guard !pools.isEmpty || hasMounts else {
      if let stated {
        diagnostics.add(
          stated.origin,
          stated.keyPath,
          "no pool of nodes comes and goes",
          hint: "say auto: {} in a pool of fleet.nodes, or remove it"
        )
      }
      return nil
    }
    var result = AutoNodes(pools: [], groups: [])
    var isWhole = true
    for pool in pools {
      isWhole = add(pool, to: &result, into: &diagnostics) && isWhole
    }
    if let stated {
      let isRead = AutoNodesPolicyBuilder.read(stated, firstDay: firstDay, into: &result, &diagnostics)
      isWhole = isRead && isWhole
    }
    if result.clusterAutoscaler == nil, let least = pools.lazy.compactMap({ $0["auto"]?["least"] }).first {
      diagnostics.add(
        least.origin,
        least.keyPath,
        "has no meaning beside karpenter",
        hint: "say policy.autoNodes.provisioner: clusterAutoscaler, or remove it"
      )
      isWhole = false
    }
    if result.consolidatesUnderused || result.clusterAutoscaler != nil {
      for warm in pools.compactMap({ $0["auto"]?["warm"] }) where warm.integer > 0 {
        diagnostics.add(
          warm.origin,
          warm.keyPath,
          "empty nodes are kept by Karpenter's provisioner that takes away empty nodes only",
          hint: "say consolidate: whenEmpty, and leave provisioner out"
        )
        isWhole = false
      }
    }
    protect(workload, in: &result)
    guard isWhole else { return nil }
    return NodeBufferCheck.holds(result, built.fleet.nodes, stated, into: &diagnostics) ? result : nil
  }

  /// What classes of jobs say of themselves.
  private func protect(_ workload: Decoded?, in result: inout AutoNodes) {
    for node in workload?["classes"]?.elements ?? [] where node.isSound {
      guard let name = node["name"]?.text, let stated = node["doNotDisrupt"] else { continue }
      switch stated.scalar {
      case .nanoseconds(let span)? where span > 0:
        result.protectedFor[name] = SimDuration(nanoseconds: span)
      case .nanoseconds?: break
      default: if stated.text == "true" { result.protectedFor[name] = AutoNodes.always }
      }
    }
  }

  private func add(
    _ pool: Decoded,
    to result: inout AutoNodes,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let name = pool["name"]?.text, let nodes = built.pools[name], let auto = pool["auto"],
      let weight = auto["weight"], let price = auto["price"], let stockOut = auto["stockOut"]
    else { return false }
    if !statesHorizon {
      diagnostics.add(
        auto.origin,
        auto.keyPath,
        "nodes that come and go need a horizon, and none is set",
        hint: "for example horizon: 2w at the top of the file"
      )
      return false
    }
    if let atStart = auto["atStart"], atStart.integer > nodes.count {
      diagnostics.add(
        atStart.origin,
        atStart.keyPath,
        "more nodes than there can be; found \(atStart.integer) of \(nodes.count)"
      )
      return false
    }
    if let spares = pool["spares"], spares.integer > 0 {
      diagnostics.add(
        spares.origin,
        spares.keyPath,
        "spares take the place of nodes that stay; those of '\(name)' come and go",
        hint: "remove spares; policy.autoNodes.repair replaces nodes that fail"
      )
      return false
    }
    guard let number = poolNumber(auto, name: name, weight: weight, in: &result, into: &diagnostics),
      var group = group(auto, name: name, nodes: nodes, pool: number, into: &diagnostics)
    else { return false }
    group.pricePerHour = price.double
    let usual = group.purchase == .owned ? nodes.count : group.replicas ?? group.least
    group.atStart = auto["atStart"].map { Int($0.integer) } ?? usual
    group.stockOut = stockOut.double
    group.failures = failures.first { $0.nodes == nodes }?.causes ?? []
    result.groups.append(group)
    return true
  }

  /// The node pool of the group, which all its groups say alike.
  private func poolNumber(
    _ auto: Decoded,
    name: String,
    weight: Decoded,
    in result: inout AutoNodes,
    into diagnostics: inout DiagnosticList
  ) -> Int? {
    let named = auto["pool"]?.text ?? name
    let pool = AutoNodes.Pool(
      name: named,
      weight: Int(weight.integer),
      mostNodes: auto["limits"]?["nodes"].map { Int($0.integer) },
      mostGPUs: auto["limits"]?["gpus"].map { Int($0.integer) }
    )
    guard let number = result.pools.firstIndex(where: { $0.name == named }) else {
      result.pools.append(pool)
      return result.pools.count - 1
    }
    if result.pools[number].weight != pool.weight {
      diagnostics.add(
        weight.origin,
        weight.keyPath,
        "a node pool has one weight; found \(weight.integer) beside \(result.pools[number].weight) for '\(named)'"
      )
      return nil
    }
    if result.pools[number] != pool {
      diagnostics.add(
        auto.origin,
        auto.keyPath,
        "a node pool has one set of limits; '\(named)' has others above",
        hint: "say the same limits in each of its types"
      )
      return nil
    }
    return number
  }
}
