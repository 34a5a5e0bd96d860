import Engine
import Hardware
import SimulationKernel
import Workload

/// Jobs that come and go on a fleet of equal nodes: exponential durations,
/// offered load 0.95, best fit, first in first out.
struct TimedWorkload {
  let jobs: Int
  /// In the fleet; a multiple of the node's.
  let gpus: Int
  /// The folder of the openb trace; nil: a built-in mix of requests.
  let trace: String?

  /// Shares of the fleet's GPU capacity.
  static let offeredLoad = 0.95
  static let meanDurationSeconds = 3600.0
  static let seed: UInt64 = 1

  /// The node: eight GPUs, 192 vCPU, 2 TiB.
  static let gpusPerNode = 8
  static let cpuMilliPerNode: Int32 = 192_000
  static let memoryMiBPerNode: Int32 = 2_097_152

  /// What jobs ask for where the trace is not at hand: the trace's five most
  /// frequent requests and one of each larger kind, in its proportions.
  static let builtInMix: [DemandOption] = [
    option(1047, gpus: 1, milli: 810, cpu: 3150, memory: 15_258),
    option(874, gpus: 1, milli: 1000, cpu: 11_300, memory: 49_152),
    option(599, gpus: 1, milli: 1000, cpu: 11_400, memory: 49_152),
    option(470, gpus: 1, milli: 1000, cpu: 3150, memory: 15_258),
    option(388, gpus: 1, milli: 470, cpu: 11_908, memory: 49_152),
    option(451, gpus: 0, milli: 0, cpu: 4000, memory: 16_384),
    option(8, gpus: 2, milli: 1000, cpu: 32_000, memory: 131_072),
    option(8, gpus: 4, milli: 1000, cpu: 48_000, memory: 262_144),
    option(22, gpus: 8, milli: 1000, cpu: 96_000, memory: 393_216),
  ]

  private static func option(_ weight: Double, gpus: Int, milli: Int32, cpu: Int32, memory: Int32) -> DemandOption {
    DemandOption(weight: weight, gpuCount: gpus, milliGPUPerDevice: milli, cpuMilli: cpu, memoryMiB: memory)
  }

  /// The requests and their weights.
  func mix() throws -> [DemandOption] {
    guard let trace else { return Self.builtInMix }
    return try OpenBPodReader.read(path: trace + "/openb_pod_list_default.csv").demandMix()
  }

  func fleet() -> Fleet {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "H100")
    for node in 0..<gpus / Self.gpusPerNode {
      fleet.nodes.append(
        NodeSpec(
          name: "node-\(node)",
          cpuMilli: Self.cpuMilliPerNode,
          memoryMiB: Self.memoryMiBPerNode,
          gpuCount: Self.gpusPerNode,
          gpuModel: model
        )
      )
    }
    return fleet
  }

  /// A ready run: exactly `jobs` jobs.
  func input() throws -> SimulationInput {
    // Only an upper limit: the stated load divides the span by a factor.
    let span = SimDuration(nanoseconds: SimTime.latest.nanoseconds)
    let spec = SynthesisSpec(
      horizon: span,
      classes: [
        JobClassSpec(
          name: "job",
          kind: .batch(
            BatchSpec(
              arrivals: .count(jobs, span: span),
              duration: .exponential(mean: Self.meanDurationSeconds)
            )
          ),
          demand: try mix(),
          busyFraction: .constant(1)
        )
      ],
      offeredLoad: Self.offeredLoad
    )
    let fleet = fleet()
    var input = SimulationInput(
      fleet: fleet,
      jobs: try Synthesiser.makeJobs(spec, fleetMilliGPU: Int64(fleet.gpuCount) * 1000, seed: Self.seed),
      seed: Self.seed,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "best-fit")], tieBreak: .name)
    )
    input.queue = .fifo(headOfLineBlocking: true)
    return input
  }
}
