import Outcome
import Testing
import Workload

@testable import Engine

/// Least sizes, gangs, priorities and similar groups under a cluster-autoscaler,
/// worked by hand from its scans of 10 s.
@Suite struct AutoscalerOptionTests {
  private func nodes(
    _ count: Int,
    _ gpus: Int,
    _ change: @escaping (inout AutoNodes.Group) -> Void = { _ in }
  )
    -> (nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)
  {
    (Array(repeating: .gpu(gpus), count: count), change)
  }

  private func run(
    _ groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)],
    _ jobs: [JobSketch],
    priorities: [Int32] = [],
    until end: Double,
    _ change: (inout ClusterAutoscaler) -> Void = { _ in }
  ) throws -> RunOutcome {
    try AutoNodesRun(groups: groups, end: end)(jobs) {
      var autoscaler = ClusterAutoscaler()
      change(&autoscaler)
      $0.autoNodes!.use(autoscaler)
      for (job, priority) in priorities.enumerated() { $0.jobs.priority[job] = priority }
    }
  }

  @Test func `a group keeps its least size`() throws {
    for least in 0...3 {
      let outcome = try run([nodes(4, 1) { ($0.atStart, $0.least) = (3, least) }], [], until: 3_600)
      #expect(outcome.removed(.empty) == Int64(3 - least))
    }
  }

  @Test func `a gang leaves a node as a whole where all of it fits elsewhere, and only if it may`() throws {
    func outcome(_ moves: Bool) throws -> RunOutcome {
      var gang = AutoNodesRun.job(3, at: 1, for: 5_000)
      gang.workers = 2
      // The owned node is taken when the gang comes, which then lies on both others.
      return try run(
        [nodes(2, 4) { $0.atStart = 2 }, nodes(1, 8) { ($0.atStart, $0.purchase) = (1, .owned) }],
        [AutoNodesRun.job(8, at: 0, for: 100), gang],
        until: 1_000
      ) {
        $0.gpuThreshold = 1
        $0.movesGangs = moves
      }
    }
    let moved = try outcome(true)
    // Unneeded from 100 on, told to go at 700, stopped at 730 and started anew.
    #expect(moved.removed(.underused) == 1)
    #expect(moved.startSeconds == [0, 730])
    #expect(moved.jobs.interruptions == [0, 1])
    #expect(moved.lostSeconds(.underused) == 729 * 6)
    let stays = try outcome(false)
    #expect(stays.removed(.underused) == 0)
    #expect(stays.startSeconds == [0, 1])
  }

  @Test func `nodes that some workers of a waiting gang fit on do not go`() throws {
    var gang = AutoNodesRun.job(4, at: 0, for: 100)
    gang.workers = 3
    func removed(_ jobs: [JobSketch]) throws -> Int64 {
      try run([nodes(3, 4) { ($0.atStart, $0.launch) = (2, .constant(850)) }], jobs, until: 1_000)
        .removed(.empty)
    }
    #expect(try removed([gang]) == 0)
    #expect(try removed([]) == 2)
  }

  @Test func `jobs below the cut-off bring no nodes and keep none`() throws {
    func outcome(_ priority: Int32, _ cutoff: Int32, atStart: Int) throws -> RunOutcome {
      try run(
        [nodes(2, 1) { $0.atStart = atStart }],
        [AutoNodesRun.job(1, at: 0, for: 3_000)],
        priorities: [priority],
        until: 2_000
      ) { $0.priorityCutoff = cutoff }
    }
    #expect(try outcome(-11, -10, atStart: 0).autoNodes[0].launched == 0)
    #expect(try outcome(-10, -10, atStart: 0).autoNodes[0].launched == 1)
    #expect(try outcome(-11, -20, atStart: 0).autoNodes[0].launched == 1)
    // The node counts as empty, and its work as lost when it goes.
    let gone = try outcome(-11, -10, atStart: 1)
    #expect(gone.removed(.underused) == 1)
    #expect(gone.lostSeconds(.underused) == 640)
    #expect(try outcome(-10, -10, atStart: 1).removed(.underused) == 0)
  }

  @Test func `similar groups grow alike`() throws {
    func launched(_ balances: Bool, _ second: @escaping (inout AutoNodes.Group) -> Void = { _ in }) throws
      -> [Int64]
    {
      try run(
        [nodes(5, 2), nodes(5, 2, second)],
        (0..<5).map { _ in AutoNodesRun.job(2, at: 0, for: 100) },
        until: 600
      ) { $0.balancesSimilarGroups = balances }.autoNodes.map(\.launched)
    }
    #expect(try launched(false).sorted() == [0, 5])
    #expect(try launched(true) == [3, 2])
    // Each node goes to the smaller.
    #expect(try launched(true) { $0.atStart = 1 } == [3, 1])
    // What is bought otherwise is not similar.
    #expect(try launched(true) { $0.purchase = .spot }.sorted() == [0, 5])
  }
}
