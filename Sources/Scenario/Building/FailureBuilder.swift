import Engine
import Hardware
import SimulationKernel

/// Makes the groups of nodes that fail alike from the section `fleet`.
struct FailureBuilder {
  var built: BuiltFleet
  var statesHorizon: Bool

  func build(_ fleet: Decoded, into diagnostics: inout DiagnosticList) -> [FailureGroup] {
    var groups: [FailureGroup] = []
    let common = fleet["failures"]
    if let common { needHorizon(common, into: &diagnostics) }
    guard let pools = fleet["nodes"] else {
      if let common, let causes = causes(common, into: &diagnostics) {
        groups.append(FailureGroup(name: "", nodes: built.fleet.nodes.indices, causes: causes))
      }
      return groups
    }
    for pool in pools.elements where pool.isSound {
      guard let name = pool["name"], let nodes = built.pools[name.text], let spares = pool["spares"],
        let swap = pool["swap"]
      else { continue }
      let own = pool["failures"]
      if let own { needHorizon(own, into: &diagnostics) }
      guard let failures = own ?? common else {
        if spares.integer > 0 {
          diagnostics.add(
            spares.origin,
            spares.keyPath,
            "spares take the place of nodes that fail, but none does",
            hint: "say failures: {preset: rsc1, repair: 12h}, or remove spares"
          )
        }
        continue
      }
      if spares.integer >= nodes.count {
        diagnostics.add(
          spares.origin,
          spares.keyPath,
          "leaves no node in service; found \(spares.integer) of \(nodes.count) nodes"
        )
      } else if let causes = causes(failures, into: &diagnostics) {
        groups.append(
          FailureGroup(
            name: name.text,
            nodes: nodes,
            causes: causes,
            spares: Int(spares.integer),
            swap: SimDuration(nanoseconds: swap.nanoseconds)
          )
        )
      }
    }
    return groups
  }

  private func needHorizon(_ failures: Decoded, into diagnostics: inout DiagnosticList) {
    guard !statesHorizon else { return }
    diagnostics.add(
      failures.origin,
      failures.keyPath,
      "failures are drawn up to the horizon, and none is set",
      hint: "for example horizon: 2w at the top of the file"
    )
  }

  private func causes(_ node: Decoded, into diagnostics: inout DiagnosticList) -> [FailureCause]? {
    guard node.isSound, let scale = node["scale"]?.double else { return nil }
    var common: Variate?
    if let repair = node["repair"] {
      common = DistributionBuilder.build(repair, into: &diagnostics)
      if common == nil { return nil }
    }
    var causes: [FailureCause] = []
    if let preset = node["preset"] {
      guard let common else {
        diagnostics.add(
          preset.origin,
          preset.keyPath,
          "states no time to repair",
          hint: "for example repair: {lognormal: {median: 4h, sigma: 1}} beside it"
        )
        return nil
      }
      causes = FailurePreset(rawValue: preset.text)?.causes(repair: common) ?? []
    } else if let list = node["causes"] {
      var names: Set<String> = []
      for element in list.elements {
        guard let built = cause(element, common: common, into: &diagnostics) else { return nil }
        if !names.insert(built.name).inserted, let name = element["name"] {
          diagnostics.add(name.origin, name.keyPath, "duplicated cause of failures; found '\(built.name)'")
        }
        causes.append(built)
      }
    }
    for index in causes.indices {
      causes[index].perNodeDay *= scale
      causes[index].perGPUDay *= scale
    }
    return causes
  }

  private func cause(
    _ node: Decoded,
    common: Variate?,
    into diagnostics: inout DiagnosticList
  ) -> FailureCause? {
    guard let name = node["name"], let level = node["level"] else { return nil }
    var cause = FailureCause(name: name.text, repair: nil)
    if let rate = node["perThousandNodeDays"] { cause.perNodeDay = rate.double / 1000 }
    if let rate = node["perThousandGPUDays"] { cause.perGPUDay = rate.double / 1000 }
    if let rate = node["perGPUYear"] { cause.perGPUDay = rate.double / 365 }
    if let mean = node["mtbf"] { cause.perNodeDay = 86_400 / mean.seconds }
    if cause.perGPUDay > 0 { cause.condition = .accelerator }
    if let stated = node["condition"] {
      cause.condition = FailureCause.Condition(rawValue: stated.text) ?? .notReady
      if level.text == "job" {
        diagnostics.add(
          stated.origin,
          stated.keyPath,
          "a crash of software leaves the node up: it has no condition",
          hint: "remove condition"
        )
        return nil
      }
    }
    let own = node["repair"]
    if level.text == "job" {
      guard let own else { return cause }
      diagnostics.add(
        own.origin,
        own.keyPath,
        "a crash of software leaves the node up",
        hint: "remove repair"
      )
      return nil
    }
    if let own {
      cause.repair = DistributionBuilder.build(own, into: &diagnostics)
      return cause.repair == nil ? nil : cause
    }
    guard let common else {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "states no time to repair",
        hint: "for example repair: {exponential: {mean: 8h}}, or level: job for crashes of software"
      )
      return nil
    }
    cause.repair = common
    return cause
  }
}
