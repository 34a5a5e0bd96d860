import Engine
import Hardware

/// Whether room can be kept for what `buffer` asks: what never fits would be
/// left undone without a word.
enum NodeBufferCheck {
  /// false: a diagnostic says what cannot be.
  static func holds(
    _ auto: AutoNodes,
    _ nodes: [NodeSpec],
    _ policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    let before = diagnostics.found.count
    for (pod, node) in zip(auto.buffer, policy?["buffer"]?.elements ?? []) {
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
    return diagnostics.found.count == before
  }
}
