import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing

/// Packings and makespans that can be worked out by hand or by trying all.
@Suite struct PackingOracleTests {
  private static let policies = [
    "first-fit", "best-fit", "worst-fit", "gpu-packing", "fgd", "most-allocated",
  ]

  /// Equal jobs on equal nodes: `atOnce` run together, so all have ended after
  /// `rounds` durations.
  struct Packing: CustomTestStringConvertible {
    var nodes: Int
    var gpusPerNode: Int
    var jobs: Int
    var gpusPerJob: Int32
    var atOnce: Int
    var rounds: Int64

    var testDescription: String { "\(jobs) jobs of \(gpusPerJob) on \(nodes) nodes of \(gpusPerNode)" }
  }

  private static let packings = [
    Packing(nodes: 1, gpusPerNode: 8, jobs: 8, gpusPerJob: 1, atOnce: 8, rounds: 1),
    Packing(nodes: 1, gpusPerNode: 8, jobs: 9, gpusPerJob: 1, atOnce: 8, rounds: 2),
    Packing(nodes: 4, gpusPerNode: 8, jobs: 16, gpusPerJob: 2, atOnce: 16, rounds: 1),
    // Two of three fit a node; two GPUs of each stay idle.
    Packing(nodes: 4, gpusPerNode: 8, jobs: 16, gpusPerJob: 3, atOnce: 8, rounds: 2),
    Packing(nodes: 4, gpusPerNode: 8, jobs: 9, gpusPerJob: 3, atOnce: 8, rounds: 2),
    // Only one of five fits a node: 12 of 32 GPUs are out of reach.
    Packing(nodes: 4, gpusPerNode: 8, jobs: 12, gpusPerJob: 5, atOnce: 4, rounds: 3),
    Packing(nodes: 3, gpusPerNode: 4, jobs: 7, gpusPerJob: 4, atOnce: 3, rounds: 3),
    Packing(nodes: 5, gpusPerNode: 7, jobs: 21, gpusPerJob: 2, atOnce: 15, rounds: 2),
  ]

  @Test(arguments: packings, policies)
  func `equal jobs fill equal nodes as counted by hand`(packing: Packing, policy: String) throws {
    let jobs = Array(repeating: JobSketch.gpu(packing.gpusPerJob, at: 0, for: 1000), count: packing.jobs)
    let nodes = Array(repeating: NodeSketch.gpu(packing.gpusPerNode), count: packing.nodes)
    let outcome = try Simulation.run(EngineTests.input(nodes, jobs, policy: policy))
    #expect(outcome.jobs.startNanoseconds.filter { $0 == 0 }.count == min(packing.atOnce, packing.jobs))
    #expect(outcome.end.nanoseconds == packing.rounds * 1000)
  }

  /// Jobs of 5, 3, 4, 4, 2 and 6 GPUs in this order on three nodes of 8.
  @Test(arguments: [
    // 5+3, 4+4, 2+6.
    ("first-fit", [0, 0, 1, 1, 2, 2]),
    ("best-fit", [0, 0, 1, 1, 2, 2]),
    // 5 -> 0; 3 -> 1; 4 -> 2; 4 -> 1 (5 free); 2 -> 2 (4 free); 6 fits nowhere.
    ("worst-fit", [0, 1, 2, 1, 2, -1]),
  ])
  func `unequal jobs lie where the hand table says`(policy: String, nodes: [Int32]) throws {
    let jobs = [5, 3, 4, 4, 2, 6].map { JobSketch.gpu($0, at: 0, for: 1000) }
    let input = EngineTests.input(Array(repeating: .gpu(8), count: 3), jobs, policy: policy)
    let outcome = try Simulation.run(input.with { $0.horizon = SimTime(nanoseconds: 500) })
    #expect(outcome.jobs.node.map(\.rawValue) == nodes)
  }

  // MARK: - Makespan

  /// The shortest time in which `gpus` GPUs can work off the durations, each
  /// on one GPU without a break: by trying all assignments.
  private func shortestMakespan(_ durations: [Int64], gpus: Int) -> Int64 {
    var best = durations.reduce(0, +)
    var loads = Array(repeating: Int64(0), count: gpus)
    func assign(_ next: Int) {
      guard next < durations.count else { return best = min(best, loads.max()!) }
      for gpu in 0..<gpus where loads[gpu] + durations[next] < best {
        loads[gpu] += durations[next]
        assign(next + 1)
        loads[gpu] -= durations[next]
        // All empty GPUs are alike.
        if loads[gpu] == 0 { break }
      }
    }
    assign(0)
    return best
  }

  #if DEBUG
    private static let seeds: Range<UInt64> = 0..<100
  #else
    private static let seeds: Range<UInt64> = 0..<3000
  #endif

  /// Graham 1966: list scheduling takes at most 2 - 1/m times the optimum.
  @Test func `jobs released together end between the optimum and Graham's bound`() throws {
    var reachesOptimum = 0
    var missesOptimum = 0
    for seed in Self.seeds {
      var draws = SplitMix(seed: seed)
      let gpus = Int.random(in: 1...4, using: &draws)
      let durations = (0..<Int.random(in: 1...8, using: &draws)).map { _ in
        Int64.random(in: 1...30, using: &draws)
      }
      let order = [JobOrder.fifo, .shortestJob].randomElement(using: &draws)!
      let input = EngineTests.input([.gpu(gpus)], durations.map { .gpu(1, at: 0, for: $0) })
      let end = try Simulation.run(
        input.with { $0.queue = .ordered(order, headOfLineBlocking: seed % 2 == 0) }
      ).end.nanoseconds
      let optimum = shortestMakespan(durations, gpus: gpus)
      #expect(end >= optimum, "seed \(seed)")
      #expect(end * Int64(gpus) <= optimum * Int64(2 * gpus - 1), "seed \(seed)")
      if end == optimum { reachesOptimum += 1 } else { missesOptimum += 1 }
    }
    #expect(reachesOptimum > 0 && missesOptimum > 0)
  }

  @Test func `no run is shorter than its work over its capacity or its longest job`() throws {
    for seed in Self.seeds {
      let input = RandomScenario.plain(seed: seed + 8_000_000).with {
        $0.fleetChanges = []
        $0.horizon = nil
        $0.measuredFrom = .zero
      }
      let outcome = try Simulation.run(input)
      let jobs = input.jobs
      let counted = (0..<jobs.count).filter {
        outcome.jobs.state[$0] == .completed && jobs.kind[$0] == .batch
      }
      guard let first = counted.map({ jobs.arrival[$0].nanoseconds }).min() else { continue }
      let span = outcome.end.nanoseconds - first
      let work = counted.reduce(Int128(0)) { sum, j in
        let shape = jobs.shapes[Int(jobs.shape[j].rawValue)]
        return sum + Int128(shape.milliGPU) * Int128(jobs.duration[j].nanoseconds)
      }
      let capacity = Int128(1000 * input.fleet.nodes.reduce(0) { $0 + $1.gpuCount })
      #expect(work <= capacity * Int128(span), "seed \(seed)")
      #expect(counted.allSatisfy { jobs.duration[$0].nanoseconds <= span }, "seed \(seed)")
    }
  }
}
