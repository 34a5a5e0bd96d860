import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes that come and go; times are worked by hand from Karpenter's clocks.
@Suite struct AutoNodesTests {
  private static let second: Int64 = 1_000_000_000
  private static let standard: Int64 = 300

  private func seconds(_ value: Double) -> Int64 { Int64((value * 1e9).rounded()) }

  /// A run of jobs on groups of nodes, group by group.
  private func run(
    _ groups: [(nodes: [NodeSketch], group: (inout AutoNodes.Group) -> Void)],
    _ jobs: [JobSketch],
    pools: [AutoNodes.Pool] = [AutoNodes.Pool(name: "pool")],
    until end: Double = 3_600,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    var all: [NodeSketch] = []
    var spec = AutoNodes(pools: pools, groups: [])
    for (number, (nodes, adjust)) in groups.enumerated() {
      var group = AutoNodes.Group(name: "g\(number)", nodes: all.count..<all.count + nodes.count, pool: 0)
      adjust(&group)
      spec.groups.append(group)
      all += nodes
    }
    return try Simulation.run(
      input(all, jobs).with {
        $0.horizon = SimTime(nanoseconds: seconds(end))
        $0.bucket = SimDuration(nanoseconds: seconds(end))
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.autoNodes = spec
        change(&$0)
      }
    )
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    .gpu(gpus, at: seconds(arrival), for: seconds(duration))
  }

  private func starts(_ outcome: RunOutcome) -> [Double] {
    outcome.jobs.startNanoseconds.map { Double($0) / 1e9 }
  }

  @Test func `a node lives from its request through launch, join and stack until it is empty and gone`()
    throws
  {
    let outcome = try run([(Array(repeating: .gpu(2), count: 2), { _ in })], [job(1, at: 5, for: 100)])
    // The batch closes a second after the arrival; 90 + 30 + 180 s later the node is up.
    #expect(starts(outcome) == [306])
    // Empty at 406, seen at 410, still empty at 425, gone 30 s later.
    let totals = try #require(outcome.autoNodes.first)
    #expect(totals.nodeNanoseconds.map { Double($0) / 1e9 } == [90, 30, 180, 119, 30, 0, 0, 0])
    #expect((totals.launched, totals.removed, totals.most) == (1, 1, 1))
    #expect(outcome.ledger.capacity == Int128(449 * Self.second) * 2000)
    #expect(outcome.ledger[.changing] == Int128(330 * Self.second) * 2000)
  }

