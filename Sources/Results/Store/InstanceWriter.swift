import GRDB
import Outcome

/// Writes on which MIG instances jobs ran; nothing in runs without MIG.
struct InstanceWriter {
  let db: Database
  let replication: Int64
  /// Thrown out of the transaction when it says true.
  let isCancelled: () -> Bool

  func write(_ fate: JobColumns) throws {
    guard fate.instance.contains(where: { $0 != nil }) else { return }
    var rows = try RowInserter(db, into: "job_instance", columns: 4)
    for (job, instance) in fate.instance.enumerated() {
      if job % RunWriter.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      guard let instance else { continue }
      rows.bind(replication)
      rows.bind(job)
      rows.bind(instance.profile)
      rows.bind(instance.start)
      try rows.insert()
    }
  }
}
