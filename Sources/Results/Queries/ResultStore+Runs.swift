import GRDB
import Outcome
import SimulationKernel

/// One line of the list of runs.
public struct RunListing: Hashable, Sendable {
  public var id: Int64
  public var name: String
  public var policy: String
  public var seed: UInt64
  public var replications: Int
  public var gpus: Int
  /// Means over the replications; nil where the run has no such figure.
  public var allocationPercent: Double?
  public var waitP95Seconds: Double?
  public var startedAt: String

  public init(
    id: Int64,
    name: String,
    policy: String,
    seed: UInt64,
    replications: Int,
    gpus: Int,
    allocationPercent: Double?,
    waitP95Seconds: Double?,
    startedAt: String
  ) {
    self.id = id
    self.name = name
    self.policy = policy
    self.seed = seed
    self.replications = replications
    self.gpus = gpus
    self.allocationPercent = allocationPercent
    self.waitP95Seconds = waitP95Seconds
    self.startedAt = startedAt
  }
}

extension ResultStore {
  /// All runs, oldest first.
  public func runs() throws -> [RunListing] {
    try mappingErrors {
      try queue.read { db in
        let rows = try Row.fetchAll(
          db,
          sql: """
            SELECT o.*, w.started_at FROM run_overview o LEFT JOIN run_wall w USING (run_id) ORDER BY o.run_id
            """
        )
        return rows.map { row in
          RunListing(
            id: row["run_id"],
            name: row["name"],
            policy: row["policy"],
            seed: UInt64(row["seed"] as String) ?? 0,
            replications: row["replications"],
            gpus: row["gpus"] ?? 0,
            allocationPercent: row["allocation_percent"],
            waitP95Seconds: row["wait_p95_s"],
            startedAt: row["started_at"] ?? ""
          )
        }
      }
    }
  }

  /// The figures of a run; of the latest when `id` is nil.
  public func figures(run id: Int64? = nil) throws -> RunFigures {
    try mappingErrors { try queue.read { try self.figures(of: self.known(id, $0), $0) } }
  }

  /// The figures of all runs that the same command stored: the rows of one
  /// table.
  public func batch(run id: Int64? = nil) throws -> [RunFigures] {
    try mappingErrors {
      try queue.read { db in
        let id = try self.known(id, db)
        let ids = try Int64.fetchAll(
          db,
          sql: "SELECT id FROM run WHERE batch_id = (SELECT batch_id FROM run WHERE id = ?) ORDER BY id",
          arguments: [id]
        )
        return try ids.map { try self.figures(of: $0, db) }
      }
    }
  }

  /// The id, checked; the latest when it is nil.
  func known(_ id: Int64?, _ db: Database) throws -> Int64 {
    let range = try Row.fetchOne(db, sql: "SELECT min(id), max(id) FROM run")
    guard let lowest = range?[0] as Int64?, let latest = range?[1] as Int64? else {
      throw ResultStoreError.noRuns(path: path)
    }
    guard let id else { return latest }
    guard try Bool.fetchOne(db, sql: "SELECT count(*) FROM run WHERE id = ?", arguments: [id]) == true else {
      throw ResultStoreError.noSuchRun(id: id, path: path, known: lowest...latest)
    }
    return id
  }

  private func figures(of run: Int64, _ db: Database) throws -> RunFigures {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [run]) else {
      throw ResultStoreError.noRuns(path: path)
    }
    let header = RunHeader(
      name: row["name"],
      description: row["description"],
      question: row["question"],
      scenario: row["scenario"],
      policy: row["policy"],
      seed: UInt64(row["seed"] as String) ?? 0,
      version: row["version"]
    )
    // Files of version 1 have no labels, and no machines on loan.
    let isNoLoan =
      try db.tableExists("node_label")
      ? """
      AND NOT EXISTS (SELECT 1 FROM node_label l
        WHERE l.run_id = n.run_id AND l.node_id = n.node_id AND l.key = '\(RunWriter.loanLabel)')
      """ : ""
    let fleet = try Row.fetchAll(
      db,
      sql: """
        SELECT coalesce(g.name, '') AS model, count(*) AS nodes, sum(n.gpu_count) AS gpus
        FROM node n LEFT JOIN gpu_model g ON g.run_id = n.run_id AND g.model_id = n.model_id
        WHERE n.run_id = ? \(isNoLoan) GROUP BY n.model_id ORDER BY n.model_id IS NULL, n.model_id
        """,
      arguments: [run]
    ).map { FleetPart(gpuModel: $0["model"], nodes: $0["nodes"], gpus: $0["gpus"]) }
    let replications = try Row.fetchAll(
      db,
      sql: "SELECT * FROM replication WHERE run_id = ? ORDER BY number",
      arguments: [run]
    ).map { try self.replication($0, db) }
    let wall = try Row.fetchOne(db, sql: "SELECT * FROM run_wall WHERE run_id = ?", arguments: [run]).map {
      WallRecord(
        startedAt: $0["started_at"],
        seconds: $0["wall_seconds"],
        threads: $0["threads"],
        host: $0["host"]
      )
    }
    return RunFigures(id: run, header: header, fleet: fleet, replications: replications, wall: wall)
  }

  private func replication(_ row: Row, _ db: Database) throws -> ReplicationFigures {
    let id: Int64 = row["id"]
    let metrics = try Row.fetchAll(
      db,
      sql: "SELECT name, scope, unit, value FROM metric WHERE replication_id = ? ORDER BY position",
      arguments: [id]
    ).map { Metric(name: $0["name"], scope: $0["scope"], unit: $0["unit"], value: $0["value"]) }
    let allocated = try Row.fetchAll(
      db,
      sql: """
        SELECT sum(v.unit_s), sum(v.unit_ns) FROM series s
        JOIN series_value v ON v.replication_id = s.replication_id AND v.series_id = s.series_id
        WHERE s.replication_id = ? AND s.name = 'served' GROUP BY v.bucket ORDER BY v.bucket
        """,
      arguments: [id]
    ).map { ExactIntegral.value(seconds: $0[0], nanoseconds: $0[1]) }
    return ReplicationFigures(
      number: row["number"],
      seed: UInt64(row["seed"] as String) ?? 0,
      fingerprint: UInt64(row["fingerprint"] as String, radix: 16) ?? 0,
      eventCount: row["event_count"],
      jobCount: row["job_count"],
      measuredFrom: SimTime(nanoseconds: row["measured_from_ns"]),
      end: SimTime(nanoseconds: row["end_ns"]),
      bucket: SimDuration(nanoseconds: row["bucket_ns"]),
      allocated: allocated,
      metrics: metrics
    )
  }
}
