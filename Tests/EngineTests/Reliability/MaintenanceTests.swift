import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes drain, go down and return; times are nanoseconds, worked by hand.
@Suite struct MaintenanceTests {
  /// A job of one GPU from 0 to 100 on the first of two nodes of two GPUs, and
  /// one that comes at 20 for 5.
  private func rolling(limit: Int64?, _ change: (inout SimulationInput) -> Void = { _ in }) throws
    -> RunOutcome
  {
    try Simulation.run(
      input([.gpu(2), .gpu(2)], [.gpu(1, at: 0, for: 100), .gpu(1, at: 20, for: 5)]).with {
        $0.horizon = SimTime(nanoseconds: 200)
        $0.maintenances = [
          RollingMaintenance(
            startNanoseconds: 10,
            nodes: [NodeID(rawValue: 0), NodeID(rawValue: 1)],
            atOnce: 1,
            duration: SimDuration(nanoseconds: 20),
            drainLimit: limit.map { SimDuration(nanoseconds: $0) }
          )
        ]
        change(&$0)
      }
    )
  }

  private func down(_ outcome: RunOutcome) -> [Int128] {
    outcome.nodes.map { $0.ledger[.downMaintenance] / 1000 }
  }

  @Test func `a node that drains keeps its job, takes no other, and its free GPUs are down`() throws {
    let outcome = try rolling(limit: nil)
    #expect(outcome.jobs.endNanoseconds == [100, 25])
    #expect(outcome.jobs.node[1] == NodeID(rawValue: 1))
    #expect(outcome.jobs.interruptions == [0, 0])
    // One free GPU from 10 to 100, then both until 120; the second from 120 to 140.
    #expect(down(outcome) == [90 + 40, 40])
    #expect(outcome.ledger.capacity == 2 * 2 * 200 * 1000)
  }

  @Test func `what still runs at the limit is interrupted and queued again`() throws {
    let outcome = try rolling(limit: 30)
    // Interrupted at 40, on the other node until that drains at 60, and there
    // to its limit at 90; then back on the first.
    #expect(outcome.jobs.interruptions == [2, 0])
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [40, 90])
    #expect(outcome.jobs.endNanoseconds == [190, 25])
    #expect(down(outcome) == [30 + 40, 30 + 40])
  }

  @Test func `without waiting it is interrupted at once`() throws {
    let outcome = try rolling(limit: 0)
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [10, 30])
    #expect(outcome.jobs.endNanoseconds == [130, 25])
    #expect(down(outcome) == [40, 40])
  }

  @Test func `a node that fails in maintenance returns when repaired, and the next begins in time`() throws {
    let outcome = try rolling(limit: 0) {
      $0.fleetChanges = [FleetChange(at: 15, .fail, 0), FleetChange(at: 90, .repair, 0)]
    }
    #expect(outcome.nodes[0].ledger[.downFault] == 2 * 75 * 1000)
    #expect(down(outcome) == [10, 40])
    // Nothing is up from 30 to 50.
    #expect(outcome.jobs.endNanoseconds == [150, 25])
  }

  @Test func `a node that is called back while it drains gives its turn to the next`() throws {
    let outcome = try rolling(limit: nil) { $0.fleetChanges = [FleetChange(at: 30, .repair, 0)] }
    #expect(outcome.jobs.endNanoseconds == [100, 25])
    #expect(down(outcome) == [20, 40])
  }

  @Test func `a drained node stays down until it is repaired`() throws {
    let outcome = try Simulation.run(
      input([.gpu(2)], [.gpu(1, at: 0, for: 50), .gpu(1, at: 5, for: 10), .gpu(1, at: 20, for: 10)]).with {
        $0.horizon = SimTime(nanoseconds: 100)
        $0.fleetChanges = [FleetChange(at: 10, .drain, 0), FleetChange(at: 70, .repair, 0)]
      }
    )
    #expect(outcome.jobs.endNanoseconds == [50, 15, 80])
    // One GPU from 15 to 50, both until 70.
    #expect(down(outcome) == [35 + 40])
  }

  @Test func `a crash of software interrupts and leaves the node up`() throws {
    let outcome = try Simulation.run(
      input([.gpu(2)], [.gpu(1, at: 0, for: 50)]).with {
        $0.fleetChanges = [FleetChange(at: 10, .interrupt, 0)]
      }
    )
    #expect(outcome.jobs.endNanoseconds == [60])
    #expect(outcome.ledger[.lost] == 10_000)
    #expect(outcome.ledger[.downFault] + outcome.ledger[.downMaintenance] == 0)
  }

  @Test func `no more nodes are out than may be, and none waits for nothing`() throws {
    let outcome = try Simulation.run(
      input(Array(repeating: .gpu(1), count: 7), [.gpu(1, at: 100, for: 1)]).with {
        $0.horizon = SimTime(nanoseconds: 100)
        $0.bucket = SimDuration(nanoseconds: 1)
        $0.maintenances = [
          RollingMaintenance(
            startNanoseconds: 5,
            nodes: (0..<7).map { NodeID(rawValue: $0) },
            atOnce: 3,
            duration: SimDuration(nanoseconds: 10),
            drainLimit: nil
          )
        ]
      }
    )
    let series = outcome.series.first { $0.name == "down" }!.values.map { Int($0 / 1000) }
    let expected = (0..<100).map { $0 < 5 ? 0 : $0 < 25 ? 3 : $0 < 35 ? 1 : 0 }
    #expect(series == expected)
  }

  /// Whatever happens, verified at each event.
  @Test(arguments: [false, true])
  func `leaves add up to capacity times time under random maintenance`(preempts: Bool) throws {
    var drained = 0
    for seed in UInt64(0)..<200 {
      var draws = SplitMix(seed: seed)
      let input = RandomScenario.input(seed: seed + 5_500_000).with { input in
        if preempts {
          input.queue = .preemptive(PreemptiveQueue(.shortestRemainingTime))
          input.jobs.kind = input.jobs.kind.map { _ in .batch }
        }
        input.fleetChanges = []
        input.maintenances = (0..<2).map { _ in
          RollingMaintenance(
            startNanoseconds: Int64.random(in: 0...30, using: &draws),
            nodes: input.fleet.nodes.indices.map { NodeID(rawValue: Int32($0)) },
            atOnce: Int.random(in: 1...3, using: &draws),
            duration: SimDuration(nanoseconds: Int64.random(in: 1...9, using: &draws)),
            drainLimit: ([nil, 0, 4] as [Int64?]).randomElement(using: &draws)!.map {
              SimDuration(nanoseconds: $0)
            }
          )
        }
      }
      let outcome = try Simulation.run(input)
      let span = Int128((outcome.end - outcome.measuredFrom).nanoseconds)
      for (node, totals) in zip(input.fleet.nodes, outcome.nodes) {
        #expect(totals.ledger.capacity == Int128(1000 * node.gpuCount) * span, "seed \(seed)")
      }
      if outcome.ledger[.downMaintenance] > 0 { drained += 1 }
      if input.horizon == nil && !preempts {
        #expect(!outcome.jobs.state.contains(.running), "seed \(seed)")
      }
    }
    #expect(drained > 50)
  }
}
