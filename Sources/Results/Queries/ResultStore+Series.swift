import GRDB
import Outcome
import SimulationKernel

extension ResultStore {
  /// The stored series of one replication as the simulation made them; all,
  /// or those of a name and tenant.
  public func series(
    run: Int64,
    replication: Int,
    named name: String? = nil,
    tenant: String? = nil
  ) throws -> [Series] {
    try mappingErrors {
      try queue.read { db in
        let id = try Int64.fetchOne(
          db,
          sql: "SELECT id FROM replication WHERE run_id = ? AND number = ?",
          arguments: [run, replication]
        )
        return try id.map { try self.series(replicationID: $0, db, named: name, tenant: tenant) } ?? []
      }
    }
  }

  func series(
    replicationID: Int64,
    _ db: Database,
    named name: String?,
    tenant: String?
  ) throws -> [Series] {
    var found: [Series] = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT s.series_id, s.name, s.tenant, s.gpu_model, s.unit, v.unit_s, v.unit_ns
        FROM series s
        LEFT JOIN series_value v ON v.replication_id = s.replication_id AND v.series_id = s.series_id
        WHERE s.replication_id = ?1 AND (?2 IS NULL OR s.name = ?2) AND (?3 IS NULL OR s.tenant = ?3)
        ORDER BY s.series_id, v.bucket
        """,
      arguments: [replicationID, name, tenant]
    )
    var current: Int64?
    while let row = try rows.next() {
      if current != row["series_id"] as Int64 {
        current = row["series_id"]
        found.append(
          Series(
            name: row["name"],
            tenant: row["tenant"],
            gpuModel: row["gpu_model"],
            unit: StoredUnit.integral(ofLevel: row["unit"]),
            values: []
          )
        )
      }
      guard let seconds = row["unit_s"] as Int64? else { continue }
      found[found.count - 1].values.append(
        ExactIntegral.value(seconds: seconds, nanoseconds: row["unit_ns"])
      )
    }
    return found
  }

  /// The exact ledger of one replication by GPU model, in the fleet's order.
  public func ledger(run: Int64, replication: Int) throws -> [(gpuModel: String, totals: LedgerTotals)] {
    try mappingErrors {
      try queue.read { db in
        let rows = try Row.fetchAll(
          db,
          sql: """
            SELECT g.model_id, g.name, l.leaf_id, l.milligpu_s, l.milligpu_ns
            FROM gpu_model g
            JOIN replication p ON p.run_id = g.run_id
            LEFT JOIN ledger l ON l.replication_id = p.id AND l.model_id = g.model_id
            WHERE p.run_id = ? AND p.number = ? ORDER BY g.model_id, l.leaf_id
            """,
          arguments: [run, replication]
        )
        var found: [(gpuModel: String, totals: LedgerTotals)] = []
        for row in rows {
          if found.last?.gpuModel != row["name"] { found.append((row["name"], LedgerTotals())) }
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
}
