import GRDB
import Outcome

/// The GPU time of one job within the measured time.
public struct JobUse: Hashable, Sendable {
  public var job: String
  public var tenant: String
  public var jobClass: String
  /// Thousandths of a GPU x ns that it asked for while it ran.
  public var asked: Int128
  /// Time on GPUs, ns.
  public var span: Int64
  /// Share of its GPU time kept busy, thousandths.
  public var busyMilli: Int
  /// The MIG profile on which it last ran; nil: none.
  public var profile: String?
  /// Of the node on which it last ran; nil: none.
  public var gpuModel: String?
}

extension ResultStore {
  /// Jobs that held GPUs within the measured time, in order of arrival.
  ///
  /// - Complexity: O(jobs + attempts x log attempts).
  public func jobUses(run: Int64, replication: Int) throws -> [JobUse] {
    try mappingErrors {
      try queue.read { db in
        let hasInstances = try Schema.userVersion(db) >= 3
        let rows = try Row.fetchCursor(
          db,
          sql: """
            WITH cut AS (
              SELECT a.job_id, sum(max(0, min(a.end_ns, p.end_ns) - max(a.start_ns, p.measured_from_ns))) AS ns
              FROM job_attempt a JOIN replication p ON p.id = a.replication_id
              WHERE p.run_id = ?1 AND p.number = ?2 GROUP BY a.job_id
            )
            SELECT
              coalesce(n.name, p.job_name_prefix || j.job_id) AS job, t.name AS tenant, c.name AS class,
              s.gpu_count * s.milligpu_per_device * \(try Self.workers(db)) AS milli, j.busy_milli,
              iif(j.start_ns IS NULL, 0,
                max(0, min(coalesce(j.end_ns, p.end_ns), p.end_ns) - max(j.start_ns, p.measured_from_ns)))
                + coalesce(cut.ns, 0) AS span,
              g.name AS model, \(hasInstances ? "i.profile" : "NULL") AS profile
            FROM job j
            JOIN replication p ON p.id = j.replication_id
            JOIN tenant t ON t.run_id = p.run_id AND t.tenant_id = j.tenant_id
            JOIN job_class c ON c.run_id = p.run_id AND c.class_id = j.class_id
            JOIN job_shape s ON s.run_id = p.run_id AND s.shape_id = j.shape_id
            LEFT JOIN cut ON cut.job_id = j.job_id
            LEFT JOIN node d ON d.run_id = p.run_id AND d.node_id = j.node_id
            LEFT JOIN gpu_model g ON g.run_id = p.run_id AND g.model_id = d.model_id
            LEFT JOIN job_name n ON n.replication_id = j.replication_id AND n.job_id = j.job_id
            \(hasInstances ? "LEFT JOIN job_instance i ON i.replication_id = p.id AND i.job_id = j.job_id" : "")
            WHERE p.run_id = ?1 AND p.number = ?2 ORDER BY j.job_id
            """,
          arguments: [run, replication]
        )
        var uses: [JobUse] = []
        while let row = try rows.next() {
          let (milli, span) = (row["milli"] as Int64, row["span"] as Int64)
          guard milli > 0, span > 0 else { continue }
          uses.append(
            JobUse(
              job: row["job"],
              tenant: row["tenant"],
              jobClass: row["class"],
              asked: Int128(milli) * Int128(span),
              span: span,
              busyMilli: row["busy_milli"],
              profile: row["profile"],
              gpuModel: row["model"]
            )
          )
        }
        return uses
      }
    }
  }

  /// Files of version 1 know no gangs.
  private static func workers(_ db: Database) throws -> String {
    try Schema.userVersion(db) >= 2 ? "s.workers" : "1"
  }

  /// GPU time that tenants' jobs held, by leaf, in the order of the tenants.
  public func tenantLedgers(run: Int64, replication: Int) throws -> [(tenant: String, totals: LedgerTotals)] {
    try mappingErrors {
      try queue.read { db in
        let rows = try Row.fetchAll(
          db,
          sql: """
            SELECT t.name, l.leaf_id, l.milligpu_s, l.milligpu_ns
            FROM tenant t JOIN replication p ON p.run_id = t.run_id
            LEFT JOIN tenant_ledger l ON l.replication_id = p.id AND l.tenant_id = t.tenant_id
            WHERE p.run_id = ? AND p.number = ? ORDER BY t.tenant_id, l.leaf_id
            """,
          arguments: [run, replication]
        )
        var found: [(tenant: String, totals: LedgerTotals)] = []
        for row in rows {
          if found.last?.tenant != row["name"] { found.append((row["name"], LedgerTotals())) }
          guard let leaf = (row["leaf_id"] as UInt8?).flatMap(LedgerLeaf.init(rawValue:)) else { continue }
          found[found.count - 1].totals[leaf] = ExactIntegral.value(
            seconds: row["milligpu_s"],
            nanoseconds: row["milligpu_ns"]
          )
        }
        return found
      }
    }
  }

  /// Jobs that completed within the measured time.
  public func completedJobs(run: Int64, replication: Int) throws -> Int {
    try mappingErrors {
      try queue.read { db in
        try Int.fetchOne(
          db,
          sql: """
            SELECT coalesce(sum(t.completed), 0) FROM tenant_total t JOIN replication p ON p.id = t.replication_id
            WHERE p.run_id = ? AND p.number = ?
            """,
          arguments: [run, replication]
        ) ?? 0
      }
    }
  }
}
