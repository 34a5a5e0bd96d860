import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// What holds of every run in which nodes come, go, are disrupted and fail.
@Suite struct RandomNodeFailureTests {
  @Test(arguments: [false, true])
  func `under random failures every node-second has one stage, and the books balance`(
    isClusterAutoscaler: Bool
  ) throws {
    var counts: [String: Int] = [:]
    for seed in UInt64(0)..<120 {
      var draws = SplitMix(seed: seed &+ 640_000)
      let input = randomRun(&draws, seed, isClusterAutoscaler)
      let outcome = try Simulation.run(input)
      let comment = Comment(rawValue: "seed \(seed)")
      checkLives(outcome, input, comment)
      checkBooks(outcome, comment)
      var stage: [Int32: AutoNodeTotals.Stage] = [:]
      for change in outcome.nodeStages {
        if change.stage == .failed {
          counts["failed when \(stage[change.node]!.name)", default: 0] += 1
        } else if let before = stage[change.node], before == .failed {
          counts["then \(change.stage?.name ?? "gone")", default: 0] += 1
        }
        stage[change.node] = change.stage
      }
      for reason in NodeRemoval.allCases { counts[reason.name, default: 0] += Int(outcome.removed(reason)) }
      let failed = outcome.nodeStages.count {
        $0.stage == .failed && $0.atNanoseconds >= input.measuredFrom.nanoseconds
      }
      // One that drains fails without being down: it goes.
      #expect(outcome.autoNodes.reduce(0) { $0 + $1.failures! } >= failed, "seed \(seed)")
    }
    #expect(counts["failed when up", default: 0] > 500, "\(counts)")
    #expect(counts["then up", default: 0] > 200 && counts["then terminating", default: 0] > 5, "\(counts)")
    if isClusterAutoscaler { return }
    #expect(
      counts["unhealthy", default: 0] > 50 && counts["failed when cordoned", default: 0] > 3,
      "\(counts)"
    )
  }

  private func randomRun(
    _ draws: inout SplitMix,
    _ seed: UInt64,
    _ isClusterAutoscaler: Bool
  ) -> SimulationInput {
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = []
    for number in 0..<Int.random(in: 1...3, using: &draws) {
      let price = Double(Int.random(in: 1...9, using: &draws))
      let isSpot = Bool.random(using: &draws)
      let drifts = Bool.random(using: &draws)
      let isDelayed = Bool.random(using: &draws)
      let expires = Int.random(in: 0..<4, using: &draws) == 0
      let mean = Double.random(in: 100..<4_000, using: &draws)
      let failures = [
        FailureCause(
          name: "host",
          perNodeDay: 86_400 / Double.random(in: 2_000..<12_000, using: &draws),
          repair: .exponential(mean: mean)
        ),
        FailureCause(name: "gpu", perGPUDay: 86_400 / 20_000, repair: .constant(2 * mean)),
        FailureCause(name: "crash", perNodeDay: 4, repair: nil),
      ]
      groups.append(
        (
          Array(repeating: .gpu([1, 2, 4][(number + Int(seed)) % 3]), count: 6),
          {
            ($0.pricePerHour, $0.pool, $0.failures) = (price, number % 2, failures)
            $0.purchase = isSpot ? .spot : .onDemand
            if isSpot { $0.interruptionsPerHour = 0.5 }
            if !isDelayed { ($0.launch, $0.join, $0.gpuStack) = (.constant(0), .constant(0), .constant(0)) }
            if drifts && !isClusterAutoscaler {
              $0.driftsAt = [SimTime(nanoseconds: AutoNodesRun.nanoseconds(5_000))]
            }
            if expires { $0.expireAfter = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(4_000)) }
            $0.atStart = number
          }
        )
      )
    }
    let jobs = AutoNodesRun.randomJobs(&draws)
    let run = AutoNodesRun(
      groups: groups,
      pools: [AutoNodes.Pool(name: "a"), AutoNodes.Pool(name: "b", weight: 5, mostNodes: 4)],
      end: 20_000
    )
    let isRepaired = Int.random(in: 0..<4, using: &draws) > 0
    let share = Double(Int.random(in: 1...10, using: &draws)) / 10
    return run.input(jobs) {
      $0.seed = seed
      $0.measuredFrom = SimTime(nanoseconds: AutoNodesRun.nanoseconds(700))
      if isClusterAutoscaler { return $0.autoNodes!.use(ClusterAutoscaler()) }
      $0.autoNodes!.consolidatesUnderused = true
      $0.autoNodes!.budget = share
      if isRepaired {
        $0.autoNodes!.repair = AutoNodes.Repair()
        $0.autoNodes!.repair!.notReady = SimDuration(nanoseconds: 900_000_000_000)
        $0.autoNodes!.repair!.suspendAbove = share
      }
    }
  }
}
