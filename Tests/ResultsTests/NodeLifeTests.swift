import GRDB
import Hardware
import OutcomeFixtures
import TestSupport
import Testing
import Workload

@testable import Outcome
@testable import Results

extension RunRecord {
  /// The small run, whose big nodes come and go. `big-0` is there from the
  /// beginning; at 5 h it is to go because it is underused, `big-1` comes in its
  /// place, and at 6 h it stops job 4, which had run for 3 h. At 8 h it is asked for
  /// again and never joins.
  static func autoNodes() -> RunRecord {
    var record = small()
    let second: Int64 = 1_000_000_000
    let hour = 3600 * second
    var outcome = record.replications[0].outcome
    outcome.autoNodes = [AutoNodeTotals(name: "big", gpusPerNode: 8, pricePerHour: 30)]
    outcome.autoNodes[0].nodes = 0..<2
    func change(
      _ node: Int32,
      _ time: Int64,
      _ stage: AutoNodeTotals.Stage?,
      _ removal: NodeRemoval? = nil
    ) -> NodeStageChange {
      NodeStageChange(atNanoseconds: time, node: node, stage: stage, removal: removal)
    }
    var first = change(1, 5 * hour, .launching)
    first.runningNanoseconds = 5 * hour + 90 * second
    first.joinedNanoseconds = 5 * hour + 120 * second
    var second2 = change(0, 8 * hour, .launching)
    second2.runningNanoseconds = 8 * hour + 90 * second
    outcome.nodeStages = [
      change(0, 0, .up), first, change(0, 5 * hour, .cordoned, .underused),
      change(1, 5 * hour + 300 * second, .up), change(0, 5 * hour + 300 * second, .draining, .underused),
      change(0, 6 * hour, .terminating, .underused), change(0, 6 * hour + 30 * second, nil, .underused),
      second2, change(0, 8 * hour + 900 * second, .terminating, .registrationTimeout),
      change(0, 8 * hour + 930 * second, nil, .registrationTimeout),
    ]
    outcome.nodeDisruptions = [
      NodeDisruption(
        atNanoseconds: 5 * hour,
        removal: .underused,
        nodes: [0],
        replacements: [1],
        pricePerHour: 30,
        replacementPricePerHour: 20
      )
    ]
    outcome.interruptedAttempts.append(
      InterruptedAttempt(
        job: JobID(rawValue: 4),
        startNanoseconds: 3 * hour,
        endNanoseconds: 6 * hour,
        node: NodeID(rawValue: 0),
        gpuMask: 1
      )
    )
    outcome.interruptedAttempts[1].keptNanoseconds = hour
    outcome.nodeEvictions = [NodeEviction(attempt: 1, node: 0, removal: .underused)]
    record.replications[0].outcome = outcome
    return record
  }
}

@Suite("Lives of nodes in results files")
struct NodeLifeTests {
  private let folder = try! ScratchFolder()

  private func stored(_ record: RunRecord = .autoNodes()) throws -> ResultStore {
    let path = folder.path("lives.sqlite")
    _ = try ResultStore.store([record], at: path)
    return try ResultStore(path: path, access: .read)
  }

