import Hardware

/// Makes the timeline from the list `fleetChanges`.
struct FleetChangeBuilder {
  var built: BuiltFleet
  private var byName: [String: Int] = [:]

  init(built: BuiltFleet) {
    self.built = built
    for (index, node) in built.fleet.nodes.enumerated() { byName[node.name] = index }
  }

  /// Sorted by time; equal times keep the order of the list.
  func build(_ list: Decoded, into diagnostics: inout DiagnosticList) -> [FleetChange] {
    var changes: [FleetChange] = []
    for change in list.elements where change.isSound {
      guard let at = change["at"], let word = change["action"]?.text,
        let action = FleetChange.Action(rawValue: word), let selectors = change["nodes"]
      else { continue }
      changes.append(
        FleetChange(
          atNanoseconds: at.nanoseconds,
          action: action,
          nodes: nodes(selectors, into: &diagnostics)
        )
      )
    }
    let order = changes.indices.sorted { (changes[$0].atNanoseconds, $0) < (changes[$1].atNanoseconds, $1) }
    return order.map { changes[$0] }
  }

  /// The nodes that a list of selectors names, each once.
  func nodes(_ selectors: Decoded, into diagnostics: inout DiagnosticList) -> [NodeID] {
    var nodes: [NodeID] = []
    var known: Set<Int> = []
    for selector in selectors.elements {
      let found = select(selector, into: &diagnostics)
      if let twice = found.first(where: { !known.insert($0).inserted }) {
        diagnostics.add(
          selector.origin,
          selector.keyPath,
          "names a node twice; found '\(built.fleet.nodes[twice].name)'"
        )
      }
      nodes += found.map { NodeID(rawValue: Int32($0)) }
    }
    return nodes
  }

  /// The nodes that `node`, `pool`, `pool[3]` or `pool[0-3]` names.
  private func select(_ selector: Decoded, into diagnostics: inout DiagnosticList) -> [Int] {
    let text = selector.text
    if let pool = built.pools[text] { return Array(pool) }
    if let node = byName[text] { return [node] }
    func refuse(_ message: String, hint: String = "") -> [Int] {
      diagnostics.add(selector.origin, selector.keyPath, "\(message); found '\(text)'", hint: hint)
      return []
    }
    guard let open = text.firstIndex(of: "["), text.last == "]" else {
      let names = built.pools.keys.sorted()
      return refuse(
        "no node or pool has this name",
        hint: Hint.didYouMean(text, among: names + byName.keys.sorted())
      )
    }
    guard let pool = built.pools[String(text[..<open])] else {
      return refuse(
        "no pool has the name '\(text[..<open])'",
        hint: Hint.didYouMean(String(text[..<open]), among: built.pools.keys.sorted())
      )
    }
    let bounds = text[text.index(after: open)...].dropLast().split(
      separator: "-",
      omittingEmptySubsequences: false
    ).map { Int($0) }
    guard let low = bounds.first ?? nil, let high = bounds.last ?? nil, bounds.count <= 2, low <= high else {
      return refuse("is not a range of nodes; accepted: pool[5] or pool[0-3]")
    }
    guard high < pool.count else {
      return refuse("the pool has only \(pool.count) nodes, numbered from 0")
    }
    return Array((pool.lowerBound + low)...(pool.lowerBound + high))
  }
}
