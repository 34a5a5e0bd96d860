import GRDB
import OutcomeFixtures
import TestSupport
import Testing

@testable import Outcome
@testable import Results

@Suite("The schema")
struct SchemaTests {
  private let folder = try! ScratchFolder()

  @Test("docs/results-schema.md says what the live schema says")
  func reference() throws {
    try Golden.expect(SchemaReference.markdown(), equals: "docs/results-schema.md")
  }

  @Test("every table and every view says what it is for")
  func documented() throws {
    for section in try SchemaReference.markdown().split(separator: "\n### ").dropFirst() {
      let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count > 2 && !lines[2].isEmpty, "\(lines[0])")
    }
  }

  @Test("migrating twice changes nothing")
  func idempotent() throws {
    let queue = try DatabaseQueue()
    func master() throws -> [Row] {
      try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM sqlite_master ORDER BY name") }
    }
    try queue.write { try Schema.migrate($0) }
    let first = try master()
    try queue.write { try Schema.migrate($0) }
    #expect(try master() == first)
    #expect(try queue.read { try Schema.userVersion($0) } == Schema.version)
  }

  @Test("the vocabularies in the file are those of the code")
  func vocabularies() throws {
    let queue = try DatabaseQueue()
    try queue.write { try Schema.migrate($0) }
    func names(_ table: String, _ column: String) throws -> [String] {
      try queue.read { try String.fetchAll($0, sql: "SELECT \(column) FROM \(table) ORDER BY id") }
    }
    #expect(try names("job_state", "name") == JobState.allCases.map(\.name))
    #expect(try names("wait_cause", "name") == WaitCause.allCases.map(\.name))
    #expect(try names("ledger_leaf", "path") == LedgerLeaf.allCases.map(\.path))
  }

  @Test("views run on an empty and on a filled file")
  func views() throws {
    for path in [folder.path("empty"), folder.path("filled")] {
      let store = try ResultStore(path: path, access: .write)
      if path.hasSuffix("filled") {
        try store.write([.small(), .gangs(), .slices(), .autoNodes()])
        _ = try store.write(.small)
      }
      try store.queue.read { db in
        for view in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'view'") {
          let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(view)")
          #expect(rows.isEmpty == path.hasSuffix("empty"), "\(view)")
        }
      }
    }
  }

  @Test("foreign keys and checks are on")
  func constraints() throws {
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .write)
    try store.write([.small()])
    let wrong = [
      "UPDATE job SET state = 99", "UPDATE job SET start_ns = arrival_ns - 1",
      "UPDATE job SET replication_id = 9",
      "UPDATE ledger SET milligpu_ns = 1000000000", "UPDATE node SET model_id = 7 WHERE node_id = 0",
      "UPDATE replication SET fingerprint = 'x'", "UPDATE run SET seed = NULL",
      "UPDATE device SET milligpu_s = 'many'",
    ]
    for statement in wrong {
      #expect(throws: DatabaseError.self, "\(statement)") {
        try store.queue.write { try $0.execute(sql: statement) }
      }
    }
    try store.queue.write { try $0.execute(sql: "DELETE FROM run") }
    let left = try store.queue.read { db in
      try ["job", "replication", "node", "series_value", "metric", "run_wall"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(left.allSatisfy { $0 == 0 })
  }
}
