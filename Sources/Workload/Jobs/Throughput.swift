import Hardware

/// Measured speeds of one program: steps per second of a whole job by GPU
/// model, number of GPUs, and the part of the fleet that it spans.
public struct ThroughputTable: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    /// GPU model as the fleet spells it.
    public var gpu: String
    /// GPUs of the whole job.
    public var gpus: Int64
    public var span: PlacementSpan
    /// 0: it cannot run there.
    public var stepsPerSecond: Double

    public init(gpu: String, gpus: Int64, span: PlacementSpan, stepsPerSecond: Double) {
      self.gpu = gpu
      self.gpus = gpus
      self.span = span
      self.stepsPerSecond = stepsPerSecond
    }

    /// Millionths of a step per second.
    public var microstepsPerSecond: Int64 { Int64((stepsPerSecond * 1e6).rounded()) }
  }

  /// What errors call it.
  public var name: String
  /// No two agree in all but the speed.
  public var rows: [Row]

  public init(name: String, rows: [Row]) {
    self.name = name
    self.rows = rows
  }

  /// The row for a job of so many GPUs of the model in this span.
  ///
  /// Model and number must agree. A span that the table does not state takes
  /// the next wider one that it does, whose speed is a lower bound, and
  /// without one the next narrower. nil: the table has neither, or speed 0.
  public func row(gpu: String, gpus: Int64, span: PlacementSpan) -> Row? {
    let same = rows.filter { $0.gpu == gpu && $0.gpus == gpus }
    let wider = same.filter { $0.span >= span }.min { $0.span < $1.span }
    let row = wider ?? same.max { $0.span < $1.span }
    return row.flatMap { $0.stepsPerSecond > 0 ? $0 : nil }
  }

  /// The largest speed of such a job on any of the models, in
  /// ``Row/microstepsPerSecond``; nil: it runs on none.
  public func best(gpus: Int64, on models: [String]) -> Int64? {
    rows.filter { $0.gpus == gpus && models.contains($0.gpu) && $0.stepsPerSecond > 0 }
      .map(\.microstepsPerSecond).max()
  }

  /// Why it is no table, or nil.
  public var problem: String? {
    if rows.isEmpty { return "the throughput table '\(name)' has no rows" }
    if rows.contains(where: {
      !$0.stepsPerSecond.isFinite || $0.stepsPerSecond < 0 || $0.stepsPerSecond > 1e9
        || $0.stepsPerSecond > 0 && $0.microstepsPerSecond < 1
    }) {
      return "a throughput must be a number from 0 to 1e9 steps per second, in millionths"
    }
    var seen: Set<Row> = []
    for var row in rows {
      row.stepsPerSecond = 0
      if !seen.insert(row).inserted {
        return
          "the throughput table '\(name)' has two rows for \(row.gpus) GPUs \(row.gpu) in one \(row.span.name)"
      }
    }
    return nil
  }
}

/// What the jobs of a table do, counted in steps: how long that takes depends
/// on the GPUs that a job gets and, but for queues in rounds, on where they
/// lie.
///
/// The durations of such jobs are those at the best throughput.
public struct StepWork: Hashable, Sendable {
  public var tables: [ThroughputTable] = []
  /// By job: steps to do; 0: the job counts none, its duration says it all.
  public var steps: [Int64] = []
  /// By job: its position in ``tables``.
  public var table: [Int32] = []
  /// By job: its weight among fair shares, above 0.
  public var weight: [Double] = []

  public init() {}

  /// Steps per second of a job of so many GPUs on each of these models, spread
  /// over the fleet; 0: it cannot run there.
  public func throughput(_ job: Int, gpus: Int64, on models: [String]) -> [Double] {
    models.map { tables[Int(table[job])].row(gpu: $0, gpus: gpus, span: .fleet)?.stepsPerSecond ?? 0 }
  }

  /// Why the columns do not belong to so many jobs, or nil.
  public func problem(jobs: Int) -> String? {
    if steps.count != jobs || table.count != jobs || weight.count != jobs {
      return "the job table's columns differ in length"
    }
    if zip(steps, table).contains(where: { $0 > 0 && !tables.indices.contains(Int($1)) }) {
      return "a job names a throughput table that its table does not list"
    }
    if let problem = tables.lazy.compactMap(\.problem).first { return problem }
    if steps.contains(where: { $0 < 0 || $0 > 1 << 53 }) { return "a job's steps must be 1 ... 2^53" }
    if weight.contains(where: { !$0.isFinite || $0 <= 0 }) { return "a job's weight must be above 0" }
    return nil
  }
}
