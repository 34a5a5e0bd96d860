/// What the notebook reads: one query each, whose rows are also written as one
/// CSV file. The raw value names both.
///
/// Each query has the parameters `:run` and `:replication` (0-based) and no
/// others, gives its rows in a fixed order and never NULL. Its statement
/// stands in the notebook as it is, so that a reader can change it there.
public enum NotebookQuery: String, CaseIterable, Sendable {
  /// One row: what was simulated, and the fleet at the end.
  case overview
  /// GPUs in each state and offered demand, one row a bucket.
  case useOverTime = "use_over_time"
  /// GPU-hours by GPU model and leaf of the ledger.
  case gpuTime = "gpu_time"
  /// The fleet after each arrival of a filling study, at most some 500 rows.
  case filling
  /// Waiting demand and queue by tenant, one row a bucket and tenant.
  case waitingOverTime = "waiting_over_time"
  /// Waiting by size and cause.
  case waitingByCause = "waiting_by_cause"
  /// How long jobs waited for their start, by size.
  case waitPercentiles = "wait_percentiles"
  /// The options of the run's TCO study, one row each.
  case tcoOptions = "tco_options"
  /// The flows of each option by year: costs are negative.
  case cashFlow = "cash_flow"
  /// What each option pays over all years, by line: costs are positive.
  case costLines = "cost_lines"
  /// How far each parameter alone moves the worth of the first option.
  case tornado

  /// The statement.
  public var sql: String {
    switch self {
    case .overview: Self.overviewSQL
    case .useOverTime: Self.useOverTimeSQL
    case .gpuTime: Self.gpuTimeSQL
    case .filling: Self.fillingSQL
    case .waitingOverTime: Self.waitingOverTimeSQL
    case .waitingByCause: Self.waitingByCauseSQL
    case .waitPercentiles: Self.waitPercentilesSQL
    case .tcoOptions: Self.tcoOptionsSQL
    case .cashFlow: Self.cashFlowSQL
    case .costLines: Self.costLinesSQL
    case .tornado: Self.tornadoSQL
    }
  }

  /// The columns of its rows, in order: the head of its CSV file, also where
  /// an older results file lacks the tables.
  public var columns: [String] {
    switch self {
    case .overview:
      [
        "run", "policy", "version", "replication", "gpus", "measured_hours", "jobs",
        "free_gpus", "fgd_gpus", "largest_job", "largest_gang",
      ]
    case .useOverTime:
      [
        "bucket", "from_h", "to_h", "offered", "busy", "idle", "placeable", "stranded", "down", "other",
      ]
    case .gpuTime: ["gpu_model", "leaf", "gpu_hours"]
    case .filling: ["arrival", "fleet_gpus", "arrived_gpus", "allocated_gpus", "fragmented_gpus"]
    case .waitingOverTime: ["bucket", "from_h", "to_h", "tenant", "waiting_gpus", "queued_jobs"]
    case .waitingByCause: ["size", "cause", "job_hours", "gpu_hours"]
    case .waitPercentiles: ["size", "percentile", "wait_s"]
    case .tcoOptions:
      [
        "study", "study_replication", "years", "cost_of_capital", "option_id", "option", "service",
        "served_gpu_h_year", "unserved_gpu_h_year", "waiting_gpu_h_year", "present_cost_usd",
        "annual_cost_usd",
      ]
    case .cashFlow: ["option_id", "option", "year", "usd"]
    case .costLines: ["option_id", "option", "line", "usd"]
    case .tornado:
      ["place", "parameter", "low", "high", "worth_at_low_usd", "worth_at_high_usd", "worth_usd", "against"]
    }
  }

  /// Columns that hold words. CSV does not tell the text 1 from the number 1;
  /// all other columns are numbers.
  public static let words = [
    "against", "cause", "gpu_model", "leaf", "line", "option", "parameter", "policy", "run", "service",
    "size",
    "tenant", "version",
  ]

  /// The tables and views that it reads. Results files of older versions lack
  /// some of them.
  public var tables: [String] {
    switch self {
    case .overview: ["run", "replication", "node"]
    case .useOverTime: ["series_view", "replication", "node"]
    case .gpuTime: ["ledger_view"]
    case .filling: ["filling", "replication", "node"]
    case .waitingOverTime: ["series_view", "replication"]
    case .waitingByCause: ["wait_total_view"]
    case .waitPercentiles: ["metric_view"]
    case .tcoOptions: ["tco_study", "tco_option"]
    case .cashFlow: ["tco_study", "tco_option", "cash_flow"]
    case .costLines: ["tco_study", "tco_option", "cost_line"]
    case .tornado: ["tco_study", "tco_bar"]
    }
  }

  /// Whether it reads what `headroom tco RUN --save` stores.
  public var needsMoney: Bool { tables.contains("tco_study") }
}
