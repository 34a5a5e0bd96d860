import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// The books balance exactly, whatever happens in the run.
@Suite struct LedgerTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 0..<60
  #else
    static let seeds: Range<UInt64> = 0..<1500
  #endif
  private static let free: [LedgerLeaf] = [
    .downFault, .downMaintenance, .freePlaceable, .strandedModel, .strandedRemainder, .strandedCPU,
    .strandedMemory,
  ]

  /// Each seed's engine run, naive run and naive books.
  private func each(
    _ check: (String, SimulationInput, RunOutcome, ReferenceSimulator, ReferenceBooks) throws -> Void
  ) throws {
    for seed in Self.seeds {
      let input =
        seed % 2 == 0
        ? RandomScenario.input(seed: seed + 7_000_000) : RandomScenario.withLives(seed: seed + 7_000_000)
      let ours = try Simulation.run(input)
      var naive = ReferenceSimulator(input)
      naive.run()
      try check(
        "seed \(seed + 7_000_000)",
        input,
        ours,
        naive,
        ReferenceBooks(naive, from: ours.measuredFrom.nanoseconds)
      )
    }
  }

  @Test func `free and down leaves equal a recomputation interval by interval`() throws {
    var stranded: Int128 = 0
    try each { label, _, ours, _, books in
      for n in ours.nodes.indices {
        for leaf in Self.free {
          #expect(ours.nodes[n].ledger[leaf] == books.nodes[n][leaf], "\(label), node \(n), \(leaf.path)")
        }
        stranded += ours.nodes[n].ledger.stranded
      }
    }
    #expect(stranded > 0)
  }

  @Test func `leaves add up to capacity times the time a node was present`() throws {
    try each { label, input, ours, naive, _ in
      let from = ours.measuredFrom.nanoseconds
      for n in ours.nodes.indices {
        var present: Int128 = 0
        for (moment, end) in zip(naive.history, naive.history.dropFirst().map(\.time) + [naive.end])
        where moment.nodes[n].condition != .absent && end > max(from, moment.time) {
          present += Int128(end - max(from, moment.time))
        }
        #expect(
          ours.nodes[n].ledger.capacity == present * Int128(1000 * input.fleet.nodes[n].gpuCount),
          "\(label), node \(n)"
        )
      }
      var byModel = LedgerTotals()
      for ledger in ours.ledgerByModel { byModel += ledger }
      #expect(byModel == ours.ledger, "\(label)")
    }
  }

  @Test func `what tenants and GPUs hold adds up to what the fleet gave`() throws {
    var rounded: Int128 = 0
    try each { label, input, ours, _, books in
      var tenants = LedgerTotals()
      for tenant in ours.tenants { tenants += tenant.ledger }
      for leaf in [LedgerLeaf.goodput, .lost, .overhead, .idle, .rounding] {
        #expect(tenants[leaf] == ours.ledger[leaf], "\(label), \(leaf.path)")
      }
      #expect(ours.tenants.map(\.ledger.allocated) == books.takenByTenant, "\(label)")
      for n in ours.nodes.indices {
        #expect(ours.nodes[n].allocatedPerGPU == books.takenPerGPU[n], "\(label), node \(n)")
        if input.sharing == .pooled { continue }
        #expect(
          ours.nodes[n].allocatedPerGPU.reduce(0, +) == ours.nodes[n].ledger.allocated,
          "\(label), node \(n)"
        )
      }
      rounded += ours.ledger[.rounding]
    }
    #expect(rounded > 0)
  }

  @Test func `allocated leaves equal a recomputation run by run`() throws {
    var overhead: Int128 = 0
    var lost: Int128 = 0
    try each { label, _, ours, _, books in
      for leaf in [LedgerLeaf.goodput, .lost, .overhead, .idle, .rounding] {
        for n in ours.nodes.indices {
          #expect(
            ours.nodes[n].ledger[leaf] == books.heldOfNode[n][leaf],
            "\(label), node \(n), \(leaf.path)"
          )
        }
        for t in ours.tenants.indices {
          #expect(
            ours.tenants[t].ledger[leaf] == books.heldByTenant[t][leaf],
            "\(label), tenant \(t), \(leaf.path)"
          )
        }
      }
      #expect(ours.nodes.map(\.starts) == books.starts, "\(label)")
      overhead += ours.ledger[.overhead]
      lost += ours.ledger[.lost]
    }
    #expect(overhead > 0)
    #expect(lost > 0)
  }

  @Test func `Little's law and the utilisation law are identities`() throws {
    try each { label, input, ours, naive, books in
      let from = ours.measuredFrom.nanoseconds
      let end = ours.end.nanoseconds
      func clipped(_ a: Int64, _ b: Int64) -> Int128 { Int128(max(0, min(b, end) - max(a, from))) }
      // Time in system = waiting + running, job by job; its integral, the
      // population, comes from the naive history and from the series.
      var inSystem: Int128 = 0
      var running: Int128 = 0
      var busy: Int128 = 0
      for attempt in ours.interruptedAttempts {
        let span = clipped(attempt.startNanoseconds, attempt.endNanoseconds)
        running += span
        busy += span * Int128(naive.requests[Int(attempt.job.rawValue)].takenByAll)
      }
      for j in 0..<input.jobs.count {
        let state = ours.jobs.state[j]
        let stop = ours.jobs.endNanoseconds[j] >= 0 ? ours.jobs.endNanoseconds[j] : end
        if state.hasLastRun {
          running += clipped(ours.jobs.startNanoseconds[j], stop)
          busy += clipped(ours.jobs.startNanoseconds[j], stop) * Int128(naive.requests[j].takenByAll)
        }
        guard let eligible = ours.jobs.eligible(j, arrival: input.jobs.arrival[j].nanoseconds) else {
          continue
        }
        switch state {
        case .waiting, .running, .completed, .withdrawn, .timedOut, .failed, .cancelled:
          inSystem += clipped(eligible, stop)
          // A job that stays away after a failure is not in the system.
          for attempt in ours.interruptedAttempts where Int(attempt.job.rawValue) == j {
            inSystem -= clipped(
              attempt.endNanoseconds,
              min(attempt.endNanoseconds + attempt.backoffNanoseconds, stop)
            )
          }
        case .rejected:
          for attempt in ours.interruptedAttempts where Int(attempt.job.rawValue) == j {
            inSystem += clipped(attempt.startNanoseconds, attempt.endNanoseconds)
          }
        case .unseen: break
        }
      }
      #expect(inSystem == books.queue + running, "\(label)")
      #expect(
        ours.series.filter { $0.name == "queue" }.flatMap(\.values).reduce(0, +) == books.queue,
        "\(label)"
      )
      #expect(ours.tenants.map(\.waiting).reduce(0, +) == books.waiting, "\(label)")
      #expect(ours.ledger.allocated == busy, "\(label)")
    }
  }

  @Test func `jobs are conserved`() throws {
    try each { label, input, ours, _, _ in
      let seen = ours.jobs.state.filter { $0 != .unseen }.count
      let arrived = input.jobs.arrival.filter { $0 <= ours.end }.count
      #expect(seen == arrived, "\(label)")
      let from = ours.measuredFrom
      #expect(
        ours.tenants.map(\.submitted).reduce(0, +)
          == Int64(input.jobs.arrival.filter { $0 >= from && $0 <= ours.end }.count),
        "\(label)"
      )
      let completed = ours.jobs.state.indices.filter {
        ours.jobs.state[$0] == .completed && ours.jobs.endNanoseconds[$0] >= from.nanoseconds
      }
      #expect(ours.tenants.map(\.completed).reduce(0, +) == Int64(completed.count), "\(label)")
    }
  }
}
