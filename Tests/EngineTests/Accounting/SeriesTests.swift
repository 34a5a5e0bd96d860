import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Series are integrals over buckets, so they add up to the ledger, and a
/// window's books are the difference of two longer ones.
@Suite struct SeriesTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 0..<60
  #else
    static let seeds: Range<UInt64> = 0..<1500
  #endif

  private func sum(_ outcome: RunOutcome, _ name: String, tenant: String? = nil, model: String? = nil)
    -> Int128
  {
    outcome.series.filter {
      $0.name == name && (tenant == nil || $0.tenant == tenant!) && (model == nil || $0.gpuModel == model!)
    }.flatMap(\.values).reduce(0, +)
  }

  @Test(arguments: [1, 7, 1000])
  func `series add up to the totals`(bucket: Int64) throws {
    for seed in Self.seeds {
      // Whole thousands of nanoseconds keep busy thousandths without rounding.
      let input = stretched(RandomScenario.input(seed: seed + 8_000_000), by: 1000).with {
        $0.bucket = SimDuration(nanoseconds: bucket * 1000)
      }.withoutDemotions
      let ours = try Simulation.run(input)
      let label = "seed \(seed + 8_000_000)"
      #expect(sum(ours, "served") == ours.ledger.allocated, "\(label)")
      #expect(sum(ours, "busy") == ours.ledger.busy, "\(label)")
      #expect(sum(ours, "down") == ours.ledger[.downFault] + ours.ledger[.downMaintenance], "\(label)")
      #expect(sum(ours, "free") == ours.ledger[.freePlaceable] + ours.ledger.stranded, "\(label)")
      for (t, tenant) in input.jobs.tenants.enumerated() {
        #expect(sum(ours, "offered", tenant: tenant) == ours.tenants[t].offered, "\(label)")
        #expect(sum(ours, "waiting", tenant: tenant) == ours.tenants[t].waiting, "\(label)")
        #expect(sum(ours, "served", tenant: tenant) == ours.tenants[t].ledger.allocated, "\(label)")
      }
      for (m, model) in input.fleet.gpuModels.enumerated() {
        #expect(sum(ours, "served", model: model) == ours.ledgerByModel[m].allocated, "\(label)")
      }
      // Stranded levels are rounded once a bucket and once a leaf.
      let roundings = Int128(ours.series.map(\.values.count).reduce(0, +) + 4 * ours.nodes.count)
      let distance = sum(ours, "stranded") - ours.ledger.stranded
      #expect(max(distance, -distance) <= roundings, "\(label)")
    }
  }

  @Test func `offered demand is what every job would have held on arrival`() throws {
    for seed in Self.seeds {
      let input = RandomScenario.input(seed: seed + 8_500_000)
      let ours = try Simulation.run(input)
      var offered = [Int128](repeating: 0, count: input.jobs.tenants.count)
      for j in 0..<input.jobs.count where ours.jobs.state[j] != .unseen {
        let arrival = input.jobs.arrival[j].nanoseconds
        let stop = min(arrival + input.jobs.duration[j].nanoseconds, ours.end.nanoseconds)
        let span = max(0, stop - max(arrival, ours.measuredFrom.nanoseconds))
        offered[Int(input.jobs.tenant[j].rawValue)] +=
          Int128(input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].milliGPU) * Int128(span)
      }
      #expect(ours.tenants.map(\.offered) == offered, "seed \(seed + 8_500_000)")
    }
  }

  @Test func `a warm-up leaves out exactly what a run that ends there counts`() throws {
    var compared = 0
    for seed in Self.seeds {
      let whole = stretched(RandomScenario.input(seed: seed + 9_000_000), by: 1000).with {
        $0.measuredFrom = .zero
        $0.horizon = SimTime(nanoseconds: 45_000)
      }
      for cut in [1_000, 13_500, 44_999] as [Int64] {
        let all = try Simulation.run(whole)
        let head = try Simulation.run(whole.with { $0.horizon = SimTime(nanoseconds: cut) })
        let tail = try Simulation.run(whole.with { $0.measuredFrom = SimTime(nanoseconds: cut) })
        let label = "seed \(seed + 9_000_000), cut at \(cut)"
        #expect(tail.jobs == all.jobs, "\(label)")
        #expect(tail.fingerprint == all.fingerprint, "\(label)")
        for n in all.nodes.indices {
          let (a, h, t) = (all.nodes[n].ledger, head.nodes[n].ledger, tail.nodes[n].ledger)
          for leaf in [LedgerLeaf.downFault, .downMaintenance, .rounding] {
            #expect(a[leaf] == h[leaf] + t[leaf], "\(label), node \(n), \(leaf.path)")
          }
          #expect(a.allocated == h.allocated + t.allocated, "\(label), node \(n)")
          #expect(a.capacity == h.capacity + t.capacity, "\(label), node \(n)")
          // Rounded down once a leaf and window.
          for leaf in [LedgerLeaf.strandedModel, .strandedRemainder, .strandedCPU, .strandedMemory] {
            #expect((0...1).contains(a[leaf] - h[leaf] - t[leaf]), "\(label), node \(n), \(leaf.path)")
          }
        }
        compared += 1
      }
    }
    #expect(compared == 3 * Self.seeds.count)
  }
}
