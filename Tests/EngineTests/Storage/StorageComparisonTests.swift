import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Runs of random images, caches, tiers, checkpoints, services and sites against
/// a simulator that follows everything instant by instant.
@Suite struct StorageComparisonTests {
  @Test func `every run begins, works and ends as in the naive simulator, to the nanosecond`() throws {
    var totals = StorageTotals()
    totals.writes = StorageTotals.Writes()
    var cut = 0
    var staged = 0
    for seed in UInt64(0)..<600 {
      let scenario = RandomStorage(seed: seed)
      let outcome = try Simulation.run(scenario.input())
      var naive = NaiveStorage(scenario)
      naive.run()
      for job in scenario.jobs.indices {
        var found = outcome.interruptedAttempts.filter { Int($0.job.rawValue) == job }.map {
          NaiveStorage.Run(
            node: Int($0.node.rawValue),
            start: $0.startNanoseconds,
            end: $0.endNanoseconds,
            overhead: $0.overheadNanoseconds,
            kept: $0.keptNanoseconds
          )
        }
        cut += found.count
        var expected = naive.runs[job]
        if outcome.jobs.state[job].hasLastRun {
          // What a last run saved is told by nothing.
          found.append(
            NaiveStorage.Run(
              node: Int(outcome.jobs.node[job].rawValue),
              start: outcome.jobs.startNanoseconds[job],
              end: outcome.jobs.endNanoseconds[job],
              overhead: outcome.jobs.overhead(job)
            )
          )
          if !expected.isEmpty { expected[expected.count - 1].kept = 0 }
        }
        #expect(found == expected, "seed \(seed), job \(job)")
      }
      let storage = try #require(outcome.storage)
      totals.pulls += storage.pulls
      totals.hits += storage.hits
      totals.evictions += storage.evictions
      totals.writes!.count += storage.writes?.count ?? 0
      if (outcome.bursts?.stagingNanoseconds ?? 0) > 0 { staged += 1 }
    }
    // The comparison is about something.
    #expect(totals.pulls > 3_000)
    #expect(totals.hits > 3_000)
    #expect(totals.evictions > 500)
    #expect(totals.writes!.count > 5_000)
    #expect(cut > 1_000)
    #expect(staged > 100)
  }
}
