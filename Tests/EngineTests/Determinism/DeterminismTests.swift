import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// The outcome is a function of the input, and of nothing in it that does not
/// matter.
@Suite struct DeterminismTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 0..<50
  #else
    static let seeds: Range<UInt64> = 0..<800
  #endif

  /// Random scenarios under every policy, those that draw included.
  private static func scenario(_ seed: UInt64) -> SimulationInput {
    RandomScenario.input(seed: seed + 3_000_000).with {
      if seed % 5 == 0 && $0.sharing != .pooled {
        $0.placement = PlacementSpec(scores: [ScoreSpec(policy: "random")], tieBreak: .random)
      }
      if seed % 5 == 1, $0.placement.scores[0].policy.contains("allocated") {
        $0.placement.tieBreak = .random
      }
      if seed % 5 == 2 { $0.placement.tieBreak = .seededRank }
      if $0.placement.problem != nil { $0.placement.tieBreak = .name }
      $0.tracksFragmentation = seed % 2 == 0 && $0.sharing != .pooled
    }
  }

  @Test func `the same input twice gives equal outcomes`() throws {
    for seed in Self.seeds {
      let input = Self.scenario(seed)
      #expect(try Simulation.run(input) == Simulation.run(input), "seed \(seed)")
    }
  }

  @Test func `outcomes do not depend on the thread or on what runs beside`() async throws {
    for seed in Self.seeds where seed % 10 == 0 {
      let inputs = (0..<8).map { Self.scenario(seed + $0) }
      let alone = try inputs.map { try Simulation.run($0) }
      let together = try await withThrowingTaskGroup(of: (Int, RunOutcome).self) { group in
        for (i, input) in inputs.enumerated() { group.addTask { (i, try Simulation.run(input)) } }
        return try await group.reduce(into: [Int: RunOutcome]()) { $0[$1.0] = $1.1 }
      }
      for i in inputs.indices { #expect(together[i] == alone[i], "seed \(seed + UInt64(i))") }
    }
  }

  @Test func `verifying changes nothing`() throws {
    for seed in Self.seeds {
      let input = Self.scenario(seed)
      #expect(try Simulation.run(input.with { $0.verify = false }) == Simulation.run(input), "seed \(seed)")
    }
  }

  @Test func `another seed of ties and ranks changes some placement`() throws {
    let jobs = (0..<40).map { JobSketch.part(500, at: $0, for: 30) }
    for tieBreak in [TieBreak.seededRank, .random] {
      let runs = try (1...5 as ClosedRange<UInt64>).map { seed in
        try Simulation.run(
          EngineTests.input(Array(repeating: .gpu(2), count: 8), jobs, policy: "gpu-packing", seed: seed)
            .with { $0.placement.tieBreak = tieBreak }
        )
      }
      #expect(Set(runs.map(\.jobs.node)).count > 1, "\(tieBreak)")
    }
  }
}