  @Test func `a batch closes a second after its last job and ten seconds after its first`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(1), count: 20), { _ in })],
      (0..<20).map { job(1, at: 0.8 * Double($0), for: 1_000) }
    )
    // 13 jobs have come by 9.6 s; the next batch opens at 10.4 and is idle from 15.2 on.
    let expected = (0..<20).map { $0 < 13 ? 310.0 : 316.2 }
    #expect(starts(outcome) == expected)
    #expect(outcome.autoNodes[0].launched == 20)
  }

  @Test func `pods are sorted by CPU and memory and not by GPUs, which costs a node`() throws {
    func pod(_ gpus: Int32, cpu: Int32) -> JobSketch {
      JobSketch(arrival: 0, duration: seconds(1_000), cpu: cpu, gpus: gpus)
    }
    let four = Array(repeating: NodeSketch.gpu(4), count: 5)
    let blind = try run([(four, { _ in })], [pod(3, cpu: 1), pod(3, cpu: 1), pod(1, cpu: 9), pod(1, cpu: 9)])
    #expect(blind.autoNodes[0].launched == 3)
    let lucky = try run([(four, { _ in })], [pod(3, cpu: 9), pod(3, cpu: 9), pod(1, cpu: 1), pod(1, cpu: 1)])
    #expect(lucky.autoNodes[0].launched == 2)
  }

  @Test func `a claim keeps the types that fit all its pods and becomes the cheapest`() throws {
    let types: [(nodes: [NodeSketch], group: (inout AutoNodes.Group) -> Void)] = [
      (Array(repeating: .gpu(4), count: 3), { $0.pricePerHour = 10 }),
      (Array(repeating: .gpu(1), count: 3), { $0.pricePerHour = 4 }),
    ]
    let one = try run(types, [job(1, at: 0, for: 1_000)])
    #expect(one.autoNodes.map(\.launched) == [0, 1])
    let three = try run(types, (0..<3).map { _ in job(1, at: 0, for: 1_000) })
    #expect(three.autoNodes.map(\.launched) == [1, 0])
  }

  @Test func `the pool of more weight is asked first, and the next when it has no node left`() throws {
    let outcome = try run(
      [
        (Array(repeating: .gpu(1), count: 3), { $0.pricePerHour = 1 }),
        ([.gpu(1)], { ($0.pool, $0.pricePerHour) = (1, 9) }),
      ],
      (0..<2).map { _ in job(1, at: 0, for: 1_000) },
      pools: [AutoNodes.Pool(name: "cheap"), AutoNodes.Pool(name: "owned", weight: 10)]
    )
    #expect(outcome.autoNodes.map(\.launched) == [1, 1])
  }

  @Test func `nodes that come are counted before others are launched`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(2), count: 4), { _ in })],
      [job(1, at: 0, for: 1_000), job(1, at: 60, for: 1_000), job(1, at: 120, for: 1_000)]
    )
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(starts(outcome) == [301, 301, 421])
  }

  @Test func `a node that a gang is to use does not go while the gang waits for another`() throws {
    let gang = JobSketch(arrival: 0, duration: seconds(100), gpus: 1, workers: 2)
    let outcome = try run([(Array(repeating: .gpu(1), count: 2), { $0.atStart = 1 })], [gang])
    // The first node is empty from 0 on, and kept until the second comes.
    #expect(starts(outcome) == [301])
    #expect((outcome.autoNodes[0].launched, outcome.autoNodes[0].removed) == (1, 2))
  }

  @Test func `at most a fifth of 19 nodes go at a time, which is 4`() throws {
    func removed(until end: Double) throws -> Int64 {
      try run([(Array(repeating: .gpu(1), count: 19), { $0.atStart = 19 })], [], until: end) {
        $0.autoNodes!.budget = 0.2
      }.autoNodes[0].removed
    }
    #expect(try removed(until: 54) == 0)
    #expect(try removed(until: 56) == 4)
    // 15 are left: 3 go, seen at 60 s, gone at 105 s.
    #expect(try removed(until: 104) == 4)
    #expect(try removed(until: 106) == 7)
    #expect(try removed(until: 3_600) == 19)
  }

  @Test func `a node that gets work before its end is validated stays`() throws {
    let outcome = try run(
      [([.gpu(1)], { $0.atStart = 1 })],
      [job(1, at: 0, for: 8), job(1, at: 20, for: 10)]
    )
    // Empty from 8, chosen at 10, busy from 20 to 30, chosen at 40, gone at 85.
    #expect(starts(outcome) == [0, 20])
    #expect(outcome.autoNodes[0].nodeNanoseconds.map { Double($0) / 1e9 } == [0, 0, 0, 55, 30, 0, 0, 0])
  }

  @Test func `a type without capacity is left out for three minutes, and others serve`() throws {
    let outcome = try run(
      [
        (Array(repeating: .gpu(1), count: 2), { ($0.pricePerHour, $0.stockOut) = (1, 1) }),
        ([.gpu(1)], { $0.pricePerHour = 5 }),
      ],
      [job(1, at: 0, for: 100), job(1, at: 0, for: 100)],
      until: 1_000
    )
    // Both claims are for the first type; the second serves one a second later.
    #expect(starts(outcome)[0] == 302)
    #expect(outcome.autoNodes[1].launched == 1)
    #expect(outcome.autoNodes[0].launched == 0 && outcome.autoNodes[0].stockOuts > 2)
  }

  @Test func `a provisioner that is blind to time-slices launches a node for each GPU's worth of jobs`()
    throws
  {
    func launched(_ view: AutoNodes.View) throws -> Int64 {
      try run(
        [(Array(repeating: .gpu(2), count: 8), { _ in })],
        (0..<8).map { _ in job(1, at: 0, for: 1_000) }
      ) {
        $0.sharing = .timeSlicing
        $0.contention = .timeSlicing(replicas: 4)
        $0.autoNodes!.view = view
      }.autoNodes[0].launched
    }
    #expect(try launched(.advertised) == 1)
    #expect(try launched(.gpus) == 4)
  }

  @Test func `what nodes cannot come and go with is refused`() throws {
    func refusal(_ change: (inout SimulationInput) -> Void) -> String {
      do {
        _ = try run([([.gpu(1)], { _ in })], [job(1, at: 0, for: 1)], change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.horizon = nil }.contains("need a horizon"))
    #expect(refusal { $0.queue = .backfill(Backfill(.easy)) }.contains("keep their places"))
    #expect(refusal { $0.autoNodes!.groups[0].atStart = 2 }.contains("at the start"))
    #expect(refusal { $0.fleetChanges = [FleetChange(at: 1, .fail, 0)] }.contains("do not fail"))
  }

  /// Jobs that never wait: M/G/infinity has Poisson many in service, λ E[S] on
  /// average, whatever the distribution.
  @Test func `with nodes at once the mean number of jobs is that of infinitely many servers`() throws {
    #if DEBUG
      let horizon = 4_000.0
    #else
      let horizon = 40_000.0
    #endif
    let values = try (1...24).map { replication -> Double in
      var draws = SplitMix(seed: UInt64(replication))
      var jobs: [JobSketch] = []
      var time = 0.0
      while time < horizon {
        time += -20 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &draws))
        jobs.append(job(1, at: time, for: Double.random(in: 0.1..<1_199.9, using: &draws)))
      }
      let outcome = try run(
        [
          (
            Array(repeating: .gpu(1), count: 120),
            { ($0.launch, $0.join, $0.gpuStack) = (.constant(0), .constant(0), .constant(0)) }
          )
        ],
        jobs,
        until: horizon
      ) {
        $0.verify = false
        $0.measuredFrom = SimTime(nanoseconds: seconds(1_200))
        $0.autoNodes!.batchIdle = .zero
      }
      return Double(outcome.ledger[.goodput]) / 1000 / ((horizon - 1_200) * 1e9)
    }
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(30), "\(interval)")
    #expect(interval.halfWidth < 3)
  }

  @Test func `under random work every node is in one stage at a time, and capacity is what exists`() throws {
    var launched: Int64 = 0
    for seed in UInt64(0)..<200 {
      var draws = SplitMix(seed: seed)
      let nodes = (0..<Int.random(in: 2...6, using: &draws)).map { _ in NodeSketch.gpu(4) }
      // Dense work keeps the nodes, thin work lets them come and go.
      let span = seed % 2 == 0 ? 3_000.0 : 20_000
      let jobs = (0..<60).map { _ in
        JobSketch(
          arrival: seconds(Double.random(in: 0..<span, using: &draws)),
          duration: seconds(Double.random(in: 1..<600, using: &draws)),
          cpu: Int32.random(in: 0...20_000, using: &draws),
          gpus: Int32.random(in: 1...4, using: &draws),
          workers: Int32.random(in: 1...2, using: &draws)
        )
      }.sorted { $0.arrival < $1.arrival }
      let atStart = Int.random(in: 0...2, using: &draws)
      let outcome = try run([(nodes, { ($0.atStart, $0.stockOut) = (atStart, 0.1) })], jobs, until: 60_000) {
        $0.queue = .fifo(headOfLineBlocking: seed % 3 == 0)
        $0.measuredFrom = SimTime(nanoseconds: seconds(500))
        $0.autoNodes!.budget = 0.5
      }
      let totals = outcome.autoNodes[0]
      // Most are launched before the warm-up is over.
      launched += Int64(outcome.nodeStages.count { $0.stage == .launching })
      #expect(outcome.ledger.capacity == totals.allNodeNanoseconds * 4_000, "seed \(seed)")
      let idle = totals.nodeNanoseconds[AutoNodeTotals.Stage.up.rawValue] * 4_000
      #expect(outcome.ledger[.changing] == outcome.ledger.capacity - idle, "seed \(seed)")
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
    }
    #expect(launched > 400)
  }
}
