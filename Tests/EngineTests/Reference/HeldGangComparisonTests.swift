import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Gangs that hold places before they start, against the naive simulator and
/// against what must hold whatever the scenario.
@Suite struct HeldGangComparisonTests {
  #if DEBUG
    static let seedsPerBatch: UInt64 = 10
  #else
    static let seedsPerBatch: UInt64 = 100
  #endif

  @Test(arguments: 0..<16 as Range<UInt64>)
  func `random gangs that hold end as in the naive simulator`(batch: UInt64) throws {
    let comparison = ReferenceComparisonTests()
    for offset in 0..<Self.seedsPerBatch {
      let seed = batch * 1_000_000 + offset
      try comparison.expectAgreement(RandomScenario.holding(seed: seed), "seed \(seed)")
    }
  }

  @Test func `the books balance with what is held`() throws {
    var held: Int128 = 0
    for seed in 0..<4 * Self.seedsPerBatch {
      let input = RandomScenario.holding(seed: seed + 50_000_000)
      let ours = try Simulation.run(input)
      var naive = ReferenceSimulator(input)
      naive.run()
      let books = ReferenceBooks(naive, from: ours.measuredFrom.nanoseconds)
      #expect(ours.tenants.map(\.ledger.allocated) == books.takenByTenant, "seed \(seed)")
      #expect(ours.tenants.map(\.waiting).reduce(0, +) == books.waiting, "seed \(seed)")
      for n in ours.nodes.indices {
        for leaf in LedgerLeaf.allCases {
          let naive = books.nodes[n][leaf] + books.heldOfNode[n][leaf]
          #expect(ours.nodes[n].ledger[leaf] == naive, "seed \(seed), node \(n), \(leaf.path)")
        }
        #expect(ours.nodes[n].allocatedPerGPU == books.takenPerGPU[n], "seed \(seed), node \(n)")
      }
      held += ours.ledger[.idle]
    }
    #expect(held > 0)
  }

  @Test func `what is told to be stuck never starts, and what holds for ever is told`() throws {
    var stuck = 0
    for seed in 0..<8 * Self.seedsPerBatch {
      let input = RandomScenario.holding(seed: seed + 60_000_000).with { $0.fleetChanges = [] }
      let ours = try Simulation.run(input)
      let jobs = Set(ours.gangHolds.filter { $0.ending == .stuck }.map { Int($0.job.rawValue) })
      if input.horizon == nil, input.gangs.holding?.timeout == nil {
        let holders = Set(ours.gangHolds.filter { $0.ending == .atEnd }.map(\.job))
        #expect(holders.isEmpty, "seed \(seed): holds for ever and is not told")
        #expect((ours.deadlock?.gangs ?? 0) >= jobs.count, "seed \(seed)")
      }
      guard !jobs.isEmpty, input.horizon != nil else { continue }
      stuck += 1
      let longer = try Simulation.run(input.with { $0.horizon = nil })
      for job in jobs { #expect(longer.jobs.state[job] != .completed, "seed \(seed), job \(job)") }
    }
    #expect(stuck > 0)
  }

  @Test func `the whole allocation is the decision of placement`() throws {
    for seed in 0..<Self.seedsPerBatch {
      let input = RandomScenario.input(seed: seed + 70_000_000)
      let whole = try Simulation.run(input.with { $0.gangs = .wholeAllocation })
      #expect(try Simulation.run(input) == whole, "seed \(seed)")
    }
  }

  @Test func `where nothing is short all modes are equal, bit for bit`() throws {
    let holding = GangHolding.kubeScheduler
    for seed in 0..<Self.seedsPerBatch {
      // Arrivals far apart: no job waits.
      var input = RandomScenario.holding(seed: seed + 80_000_000)
      input.horizon = nil
      input.fleetChanges = []
      for j in input.jobs.arrival.indices { input.jobs.arrival[j] = SimTime(nanoseconds: Int64(j) * 1000) }
      let outcomes = try [GangMode.placement, .quota(holding), .holdAndWait(holding)].map { mode in
        try Simulation.run(input.with { $0.gangs = mode })
      }
      #expect(Set(outcomes.map(\.fingerprint)).count == 1, "seed \(seed)")
      #expect(Set(outcomes.map(\.jobs)).count == 1, "seed \(seed)")
      #expect(Set(outcomes.map(\.ledger)).count == 1, "seed \(seed)")
    }
  }
}
