import GRDB
import Outcome

/// Writes where the workers of gangs lay: rows of `job_piece` or
/// `attempt_piece`.
struct PieceInserter {
  private var rows: RowInserter
  private let replication: Int64

  init(_ db: Database, into table: String, replication: Int64) throws {
    rows = try RowInserter(db, into: table, columns: 6)
    self.replication = replication
  }

  /// Inserts `count` pieces of the outcome from position `first`; `owner` is
  /// the job or the attempt.
  mutating func insert(_ outcome: RunOutcome, first: Int32, count: Int32, of owner: Int) throws {
    for piece in 0..<Int(count) {
      let part = outcome.pieces[Int(first) + piece]
      rows.bind(replication)
      rows.bind(owner)
      rows.bind(piece)
      rows.bind(part.node)
      rows.bind(part.gpuMask)
      rows.bind(part.workers)
      try rows.insert()
    }
  }
}
