import Engine
import Foundation
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes that come and go, fail, and are mended or replaced: the engine against
/// ``SlowElasticFleet``, event by event.
@Suite struct NodeFailureComparisonTests {
  #if DEBUG
    private static let scenarios: UInt64 = 100
  #else
    private static let scenarios: UInt64 = 250
  #endif

  private struct Tally {
    var failures = 0
    var removed = 0
    var suspended = 0
    var mended = 0
    var interrupted = 0
  }

  @Test func `nodes that are kept fail, are mended and replaced as in the slow model`() throws {
    var tally = Tally()
    for seed in 0..<Self.scenarios { try compare(kept(seed), seed, &tally) }
    let count = Int(Self.scenarios)
    #expect(tally.failures > 12 * count && tally.removed > count && tally.mended > 3 * count, "\(tally)")
    #expect(tally.suspended > count / 3 && tally.interrupted > 2 * count, "\(tally)")
  }

  @Test func `nodes that come for jobs fail, are mended and replaced as in the slow model`() throws {
    var tally = Tally()
    for seed in 0..<Self.scenarios { try compare(onDemand(seed), seed, &tally) }
    let count = Int(Self.scenarios)
    #expect(tally.failures > 8 * count && tally.removed > count && tally.mended > 2 * count, "\(tally)")
    #expect(tally.suspended > count / 5 && tally.interrupted > 2 * count, "\(tally)")
  }

  private func compare(_ input: SimulationInput, _ seed: UInt64, _ tally: inout Tally) throws {
    let outcome = try Simulation.run(input)
    let slow = SlowElasticFleet(input)
    slow.run()
    func sorted(_ changes: [SlowElasticFleet.Change]) -> [SlowElasticFleet.Change] {
      changes.indices.sorted { a, b in
        (changes[a].at, changes[a].node, a) < (changes[b].at, changes[b].node, b)
      }.map { changes[$0] }
    }
    let ours = sorted(
      outcome.nodeStages.map { .init(at: $0.atNanoseconds, node: Int($0.node), stage: $0.stage) }
    )
    let theirs = sorted(slow.changes)
    let first = zip(ours, theirs).first { $0 != $1 }
    #expect(first == nil && ours.count == theirs.count, "seed \(seed): \(String(describing: first))")
    #expect(outcome.jobs.startNanoseconds == slow.starts, "seed \(seed)")
    #expect(outcome.jobs.endNanoseconds == slow.ends, "seed \(seed)")
    #expect(outcome.jobs.interruptions == slow.interruptions, "seed \(seed)")
    #expect(outcome.removed(.unhealthy) <= slow.removedAsUnhealthy, "seed \(seed)")
    checkBooks(outcome, "seed \(seed)")
    tally.failures += theirs.count { $0.stage == .failed }
    tally.removed += slow.removedAsUnhealthy
    tally.suspended += slow.suspensions
    tally.mended += slow.mended
    tally.interrupted += slow.interruptions.count { $0 > 0 }
  }

  // MARK: - Random scenarios

