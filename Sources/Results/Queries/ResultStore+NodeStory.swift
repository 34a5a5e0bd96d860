import GRDB

/// What is stored about one node of a replication.
public struct NodeStory: Hashable, Sendable, Encodable {
  /// A stretch in one stage of a life.
  public struct Stage: Hashable, Sendable, Encodable {
    /// As in the table `life_stage`.
    public var stage: String
    public var startSeconds: Double
    /// nil: to the end of the run.
    public var endSeconds: Double?
  }

  /// A decision that it goes, as it was taken.
  public struct Disruption: Hashable, Sendable, Encodable {
    public var seconds: Double
    /// As in the table `node_removal`.
    public var removal: String
    /// The nodes chosen with it, and those launched in their place.
    public var others: [String]
    public var replacements: [String]
    /// USD an hour, of all that go and of all that come.
    public var usdPerHour: Double
    public var replacementUSDPerHour: Double
  }

  /// A run of a job that was stopped because it went.
  public struct Stop: Hashable, Sendable, Encodable {
    public var seconds: Double
    public var job: String
    public var ranSeconds: Double
    public var lostSeconds: Double
    public var lostGPUHours: Double
  }

  /// One life, from the request until it is gone.
  public struct Life: Hashable, Sendable, Encodable {
    /// As in the table `node_purpose`.
    public var purpose: String
    public var startSeconds: Double
    /// nil: it exists when the run ends.
    public var endSeconds: Double?
    /// As in the table `node_removal`; nil: it does not go.
    public var removal: String?
    /// The nodes that it was launched to replace.
    public var replaces: [String]
    /// Its price, by the nanosecond; nil: it is paid whether it exists or not.
    public var usd: Double?
    public var stages: [Stage]
    public var disruptions: [Disruption]
    public var stops: [Stop]
    /// Runs of jobs that began on it, with the first of them. A gang counts on
    /// the node of its first worker.
    public var runs: Int
    public var firstJob: String?
    public var firstRunSeconds: Double?
  }

  public var run: Int64
  public var replication: Int
  public var node: String
  public var gpus: Int
  /// nil: it has no GPUs.
  public var gpuModel: String?
  /// The group of nodes that come and go; nil: it is there all the time, or the
  /// run was stored by an older version.
  public var pool: String?
  /// USD for an hour of it.
  public var usdPerHour: Double?
  public var lives: [Life]
  /// Jobs that started on it in the measured window.
  public var starts: Int
  public var horizonSeconds: Double
  /// Lives of nodes are stored with the run.
  public var hasLives: Bool
}

extension ResultStore {
  /// The story of a node, by name.
  ///
  /// - Parameters:
  ///   - run: nil: the latest.
  ///   - replication: 0-based.
  /// - Throws: ``ResultStoreError``; ``ResultStoreError/noSuchNode(node:run:path:)``
  ///   where the run has no such node or replication.
  public func story(ofNode node: String, run: Int64?, replication: Int) throws -> NodeStory {
    try mappingErrors {
      try queue.read { db in
        let id = try known(run, db)
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT p.run_id, p.number AS replication, p.id AS replication_row, p.end_ns / 1e9 AS horizon_s,
              n.node_id, n.name AS node, n.gpu_count, g.name AS gpu_model, coalesce(t.starts, 0) AS starts
            FROM node n JOIN replication p ON p.run_id = n.run_id
            LEFT JOIN gpu_model g ON g.run_id = n.run_id AND g.model_id = n.model_id
            LEFT JOIN node_total t ON t.replication_id = p.id AND t.node_id = n.node_id
            WHERE n.run_id = ? AND p.number = ? AND n.name = ?
            """,
          arguments: [id, replication, node]
        )
        guard let row else { throw ResultStoreError.noSuchNode(node: node, run: id, path: path) }
        return try NodeStory(row, db)
      }
    }
  }
}

extension NodeStory {
  fileprivate init(_ row: Row, _ db: Database) throws {
    run = row["run_id"]
    replication = row["replication"]
    node = row["node"]
    gpus = row["gpu_count"]
    gpuModel = row["gpu_model"]
    starts = row["starts"]
    horizonSeconds = row["horizon_s"]
    lives = []
    // Older files have no such tables, and are read as they are.
    hasLives = try Schema.userVersion(db) >= 5
    guard hasLives else { return }
    let key: StatementArguments = [row["replication_row"] as Int64, row["node_id"] as Int64]
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT l.life, l.from_ns, l.to_ns, w.name AS purpose, r.name AS removal, o.name AS pool, o.usd_per_hour,
          o.committed, (coalesce(l.to_ns, p.end_ns) - l.from_ns) / 3.6e12 * o.usd_per_hour AS usd
        FROM node_life l JOIN replication p ON p.id = l.replication_id
        JOIN node_pool o ON o.run_id = p.run_id AND o.pool_id = l.pool_id
        JOIN node_purpose w ON w.id = l.purpose
        LEFT JOIN node_removal r ON r.id = l.removal
        WHERE l.replication_id = ? AND l.node_id = ? ORDER BY l.life
        """,
      arguments: key
    )
    pool = rows.first.map { $0["pool"] as String }
    usdPerHour = rows.first.map { $0["usd_per_hour"] as Double }
    let query = NodeLifeQuery(db: db, replication: row["replication_row"], node: row["node_id"])
    lives = try rows.map { try query.life($0) }
  }
}

/// Reads the lives of one node.
private struct NodeLifeQuery {
  let db: Database
  let replication: Int64
  let node: Int64

