import SimulationKernel

extension OutcomeMetrics {
  /// Nodes that come and go, in all and by group (`nodes:NAME`). No rows where
  /// there are none.
  static func autoNodes(_ outcome: RunOutcome) -> [Metric] {
    guard !outcome.autoNodes.isEmpty else { return [] }
    let span = Int128((outcome.end - outcome.measuredFrom).nanoseconds)
    return rows(outcome.autoNodes, span, scope: "fleet")
      + outcome.autoNodes.flatMap { rows([$0], span, scope: "nodes:\($0.name)") }
  }

  private static func rows(_ groups: [AutoNodeTotals], _ span: Int128, scope: String) -> [Metric] {
    func sum(_ value: (AutoNodeTotals) -> Int64) -> Double { Double(groups.reduce(0) { $0 + value($1) }) }
    func hours(_ nanoseconds: Int128) -> Double { Double(nanoseconds) / 3.6e12 }
    let all = groups.reduce(Int128(0)) { $0 + $1.allNodeNanoseconds }
    var rows = [
      Metric(name: "nodes.launched", scope: scope, unit: "times", value: sum(\.launched)),
      Metric(name: "nodes.removed", scope: scope, unit: "times", value: sum(\.removed)),
      Metric(name: "nodes.stock_outs", scope: scope, unit: "times", value: sum(\.stockOuts)),
      Metric(name: "nodes.cost", scope: scope, unit: "USD", value: groups.reduce(0) { $0 + $1.cost }),
      Metric(name: "node_time", scope: scope, unit: "node_h", value: hours(all)),
    ]
    if span > 0 {
      rows.append(Metric(name: "nodes.mean", scope: scope, unit: "nodes", value: Double(all) / Double(span)))
    }
    if groups.count == 1 {
      rows.append(Metric(name: "nodes.most", scope: scope, unit: "nodes", value: Double(groups[0].most)))
    }
    if groups.contains(where: { $0.warmNanoseconds != nil }) {
      let warm = groups.map { Double($0.warmNanoseconds ?? 0) / 3.6e12 }
      let cost = zip(warm, groups).reduce(0) { $0 + $1.0 * $1.1.pricePerHour }
      rows.append(Metric(name: "node_time.warm", scope: scope, unit: "node_h", value: warm.reduce(0, +)))
      rows.append(Metric(name: "nodes.cost_warm", scope: scope, unit: "USD", value: cost))
    }
    rows += disruptions(groups, scope: scope)
    // Where no node fails nothing is said of it.
    let mayFail = groups.contains { $0.failures != nil }
    if mayFail {
      rows.append(
        Metric(name: "nodes.failures", scope: scope, unit: "times", value: sum { $0.failures ?? 0 })
      )
    }
    for stage in AutoNodeTotals.Stage.allCases where stage != .failed || mayFail {
      let time = groups.reduce(Int128(0)) { $0 + $1.nodeNanoseconds[stage.rawValue] }
      rows.append(
        Metric(name: "node_time.\(stage.name)", scope: scope, unit: "node_h", value: hours(time))
      )
    }
    return rows
  }

  /// Nodes that went by reason, and what that cost the work on them.
  private static func disruptions(_ groups: [AutoNodeTotals], scope: String) -> [Metric] {
    var rows: [Metric] = []
    func add(_ name: String, _ unit: String, _ value: Double) {
      rows.append(Metric(name: name, scope: scope, unit: unit, value: value))
    }
    func sum(_ value: (AutoNodeTotals) -> Double) -> Double { groups.reduce(0) { $0 + value($1) } }
    for reason in NodeRemoval.allCases {
      add("nodes.removed.\(reason.name)", "times", sum { Double($0.removedBy[reason.rawValue]) })
    }
    let evicting = NodeRemoval.allCases.filter(\.evictsWork)
    add("nodes.evictions", "times", sum { Double($0.evictions.reduce(0, +)) })
    for reason in evicting {
      add("nodes.evictions.\(reason.name)", "times", sum { Double($0.evictions[reason.rawValue]) })
    }
    add("nodes.lost_work", "gpu_h", sum { group in evicting.reduce(0) { $0 + group.lostGPUHours($1) } })
    for reason in evicting {
      add("nodes.lost_work.\(reason.name)", "gpu_h", sum { $0.lostGPUHours(reason) })
    }
    add("nodes.lost_cost", "USD", sum { group in evicting.reduce(0) { $0 + group.lostCost($1) } })
    return rows
  }
}

extension NodeRemoval {
  /// Its name in results.
  public var name: String {
    switch self {
    case .empty: "empty"
    case .drifted: "drifted"
    case .underused: "underused"
    case .expired: "expired"
    case .interrupted: "interrupted"
    case .launchTimeout: "launch_timeout"
    case .registrationTimeout: "registration_timeout"
    case .unhealthy: "unhealthy"
    }
  }
}

extension AutoNodeTotals.Stage {
  /// Its name in results.
  public var name: String {
    switch self {
    case .launching: "launching"
    case .joining: "joining"
    case .gpuStack: "gpu_stack"
    case .up: "up"
    case .cordoned: "cordoned"
    case .draining: "draining"
    case .terminating: "terminating"
    case .failed: "failed"
    }
  }
}
