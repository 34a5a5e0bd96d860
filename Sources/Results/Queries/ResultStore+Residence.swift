import GRDB

/// A job on a GPU for a time.
public struct Residence: Hashable, Sendable {
  /// Row of the run's nodes.
  public var node: Int64
  /// Number of the GPU in its node.
  public var gpu: Int
  /// Row of the run's tenants.
  public var tenant: Int64
  public var startNanoseconds: Int64
  public var endNanoseconds: Int64

  public init(node: Int64, gpu: Int, tenant: Int64, start: Int64, end: Int64) {
    self.node = node
    self.gpu = gpu
    self.tenant = tenant
    startNanoseconds = start
    endNanoseconds = end
  }
}

/// Which jobs lay on which GPUs in a stored replication.
public struct ResidenceTable: Sendable {
  public var run: Int64
  /// Of the scenario.
  public var name: String
  public var replication: Int
  /// Names by row, ascending.
  public var tenants: [(row: Int64, name: String)]
  /// In no order; only what lies within the measured window, cut to it.
  public var residences: [Residence]
  /// GPUs were named: a run on pooled nodes names none.
  public var namesGPUs: Bool
}

extension ResultStore {
  /// Who lay on which GPU when, last runs and runs that were cut short alike.
  ///
  /// - Parameters:
  ///   - run: nil: the latest.
  ///   - replication: 0-based.
  /// - Returns: nil when the run has no such replication.
  /// - Throws: ``ResultStoreError``.
  public func residences(run: Int64?, replication: Int) throws -> ResidenceTable? {
    try mappingErrors {
      try queue.read { db in
        let id = try known(run, db)
        guard
          let header = try Row.fetchOne(
            db,
            sql: """
              SELECT p.id, p.measured_from_ns, p.end_ns, r.name FROM replication p JOIN run r ON r.id = p.run_id
              WHERE p.run_id = ? AND p.number = ?
              """,
            arguments: [id, replication]
          )
        else { return nil }
        let (from, end) = (header["measured_from_ns"] as Int64, header["end_ns"] as Int64)
        var table = ResidenceTable(
          run: id,
          name: header["name"],
          replication: replication,
          tenants: try Row.fetchAll(
            db,
            sql: "SELECT tenant_id, name FROM tenant WHERE run_id = ? ORDER BY tenant_id",
            arguments: [id]
          ).map { ($0["tenant_id"], $0["name"]) },
          residences: [],
          namesGPUs: true
        )
        let rows = try Row.fetchCursor(db, sql: Self.stays, arguments: [header["id"] as Int64, end])
        var hasStays = false
        while let row = try rows.next() {
          var mask = row[4] as Int64
          hasStays = hasStays || (row[5] as Int64) > 0
          let (start, stop) = (max(from, row[2] as Int64), min(end, row[3] as Int64))
          while mask != 0 && start < stop {
            table.residences.append(
              Residence(node: row[1], gpu: mask.trailingZeroBitCount, tenant: row[0], start: start, end: stop)
            )
            mask &= mask - 1
          }
        }
        table.namesGPUs = !hasStays || !table.residences.isEmpty
        return table
      }
    }
  }

  /// Tenant, node, start, end, GPUs, and whether it asked for any, of each stay of a job
  /// or of a gang's workers on a node.
  private static let stays = """
    WITH asks AS (
      SELECT j.*, s.gpu_count FROM job j
      JOIN replication p ON p.id = j.replication_id
      JOIN job_shape s ON s.run_id = p.run_id AND s.shape_id = j.shape_id
      WHERE j.replication_id = ?1
    )
    SELECT j.tenant_id, j.node_id, j.start_ns, coalesce(j.end_ns, ?2), j.gpu_mask, j.gpu_count
    FROM asks j
    WHERE j.node_id IS NOT NULL AND j.start_ns IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM job_piece i WHERE i.replication_id = ?1 AND i.job_id = j.job_id)
    UNION ALL
    SELECT j.tenant_id, i.node_id, j.start_ns, coalesce(j.end_ns, ?2), i.gpu_mask, j.gpu_count
    FROM job_piece i JOIN asks j ON j.job_id = i.job_id
    WHERE i.replication_id = ?1 AND j.start_ns IS NOT NULL
    UNION ALL
    SELECT j.tenant_id, a.node_id, a.start_ns, a.end_ns, a.gpu_mask, j.gpu_count
    FROM job_attempt a JOIN asks j ON j.job_id = a.job_id
    WHERE a.replication_id = ?1
      AND NOT EXISTS (SELECT 1 FROM attempt_piece i WHERE i.replication_id = ?1 AND i.attempt = a.attempt)
    UNION ALL
    SELECT j.tenant_id, i.node_id, a.start_ns, a.end_ns, i.gpu_mask, j.gpu_count
    FROM attempt_piece i
    JOIN job_attempt a ON a.replication_id = ?1 AND a.attempt = i.attempt
    JOIN asks j ON j.job_id = a.job_id
    WHERE i.replication_id = ?1
    """
}
