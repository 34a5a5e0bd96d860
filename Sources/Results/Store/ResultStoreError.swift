import GRDB

/// Why a results file could not be read or written. In every case the file
/// is as it was before.
public enum ResultStoreError: Error, Hashable, Sendable {
  case notFound(path: String)
  case notADatabase(path: String)
  /// An SQLite database that another program made.
  case foreign(path: String)
  case newerVersion(path: String, found: Int, supported: Int)
  case olderVersion(path: String, found: Int, supported: Int)
  /// Another connection held the lock all the time that we waited.
  case locked(path: String, holder: String?, waitedSeconds: Double)
  case readOnly(path: String)
  case full(path: String)
  case cannotOpen(path: String, reason: String)
  case noRuns(path: String)
  case noSuchRun(id: Int64, path: String, known: ClosedRange<Int64>)
  case noSuchJob(job: String, run: Int64, path: String)
  case noSuchNode(node: String, run: Int64, path: String)
  case integralOutOfRange(Int128)
  /// Any other answer of SQLite.
  case failed(path: String, reason: String)
}

extension ResultStoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no results file here; `headroom run SCENARIO --db \(path)` makes one"
    case .notADatabase(let path):
      "\(path): not an SQLite database (or damaged); it was left as it is; name another file with --db"
    case .foreign(let path):
      "\(path): an SQLite database of another program; it was left as it is; name another file with --db"
    case .newerVersion(let path, let found, let supported):
      "\(path): has schema version \(found), this headroom knows versions up to \(supported); "
        + "use the newer headroom or name another file with --db"
    case .olderVersion(let path, let found, let supported):
      "\(path): has schema version \(found) and cannot be brought up to \(supported) here, because it "
        + "cannot be written; copy it to a place where it can"
    case .locked(let path, let holder, let seconds):
      "\(path): locked by \(holder ?? "another process"), also after waiting \(Self.text(seconds)) s; "
        + "end its transaction or name another file with --db"
    case .readOnly(let path):
      "\(path): cannot be written (read-only file, folder or file system); nothing was stored"
    case .full(let path):
      "\(path): the disk is full; nothing was stored and the file is as it was"
    case .cannotOpen(let path, let reason):
      "\(path): cannot be opened: \(reason)"
    case .noRuns(let path):
      "\(path): holds no runs yet"
    case .noSuchRun(let id, let path, let known):
      "\(path): has no run \(id); it holds runs \(known.lowerBound) to \(known.upperBound) (`headroom runs`)"
    case .noSuchJob(let job, let run, let path):
      "\(path): run \(run) has no job '\(job)' in that replication; the view job_view lists its jobs"
    case .noSuchNode(let node, let run, let path):
      "\(path): run \(run) has no node '\(node)', or not that replication; the table node lists its nodes"
    case .integralOutOfRange(let value):
      "the integral \(value) (thousandths x ns) is negative or exceeds what the results file can hold"
    case .failed(let path, let reason):
      "\(path): \(reason); nothing was stored"
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }

  /// Our words for an error of GRDB or SQLite; other errors pass unchanged.
  static func wrapping(_ error: any Error, path: String, waitedSeconds: Double) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      Self.locked(path: path, holder: LockHolder.name(of: path), waitedSeconds: waitedSeconds)
    case .SQLITE_READONLY, .SQLITE_PERM: Self.readOnly(path: path)
    case .SQLITE_FULL: Self.full(path: path)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: Self.notADatabase(path: path)
    case .SQLITE_CANTOPEN: Self.cannotOpen(path: path, reason: error.message ?? "no reason given")
    default: Self.failed(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
  }
}
