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
    autoNodes("auto-consolidate-unknown", "", policy: "consolidate: always"),
    autoNodes("auto-budget-of-unknown-pool", "", policy: "budgets: {nodes: 1, pool: gpus}"),
    autoNodes("auto-budget-without-length", "", policy: "budgets: {nodes: 0, every: 1d}"),
    autoNodes("auto-budget-for-ever", "", policy: "budgets: {nodes: 0, every: 1d, for: 24h}"),
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
