import Foundation
import GRDB
import OutcomeFixtures
import TestSupport
import Testing

@testable import Outcome
@testable import Results

@Suite("Storing and reading runs")
struct ResultStoreTests {
  private let folder = try! ScratchFolder()

  @Test("what comes out is what went in")
  func roundTrip() throws {
    let records = [RunRecord.small(replications: 3), RunRecord.small(policy: "fgd")]
    let ids = try ResultStore.store(records, at: folder.path("results.sqlite"))
    #expect(ids == [1, 2])
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    #expect(try store.figures(run: 1) == RunFigures(records[0], id: 1))
    #expect(try store.figures() == RunFigures(records[1], id: 2))
    #expect(try store.batch().map(\.id) == [1, 2])
    let outcome = records[0].replications[2].outcome
    #expect(try store.series(run: 1, replication: 2) == outcome.series)
    #expect(try store.ledger(run: 1, replication: 2).map(\.totals) == outcome.ledgerByModel)
    #expect(try store.runs().map(\.policy) == ["best-fit", "fgd"])
  }

  @Test("a place for machines on loan is no machine of the fleet")
  func loans() throws {
    var record = RunRecord.small()
    let before = RunFigures(record, id: 1).fleet
    record.fleet.nodes[0].isForLoans = true
    let gpus = record.fleet.nodes[0].gpuCount
    #expect(RunFigures(record, id: 1).fleet.map(\.gpus).reduce(gpus, +) == before.map(\.gpus).reduce(0, +))
    #expect(RunFigures(record, id: 1).fleet.map(\.nodes).reduce(1, +) == before.map(\.nodes).reduce(0, +))
    _ = try ResultStore.store([record], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    #expect(try store.figures(run: 1) == RunFigures(record, id: 1))
  }

  @Test("sums by SQL over raw rows equal the exact totals")
  func sums() throws {
    let record = RunRecord.small()
    _ = try ResultStore.store([record], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    func total(_ table: String) throws -> Int128 {
      let row = try #require(
        try store.queue.read {
          try Row.fetchOne($0, sql: "SELECT sum(milligpu_s), sum(milligpu_ns) FROM \(table)")
        }
      )
      return ExactIntegral.value(seconds: row[0], nanoseconds: row[1])
    }
    let outcome = record.replications[0].outcome
    #expect(try total("ledger") == outcome.ledger.capacity)
    #expect(try total("node_ledger") == outcome.ledger.capacity)
    #expect(try total("tenant_ledger") == outcome.ledger.allocated)
    let capacity = try store.queue.read {
      try Double.fetchOne($0, sql: "SELECT sum(gpu_hours) FROM ledger_view")
    }
    #expect(capacity.map { abs($0 - 180) < 1e-9 } == true)
    let byState = try store.queue.read {
      try Row.fetchAll($0, sql: "SELECT state, count(*) AS n FROM job_view GROUP BY state")
    }
    for row in byState where row["state"] as String != "unseen" {
      let metric = record.replications[0].metrics.first {
        $0.scope == "fleet" && $0.name == "jobs." + (row["state"] as String)
      }
      #expect(metric?.value == row["n"])
    }
  }

  @Test("series in SQL are mean levels in GPUs")
  func meanLevels() throws {
    _ = try ResultStore.store([.small()], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    let levels = try store.queue.read {
      try Double.fetchAll(
        $0,
        sql: """
          SELECT mean_level FROM series_view
          WHERE name = 'served' AND gpu_model = 'H100-SXM' ORDER BY bucket
          """
      )
    }
    #expect(zip(levels, [0, 2, 4, 6, 8, 10, 12, 14, 16, 16]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(levels.count == 10)
  }

  @Test("a name has one number a run, whatever order a replication meets it in")
  func names() throws {
    var record = RunRecord.small(replications: 2)
    record.replications[1].jobs.tenants = ["serving", "research"]
    record.replications[1].jobs.shapes.reverse()
    _ = try ResultStore.store([record], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    let tenants = try store.queue.read {
      try String.fetchAll($0, sql: "SELECT tenant FROM job_view WHERE job_id = 0 ORDER BY replication")
    }
    #expect(tenants == ["research", "serving"])
    #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tenant") } == 2)
    #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM job_shape") } == 4)
  }

  @Test("gangs, estimates and preemptions are stored")
  func gangs() throws {
    _ = try ResultStore.store([.gangs()], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    try store.queue.read { db in
      let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM job_view WHERE job_id = 5"))
      #expect(row["workers"] == 4 && row["placement"] == "consolidated")
      #expect(row["gpus"] == 32.0 && row["gpu_count"] == 8)
      #expect(row["estimate_s"] == 60.0)
      #expect(row["first_start_s"] == 9000.0 && row["start_s"] == 12_000.0)
      #expect(row["wait_s"] == 2000.0)
      #expect(row["interruptions"] == 1 && row["preemptions"] == 1)
      let others = try Row.fetchAll(db, sql: "SELECT * FROM job_view WHERE job_id IN (0, 8) ORDER BY job_id")
      #expect(others.map { $0["workers"] as Int } == [1, 1])
      #expect(others.map { $0["first_start_s"] as Double } == [0, 14_400])
      let pieces = try Row.fetchAll(db, sql: "SELECT * FROM piece_view ORDER BY piece")
      #expect(pieces.map { $0["node"] as String } == ["small-0", "big-1"])
      #expect(pieces.map { $0["gpu_mask"] as Int } == [1, 0xF0])
      #expect(pieces.map { $0["workers"] as Int } == [2, 2])
      let attempt = try #require(try Row.fetchOne(db, sql: "SELECT * FROM job_attempt WHERE job_id = 5"))
      #expect(attempt["is_preemption"] == 1 && attempt["kept_ns"] == 990_000_000_000)
      #expect(attempt["overhead_ns"] == 1)
      let lain = try Row.fetchAll(db, sql: "SELECT * FROM attempt_piece ORDER BY piece")
      #expect(lain.map { $0["attempt"] as Int } == [1, 1])
      #expect(lain.map { $0["node_id"] as Int } == [0, 2])
      #expect(try Int.fetchOne(db, sql: "SELECT overhead_ns FROM job WHERE job_id = 5") == 7_000_000_000)
      let held = try #require(try Row.fetchOne(db, sql: "SELECT * FROM hold_view"))
      #expect(held["job_id"] as Int == 5)
      #expect(held["workers"] as Int == 2)
      #expect(held["ending"] as String == "timed_out")
      #expect(held["start_s"] as Double == 8000)
      #expect(held["end_s"] as Double == 9000)
      // 16 GPUs for 1,000 s.
      #expect(abs(held["held_gpu_hours"] as Double - 16 / 3.6) < 1e-9)
    }
  }

  @Test("names from a trace are kept")
  func listedNames() throws {
    var record = RunRecord.small()
    record.replications[0].jobs.names = .listed((0..<12).map { $0 == 3 ? "" : "pod-\($0)" })
    _ = try ResultStore.store([record], at: folder.path("results.sqlite"))
    let store = try ResultStore(path: folder.path("results.sqlite"), access: .read)
    let names = try store.queue.read {
      try String.fetchAll($0, sql: "SELECT job FROM job_view ORDER BY job_id")
    }
    #expect(Array(names.prefix(5)) == ["pod-0", "pod-1", "pod-2", "", "pod-4"])
  }

  @Test("integrals survive exactly up to 100,000 GPUs over 36 years")
  func exactIntegrals() throws {
    let largest = Int128(100_000) * 1000 * Int128((1 << 60) - 1)
    for value in [0, 1, 999_999_999, 1_000_000_000, largest] as [Int128] {
      let stored = try #require(ExactIntegral(value))
      #expect(ExactIntegral.value(seconds: stored.seconds, nanoseconds: stored.nanoseconds) == value)
    }
    #expect(ExactIntegral(-1) == nil)
    #expect(ExactIntegral(Int128.max) == nil)
  }

  @Test("two executions of a run differ in run_wall only")
  func wallApart() throws {
    var again = RunRecord.small()
    again.wall = WallRecord(startedAt: "2027-01-01T00:00:00Z", seconds: 99, threads: 7, host: "other")
    _ = try ResultStore.store([.small()], at: folder.path("a"))
    _ = try ResultStore.store([again], at: folder.path("b"))
    #expect(try dump(folder.path("a")) == dump(folder.path("b")))
  }

  /// Every row of every table but `run_wall`, as text.
  private func dump(_ path: String) throws -> [String] {
    let store = try ResultStore(path: path, access: .read)
    return try store.queue.read { db in
      let tables = try String.fetchAll(
        db,
        sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'run_wall' ORDER BY name"
      )
      return try tables.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
      }
    }
  }
}
