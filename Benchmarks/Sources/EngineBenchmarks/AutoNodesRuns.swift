import BenchmarkSupport
import Engine
import Foundation
import Hardware
import SimulationKernel
import Workload

/// A month of 10,000 jobs a day on up to 2,000 nodes of 8 GPUs that come and
/// go, next to the same jobs on nodes that are always there.
enum AutoNodesRuns {
  static func measure(jobs: Int, rounds: Int) throws {
    var fixed = try input(jobs: jobs, nodes: 2_000)
    fixed.queue = .fifo(headOfLineBlocking: false)
    let elastic = withAutoNodes(fixed)
    var best = (fixed: Double.infinity, elastic: Double.infinity)
    for _ in 0..<rounds {
      best.fixed = min(best.fixed, try seconds(fixed))
      best.elastic = min(best.elastic, try seconds(elastic))
    }
    printRow(
      "autonodes.\(jobs)jobs.\(fixed.fleet.nodes.count)nodes",
      ours: best.elastic,
      reference: best.fixed,
      unit: "CPU s"
    )
  }

  /// A month of 5 jobs a day for each node of which one can exist, where
  /// underused nodes go too, next to empty ones alone. Jobs save what they have
  /// done when they are told to stop.
  static func measureUnderused(jobs: Int, nodes: Int, rounds: Int) throws {
    let empty = withAutoNodes(
      try input(
        jobs: jobs,
        nodes: nodes,
        checkpoint: CheckpointPlan(interval: seconds(3600), write: seconds(10), restart: seconds(30))
      )
    )
    var underused = empty
    underused.autoNodes!.consolidatesUnderused = true
    var best = (empty: Double.infinity, underused: Double.infinity)
    for _ in 0..<rounds {
      best.empty = min(best.empty, try seconds(empty))
      best.underused = min(best.underused, try seconds(underused))
    }
    printRow(
      "underused.\(jobs)jobs.\(nodes)nodes",
      ours: best.underused,
      reference: best.empty,
      unit: "CPU s"
    )
  }

  private static func seconds(_ value: Int64) -> SimDuration {
    SimDuration(nanoseconds: value * 1_000_000_000)
  }

  private static func withAutoNodes(_ fixed: SimulationInput) -> SimulationInput {
    var elastic = fixed
    elastic.queue = .fifo(headOfLineBlocking: false)
    elastic.autoNodes = AutoNodes(
      pools: [AutoNodes.Pool(name: "pool")],
      groups: [AutoNodes.Group(name: "pool", nodes: fixed.fleet.nodes.indices, pool: 0, pricePerHour: 55)]
    )
    return elastic
  }

  private static func seconds(_ input: SimulationInput) throws -> Double {
    let start = cpuSeconds()
    let outcome = try Simulation.run(input)
    let spent = cpuSeconds() - start
    let launched = outcome.autoNodes.reduce(0) { $0 + $1.launched }
    warn(
      "\(outcome.eventCount) events, \(launched) launches, \(outcome.nodeDisruptions.count) decisions, "
        + "\(Int((100 * Double(outcome.ledger.allocated) / Double(outcome.ledger.capacity)).rounded())) % allocated"
    )
    return spent
  }

  private static func input(
    jobs: Int,
    nodes: Int,
    checkpoint: CheckpointPlan? = nil
  ) throws -> SimulationInput {
    let gpus = 8 * nodes
    let month = SimDuration(nanoseconds: 30 * 86_400_000_000_000)
    let demand = { (gpus: Int, weight: Double) in
      var option = DemandOption(
        weight: weight,
        gpuCount: gpus,
        milliGPUPerDevice: 1000,
        cpuMilli: Int32(12_000 * gpus),
        memoryMiB: Int32(65_536 * gpus)
      )
      option.checkpoint = checkpoint
      return option
    }
    let spec = SynthesisSpec(
      horizon: month,
      classes: [
        JobClassSpec(
          name: "job",
          kind: .batch(
            BatchSpec(arrivals: .count(jobs, span: month), duration: .logNormal(mu: 10, sigma: 1.2))
          ),
          demand: [demand(1, 70), demand(2, 15), demand(4, 10), demand(8, 5)],
          busyFraction: .constant(1)
        )
      ]
    )
    var input = SimulationInput(
      fleet: .equalNodes(gpus: gpus, model: "h100-80gb-sxm"),
      jobs: try Synthesiser.makeJobs(spec, fleetMilliGPU: Int64(gpus) * 1000, seed: 1),
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "best-fit")], tieBreak: .name)
    )
    input.horizon = .zero + month
    return input
  }
}
