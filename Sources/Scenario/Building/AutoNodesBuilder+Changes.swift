/// What the fleet's own timeline does not do with nodes that come and go.
extension AutoNodesBuilder {
  /// Refuses maintenance and fleet changes of such nodes, where they are written.
  static func refuseChanges(
    _ root: Decoded,
    _ selectors: FleetChangeBuilder,
    into diagnostics: inout DiagnosticList
  ) {
    let pools = (root["fleet"]?["nodes"]?.elements ?? []).filter { $0.isSound && $0["auto"] != nil }
    let ranges = pools.compactMap { pool in pool["name"].flatMap { selectors.built.pools[$0.text] } }
    if ranges.isEmpty { return }
    func refuse(_ list: Decoded?, _ text: String, hint: String) {
      for entry in list?.elements ?? [] where entry.isSound {
        guard let those = entry["nodes"] else { continue }
        // What is wrong with the selectors themselves is told elsewhere.
        var unheard = DiagnosticList()
        for node in selectors.nodes(those, into: &unheard)
        where ranges.contains(where: { $0.contains(Int(node.rawValue)) }) {
          let name = selectors.built.fleet.nodes[Int(node.rawValue)].name
          diagnostics.add(those.blame, those.keyPath, "\(text); found '\(name)'", hint: hint)
          break
        }
      }
    }
    refuse(
      root["maintenance"],
      "nodes that come and go have no rolling maintenance: they are replaced",
      hint: "say driftsAt in the auto of their pool"
    )
    refuse(
      root["fleetChanges"],
      "nodes that come and go do not change by a list",
      hint: "say failures of their pool, or expireAfter or driftsAt in its auto"
    )
  }
}
