import GRDB
import Outcome
import Workload

/// Writes what jobs waited for, and since when.
struct WaitWriter {
  let db: Database
  let replication: Int64
  /// Thrown out of the transaction when it says true.
  let isCancelled: () -> Bool

  func write(_ record: ReplicationRecord, ids: NameTables.Columns) throws {
    try writeWaits(record.outcome.waits)
    try writeClasses(record.outcome.causes, shapeIDs: ids.shapes)
    try writeOwnCauses(record.outcome.causes, jobs: record.jobs.count)
    var totals = try RowInserter(db, into: "wait_total", columns: 9)
    for row in WaitTotals(record.outcome, record.jobs).rows {
      guard let time = ExactIntegral(row.nanoseconds),
        let gpuTime = ExactIntegral(row.milliGPUNanoseconds)
      else { throw ResultStoreError.integralOutOfRange(row.milliGPUNanoseconds) }
      totals.bind(replication)
      totals.bind(ids.tenants[row.tenant])
      totals.bind(row.size.name)
      totals.bind(row.cause.rawValue)
      totals.bind(row.jobs)
      totals.bind(time)
      totals.bind(gpuTime)
      try totals.insert()
    }
  }

  private func isTimeToLook(_ row: Int) -> Bool { row > 0 && row % RunWriter.rowsBetweenLooks == 0 }

  /// Most jobs wait for one cause, which their own row names: rows here for
  /// them too took half as long again to store as all else together.
  private func writeWaits(_ waits: JobWaits) throws {
    var rows = try RowInserter(db, into: "job_wait", columns: 4)
    for job in 0..<waits.jobCount {
      if isTimeToLook(job), isCancelled() { throw CancellationError() }
      let parts = waits.rows(of: job)
      guard parts.count > 1 else { continue }
      for row in parts {
        rows.bind(replication)
        rows.bind(job)
        rows.bind(waits.cause[row].rawValue)
        rows.bind(waits.nanoseconds[row])
        try rows.insert()
      }
    }
  }

  /// A class of several shapes is written for each of them.
  private func writeClasses(_ causes: CauseHistory, shapeIDs: [Int64]) throws {
    var rows = try RowInserter(db, into: "class_cause", columns: 4)
    var isWritten: Set<Int64> = []
    for (shape, id) in shapeIDs.enumerated()
    where shape < causes.classOfShape.count && isWritten.insert(id).inserted {
      let log = causes.classes[Int(causes.classOfShape[shape])]
      for (change, time) in log.nanoseconds.enumerated() {
        if isTimeToLook(change), isCancelled() { throw CancellationError() }
        rows.bind(replication)
        rows.bind(id)
        rows.bind(time)
        rows.bind(log.causes[change].rawValue)
        try rows.insert()
      }
    }
  }

  private func writeOwnCauses(_ causes: CauseHistory, jobs: Int) throws {
    var rows = try RowInserter(db, into: "job_cause", columns: 4)
    for job in 0..<jobs {
      if isTimeToLook(job), isCancelled() { throw CancellationError() }
      let entries = causes.ownRows(of: job)
      for entry in entries {
        let time = causes.own.nanoseconds[entry]
        // Of several at an instant the last stands.
        if entry + 1 < entries.upperBound, causes.own.nanoseconds[entry + 1] == time { continue }
        rows.bind(replication)
        rows.bind(job)
        rows.bind(time)
        rows.bind(causes.own.causes[entry].rawValue)
        try rows.insert()
      }
    }
  }
}