  @Test("each life has its purpose, its stages and why it ended")
  func lives() throws {
    try stored().queue.read { db in
      let lives = try Row.fetchAll(db, sql: "SELECT * FROM node_life_view ORDER BY from_s, node")
      #expect(lives.map { $0["node"] as String } == ["big-0", "big-1", "big-0"])
      #expect(lives.map { $0["life"] as Int } == [0, 0, 1])
      #expect(lives.map { $0["purpose"] as String } == ["initial", "replacement", "demand"])
      #expect(lives.map { $0["removal"] as String? } == ["underused", nil, "registration_timeout"])
      #expect(lives.map { $0["up_s"] as Double? } == [0, 18_300, nil])
      #expect(lives.map { $0["to_s"] as Double? } == [21_630, nil, 29_730])
      #expect(lives.map { $0["stopped_runs"] as Int } == [1, 0, 0])
      #expect(lives.map { (($0["usd"] as Double) * 120).rounded() } == [21_630, 18_000, 930])
      let stages = try Row.fetchAll(db, sql: "SELECT * FROM node_stage_view ORDER BY node, life, part")
      #expect(
        stages.map { "\($0["stage"] as String) \($0["from_s"] as Double)" } == [
          "up 0.0", "cordoned 18000.0", "draining 18300.0", "terminating 21600.0",
          "launching 28800.0", "joining 28890.0", "terminating 29700.0",
          "launching 18000.0", "joining 18090.0", "gpu_stack 18120.0", "up 18300.0",
        ]
      )
    }
  }

  @Test("a decision names its nodes, what comes instead and what it stopped")
  func disruptions() throws {
    try stored().queue.read { db in
      let decided = try Row.fetchAll(db, sql: "SELECT * FROM disruption_view")
      #expect(decided.count == 1)
      #expect(decided[0]["nodes"] as String == "big-0" && decided[0]["replacements"] as String == "big-1")
      #expect(decided[0]["stopped_runs"] as Int == 1 && decided[0]["removal"] as String == "underused")
      let stopped = try Row.fetchAll(db, sql: "SELECT * FROM eviction_view")
      #expect(stopped.map { $0["job"] as String } == ["job-4"])
      // Three hours of one GPU, of which one hour was saved.
      #expect(stopped[0]["lost_gpu_hours"] as Double == 2 && stopped[0]["disruption"] as Int == 0)
    }
  }

  @Test("the story of a node tells its lives, by name")
  func story() throws {
    let story = try stored().story(ofNode: "big-0", run: 1, replication: 0)
    #expect(story.pool == "big" && story.usdPerHour == 30 && story.lives.count == 2)
    #expect(story.lives[0].disruptions.map(\.replacements) == [["big-1"]])
    #expect(story.lives[0].stops.map(\.job) == ["job-4"] && story.lives[0].stops[0].lostSeconds == 7200)
    #expect(story.lives[0].firstJob == "job-0")
    #expect(story.lives[1].endSeconds == 29_730 && story.lives[1].stops.isEmpty)
    let other = try stored().story(ofNode: "big-1", run: 1, replication: 0)
    #expect(other.lives[0].replaces == ["big-0"] && other.lives[0].endSeconds == nil)
    let fixed = try stored().story(ofNode: "small-0", run: 1, replication: 0)
    #expect(fixed.lives.isEmpty && fixed.pool == nil && fixed.hasLives)
  }

  @Test("the story of a job says which node's going stopped it")
  func jobStory() throws {
    let story = try stored().story(ofJob: "job-4", run: 1, replication: 0)
    #expect(story.attempts.map(\.removal) == ["underused"])
    let other = try stored().story(ofJob: "job-8", run: 1, replication: 0)
    #expect(other.attempts.map(\.removal) == [nil])
  }

  @Test("an unknown node is an error")
  func unknown() throws {
    let store = try stored()
    #expect(throws: ResultStoreError.noSuchNode(node: "big-9", run: 1, path: store.path)) {
      try store.story(ofNode: "big-9", run: 1, replication: 0)
    }
  }

  @Test("runs without such nodes have no rows, and a file of version 4 is read as it is")
  func older() throws {
    let path = folder.path("four.sqlite")
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in
      try Schema.migrate(db, to: 4)
      try db.execute(
        sql: """
          INSERT INTO run VALUES (1, 1, 'old', '', '', 'name: old', 'best-fit', '7', '0.1.0');
          INSERT INTO gpu_model VALUES (1, 0, 'l40s');
          INSERT INTO node VALUES (1, 0, 'n-0', 64000, 1024, 8, 0);
          INSERT INTO replication VALUES (1, 1, 0, '7', '0123456789abcdef', 9, 0, 900, 100, 0, 'job-', 8, 8, 0, 8000);
          """
      )
    }
    try queue.close()
    let old = try ResultStore(path: path, access: .read).story(ofNode: "n-0", run: 1, replication: 0)
    #expect(!old.hasLives && old.lives.isEmpty)
    #expect(try ResultStore.store([.small()], at: path) == [2])
    let store = try ResultStore(path: path, access: .read)
    #expect(try store.story(ofNode: "n-0", run: 1, replication: 0).hasLives)
    let rows = try store.queue.read { db in
      try ["node_pool", "node_life", "node_stage", "node_disruption", "disrupted_node", "node_eviction"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(rows.allSatisfy { $0 == 0 })
  }

  @Test("names of stages, purposes and removals in the file are those of the code")
  func vocabularies() throws {
    let queue = try DatabaseQueue()
    try queue.write { try Schema.migrate($0) }
    func names(_ table: String) throws -> [String] {
      try queue.read { try String.fetchAll($0, sql: "SELECT name FROM \(table) ORDER BY id") }
    }
    #expect(try names("node_purpose") == NodeLife.Purpose.allCases.map(\.name))
    #expect(try names("node_removal") == NodeRemoval.allCases.map(\.name))
    let stages = AutoNodeTotals.Stage.allCases.sorted { $0.rawValue < $1.rawValue }
    #expect(try names("life_stage") == stages.map(\.name))
  }
}
