import BenchmarkSupport
import Engine
import Foundation
import Hardware
import SimulationKernel
import Workload

/// Jobs time-sliced eight to a card, where every start and end re-times the
/// neighbours, next to the same jobs on eighths of a GPU that work as if alone:
/// best fit, first in first out, later jobs may pass.
enum SharingRuns {
  private static let gpus = 1000
  /// Of the cards' time; what sharing costs comes on top.
  private static let offeredLoad = 0.7

  static func measure(jobs: Int, rounds: Int) throws {
    let alone = try input(jobs: jobs, isSliced: false)
    let sliced = try input(jobs: jobs, isSliced: true)
    var best = (alone: Double.infinity, sliced: Double.infinity)
    for _ in 0..<rounds {
      best.alone = min(best.alone, try seconds(alone))
      best.sliced = min(best.sliced, try seconds(sliced))
    }
    printRow("sharing.\(jobs)jobs.\(gpus)gpus", ours: best.sliced, reference: best.alone, unit: "CPU s")
  }

  private static func seconds(_ input: SimulationInput) throws -> Double {
    let start = cpuSeconds()
    let outcome = try Simulation.run(input)
    let spent = cpuSeconds() - start
    warn(
      "\(input.sharing.rawValue): \(outcome.eventCount) events, "
        + "\(Int((100 * Double(outcome.ledger.allocated) / Double(outcome.ledger.capacity)).rounded())) % allocated"
    )
    return spent
  }

  private static func input(jobs: Int, isSliced: Bool) throws -> SimulationInput {
    let spec = SynthesisSpec(
      horizon: SimDuration(nanoseconds: SimTime.latest.nanoseconds),
      classes: [
        JobClassSpec(
          name: "job",
          kind: .batch(
            BatchSpec(
              arrivals: .count(jobs, span: SimDuration(nanoseconds: SimTime.latest.nanoseconds)),
              duration: .exponential(mean: 3600)
            )
          ),
          demand: [DemandOption(gpuCount: 1, milliGPUPerDevice: 125, cpuMilli: 1000, memoryMiB: 4096)],
          busyFraction: .constant(1)
        )
      ],
      // An eighth of a GPU is asked, a whole one is worked on.
      offeredLoad: offeredLoad / 8
    )
    var input = SimulationInput(
      fleet: .equalNodes(gpus: gpus, model: "a100-80gb-sxm"),
      jobs: try Synthesiser.makeJobs(spec, fleetMilliGPU: Int64(gpus) * 1000, seed: 1),
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "best-fit")], tieBreak: .name)
    )
    input.queue = .fifo(headOfLineBlocking: false)
    if isSliced {
      input.sharing = .timeSlicing
      input.contention = .timeSlicing(replicas: 8)
    }
    return input
  }
}
