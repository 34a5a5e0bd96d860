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
    for stage in AutoNodeTotals.Stage.allCases {
      let time = groups.reduce(Int128(0)) { $0 + $1.nodeNanoseconds[stage.rawValue] }
      rows.append(
        Metric(name: "node_time.\(stage.name)", scope: scope, unit: "node_h", value: hours(time))
      )
    }
    return rows
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
    case .terminating: "terminating"
    }
  }
}
