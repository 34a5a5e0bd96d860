import GRDB
import OutcomeFixtures
import TestSupport
import Testing
import Workload

@testable import Outcome
@testable import Results

@Suite("Results files of version 1")
struct MigrationTests {
  private let folder = try! ScratchFolder()

  /// A file as version 1 wrote it: one run, a job that was interrupted and
  /// runs again, one that was not, one that waits after an interruption and
  /// one that never started.
  private func oldFile() throws -> String {
    let path = folder.path("old.sqlite")
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in
      try Schema.migrate(db, to: 1)
      try db.execute(
        sql: """
          DELETE FROM wait_cause WHERE id > 6;
          INSERT INTO run VALUES (1, 1, 'old', '', '', 'name: old', 'best-fit', '7', '0.1.0');
          INSERT INTO run_wall VALUES (1, '2026-01-02T03:04:05Z', 1, 1, 'host');
          INSERT INTO gpu_model VALUES (1, 0, 'l40s');
          INSERT INTO node VALUES (1, 0, 'n-0', 64000, 1024, 8, 0);
          INSERT INTO tenant VALUES (1, 0, 'default');
          INSERT INTO job_class VALUES (1, 0, 'train');
          INSERT INTO job_shape VALUES (1, 0, 1000, 64, 2, 1000, 'l40s');
          INSERT INTO replication VALUES (1, 1, 0, '7', '0123456789abcdef', 9, 0, 900, 100, 4, 'job-', 8, 8, 0, 8000);
          INSERT INTO job VALUES
            (1, 0, 0, 0, 0, 0, 5, 900, 10, 50, 1, 3, 300, NULL, 0, 3, 2),
            (1, 1, 0, 0, 0, 0, 5, 900, 20, 50, 2, 0, 30, 80, 0, 12, 0),
            (1, 2, 0, 0, 0, 0, 5, 900, 30, 50, 0, 3, NULL, NULL, NULL, 0, 1),
            (1, 3, 0, 0, 0, 0, 5, 900, 40, 50, 0, 3, NULL, NULL, NULL, 0, 0);
          INSERT INTO job_attempt VALUES (1, 0, 0, 15, 25, 0, 3), (1, 1, 2, 35, 45, 0, 3), (1, 2, 0, 55, 60, 0, 3);
          INSERT INTO metric VALUES (1, 0, 'allocation', 'fleet', '%', 50);
          """
      )
    }
    try queue.close()
    return path
  }

  @Test("they are read as they are, and stay so")
  func read() throws {
    let path = try oldFile()
    let store = try ResultStore(path: path, access: .read)
    #expect(try store.runs().map(\.name) == ["old"])
    #expect(try store.figures().replications[0].metrics.map(\.value) == [50])
    #expect(try store.series(run: 1, replication: 0).isEmpty)
    #expect(try store.ledger(run: 1, replication: 0).map(\.gpuModel) == ["l40s"])
    #expect(try store.queue.read { try Schema.userVersion($0) } == 1)
    try ResultStore.checkWritable(path)
    #expect(try store.queue.read { try Schema.userVersion($0) } == 1)
  }

  @Test("storing a run brings them up, and every job is still there")
  func migrated() throws {
    let path = try oldFile()
    #expect(try ResultStore.store([.small()], at: path) == [2])
    let store = try ResultStore(path: path, access: .read)
    #expect(try store.runs().map(\.name) == ["old", "small"])
    try store.queue.read { db in
      #expect(try Schema.userVersion(db) == Schema.version)
      let old = try Row.fetchAll(db, sql: "SELECT * FROM job WHERE replication_id = 1 ORDER BY job_id")
      #expect(old.map { $0["first_start_ns"] as Int64? } == [15, 30, 35, nil])
      #expect(old.map { $0["start_ns"] as Int64? } == [300, 30, nil, nil])
      #expect(old.map { $0["gpu_mask"] as Int } == [3, 12, 0, 0])
      #expect(old.map { $0["interruptions"] as Int } == [2, 0, 1, 0])
      #expect(old.allSatisfy { $0["preemptions"] == 0 && ($0["estimate_ns"] as Int64?) == nil })
      let attempts = try Row.fetchAll(db, sql: "SELECT * FROM job_attempt WHERE replication_id = 1")
      #expect(attempts.map { $0["job_id"] as Int } == [0, 2, 0])
      #expect(attempts.map { $0["end_ns"] as Int } == [25, 45, 60])
      #expect(attempts.allSatisfy { $0["is_preemption"] == 0 && $0["kept_ns"] == 0 })
      let causes = try String.fetchAll(db, sql: "SELECT name FROM wait_cause ORDER BY id")
      #expect(causes == WaitCause.allCases.map(\.name))
      let shapes = try Row.fetchAll(db, sql: "SELECT * FROM job_shape WHERE run_id = 1")
      #expect(shapes.map { $0["workers"] as Int } == [1])
      #expect(shapes.map { $0["placement"] as String } == ["anywhere"])
      #expect(shapes.map { $0["accepts"] as String } == ["l40s"])
      let waits = try Double.fetchAll(
        db,
        sql: "SELECT wait_s FROM job_view WHERE run_id = 1 AND start_s > 0 ORDER BY job_id"
      )
      #expect(waits.map { ($0 * 1e9).rounded() } == [275, 10])
    }
  }

  @Test("a file that was brought up has the schema of a new one")
  func sameSchema() throws {
    func statements(_ path: String) throws -> [String] {
      _ = try ResultStore.store([.small()], at: path)
      return try ResultStore(path: path, access: .read).queue.read {
        try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
      }
    }
    #expect(try statements(oldFile()) == statements(folder.path("new.sqlite")))
  }
}
