import GRDB

/// What is stored about one job of a replication.
public struct JobStory: Hashable, Sendable, Encodable {
  /// A stretch on GPUs.
  public struct Attempt: Hashable, Sendable, Encodable {
    public var startSeconds: Double
    public var endSeconds: Double
    public var node: String
    public var isPreemption: Bool
    /// It failed of itself.
    public var isFailure: Bool
    /// Why its node went, where that stopped it: as in the table
    /// `node_removal`.
    public var removal: String?
    /// How long it stayed out of the queue afterwards.
    public var backoffSeconds: Double
    /// Work that later runs need not repeat, and repetition in this one.
    public var keptSeconds: Double
    public var overheadSeconds: Double
  }

  /// GPUs held on one node while the rest of the gang waited.
  public struct Hold: Hashable, Sendable, Encodable {
    public var startSeconds: Double
    public var endSeconds: Double
    public var node: String
    public var workers: Int
    /// As in the table `gang_hold`.
    public var ending: String
  }

  /// A time during which it waited for one cause.
  public struct Stretch: Hashable, Sendable, Encodable {
    public var startSeconds: Double
    public var endSeconds: Double
    /// The stable name of the cause.
    public var cause: String
  }

  public var run: Int64
  public var replication: Int
  public var job: String
  public var tenant: String
  public var jobClass: String
  public var kind: String
  /// Of one worker.
  public var gpus: Double
  public var cpus: Double
  public var memoryMiB: Int64
  public var accepts: String
  public var workers: Int
  public var placement: String
  /// What it asks of nodes beside size and GPU model; empty: nothing.
  public var constraints: String
  public var priority: Int
  public var state: String
  public var arrivalSeconds: Double
  /// Since when it stood in the queue; nil: it never did.
  public var eligibleSeconds: Double?
  public var startSeconds: Double?
  public var endSeconds: Double?
  public var timeLimitSeconds: Double?
  /// A date, not a span.
  public var deadlineSeconds: Double?
  /// nil: it has none, or may still meet it.
  public var metDeadline: Bool?
  /// Work that the last run did in vain.
  public var lostSeconds: Double
  /// Jobs that it waits for, by name.
  public var after: [String]
  public var durationSeconds: Double
  public var estimateSeconds: Double
  /// The stable name of the cause of the greatest part of its wait.
  public var cause: String
  public var node: String?
  /// The MIG instance of its last run, as `1g.10gb at slot 3 of GPU 2`; nil: a
  /// whole GPU or none, or a run of an older version.
  public var instance: String?
  /// Nodes that a gang last lay on; 0 for one worker.
  public var pieces: Int
  /// Runs that were cut short, in order.
  public var attempts: [Attempt]
  /// What it held before it started, by time.
  public var holds: [Hold]
  /// All its waits, in order: what it waited for and when that changed. Empty
  /// for runs of an older version.
  public var waits: [Stretch]
  /// When the replication ended.
  public var horizonSeconds: Double
}

