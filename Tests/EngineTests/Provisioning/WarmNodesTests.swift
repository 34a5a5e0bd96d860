import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Empty nodes that are kept up; times are worked by hand from Karpenter's
/// clocks.
@Suite struct WarmNodesTests {
  private func run(
    _ jobs: [JobSketch],
    nodes: Int = 6,
    warm: Int = 1,
    end: Double = 3_600,
    _ change: @escaping (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: nodes), { $0.warm = warm })], end: end)(
      jobs,
      change
    )
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    AutoNodesRun.job(gpus, at: arrival, for: duration)
  }

  @Test func `a node is there before the first job, and another comes when it is taken`() throws {
    let outcome = try run([job(1, at: 1_000, for: 100)])
    #expect(outcome.startSeconds == [1_000])
    let launches = outcome.nodeStages.filter { $0.stage == .launching }.map { Double($0.atNanoseconds) / 1e9 }
    // At the first look, and at the next one after the job has come.
    #expect(launches.count == 2 && launches[0] == 1)
    #expect(launches[1] > 1_000 && launches[1] <= 1_010)
    // The job has ended by the time the second is up: one of the two goes.
    #expect(outcome.autoNodes[0].removed == 1)
    // The first from 301 s to 1000 s and from 1100 s on; two count as one.
    #expect(outcome.autoNodes[0].warmNanoseconds == Int128(AutoNodesRun.nanoseconds(699 + 2_500)))
  }

  @Test func `a busy node with room is no warm one, as it would be for a buffer`() throws {
    let outcome = try run([job(1, at: 1_000, for: 10_000)])
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.autoNodes[0].removed == 0)
  }

  @Test func `jobs that wait are served before empty nodes are kept`() throws {
    let outcome = try run(
      [job(2, at: 0, for: 10_000), job(2, at: 0, for: 10_000)],
      nodes: 3,
      warm: 2
    )
    #expect(outcome.startSeconds == [301, 301])
    // The third is all that there is.
    #expect(outcome.autoNodes[0].launched == 3)
  }

  @Test func `where a pool is at its limit empty nodes come when it has room again`() throws {
    let outcome = try run([job(2, at: 0, for: 400), job(2, at: 0, for: 1_000)], nodes: 4, end: 5_000) {
      $0.autoNodes!.pools[0].mostNodes = 2
    }
    #expect(outcome.autoNodes[0].most == 2)
    // One job's node is the warm one from its end on.
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.autoNodes[0].removed == 1)
    #expect(outcome.autoNodes[0].warmNanoseconds == Int128(AutoNodesRun.nanoseconds(5_000 - 701)))
  }

  @Test func `a node that the provider takes back is replaced`() throws {
    let outcome = try AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(2), count: 4),
          {
            $0.warm = 1
            $0.purchase = .spot
            $0.interruptionsPerHour = 2
          }
        )
      ],
      end: 40_000
    )([])
    #expect(outcome.removed(.interrupted) > 3)
    #expect(outcome.autoNodes[0].launched - outcome.autoNodes[0].removed >= 1)
    #expect(outcome.autoNodes[0].most <= 2)
  }

  @Test func `beside a buffer the empty nodes that it needs do not count`() throws {
    let outcome = try run([], warm: 1) { $0.autoNodes!.buffer = [.init(gpus: 1)] }
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.autoNodes[0].removed == 0)
  }

  @Test func `what cannot be kept empty is refused`() {
    func refusal(_ warm: Int, _ change: @escaping (inout AutoNodes) -> Void) -> String {
      do {
        _ = try run([], warm: warm) { change(&$0.autoNodes!) }
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal(7) { _ in }.contains("found 7 to be kept empty"))
    #expect(refusal(-1) { _ in }.contains("found -1 to be kept empty"))
    #expect(refusal(1) { $0.groups[0].replicas = 2 }.contains("no warm ones"))
    #expect(refusal(1) { $0.consolidatesUnderused = true }.contains("empty nodes only"))
    #expect(refusal(1) { $0.use(ClusterAutoscaler()) }.contains("empty nodes only"))
  }

  // MARK: - Against the log of a run

  /// What a run tells of its nodes, kept a second time.
  private struct Log {
    var isUp: [Bool]
    var isComing: [Bool]
    var runs: [Int]
    var empty: Int { isUp.indices.count { isUp[$0] && runs[$0] == 0 } }
    var coming: Int { isComing.count { $0 } }
    var existing = 0
  }

  @Test func `in random runs no kept node goes, and what lacks is launched within the interval of looks`()
    throws
  {
    var removals = 0
    var lacks = 0
    for seed in UInt64(0)..<200 {
      var draws = SplitMix(seed: 94_000_000 + seed)
      let warm = Int.random(in: 1...3, using: &draws)
      let nodes = Int.random(in: 3...8, using: &draws)
      let isFast = Bool.random(using: &draws)
      let jobs = (0..<Int.random(in: 1...60, using: &draws)).map { _ in
        job(
          Int32.random(in: 1...2, using: &draws),
          at: Double.random(in: 0..<6_000, using: &draws),
          for: Double.random(in: 1..<1_500, using: &draws)
        )
      }.sorted { $0.arrival < $1.arrival }
      let after = Bool.random(using: &draws) ? 0.0 : 120
      let outcome = try run(jobs, nodes: nodes, warm: warm, end: 9_000) {
        if isFast {
          ($0.autoNodes!.groups[0].launch, $0.autoNodes!.groups[0].join) = (.constant(1), .constant(1))
          $0.autoNodes!.groups[0].gpuStack = .constant(1)
        }
        $0.autoNodes!.budget = 1
        $0.autoNodes!.consolidateAfter = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(after))
      }
      // Ends of runs, then changes of nodes, then starts, as in the order of phases.
      var steps: [(at: Int64, phase: Int, node: Int, stage: AutoNodeTotals.Stage?, by: Int)] = []
      for change in outcome.nodeStages {
        steps.append((change.atNanoseconds, 1, Int(change.node), change.stage, 0))
      }
      for job in jobs.indices where outcome.jobs.startNanoseconds[job] >= 0 {
        let node = Int(outcome.jobs.node[job].rawValue)
        steps.append((outcome.jobs.startNanoseconds[job], 2, node, nil, 1))
        if outcome.jobs.state[job] == .completed {
          steps.append((outcome.jobs.endNanoseconds[job], 0, node, nil, -1))
        }
      }
      steps = steps.enumerated().sorted {
        ($0.element.at, $0.element.phase, $0.offset) < ($1.element.at, $1.element.phase, $1.offset)
      }.map(\.element)
      var log = Log(
        isUp: Array(repeating: false, count: nodes),
        isComing: Array(repeating: false, count: nodes),
        runs: Array(repeating: 0, count: nodes)
      )
      var kept: Int128 = 0
      var lackingSince: Int64?
      for (place, step) in steps.enumerated() {
        if step.by != 0 {
          log.runs[step.node] += step.by
        } else {
          if step.stage == .terminating {
            #expect(log.empty > warm, "seed \(seed): at \(step.at)")
            removals += 1
          }
          if step.stage == .launching { log.existing += 1 }
          if step.stage == nil { log.existing -= 1 }
          log.isComing[step.node] = step.stage == .launching
          log.isUp[step.node] = step.stage == .up
        }
        let next = place + 1 < steps.count ? steps[place + 1].at : outcome.end.nanoseconds
        kept += Int128(min(warm, log.empty)) * Int128(next - step.at)
        if place + 1 < steps.count && steps[place + 1].at == step.at { continue }
        let isShort = log.empty + log.coming < warm && log.existing < nodes
        if isShort && lackingSince == nil { lackingSince = step.at }
        if !isShort { lackingSince = nil }
        if let since = lackingSince {
          lacks += 1
          #expect(next - since <= AutoNodesRun.nanoseconds(10.001), "seed \(seed): since \(since)")
        }
      }
      #expect(outcome.autoNodes[0].warmNanoseconds == kept, "seed \(seed)")
    }
    #expect(removals > 400 && lacks > 500, "\(removals), \(lacks)")
  }
}