  func life(_ row: Row) throws -> NodeStory.Life {
    let number: Int64 = row["life"]
    let from: Int64 = row["from_ns"]
    let to: Int64? = row["to_ns"]
    let isCommitted: Bool = row["committed"]
    let runs = try Row.fetchOne(db, sql: Self.runs, arguments: [replication, node, from, to ?? .max])
    return NodeStory.Life(
      purpose: row["purpose"],
      startSeconds: Double(from) / 1e9,
      endSeconds: to.map { Double($0) / 1e9 },
      removal: row["removal"],
      replaces: try replaced(at: from),
      usd: isCommitted ? nil : row["usd"] as Double,
      stages: try stages(number),
      disruptions: try disruptions(from: from, to: to ?? .max),
      stops: try stops(number),
      runs: runs.map { $0["runs"] as Int } ?? 0,
      firstJob: runs.map { $0["job"] as String },
      firstRunSeconds: runs.map { $0["start_s"] as Double }
    )
  }

  private func stages(_ life: Int64) throws -> [NodeStory.Stage] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT g.name AS stage, s.from_ns / 1e9 AS from_s, s.to_ns / 1e9 AS to_s
        FROM node_stage s JOIN life_stage g ON g.id = s.stage
        WHERE s.replication_id = ? AND s.node_id = ? AND s.life = ? ORDER BY s.part
        """,
      arguments: [replication, node, life]
    ).map { NodeStory.Stage(stage: $0["stage"], startSeconds: $0["from_s"], endSeconds: $0["to_s"]) }
  }

  private func stops(_ life: Int64) throws -> [NodeStory.Stop] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT v.job, v.start_s, v.end_s, v.lost_s, v.lost_gpu_hours
        FROM node_eviction e JOIN replication p ON p.id = e.replication_id
        JOIN eviction_view v ON v.run_id = p.run_id AND v.replication = p.number AND v.attempt = e.attempt
        WHERE e.replication_id = ? AND e.node_id = ? AND e.life = ? ORDER BY e.attempt
        """,
      arguments: [replication, node, life]
    ).map {
      NodeStory.Stop(
        seconds: $0["end_s"],
        job: $0["job"],
        ranSeconds: ($0["end_s"] as Double) - ($0["start_s"] as Double),
        lostSeconds: $0["lost_s"],
        lostGPUHours: $0["lost_gpu_hours"]
      )
    }
  }

  private func disruptions(from: Int64, to: Int64) throws -> [NodeStory.Disruption] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT d.disruption, d.at_ns / 1e9 AS at_s, r.name AS removal, d.usd_per_hour, d.replacement_usd_per_hour
        FROM disrupted_node x
        JOIN node_disruption d ON d.replication_id = x.replication_id AND d.disruption = x.disruption
        JOIN node_removal r ON r.id = d.removal
        WHERE x.replication_id = ? AND x.node_id = ? AND x.comes = 0 AND d.at_ns BETWEEN ? AND ?
        ORDER BY d.disruption
        """,
      arguments: [replication, node, from, to]
    ).map {
      NodeStory.Disruption(
        seconds: $0["at_s"],
        removal: $0["removal"],
        others: try nodes(of: $0["disruption"], comes: false),
        replacements: try nodes(of: $0["disruption"], comes: true),
        usdPerHour: $0["usd_per_hour"],
        replacementUSDPerHour: $0["replacement_usd_per_hour"]
      )
    }
  }

  /// The nodes in whose place this one was launched then.
  private func replaced(at instant: Int64) throws -> [String] {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT d.disruption FROM disrupted_node x
        JOIN node_disruption d ON d.replication_id = x.replication_id AND d.disruption = x.disruption
        WHERE x.replication_id = ? AND x.node_id = ? AND x.comes = 1 AND d.at_ns = ?
        """,
      arguments: [replication, node, instant]
    ).map { try nodes(of: $0, comes: false) } ?? []
  }

  /// The nodes of a decision, but for this one.
  private func nodes(of disruption: Int64, comes: Bool) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT n.name FROM disrupted_node x JOIN replication p ON p.id = x.replication_id
        JOIN node n ON n.run_id = p.run_id AND n.node_id = x.node_id
        WHERE x.replication_id = ? AND x.disruption = ? AND x.comes = ? AND x.node_id <> ? ORDER BY x.node_id
        """,
      arguments: [replication, disruption, comes, node]
    )
  }

  /// Runs that began on the node within a life: last runs, and those that were
  /// cut short.
  private static let runs = """
    WITH begun AS (
      SELECT job_id, start_ns FROM job
      WHERE replication_id = ?1 AND node_id = ?2 AND start_ns BETWEEN ?3 AND ?4
      UNION ALL
      SELECT job_id, start_ns FROM job_attempt
      WHERE replication_id = ?1 AND node_id = ?2 AND start_ns BETWEEN ?3 AND ?4
    )
    SELECT (SELECT count(*) FROM begun) AS runs, coalesce(n.name, p.job_name_prefix || b.job_id) AS job,
      b.start_ns / 1e9 AS start_s
    FROM begun b JOIN replication p ON p.id = ?1
    LEFT JOIN job_name n ON n.replication_id = ?1 AND n.job_id = b.job_id
    ORDER BY b.start_ns, b.job_id LIMIT 1
    """
}