extension ResultStore {
  /// The story of a job, by name or by its position in order of arrival.
  ///
  /// - Parameters:
  ///   - run: nil: the latest.
  ///   - replication: 0-based.
  /// - Throws: ``ResultStoreError``; ``ResultStoreError/noSuchJob(job:run:path:)``
  ///   where the run has no such job.
  public func story(ofJob job: String, run: Int64?, replication: Int) throws -> JobStory {
    try mappingErrors {
      try queue.read { db in
        let id = try known(run, db)
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT v.*, p.id AS replication_row, p.end_ns / 1e9 AS horizon_s,
              coalesce((SELECT lost_ns / 1e9 FROM job_life l WHERE l.replication_id = p.id AND l.job_id = v.job_id), 0)
                AS lost_s,
              (SELECT count(*) FROM job_piece i WHERE i.replication_id = p.id AND i.job_id = v.job_id) AS pieces
            FROM job_view v JOIN replication p ON p.run_id = v.run_id AND p.number = v.replication
            WHERE v.run_id = ? AND v.replication = ? AND (v.job = ? OR v.job_id = ?)
            ORDER BY v.job = ? DESC LIMIT 1
            """,
          arguments: [id, replication, job, Int64(job), job]
        )
        guard let row else { throw ResultStoreError.noSuchJob(job: job, run: id, path: path) }
        return try JobStory(row, db)
      }
    }
  }
}

extension JobStory {
  private static func instance(of job: Row, _ db: Database) throws -> String? {
    // Older files have no such table, and are read as they are.
    guard try Schema.userVersion(db) >= 3 else { return nil }
    return try Row.fetchOne(
      db,
      sql: "SELECT profile, start_slot FROM job_instance WHERE replication_id = ? AND job_id = ?",
      arguments: [job["replication_row"] as Int64, job["job_id"] as Int64]
    ).map {
      let gpu = (job["gpu_mask"] as Int64).trailingZeroBitCount
      return "\($0["profile"] as String) at slot \($0["start_slot"] as Int) of GPU \(gpu)"
    }
  }

  private static func removal(of attempt: Int64, replication: Int64, _ db: Database) throws -> String? {
    guard try Schema.userVersion(db) >= 5 else { return nil }
    return try String.fetchOne(
      db,
      sql: """
        SELECT r.name FROM node_eviction e JOIN node_removal r ON r.id = e.removal
        WHERE e.replication_id = ? AND e.attempt = ?
        """,
      arguments: [replication, attempt]
    )
  }

  fileprivate init(_ row: Row, _ db: Database) throws {
    run = row["run_id"]
    replication = row["replication"]
    job = row["job"]
    tenant = row["tenant"]
    jobClass = row["class"]
    kind = row["kind"]
    gpus = Double(row["gpu_count"] as Int64) * row["gpu_share"]
    cpus = row["cpus"]
    memoryMiB = row["memory_mib"]
    accepts = row["accepts"]
    workers = row["workers"]
    placement = row["placement"]
    constraints = row["constraints"]
    priority = row["priority"]
    state = row["state"]
    arrivalSeconds = row["arrival_s"]
    startSeconds = row["start_s"]
    endSeconds = row["end_s"]
    eligibleSeconds = row["eligible_s"]
    timeLimitSeconds = row["time_limit_s"]
    deadlineSeconds = row["deadline_s"]
    metDeadline = row["met_deadline"]
    lostSeconds = row["lost_s"]
    durationSeconds = row["duration_s"]
    estimateSeconds = row["estimate_s"]
    cause = row["wait_cause"]
    node = row["node"]
    pieces = row["pieces"]
    instance = try Self.instance(of: row, db)
    horizonSeconds = row["horizon_s"]
    waits = try WaitQuery(db, replication: row["replication_row"], job: row["job_id"]).stretches()
    after = try String.fetchAll(
      db,
      sql: """
        SELECT coalesce(n.name, p.job_name_prefix || d.after_job_id)
        FROM job_dependency d JOIN replication p ON p.id = d.replication_id
        LEFT JOIN job_name n ON n.replication_id = d.replication_id AND n.job_id = d.after_job_id
        WHERE d.replication_id = ? AND d.job_id = ? ORDER BY d.after_job_id
        """,
      arguments: [row["replication_row"] as Int64, row["job_id"] as Int64]
    )
    attempts = try Row.fetchAll(
      db,
      sql: """
        SELECT a.attempt, a.start_ns / 1e9 AS start_s, a.end_ns / 1e9 AS end_s, n.name AS node, a.is_preemption,
          a.is_failure, a.backoff_ns / 1e9 AS backoff_s,
          a.kept_ns / 1e9 AS kept_s, a.overhead_ns / 1e9 AS overhead_s
        FROM job_attempt a
        JOIN replication p ON p.id = a.replication_id
        JOIN node n ON n.run_id = p.run_id AND n.node_id = a.node_id
        WHERE a.replication_id = ? AND a.job_id = ? ORDER BY a.attempt
        """,
      arguments: [row["replication_row"] as Int64, row["job_id"] as Int64]
    ).map {
      Attempt(
        startSeconds: $0["start_s"],
        endSeconds: $0["end_s"],
        node: $0["node"],
        isPreemption: $0["is_preemption"],
        isFailure: $0["is_failure"],
        removal: try Self.removal(of: $0["attempt"], replication: row["replication_row"], db),
        backoffSeconds: $0["backoff_s"],
        keptSeconds: $0["kept_s"],
        overheadSeconds: $0["overhead_s"]
      )
    }
    holds = try Row.fetchAll(
      db,
      sql: """
        SELECT h.start_ns / 1e9 AS start_s, h.end_ns / 1e9 AS end_s, n.name AS node, h.workers, h.ending
        FROM gang_hold h
        JOIN replication p ON p.id = h.replication_id
        JOIN node n ON n.run_id = p.run_id AND n.node_id = h.node_id
        WHERE h.replication_id = ? AND h.job_id = ? ORDER BY h.start_ns, h.hold
        """,
      arguments: [row["replication_row"] as Int64, row["job_id"] as Int64]
    ).map {
      Hold(
        startSeconds: $0["start_s"],
        endSeconds: $0["end_s"],
        node: $0["node"],
        workers: $0["workers"],
        ending: $0["ending"]
      )
    }
  }
}
