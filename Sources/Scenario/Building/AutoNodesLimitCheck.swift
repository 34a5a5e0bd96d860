import Engine

/// What node pools say that cannot all hold, and prices that are missing where
/// the cheapest type is chosen.
enum AutoNodesLimitCheck {
  static func refuse(
    _ spec: AutoNodes?,
    _ fleet: Decoded?,
    _ built: BuiltFleet?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let spec, let fleet, let built else { return }
    let stated = (fleet["nodes"]?.elements ?? []).filter { $0.isSound && $0["auto"] != nil }
    let types = spec.groups.compactMap { group in
      stated.first { $0["name"]?.text == group.name }.map { Kind(group: group, auto: $0["auto"]!) }
    }
    for pool in spec.pools.indices {
      let own = types.filter { $0.group.pool == pool }
      refusePrices(of: own, into: &diagnostics)
      let limits = spec.pools[pool]
      refuse(own, "nodes", limits.mostNodes, name: limits.name, into: &diagnostics) { _ in 1 }
      refuse(own, "GPUs", limits.mostGPUs, name: limits.name, into: &diagnostics) {
        built.fleet.nodes[$0.nodes.lowerBound].gpuCount
      }
    }
  }

  /// A type of nodes and the section that states it.
  private struct Kind {
    var group: AutoNodes.Group
    var auto: Decoded
  }

  /// More at the start, or kept, than the limit allows.
  private static func refuse(
    _ types: [Kind],
    _ noun: String,
    _ limit: Int?,
    name: String,
    into diagnostics: inout DiagnosticList,
    weight: (AutoNodes.Group) -> Int
  ) {
    guard let limit else { return }
    let rules: [(key: String, what: String, count: (AutoNodes.Group) -> Int)] = [
      ("replicas", "are to be kept", { $0.replicas ?? 0 }),
      ("atStart", "are there at the start", { $0.atStart }),
    ]
    for (key, what, count) in rules {
      let sum = types.reduce(0) { $0 + count($1.group) * weight($1.group) }
      guard sum > limit, let type = types.last(where: { count($0.group) > 0 }) else { continue }
      let blame = type.auto[key] ?? type.auto
      diagnostics.add(
        blame.blame,
        blame.keyPath,
        "\(sum) \(noun) of '\(name)' \(what), beyond its limit of \(limit)",
        hint: "raise limits.\(noun.lowercased()), or say fewer"
      )
      return
    }
  }

  /// The cheapest type that serves is launched: one without a price would be
  /// free.
  private static func refusePrices(of types: [Kind], into diagnostics: inout DiagnosticList) {
    guard let priced = types.first(where: { $0.group.pricePerHour > 0 }) else { return }
    for type in types where type.auto["price"]?.origin == .standard && type.group.purchase != .owned {
      diagnostics.add(
        type.auto.blame,
        type.auto.keyPath,
        "the price is missing; '\(priced.group.name)' of the same node pool has one, and the cheapest is launched",
        hint: "say price: USD an hour of one node (0 if it is free)"
      )
    }
  }
}
