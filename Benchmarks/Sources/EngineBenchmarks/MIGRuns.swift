import BenchmarkSupport
import Engine
import Foundation
import Hardware
import SimulationKernel
import Workload

/// Jobs on MIG instances next to the same number of jobs on whole GPUs: best
/// fit, first in first out, later jobs may pass, offered load 0.85.
enum MIGRuns {
  private static let offeredLoad = 0.85
  private static let meanDurationSeconds = 3600.0
  /// Profiles of an H100 and their weights, and slots of eight.
  private static let mix: [(profile: String, weight: Double, slots: Int)] = [
    ("1g.10gb", 10, 1), ("1g.20gb", 3, 2), ("2g.20gb", 4, 2), ("3g.40gb", 2, 4), ("7g.80gb", 1, 8),
  ]

  static func measure(jobs: Int, gpus: Int, rounds: Int) throws {
    let whole = try input(jobs: jobs, gpus: gpus, isMIG: false)
    let cut = try input(jobs: jobs, gpus: gpus, isMIG: true)
    var best = (whole: Double.infinity, cut: Double.infinity)
    for _ in 0..<rounds {
      best.whole = min(best.whole, try seconds(whole))
      best.cut = min(best.cut, try seconds(cut))
    }
    printRow("mig.\(jobs)jobs.\(gpus)gpus", ours: best.cut, reference: best.whole, unit: "CPU s")
  }

  private static func seconds(_ input: SimulationInput) throws -> Double {
    let start = cpuSeconds()
    let outcome = try Simulation.run(input)
    let spent = cpuSeconds() - start
    let starts = outcome.jobs.startNanoseconds
    let waited = starts.indices.reduce(0) { $0 + (starts[$1] > input.jobs.arrival[$1].nanoseconds ? 1 : 0) }
    warn(
      "\(input.sharing.rawValue): \(outcome.eventCount) events, \(waited) jobs waited, "
        + "\(Int((100 * Double(outcome.ledger.allocated) / Double(outcome.ledger.capacity)).rounded())) % allocated"
    )
    return spent
  }

  private static func input(jobs: Int, gpus: Int, isMIG: Bool) throws -> SimulationInput {
    let span = SimDuration(nanoseconds: SimTime.latest.nanoseconds)
    let spec = SynthesisSpec(
      horizon: span,
      classes: [
        JobClassSpec(
          name: "job",
          kind: .batch(
            BatchSpec(arrivals: .count(jobs, span: span), duration: .exponential(mean: meanDurationSeconds))
          ),
          demand: isMIG ? instances() : [DemandOption(gpuCount: 1, cpuMilli: 2000, memoryMiB: 16_384)],
          busyFraction: .constant(1)
        )
      ],
      offeredLoad: offeredLoad
    )
    var input = SimulationInput(
      fleet: .equalNodes(gpus: gpus, model: "h100-80gb-sxm"),
      jobs: try Synthesiser.makeJobs(spec, fleetMilliGPU: Int64(gpus) * 1000, seed: 1),
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "best-fit")], tieBreak: .name)
    )
    input.queue = .fifo(headOfLineBlocking: false)
    if isMIG { input.sharing = .mig }
    return input
  }

  private static func instances() -> [DemandOption] {
    mix.map { entry in
      var option = DemandOption(
        weight: entry.weight,
        gpuCount: 1,
        milliGPUPerDevice: Int32(entry.slots * 125),
        cpuMilli: 2000,
        memoryMiB: 16_384
      )
      option.device.profile = entry.profile
      return option
    }
  }
}
