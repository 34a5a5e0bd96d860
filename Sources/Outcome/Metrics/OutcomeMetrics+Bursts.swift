extension OutcomeMetrics {
  /// Jobs that left their home site, in all and by site (`site:NAME`). No rows
  /// where none may.
  static func bursts(_ outcome: RunOutcome) -> [Metric] {
    guard let totals = outcome.bursts else { return [] }
    func rows(_ sites: [BurstTotals.Site], _ scope: String) -> [Metric] {
      [
        Metric(
          name: "burst.jobs",
          scope: scope,
          unit: "times",
          value: Double(sites.reduce(0) { $0 + $1.jobs })
        ),
        Metric(
          name: "burst.gpu_hours",
          scope: scope,
          unit: "gpu_h",
          value: GPUTime.hours(sites.reduce(0) { $0 + $1.milliGPUNanoseconds })
        ),
        Metric(name: "burst.cost", scope: scope, unit: "USD", value: sites.reduce(0) { $0 + $1.nodeCost }),
      ]
    }
    var result = rows(totals.sites, "fleet")
    result.append(
      Metric(name: "burst.egress_cost", scope: "fleet", unit: "USD", value: totals.egressCost)
    )
    result.append(
      Metric(
        name: "burst.staging_time",
        scope: "fleet",
        unit: "h",
        value: Double(totals.stagingNanoseconds) / 3.6e12
      )
    )
    result.append(
      Metric(name: "burst.permitted_cost", scope: "fleet", unit: "USD", value: totals.permittedCost)
    )
    for condition in BurstTotals.Condition.allCases {
      let count = Double(totals.held[condition.rawValue])
      result.append(Metric(name: "burst.held.\(condition.name)", scope: "fleet", unit: "jobs", value: count))
    }
    return result + totals.sites.flatMap { rows([$0], "site:\($0.name)") }
  }
}

extension BurstTotals.Condition {
  /// Its name in results.
  public var name: String {
    switch self {
    case .compliance: "compliance"
    case .jobClass: "class"
    case .tenant: "tenant"
    case .priority: "priority"
    case .duration: "duration"
    case .predictability: "predictability"
    case .staging: "staging"
    case .deadline: "deadline"
    case .wait: "wait"
    case .budget: "budget"
    }
  }
}
