import Engine

/// Makes what `policy.sharing` says of jobs that slow one another.
struct ContentionBuilder {
  var places: FilePlaces
  var mode: SharingMode

  /// nil: nobody slows anybody, or something is wrong.
  func spec(_ node: Decoded, into diagnostics: inout DiagnosticList) -> ContentionSpec? {
    guard node.isSound else { return nil }
    var spec: ContentionSpec
    switch mode {
    case .wholeGPU, .pooled, .mig: return nil
    case .fractions:
      guard let word = node["contention"]?.text else { return nil }
      guard let division = ContentionSpec.Division(rawValue: word) else {
        refuseWithoutContention(node, into: &diagnostics)
        return nil
      }
      spec = .fractions(division)
    case .timeSlicing, .mps:
      guard let shared = replicas(node, into: &diagnostics) else { return nil }
      spec = shared
    }
    if let efficiency = node["efficiency"] {
      let whole = Double(ContentionSpec.Efficiency.whole)
      if let share = efficiency["large"] { spec.efficiency.large = Int64(share.double * whole) }
      if let share = efficiency["bandwidth"] { spec.efficiency.bandwidth = Int64(share.double * whole) }
      if let share = efficiency["small"] { spec.efficiency.small = Int64(share.double * whole) }
    }
    if let isolation = node["faultIsolation"] { spec.faultIsolation = isolation.boolean }
    if let policy = node["devicePolicy"] {
      spec.devicePolicy = ContentionSpec.DevicePolicy(rawValue: policy.text) ?? .binpack
    }
    if mode == .timeSlicing {
      if let memory = node["processMemory"] { spec.overheadMiB = memory.mebibytes }
      if let rule = node["outOfMemory"] {
        spec.outOfMemory = ContentionSpec.OutOfMemoryRule(rawValue: rule.text) ?? .newcomer
      }
    }
    return spec
  }

  /// Keys that say how jobs slow one another, where they do not.
  private func refuseWithoutContention(_ node: Decoded, into diagnostics: inout DiagnosticList) {
    for key in ContentionFields.keys(of: .fractions) where key != "contention" {
      guard let value = node[key], value.origin != .standard else { continue }
      diagnostics.add(
        value.origin,
        value.keyPath,
        "has no meaning where jobs do not slow one another",
        hint: "set contention: equal, weighted or capped, or remove it"
      )
    }
  }

  private func replicas(_ node: Decoded, into diagnostics: inout DiagnosticList) -> ContentionSpec? {
    var spec = mode == .mps ? ContentionSpec.mps(replicas: 1) : .timeSlicing(replicas: 1)
    let stated = ["replicas", "renameByDefault", "failRequestsGreaterThanOne"]
    if let from = node["from"] {
      for key in stated {
        guard let value = node[key], value.origin != .standard else { continue }
        diagnostics.add(
          value.origin,
          value.keyPath,
          "is stated twice: here and in a file",
          hint: "remove \(key) or from"
        )
        return nil
      }
      let reader = PluginConfigReader(places: places, mode: mode)
      return reader.read(from, entry: node["entry"], into: &spec, &diagnostics) ? spec : nil
    }
    guard let replicas = node["replicas"] else {
      diagnostics.add(
        node.blame,
        node.keyPath,
        "says not how many jobs share a GPU",
        hint: "add replicas: 4, or from: plugin-config.yaml"
      )
      return nil
    }
    guard accepts(replicas.integer, replicas.origin, replicas.keyPath, into: &diagnostics) else { return nil }
    spec.replicas = Int32(replicas.integer)
    if let renames = node["renameByDefault"] { spec.renameByDefault = renames.boolean }
    if let fails = node["failRequestsGreaterThanOne"] { spec.failRequestsGreaterThanOne = fails.boolean }
    return spec
  }

  /// Whether a GPU can have so many replicas.
  func accepts(
    _ replicas: Int64,
    _ origin: Origin,
    _ keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    let most = Int64(mode == .mps ? ContentionSpec.mostMPSClients : ContentionSpec.mostClients)
    if (1...most).contains(replicas) { return true }
    diagnostics.add(
      origin,
      keyPath,
      (mode == .mps ? "an MPS server has at most \(most) clients" : "a GPU is shared by at most \(most) jobs")
        + "; found \(replicas); accepted: 1 ... \(most)"
    )
    return false
  }

  /// Queues whose decisions need to know how long runs take.
  static func refuseQueues(_ policy: Decoded, into diagnostics: inout DiagnosticList) {
    guard let queue = policy["queue"] else { return }
    for (key, found, what) in [
      ("backfill", queue["backfill"], "reservations"), ("preemption", policy["preemption"], "preemption"),
    ] {
      guard let value = found, value.origin != .standard, value.isSound else { continue }
      if case .text("none")? = value.scalar { continue }
      diagnostics.add(
        value.origin,
        value.keyPath,
        "\(what) do not go with jobs that slow one another: the length of a run depends on its neighbours",
        hint: "remove \(key), or choose another sharing mode"
      )
    }
  }
}
