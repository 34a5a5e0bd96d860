import GRDB
import Outcome
import Workload

/// Writes what may end the jobs of a replication before their time, and which
/// jobs wait for which; nothing where there is nothing of the kind.
struct LifeWriter {
  let db: Database
  let replication: Int64
  /// Thrown out of the transaction when it says true.
  let isCancelled: () -> Bool

  func write(_ record: ReplicationRecord) throws {
    let jobs = record.jobs
    let isPlain =
      jobs.timeLimit.isEmpty && jobs.deadline.isEmpty && jobs.retry.isEmpty && jobs.failures.isEmpty
      && jobs.after.isEmpty
    if isPlain { return }
    try writeLives(jobs, record.outcome.jobs)
    try writeDependencies(jobs.after)
  }

  private func writeLives(_ jobs: JobTable, _ fate: JobColumns) throws {
    var rows = try RowInserter(db, into: "job_life", columns: 8)
    for job in 0..<jobs.count {
      if job % RunWriter.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      rows.bind(replication)
      rows.bind(job)
      rows.bind(orNull: fate.eligible(job, arrival: jobs.arrival[job].nanoseconds) ?? -1)
      rows.bind(orNull: jobs.limit(of: job)?.nanoseconds ?? -1)
      rows.bind(orNull: jobs.due(of: job)?.nanoseconds ?? -1)
      rows.bind(orNull: Int64(jobs.retryRule(of: job).most ?? -1))
      rows.bind(fate.failures.isEmpty ? 0 : fate.failures[job])
      rows.bind(fate.lostNanoseconds.isEmpty ? 0 : fate.lostNanoseconds[job])
      try rows.insert()
    }
  }

  private func writeDependencies(_ after: JobLists) throws {
    if after.isEmpty { return }
    var rows = try RowInserter(db, into: "job_dependency", columns: 3)
    for job in 0..<after.count {
      if job % RunWriter.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      for other in after[job] {
        rows.bind(replication)
        rows.bind(job)
        rows.bind(other)
        try rows.insert()
      }
    }
  }
}
