import GRDB
import Hardware
import Outcome
import SimulationKernel

/// Writes a replication's ledgers, totals and series.
struct TotalsWriter {
  let db: Database
  let replication: Int64

  func write(_ outcome: RunOutcome, tenantIDs: [Int64]) throws {
    var ledger = try RowInserter(db, into: "ledger", columns: 5)
    for (model, totals) in outcome.ledgerByModel.enumerated() {
      try write(totals, owner: Int64(model), into: &ledger)
    }
    try write(outcome.nodes)
    try write(outcome.tenants, ids: tenantIDs)
    try write(outcome.series)
    try writeAttempts(outcome)
    try writeHolds(outcome)
    if let filling = outcome.filling { try write(filling) }
  }

  private func writeAttempts(_ outcome: RunOutcome) throws {
    var rows = try RowInserter(db, into: "job_attempt", columns: 13)
    var pieces = try PieceInserter(db, into: "attempt_piece", replication: replication)
    for (index, attempt) in outcome.interruptedAttempts.enumerated() {
      rows.bind(replication)
      rows.bind(index)
      rows.bind(attempt.job.rawValue)
      rows.bind(attempt.startNanoseconds)
      rows.bind(attempt.endNanoseconds)
      rows.bind(attempt.node.rawValue)
      rows.bind(attempt.gpuMask)
      rows.bind(attempt.isPreemption ? 1 : 0)
      rows.bind(attempt.isFailure ? 1 : 0)
      rows.bind(attempt.backoffNanoseconds)
      rows.bind(attempt.keptNanoseconds)
      rows.bind(attempt.overheadNanoseconds)
      rows.bind(orNull: outcome.jobs.speedMillionths(Int(attempt.job.rawValue), rate: attempt.rate) ?? -1)
      try rows.insert()
      try pieces.insert(outcome, first: attempt.firstPiece, count: attempt.pieceCount, of: index)
    }
  }

  private func writeHolds(_ outcome: RunOutcome) throws {
    var rows = try RowInserter(db, into: "gang_hold", columns: 9)
    for (index, hold) in outcome.gangHolds.enumerated() {
      rows.bind(replication)
      rows.bind(index)
      rows.bind(hold.job.rawValue)
      rows.bind(hold.startNanoseconds)
      rows.bind(hold.endNanoseconds)
      rows.bind(hold.piece.node)
      rows.bind(hold.piece.gpuMask)
      rows.bind(hold.piece.workers)
      rows.bind(hold.ending.name)
      try rows.insert()
    }
  }

  private func write(_ filling: FillingColumns) throws {
    var rows = try RowInserter(db, into: "filling", columns: 5)
    for arrival in filling.arrivedMilliGPU.indices {
      rows.bind(replication)
      rows.bind(arrival)
      rows.bind(filling.arrivedMilliGPU[arrival])
      rows.bind(filling.allocatedMilliGPU[arrival])
      rows.bind(filling.fragmentedMilliGPU[arrival])
      try rows.insert()
    }
  }

  private func write(_ nodes: [NodeTotals]) throws {
    var ledger = try RowInserter(db, into: "node_ledger", columns: 5)
    var totals = try RowInserter(db, into: "node_total", columns: 3)
    var devices = try RowInserter(db, into: "device", columns: 5)
    for (index, node) in nodes.enumerated() {
      try write(node.ledger, owner: Int64(index), into: &ledger)
      totals.bind(replication)
      totals.bind(index)
      totals.bind(node.starts)
      try totals.insert()
      for (gpu, allocated) in node.allocatedPerGPU.enumerated() {
        devices.bind(replication)
        devices.bind(index)
        devices.bind(gpu)
        devices.bind(try exact(allocated))
        try devices.insert()
      }
    }
  }

  private func write(_ tenants: [TenantTotals], ids: [Int64]) throws {
    var ledger = try RowInserter(db, into: "tenant_ledger", columns: 5)
    var totals = try RowInserter(db, into: "tenant_total", columns: 8)
    for (id, tenant) in zip(ids, tenants) {
      try write(tenant.ledger, owner: id, into: &ledger)
      totals.bind(replication)
      totals.bind(id)
      totals.bind(tenant.submitted)
      totals.bind(tenant.completed)
      totals.bind(try exact(tenant.offered))
      totals.bind(try exact(tenant.waiting))
      try totals.insert()
    }
  }

  private func write(_ series: [Series]) throws {
    var rows = try RowInserter(db, into: "series", columns: 6)
    for (index, one) in series.enumerated() {
      rows.bind(replication)
      rows.bind(index)
      rows.bind(one.name)
      rows.bind(one.tenant)
      rows.bind(one.gpuModel)
      rows.bind(StoredUnit.level(ofIntegral: one.unit))
      try rows.insert()
    }
    var values = try RowInserter(db, into: "series_value", columns: 5)
    for (index, one) in series.enumerated() {
      for (bucket, value) in one.values.enumerated() {
        values.bind(replication)
        values.bind(index)
        values.bind(bucket)
        values.bind(try exact(value))
        try values.insert()
      }
    }
  }

  private func write(_ totals: LedgerTotals, owner: Int64, into rows: inout RowInserter) throws {
    for leaf in LedgerLeaf.allCases where totals[leaf] != 0 {
      rows.bind(replication)
      rows.bind(owner)
      rows.bind(leaf.rawValue)
      rows.bind(try exact(totals[leaf]))
      try rows.insert()
    }
  }

  private func exact(_ value: Int128) throws -> ExactIntegral {
    guard let integral = ExactIntegral(value) else { throw ResultStoreError.integralOutOfRange(value) }
    return integral
  }
}

/// The unit of a series in the database is that of the level; in the columns
/// it is that of the integral.
enum StoredUnit {
  private static let suffix = "_ns"

  static func level(ofIntegral unit: String) -> String {
    unit.hasSuffix(suffix) ? String(unit.dropLast(suffix.count)) : unit
  }

  static func integral(ofLevel unit: String) -> String { unit + suffix }
}
