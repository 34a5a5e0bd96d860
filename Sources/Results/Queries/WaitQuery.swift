import GRDB
import Outcome

/// Puts a job's waits together from the logs of its shape and its own.
struct WaitQuery {
  private let db: Database
  private let replication: Int64
  private let job: Int64

  init(_ db: Database, replication: Int64, job: Int64) {
    self.db = db
    self.replication = replication
    self.job = job
  }

  func stretches() throws -> [JobStory.Stretch] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT j.shape_id, j.state, j.arrival_ns, j.start_ns, j.end_ns, p.end_ns AS horizon_ns
          FROM job j JOIN replication p ON p.id = j.replication_id
          WHERE j.replication_id = ? AND j.job_id = ?
          """,
        arguments: [replication, job]
      )
    else { return [] }
    let state = JobState(rawValue: UInt8(row["state"] as Int64)) ?? .unseen
    guard state != .unseen, state != .rejected else { return [] }
    let start: Int64? = row["start_ns"]
    let end: Int64? = row["end_ns"]
    var waits: [(from: Int64, to: Int64)] = []
    var since: Int64 = row["arrival_ns"]
    let runs = try Row.fetchAll(
      db,
      sql:
        "SELECT start_ns, end_ns FROM job_attempt WHERE replication_id = ? AND job_id = ? ORDER BY attempt",
      arguments: [replication, job]
    )
    for run in runs {
      waits.append((since, run["start_ns"] as Int64))
      since = run["end_ns"]
    }
    let horizon: Int64 = row["horizon_ns"]
    waits.append((since, start ?? end ?? horizon))
    let history = try history(shape: row["shape_id"], from: row["arrival_ns"])
    guard !history.classes[0].causes.isEmpty || !history.own.causes.isEmpty else { return [] }
    return waits.flatMap { history.stretches(of: 0, shape: 0, from: $0.from, to: $0.to) }.map {
      JobStory.Stretch(
        startSeconds: Double($0.start) / 1e9,
        endSeconds: Double($0.end) / 1e9,
        cause: $0.cause.name
      )
    }
  }

  /// The logs that matter to the job, as a history of one class and one job.
  private func history(shape: Int64, from arrival: Int64) throws -> CauseHistory {
    var history = CauseHistory()
    history.classOfShape = [0]
    history.classes = [
      try log(
        """
        SELECT since_ns, cause FROM class_cause WHERE replication_id = ? AND shape_id = ? AND since_ns >= coalesce((
          SELECT max(since_ns) FROM class_cause WHERE replication_id = ? AND shape_id = ? AND since_ns <= ?), 0)
        ORDER BY since_ns
        """,
        [replication, shape, replication, shape, arrival]
      )
    ]
    history.own = try log(
      "SELECT since_ns, cause FROM job_cause WHERE replication_id = ? AND job_id = ? ORDER BY since_ns",
      [replication, job]
    )
    history.firstOwn = [0, Int32(history.own.causes.count)]
    return history
  }

  private func log(_ sql: String, _ arguments: StatementArguments) throws -> CauseLog {
    var log = CauseLog()
    for row in try Row.fetchAll(db, sql: sql, arguments: arguments) {
      log.append(WaitCause(rawValue: UInt8(row["cause"] as Int64)) ?? .none, at: row["since_ns"])
    }
    return log
  }
}
