import Engine
import Hardware

/// Whether what is asked of nodes that come and go can ever be: what cannot
/// would be left undone without a word.
enum AutoNodesLimits {
  /// false: a diagnostic says what cannot be.
  static func check(
    _ auto: AutoNodes,
    _ nodes: [NodeSpec],
    fleet: Decoded,
    policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    let before = diagnostics.found.count
    starts(auto, nodes, fleet, &diagnostics)
    if let buffer = policy?["buffer"] { room(auto, nodes, buffer, &diagnostics) }
    return diagnostics.found.count == before
  }

  /// The nodes of a node pool at the start keep its limits.
  private static func starts(
    _ auto: AutoNodes,
    _ nodes: [NodeSpec],
    _ fleet: Decoded,
    _ diagnostics: inout DiagnosticList
  ) {
    for (number, pool) in auto.pools.enumerated() {
      let groups = auto.groups.filter { $0.pool == number }
      let names = Set(groups.map(\.name))
      guard
        let limits = (fleet["nodes"]?.elements ?? []).lazy
          .filter({ names.contains($0["name"]?.text ?? "") }).compactMap({ $0["auto"]?["limits"] }).first
      else { continue }
      let count = groups.reduce(0) { $0 + $1.atStart }
      let gpus = groups.reduce(0) { $0 + $1.atStart * nodes[$1.nodes.lowerBound].gpuCount }
      for (key, most, found) in [("nodes", pool.mostNodes, count), ("gpus", pool.mostGPUs, gpus)] {
        guard let most, found > most else { continue }
        diagnostics.add(
          limits[key]?.origin ?? limits.origin,
          limits[key]?.keyPath ?? limits.keyPath,
          "more is there at the start than '\(pool.name)' may have; found \(found) of \(most)",
          hint: "raise the limit, or lower atStart or replicas"
        )
      }
    }
  }

  /// Room can be kept for no more pods than all nodes hold at once.
  private static func room(
    _ auto: AutoNodes,
    _ nodes: [NodeSpec],
    _ list: Decoded,
    _ diagnostics: inout DiagnosticList
  ) {
    for (pod, node) in zip(auto.buffer, list.elements) {
      let most = auto.groups.reduce(0) { sum, group in
        let kind = nodes[group.nodes.lowerBound]
        var fitting = Int.max
        if pod.gpus > 0 { fitting = min(fitting, kind.gpuCount / Int(pod.gpus)) }
        if pod.cpuMilli > 0 { fitting = min(fitting, Int(kind.cpuMilli) / Int(pod.cpuMilli)) }
        if pod.memoryMiB > 0 { fitting = min(fitting, Int(kind.memoryMiB) / Int(pod.memoryMiB)) }
        return sum + (fitting == Int.max ? 0 : fitting) * group.nodes.count
      }
      if pod.count > most {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "keeps room for more than all nodes hold; found \(pod.count) of \(most)",
          hint: most == 0 ? "no node that comes and goes is large enough for one" : ""
        )
      }
    }
  }
}
