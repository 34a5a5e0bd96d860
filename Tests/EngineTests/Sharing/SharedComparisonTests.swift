import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Runs with contention against a simulator that looks at everything anew at
/// each instant.
@Suite struct SharedComparisonTests {
  #if DEBUG
    static let seedsPerBatch: UInt64 = 20
  #else
    static let seedsPerBatch: UInt64 = 250
  #endif

  @Test(arguments: 0..<16 as Range<UInt64>)
  func `random shared runs end as in the naive simulator`(batch: UInt64) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = batch * 1_000_000 + offset
      let input = SharedScenario.input(seed: seed)
      let ours = try Simulation.run(input)
      var naive = SharedReference(input)
      naive.run()
      #expect(ours.jobs.state == naive.jobs.map(\.state), "seed \(seed)")
      #expect(ours.jobs.endNanoseconds == naive.jobs.map(\.end), "seed \(seed)")
      #expect(ours.jobs.startNanoseconds == naive.jobs.map(\.start), "seed \(seed)")
      #expect(ours.jobs.interruptions == naive.jobs.map(\.interruptions), "seed \(seed)")
      #expect(ours.jobs.oomKills == naive.jobs.map(\.oom), "seed \(seed)")
      for j in naive.jobs.indices where ours.jobs.state[j].hasLastRun && naive.isShared(j) {
        let job = naive.jobs[j]
        let fill = input.sharing == .mps ? Int128(naive.demand(j).assumedFillMilli) : 1000
        let used = job.inWindow * Int128(input.jobs.busyMilli[j]) * fill / 1_000_000_000_000
        #expect(ours.jobs.usedMilliNanoseconds[j] == used, "seed \(seed), job \(j)")
      }
      var expected = Int128(0)
      for node in input.fleet.nodes {
        expected +=
          Int128(node.gpuCount) * 1000 * Int128(ours.end.nanoseconds - ours.measuredFrom.nanoseconds)
      }
      let leaves = LedgerLeaf.allCases.reduce(Int128(0)) { $0 + ours.ledger[$1] }
      #expect(leaves == expected, "seed \(seed)")
      if Testing.Test.current == nil { break }
    }
  }
}
