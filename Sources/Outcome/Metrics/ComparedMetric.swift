/// Which way a metric gets better.
public enum MetricDirection: String, Hashable, Sendable, CaseIterable {
  case lower
  case higher
}

/// A metric that people compare, and which way it gets better.
public struct ComparedMetric: Hashable, Sendable {
  /// As in ``Metric/name``.
  public var name: String
  /// What tables call it.
  public var label: String
  /// As in ``Metric/unit``.
  public var unit: String
  public var better: MetricDirection
  /// Shown by `headroom compare`; the others can have budgets.
  public var isHeadline: Bool
  /// A headline only where some run has a figure for it.
  public var isOccasional: Bool

  init(
    _ name: String,
    _ label: String,
    _ unit: String,
    _ better: MetricDirection,
    headline: Bool = false,
    occasional: Bool = false
  ) {
    self.name = name
    self.label = label
    self.unit = unit
    self.better = better
    isHeadline = headline
    isOccasional = occasional
  }

  /// The table, in the order of reports.
  public static let all = [
    ComparedMetric("allocation", "allocation %", "percent", .higher, headline: true),
    ComparedMetric("utilisation", "utilisation %", "percent", .higher, headline: true),
    ComparedMetric("goodput", "goodput %", "percent", .higher, headline: true),
    ComparedMetric("effective_time", "effective time %", "percent", .higher),
    ComparedMetric("stranded", "stranded %", "percent", .lower, headline: true),
    ComparedMetric("fragmentation.rate", "fragmentation %", "percent", .lower),
    ComparedMetric("wait.mean", "wait mean", "s", .lower, headline: true),
    ComparedMetric("wait.p50", "wait p50", "s", .lower, headline: true),
    ComparedMetric("wait.p90", "wait p90", "s", .lower),
    ComparedMetric("wait.p95", "wait p95", "s", .lower, headline: true),
    ComparedMetric("wait.p99", "wait p99", "s", .lower, headline: true),
    ComparedMetric("wait.max", "longest wait", "s", .lower),
    ComparedMetric("jct.mean", "completion time mean", "s", .lower, headline: true),
    ComparedMetric("jct.p50", "completion time p50", "s", .lower),
    ComparedMetric("jct.p95", "completion time p95", "s", .lower, headline: true),
    ComparedMetric("jobs.completed", "completed jobs", "jobs", .higher, headline: true),
    ComparedMetric("jobs.waiting", "waiting at the end", "jobs", .lower, headline: true),
    ComparedMetric("jobs.withdrawn", "withdrawn jobs", "jobs", .lower),
    ComparedMetric("jobs.rejected", "refused jobs", "jobs", .lower),
    ComparedMetric("jobs.timed_out", "timed-out jobs", "jobs", .lower),
    ComparedMetric("jobs.failed", "failed jobs", "jobs", .lower),
    ComparedMetric("jobs.cancelled", "cancelled jobs", "jobs", .lower),
    ComparedMetric("deadlines_met", "deadlines met %", "percent", .higher, headline: true, occasional: true),
    ComparedMetric(
      "service.attainment",
      "requests within capacity %",
      "percent",
      .higher,
      headline: true,
      occasional: true
    ),
    ComparedMetric("jobs.interruptions", "interruptions", "times", .lower),
    ComparedMetric("jobs.preemptions", "preemptions", "times", .lower),
    ComparedMetric("jobs.budget_violations", "violated budgets", "times", .lower),
    ComparedMetric("gpu_time.held", "held by waiting gangs", "GPU_h", .lower),
    ComparedMetric("gangs.timeouts", "time-outs of gangs", "times", .lower),
    ComparedMetric("gangs.stuck", "gangs stuck at the end", "jobs", .lower),
    ComparedMetric("interruptions.mean_time", "time between interruptions", "s", .higher),
    ComparedMetric("slowdown", "slowdown by placement", "ratio", .lower),
    ComparedMetric(
      "slowdown_mean",
      "slowdown by sharing",
      "ratio",
      .lower,
      headline: true,
      occasional: true
    ),
    ComparedMetric("slowdown_p95", "slowdown p95", "ratio", .lower, headline: true, occasional: true),
    ComparedMetric("oom_kills", "kills for memory", "times", .lower, headline: true, occasional: true),
    ComparedMetric("node_time", "auto node-hours", "node_h", .lower, headline: true, occasional: true),
    ComparedMetric("nodes.cost", "auto nodes, USD", "USD", .lower, headline: true, occasional: true),
    ComparedMetric("makespan", "makespan", "s", .lower, headline: true),
  ]

  /// The metric of this name; nil when the table has none.
  public static func named(_ name: String) -> ComparedMetric? { all.first { $0.name == name } }
}
