import Engine
import Outcome
import Testing
import Workload

/// The engine against a simulator that is too simple to be wrong in the same
/// way.
@Suite struct ReferenceComparisonTests {
  #if DEBUG
    static let seedsPerBatch = 12
  #else
    static let seedsPerBatch = 250
  #endif

  @Test(arguments: 0..<24)
  func `random small scenarios end as in the naive simulator`(batch: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(batch * 1_000_000 + offset)
      try expectAgreement(RandomScenario.input(seed: seed), "seed \(seed)")
    }
  }

  @Test(arguments: RandomScenario.profiles.indices)
  func `each placement profile decides as in the naive simulator`(profile: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(offset + 500_000)
      let spec = RandomScenario.profiles[profile]
      try expectAgreement(
        RandomScenario.input(seed: seed, profile: spec),
        "seed \(seed), \(PlacementSpec(scores: spec).label)"
      )
    }
  }

  #if DEBUG
    static let largerSeeds: Range<UInt64> = 0..<2
  #else
    static let largerSeeds: Range<UInt64> = 0..<40
  #endif

  @Test func `larger fleets end as in the naive simulator`() throws {
    for seed in Self.largerSeeds {
      let input = RandomScenario.input(seed: seed + 600_000, nodeCount: 60...120, jobCount: 150...300)
      try expectAgreement(input, "seed \(seed + 600_000)")
    }
  }

  /// Fails with the first job that differs.
  private func expectAgreement(_ input: SimulationInput, _ label: String) throws {
    let ours: RunOutcome
    do { ours = try Simulation.run(input) } catch {
      Issue.record("\(label): \(error)")
      return
    }
    var naive = ReferenceSimulator(input)
    naive.run()
    let setting = "\(label), \(input.queue), \(input.placement.label), \(input.sharing)"
    if ours.jobs != naive.jobs, let j = firstDifference(ours.jobs, naive.jobs) {
      Issue.record(
        "\(setting): job \(j) of \(input.jobs.count) is \(line(ours.jobs, j)), naive \(line(naive.jobs, j))"
      )
    }
    let attempts = ours.interruptedAttempts.map {
      ReferenceSimulator.Attempt(
        job: Int($0.job.rawValue),
        start: $0.startNanoseconds,
        end: $0.endNanoseconds,
        node: Int($0.node.rawValue),
        gpuMask: $0.gpuMask
      )
    }
    #expect(attempts == naive.attempts, "\(setting)")
    #expect(ours.end.nanoseconds == naive.end, "\(setting)")
  }

  private func firstDifference(_ a: JobColumns, _ b: JobColumns) -> Int? {
    a.state.indices.first { line(a, $0) != line(b, $0) }
  }

  private func line(_ c: JobColumns, _ j: Int) -> String {
    "\(c.state[j]) \(c.startNanoseconds[j])...\(c.endNanoseconds[j]) node \(c.node[j].rawValue)"
      + " GPUs \(String(c.gpuMask[j], radix: 2)) cause \(c.cause[j]) interrupted \(c.interruptions[j])"
  }

  @Test func `the random scenarios exercise every state, cause and feature`() throws {
    var states: Set<JobState> = []
    var causes: Set<WaitCause> = []
    var interrupted = 0
    var shared = 0
    for seed in 0..<UInt64(300) {
      var naive = ReferenceSimulator(RandomScenario.input(seed: seed))
      naive.run()
      states.formUnion(naive.jobs.state)
      causes.formUnion(naive.jobs.cause)
      interrupted += naive.attempts.count
      shared +=
        naive.history.filter { $0.nodes.contains { $0.residents.contains { $0.request.isPart } } }.count
    }
    #expect(states == Set(JobState.allCases))
    #expect(causes == Set(WaitCause.allCases))
    #expect(interrupted > 100)
    #expect(shared > 100)
  }
}
