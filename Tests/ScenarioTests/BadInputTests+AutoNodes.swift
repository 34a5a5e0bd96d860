/// Nodes that come and go as they cannot.
extension BadInputTests {
  static let autoNodes = [
    autoNodes("auto-delays-unknown", "delays: datacenter"),
    autoNodes("auto-purchase-unknown", "purchase: preemptible"),
    autoNodes("auto-interruptions-on-demand", "interruptions: 0.1/h"),
    autoNodes("auto-replicas-of-more", "replicas: 5"),
    autoNodes("auto-warm-of-more", "warm: 5"),
    autoNodes("auto-warm-with-replicas", "warm: 1, replicas: 2"),
    autoNodes("auto-warm-with-consolidation", "warm: 1", policy: "consolidate: whenEmptyOrUnderutilized"),
    autoNodes("auto-owned-replicas", "purchase: owned, replicas: 2"),
    autoNodes("auto-launch-beyond-its-time-out", "launch: 20m"),
    autoNodes("auto-join-beyond-its-time-out", "join: 16m"),
    autoNodes("auto-never-joins-for-ever", "delays: bareMetal, neverJoins: 5%"),
    autoNodes("auto-limits-of-nothing", "limits: {}"),
    autoNodes("auto-start-beyond-its-limit", "limits: {nodes: 2}, atStart: 3"),
    autoNodes("auto-replicas-beyond-its-limit", "limits: {gpus: 16}, replicas: 3"),
    autoNodes("auto-price-missing-beside-another", "pool: g, price: 50").adding(
      "    - {name: c, count: 4, auto: {pool: g}, gpu: l40s-48gb, gpusPerNode: 4, cpu: 64, memory: 512GiB}\n"
        + "    - {name: b,",
      for: "    - {name: b,"
    ),
    autoNodes("auto-consolidate-unknown", "", policy: "consolidate: always"),
    autoNodes("auto-budget-of-unknown-pool", "", policy: "budgets: {nodes: 1, pool: gpus}"),
    autoNodes("auto-budget-without-length", "", policy: "budgets: {nodes: 0, every: 1d}"),
    autoNodes("auto-budget-for-ever", "", policy: "budgets: {nodes: 0, every: 1d, for: 24h}"),
    autoNodes("auto-budget-schedule-without-duration", "", policy: "budgets: {nodes: 0, schedule: '@daily'}"),
    autoNodes("auto-budget-duration-alone", "", policy: "budgets: {nodes: 0, duration: 8h}"),
    autoNodes(
      "auto-budget-of-two-times",
      "",
      policy: "budgets: {nodes: 0, every: 1d, for: 8h, schedule: '@daily', duration: 8h}"
    ),
    autoNodes(
      "auto-budget-schedule-unknown",
      "",
      policy: "budgets: {nodes: 0, schedule: '0 9 * * 7', duration: 8h}"
    ),
    autoNodes("auto-threshold-alone", "", policy: "consolidationThreshold: 3"),
    autoNodes("auto-threshold-of-nothing", "", policy: "consolidate: balanced, consolidationThreshold: 0"),
    autoNodes("auto-budget-of-expiry", "", policy: "budgets: {nodes: 0, reasons: expired}"),
  ]

  /// The sample with nodes that come and go.
  private static func autoNodes(_ name: String, _ keys: String, policy: String = "") -> Case {
    Case(
      name: name,
      text: Sample.changing("count: 4,", to: "count: 4, auto: {\(keys)},")
        + (policy.isEmpty ? "" : "policy: {autoNodes: {\(policy)}}\n")
    )
  }
}
