import GRDB
import Outcome

/// The layout of a results file and the steps that lead to it.
///
/// The version stands in `PRAGMA user_version`, the owner in
/// `PRAGMA application_id`. A file of an older version is brought up step by
/// step, all in one transaction; a newer one is refused.
enum Schema {
  /// `HDRM`: marks a file as ours.
  static let applicationID: Int32 = 0x4844_524D

  /// Step n leads from version n to version n + 1.
  private static let steps: [@Sendable (Database) throws -> Void] = [
    { db in
      try db.execute(sql: version1Tables)
      try db.execute(sql: version1Views)
    },
    { db in
      try db.execute(sql: version2Tables)
      try db.execute(sql: version2Views)
    },
    { db in try db.execute(sql: version3Tables) },
    { db in try db.execute(sql: version4Tables) },
    { db in
      try db.execute(sql: version5Tables)
      try db.execute(sql: version5Views)
    },
  ]

  /// The oldest version whose runs this program reads as they are: no query of
  /// its own needs what came later.
  static let oldestReadable = 1

  /// The version that this program writes.
  static var version: Int { steps.count }

  /// Brings the database up to ``version``. Does nothing when it is.
  ///
  /// Must run inside a transaction that holds the write lock: the version is
  /// read again under the lock, so two programs that open a new file at the
  /// same time do not both create it.
  ///
  /// Tests stop at an earlier version to make old files.
  static func migrate(_ db: Database, to version: Int = version) throws {
    let found = try userVersion(db)
    guard found < version else { return }
    for step in steps[found..<version] { try step(db) }
    try insertVocabularies(db)
    if version >= 5 { try insertNodeVocabularies(db) }
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  static func userVersion(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  /// Whether the file is new (empty) or ours; another program's database is
  /// never touched.
  static func isOurs(_ db: Database) throws -> Bool {
    if try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID { return true }
    return try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
  }

  /// Adds the words that the file does not have yet.
  private static func insertVocabularies(_ db: Database) throws {
    for state in JobState.allCases {
      try db.execute(
        sql: "INSERT OR IGNORE INTO job_state VALUES (?, ?)",
        arguments: [state.rawValue, state.name]
      )
    }
    for cause in WaitCause.allCases {
      try db.execute(
        sql: "INSERT OR IGNORE INTO wait_cause VALUES (?, ?)",
        arguments: [cause.rawValue, cause.name]
      )
    }
    for leaf in LedgerLeaf.allCases {
      let branch = leaf.path.prefix { $0 != "." }
      let busy = [.goodput, .lost, .overhead].contains(leaf)
      let stranded = leaf.path.hasPrefix("free.stranded")
      try db.execute(
        sql: "INSERT OR IGNORE INTO ledger_leaf VALUES (?, ?, ?, ?, ?)",
        arguments: [leaf.rawValue, leaf.path, String(branch), busy, stranded]
      )
    }
  }
}
