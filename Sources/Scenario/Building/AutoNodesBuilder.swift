import Engine
import SimulationKernel

/// Makes what pools of nodes say under `auto`, and `policy.autoNodes`.
struct AutoNodesBuilder {
  var built: BuiltFleet
  var statesHorizon: Bool
  /// Machines of the host move to virtual clusters.
  var hasMounts = false

  /// nil: no node comes and goes, or something is wrong.
  func build(_ fleet: Decoded, _ policy: Decoded?, into diagnostics: inout DiagnosticList) -> AutoNodes? {
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
      isWhole = add(pool, fleet, to: &result, into: &diagnostics) && isWhole
    }
    if let stated { isWhole = read(stated, into: &result, &diagnostics) && isWhole }
    return isWhole ? result : nil
  }

  private func add(
    _ pool: Decoded,
    _ fleet: Decoded,
    to result: inout AutoNodes,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let name = pool["name"]?.text, let nodes = built.pools[name], let auto = pool["auto"],
      let weight = auto["weight"], let price = auto["price"], let atStart = auto["atStart"],
      let stockOut = auto["stockOut"]
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
    if atStart.integer > nodes.count {
      diagnostics.add(
        atStart.origin,
        atStart.keyPath,
        "more nodes than there can be; found \(atStart.integer) of \(nodes.count)"
      )
      return false
    }
    if let failures = pool["failures"] ?? fleet["failures"] {
      diagnostics.add(
        failures.origin,
        failures.keyPath,
        "nodes that come and go do not fail; '\(name)' has auto",
        hint: "state failures for the other pools only"
      )
      return false
    }
    let named = auto["pool"]?.text ?? name
    var number = result.pools.firstIndex { $0.name == named }
    if let number, result.pools[number].weight != Int(weight.integer) {
      diagnostics.add(
        weight.origin,
        weight.keyPath,
        "a node pool has one weight; found \(weight.integer) beside \(result.pools[number].weight) for '\(named)'"
      )
      return false
    }
    if number == nil {
      number = result.pools.count
      result.pools.append(AutoNodes.Pool(name: named, weight: Int(weight.integer)))
    }
    var delays: [Variate] = []
    for key in ["launch", "join", "gpuStack"] {
      guard let variate = auto[key].flatMap({ DistributionBuilder.build($0, into: &diagnostics) }) else {
        return false
      }
      delays.append(variate)
    }
    result.groups.append(
      AutoNodes.Group(
        name: name,
        nodes: nodes,
        pool: number!,
        pricePerHour: price.double,
        atStart: Int(atStart.integer),
        launch: delays[0],
        join: delays[1],
        gpuStack: delays[2],
        stockOut: stockOut.double
      )
    )
    return true
  }

  private func read(
    _ stated: Decoded,
    into result: inout AutoNodes,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    func span(_ key: String) -> SimDuration? {
      stated[key].map { SimDuration(nanoseconds: $0.nanoseconds) }
    }
    guard stated.isSound, let idle = span("batchIdle"), let longest = span("batchLongest"),
      let view = stated["sees"].flatMap({ AutoNodes.View(rawValue: $0.text) }),
      let consolidate = stated["consolidate"], let after = span("consolidateAfter"),
      let budget = stated["budget"], let termination = span("termination"),
      let pause = span("stockOutPause")
    else { return false }
    if longest < idle {
      diagnostics.add(
        stated.blame,
        stated.keyPath,
        "a batch ends before its idle time: batchLongest is shorter than batchIdle"
      )
      return false
    }
    result.batchIdle = idle
    result.batchLongest = longest
    result.view = view
    result.consolidateAfter = consolidate.text == "never" ? nil : after
    result.budget = budget.double
    result.termination = termination
    result.stockOutPause = pause
    return true
  }
}