  private func duration(_ range: Range<Double>, _ draws: inout SplitMix) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(Double.random(in: range, using: &draws)))
  }

  private func causes(_ draws: inout SplitMix) -> [FailureCause] {
    let mean = Double.random(in: 200..<4_000, using: &draws)
    var result = [
      FailureCause(
        name: "host",
        perNodeDay: 86_400 / Double.random(in: 3_000..<20_000, using: &draws),
        repair: Bool.random(using: &draws) ? .exponential(mean: mean) : .constant(mean)
      )
    ]
    if Bool.random(using: &draws) {
      result.append(
        FailureCause(
          name: "gpu",
          perGPUDay: 86_400 / Double.random(in: 6_000..<30_000, using: &draws),
          // Now and then nobody mends it.
          repair: Bool.random(using: &draws) ? .constant(1e9) : .exponential(mean: 2 * mean)
        )
      )
    }
    if Int.random(in: 0..<3, using: &draws) == 0 {
      result.append(FailureCause(name: "crash", perNodeDay: 86_400 / 9_000, repair: nil))
    }
    return result
  }

  private func repair(_ draws: inout SplitMix) -> AutoNodes.Repair? {
    guard Int.random(in: 0..<5, using: &draws) > 0 else { return nil }
    var repair = AutoNodes.Repair()
    repair.notReady = duration(0..<3_000, &draws)
    repair.accelerator = duration(0..<1_500, &draws)
    repair.suspendAbove = [0, 0.2, 0.2, 0.5, 1].randomElement(using: &draws)!
    return repair
  }

  private func jobs(_ count: Int, gpus: Int, _ draws: inout SplitMix) -> [JobSketch] {
    (0..<count).map { _ in
      AutoNodesRun.job(
        Int32.random(in: 1...Int32(gpus), using: &draws),
        at: Double.random(in: 0..<30_000, using: &draws),
        for: Double.random(in: 10..<6_000, using: &draws)
      )
    }.sorted { $0.arrival < $1.arrival }
  }

  private func finish(_ input: inout SimulationInput, _ seed: UInt64, _ draws: inout SplitMix) {
    input.seed = seed &* 7 + 3
    input.autoNodes!.repair = repair(&draws)
    input.autoNodes!.consolidateAfter = nil
    input.autoNodes!.termination = duration(1..<400, &draws)
    if Bool.random(using: &draws) {
      input.jobs.checkpoint = (0..<input.jobs.count).map { _ in UInt8.random(in: 0...1, using: &draws) }
      input.jobs.checkpointPlans = [
        CheckpointPlan(
          interval: duration(60..<900, &draws),
          write: duration(0..<40, &draws),
          restart: duration(0..<90, &draws)
        )
      ]
    }
  }

  /// One to three groups of which a fixed number of nodes is kept, or owned, in
  /// one or two pools.
  private func kept(_ seed: UInt64) -> SimulationInput {
    var draws = SplitMix(seed: seed &+ 91_000)
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = []
    var most = 1
    for _ in 0..<Int.random(in: 1...3, using: &draws) {
      let gpus = Int.random(in: 1...4, using: &draws)
      most = max(most, gpus)
      let count = Int.random(in: 1...6, using: &draws)
      let isOwned = Int.random(in: 0..<4, using: &draws) == 0
      let replicas = Int.random(in: 1...count, using: &draws)
      let atStart = isOwned ? count : Int.random(in: 0...replicas, using: &draws)
      let failures = causes(&draws)
      let launch = Double.random(in: 10..<2_000, using: &draws)
      let isRandom = Bool.random(using: &draws)
      let pool = Int.random(in: 0...1, using: &draws)
      groups.append(
        (
          Array(repeating: .gpu(gpus), count: count),
          {
            if isOwned { $0.purchase = .owned } else { $0.replicas = replicas }
            ($0.atStart, $0.pool, $0.failures) = (atStart, pool, failures)
            $0.launch = isRandom ? .exponential(mean: launch) : .constant(launch)
          }
        )
      )
    }
    let pools = [AutoNodes.Pool(name: "a"), AutoNodes.Pool(name: "b")]
    let run = AutoNodesRun(groups: groups, pools: pools, end: 40_000)
    var input = run.input(jobs(40, gpus: most, &draws))
    finish(&input, seed, &draws)
    return input
  }

  /// A group whose nodes come for jobs, perhaps beside one that is kept; all of one
  /// GPU.
  private func onDemand(_ seed: UInt64) -> SimulationInput {
    var draws = SplitMix(seed: seed &+ 173_000)
    let failures = causes(&draws)
    let others = causes(&draws)
    let launch = Double.random(in: 10..<2_000, using: &draws)
    let isRandom = Bool.random(using: &draws)
    let atStart = Int.random(in: 0...2, using: &draws)
    let count = Int.random(in: 2...8, using: &draws)
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = [
      (
        Array(repeating: .gpu(1), count: count),
        {
          ($0.atStart, $0.failures) = (atStart, failures)
          $0.launch = isRandom ? .exponential(mean: launch) : .constant(launch)
        }
      )
    ]
    if Bool.random(using: &draws) {
      groups.append(
        (Array(repeating: .gpu(1), count: 3), { ($0.replicas, $0.atStart, $0.failures) = (2, 2, others) })
      )
    }
    let run = AutoNodesRun(groups: groups, end: 40_000)
    var input = run.input(jobs(60, gpus: 1, &draws))
    finish(&input, seed, &draws)
    return input
  }
}

/// Capacity is what exists, what is down is what failed, and what changes is what
/// starts and goes.
func checkBooks(_ outcome: RunOutcome, _ comment: Comment) {
  func milli(_ stages: [AutoNodeTotals.Stage]) -> Int128 {
    outcome.autoNodes.reduce(0) { sum, group in
      stages.reduce(sum) {
        $0 + group.nodeNanoseconds[$1.rawValue] * Int128(group.gpusPerNode) * 1_000
      }
    }
  }
  #expect(outcome.ledger.capacity == milli(AutoNodeTotals.Stage.allCases), "\(comment)")
  #expect(outcome.ledger[.downFault] == milli([.failed]), "\(comment)")
  if !outcome.nodeStages.contains(where: { $0.stage == .cordoned || $0.stage == .draining }) {
    let changing = milli([.launching, .joining, .gpuStack, .terminating])
    #expect(outcome.ledger[.changing] == changing, "\(comment)")
  }
}
