import Foundation
import GRDB

/// A results file: SQLite, one transaction a run.
///
/// The file is in WAL mode, so that any number of programs read while one
/// writes. A run whose writing is interrupted leaves nothing.
public final class ResultStore: Sendable {
  /// What the opener means to do.
  public enum Access: Sendable {
    /// The file must exist; it is not changed.
    case read
    /// The file is made, or brought up to the current version, when needed.
    case write
  }

  /// How long to wait for another program's lock, unless told otherwise.
  public static let defaultPatienceSeconds = 10.0

  public let path: String
  let queue: DatabaseQueue
  private let patienceSeconds: Double

  /// Opens a results file.
  public convenience init(
    path: String,
    access: Access,
    patienceSeconds: Double = defaultPatienceSeconds
  ) throws {
    try self.init(path: path, access: access, patienceSeconds: patienceSeconds, prepare: { _ in })
  }

  /// - Parameter prepare: runs on the connection once it is ours; tests make
  ///   writes fail through it.
  init(
    path: String,
    access: Access,
    patienceSeconds: Double,
    prepare: @escaping @Sendable (Database) throws -> Void
  ) throws {
    self.path = path
    self.patienceSeconds = patienceSeconds
    let file = DatabaseFile(path: path)
    if file.isFolder { throw ResultStoreError.cannotOpen(path: path, reason: "it is a folder") }
    if access == .read, !file.exists { throw ResultStoreError.notFound(path: path) }
    var configuration = Configuration()
    configuration.label = "headroom results"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(patienceSeconds)
    configuration.readonly = access == .read && !file.isWritable
    configuration.prepareDatabase { db in
      try Self.checkOwner(db, path: path)
      if access == .write, try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try prepare(db)
    }
    do {
      queue = try DatabaseQueue(
        path: access == .read ? file.pathForReading : path,
        configuration: configuration
      )
      if access == .write {
        try queue.write { try Schema.migrate($0) }
      } else {
        try queue.read { db in
          let found = try Schema.userVersion(db)
          // No other version is 0: the file is empty.
          if found == 0 { throw ResultStoreError.noRuns(path: path) }
          guard found >= Schema.oldestReadable else {
            throw ResultStoreError.olderVersion(path: path, found: found, supported: Schema.version)
          }
        }
      }
    } catch {
      throw ResultStoreError.wrapping(error, path: path, waitedSeconds: patienceSeconds)
    }
  }

  /// Refuses files that are not ours before anything is changed.
  private static func checkOwner(_ db: Database, path: String) throws {
    guard try Schema.isOurs(db) else { throw ResultStoreError.foreign(path: path) }
    let found = try Schema.userVersion(db)
    if found > Schema.version {
      throw ResultStoreError.newerVersion(path: path, found: found, supported: Schema.version)
    }
  }

  /// Writes runs in one transaction: all of them, or none.
  ///
  /// - Parameter isCancelled: looked at every few thousand rows; saying true
  ///   ends the writing with `CancellationError` and leaves nothing.
  /// - Returns: the runs' ids, in order.
  @discardableResult
  public func write(
    _ runs: [RunRecord],
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [Int64] {
    try mappingErrors {
      try queue.write { db in
        var ids: [Int64] = []
        for run in runs {
          ids.append(try RunWriter.write(run, batch: ids.first, in: db, isCancelled: isCancelled))
        }
        if isCancelled() { throw CancellationError() }
        return ids
      }
    }
  }

  /// Runs `body` and turns SQLite's errors into ours.
  func mappingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw ResultStoreError.wrapping(error, path: path, waitedSeconds: patienceSeconds)
    }
  }
}

extension ResultStore {
  /// Stores runs in the file at `path`, which is made when needed (with its
  /// folders). When that fails, a file that was not there before is not there
  /// after.
  public static func store(
    _ runs: [RunRecord],
    at path: String,
    patienceSeconds: Double = defaultPatienceSeconds,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [Int64] {
    let file = DatabaseFile(path: path)
    if file.isFolder { throw ResultStoreError.cannotOpen(path: path, reason: "it is a folder") }
    let isNew = !file.exists
    try file.makeFolder()
    do {
      let store = try ResultStore(path: path, access: .write, patienceSeconds: patienceSeconds)
      defer { try? store.queue.close() }
      return try store.write(runs, isCancelled: isCancelled)
    } catch {
      if isNew { file.remove() }
      throw error
    }
  }

  /// Finds out early, before hours of simulation, what would keep a run from
  /// being stored. Changes nothing.
  public static func checkWritable(_ path: String) throws {
    let file = DatabaseFile(path: path)
    if file.isFolder { throw ResultStoreError.cannotOpen(path: path, reason: "it is a folder") }
    guard file.exists else {
      if !file.isCreatable { throw ResultStoreError.readOnly(path: path) }
      return
    }
    guard file.isWritable else { throw ResultStoreError.readOnly(path: path) }
    do {
      _ = try ResultStore(path: path, access: .read)
    } catch ResultStoreError.olderVersion, ResultStoreError.noRuns {
      // Writing brings it up.
    }
  }
}
