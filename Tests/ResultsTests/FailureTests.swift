import Foundation
import GRDB
import OutcomeFixtures
import Synchronization
import TestSupport
import Testing

@testable import Results

@Suite("Results files that cannot be used, and writes that fail")
struct FailureTests {
  private let folder = try! ScratchFolder()

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// The message of the error that `body` throws.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path(""), with: "DIR")
    }
  }

  @Test("the disk fills at the n-th page: the file is as it was, for every n")
  func diskFull() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let before = try contents(path)
    let pages = try #require(
      try ResultStore(path: path, access: .read).queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") }
    )
    var succeeded = false
    for extra in 0..<200 where !succeeded {
      let store = try ResultStore(path: path, access: .write, patienceSeconds: 1) { db in
        try db.execute(sql: "PRAGMA max_page_count = \(pages + extra)")
      }
      do {
        try store.write([.small(policy: "fgd", replications: 20)])
        succeeded = true
      } catch {
        #expect(error as? ResultStoreError == .full(path: path))
        #expect(try contents(path) == before)
      }
    }
    #expect(succeeded)
  }

  @Test("an insert into any table fails: nothing of the run is left")
  func everyTable() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let before = try contents(path)
    let tables = before.keys.filter {
      ![
        "job_state", "wait_cause", "ledger_leaf", "job_name", "filling", "node_purpose", "life_stage",
        "node_removal",
      ].contains($0)
    }
    let money: Set = ["tco_study", "tco_option", "cost_line", "tco_bar", "charge_line"]
    #expect(tables.count > 12 && money.isSubset(of: tables))
    for table in tables {
      let store = try ResultStore(path: path, access: .write, patienceSeconds: 1) { db in
        try db.execute(
          sql: """
            CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.\(table)
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """
        )
      }
      let text = message {
        if money.contains(table) {
          _ = try store.write(.small)
        } else {
          try store.write([.gangs(), .slices(), .autoNodes()])
        }
      }
      #expect(text == "DIR/results.sqlite: refused; nothing was stored", "\(table)")
      #expect(try contents(path) == before)
    }
  }

  @Test("cancelled in the middle: nothing is left, not even a new file")
  func cancelled() throws {
    let path = folder.path("results.sqlite")
    for looks in 0..<4 {
      let left = Mutex(looks)
      #expect(throws: CancellationError.self) {
        _ = try ResultStore.store([.small(replications: 3)], at: path) {
          left.withLock { left in
            left -= 1
            return left < 0
          }
        }
      }
      #expect(try folder.contents() == [])
    }
  }

  @Test("the program dies in the middle: the next one finds the file as it was")
  func killed() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let before = try contents(path)
    let copy = folder.path("copy.sqlite")
    // A cache of one page makes SQLite write the unfinished transaction out;
    // the copy is what a crash at that moment leaves on the disk.
    let store = try ResultStore(path: path, access: .write, patienceSeconds: 1) { db in
      try db.execute(sql: "PRAGMA cache_size = 1")
    }
    let looks = Mutex(0)
    try store.write([.small(replications: 8)]) {
      let count = looks.withLock { looks in
        looks += 1
        return looks
      }
      if count == 8 {
        for suffix in ["", "-wal"] {
          try? FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
      }
      return false
    }
    #expect(try bytes(copy + "-wal").count > 4096)
    #expect(try contents(copy) == before)
    #expect(try contents(path) != before)
  }

  @Test("a reader sees the file as it was while a run is being written, and does not wait")
  func concurrentReader() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let seen = Mutex<[[Int64]]>([])
    let store = try ResultStore(path: path, access: .write)
    try store.write([.small(policy: "fgd", replications: 3)]) {
      let reader = try? ResultStore(path: path, access: .read, patienceSeconds: 0)
      let ids = (try? reader?.runs().map(\.id)) ?? []
      seen.withLock { $0.append(ids) }
      return false
    }
    #expect(seen.withLock { $0 } == Array(repeating: [1], count: 4))
    #expect(try ResultStore(path: path, access: .read).runs().map(\.id) == [1, 2])
  }

  @Test("locked by another connection: says by whom, after waiting")
  func locked() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let before = try contents(path)
    var text = ""
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try db.inTransaction(.immediate) {
        text = message { _ = try ResultStore.store([.small()], at: path, patienceSeconds: 0.25) }
        return .rollback
      }
    }
    #expect(text.hasPrefix("DIR/results.sqlite: locked by process \(getpid()) ("), "\(text)")
    #expect(text.contains("also after waiting 0.25 s"))
    #expect(try contents(path) == before)
  }

  @Test("a database that cannot be written says so")
  func readOnly() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let refused = DatabaseError(resultCode: .SQLITE_READONLY)
    let wrapped = ResultStoreError.wrapping(refused, path: path, waitedSeconds: 1)
    #expect(wrapped as? ResultStoreError == .readOnly(path: path))
    if geteuid() != 0 {
      // The superuser may write to everything.
      #expect(chmod(path, 0o444) == 0)
      #expect(throws: ResultStoreError.readOnly(path: path)) { try ResultStore.checkWritable(path) }
      #expect(throws: ResultStoreError.readOnly(path: path)) {
        _ = try ResultStore.store([.small()], at: path)
      }
      #expect(try ResultStore(path: path, access: .read).runs().count == 1)
    }
    #expect(throws: ResultStoreError.readOnly(path: "/dev/null/results.sqlite")) {
      try ResultStore.checkWritable("/dev/null/results.sqlite")
    }
  }

  @Test("files that are not ours are refused and left as they are")
  func notOurs() throws {
    let garbage = folder.path("garbage.sqlite")
    try Data(String(repeating: "job,arrival\n", count: 400).utf8).write(to: URL(fileURLWithPath: garbage))
    let foreign = folder.path("foreign.sqlite")
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
    let newer = folder.path("newer.sqlite")
    _ = try ResultStore.store([.small()], at: newer)
    try DatabaseQueue(path: newer).write { try $0.execute(sql: "PRAGMA user_version = 99") }
    let expected: [(String, ResultStoreError)] = [
      (garbage, .notADatabase(path: garbage)), (foreign, .foreign(path: foreign)),
      (newer, .newerVersion(path: newer, found: 99, supported: Schema.version)),
      (folder.path("none.sqlite"), .notFound(path: folder.path("none.sqlite"))),
    ]
    for (path, error) in expected {
      let before = try? bytes(path)
      #expect(throws: error) { _ = try ResultStore(path: path, access: .read) }
      if before != nil {
        #expect(throws: error) { try ResultStore.checkWritable(path) }
        #expect(throws: error) { _ = try ResultStore.store([.small()], at: path) }
      }
      let after = try? bytes(path)
      #expect(after == before)
    }
  }

  @Test("asking for what is not there")
  func noSuchRun() throws {
    let path = folder.path("results.sqlite")
    let empty = try ResultStore(path: path, access: .write)
    #expect(throws: ResultStoreError.noRuns(path: path)) { _ = try empty.figures() }
    try empty.write([.small(), .small()])
    #expect(throws: ResultStoreError.noSuchRun(id: 7, path: path, known: 1...2)) {
      _ = try empty.figures(run: 7)
    }
  }

  @Test("an integral beyond the file's range is refused, not rounded")
  func outOfRange() throws {
    var record = RunRecord.small()
    record.replications[0].outcome.tenants[0].offered = -1
    #expect(throws: ResultStoreError.integralOutOfRange(-1)) {
      _ = try ResultStore.store([record], at: folder.path("results.sqlite"))
    }
  }

  /// Every row by table.
  private func contents(_ path: String) throws -> [String: [Row]] {
    let store = try ResultStore(path: path, access: .read)
    return try store.queue.read { db in
      let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
      return try Dictionary(
        uniqueKeysWithValues: tables.map { ($0, try Row.fetchAll(db, sql: "SELECT * FROM \($0)")) }
      )
    }
  }
}
