import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Speeds by place, and work in steps.
extension TopologyTests {
  // MARK: - Speeds

  private func slowed(_ input: SimulationInput, _ job: Int, rack: Double, fleet: Double) -> SimulationInput {
    input.with {
      $0.jobs.speeds = [
        PlacementSpeed { span, _ in span == .fleet ? fleet : span == .rack ? rack : 1 }
      ]
      $0.jobs.speed = $0.jobs.arrival.map { _ in 0 }
      $0.jobs.speed[job] = 1
    }
  }

  @Test func `a run takes its work over its speed, rounded up`() throws {
    // In one node 10, in a rack 10 / 0.7 = 14.29, over racks 10 / 0.3 = 33.3.
    let starts: [(Int32, PlacementWish, Int64)] = [(2, .oneNode, 10), (4, .rack, 15), (6, .anywhere, 34)]
    for (workers, wish, length) in starts {
      let outcome = try Simulation.run(
        slowed(racks(4, perRack: 2, [gang(workers, wish)]), 0, rack: 0.7, fleet: 0.3)
      )
      #expect(outcome.jobs.endNanoseconds == [length])
      #expect(outcome.ledger[.goodput] == Int128(workers) * 1000 * Int128(length))
    }
  }

  @Test func `the slowest fabric of a gang's nodes counts`() throws {
    let input = racks(2, perRack: 2, fabric: .infiniband, [gang(4, .anywhere)]).with {
      $0.fleet.nodes[1].place.fabric = .ethernet
      $0.jobs.speeds = [PlacementSpeed { _, fabric in fabric == .ethernet ? 0.5 : 1 }]
      $0.jobs.speed = [1]
    }
    #expect(try Simulation.run(input).jobs.endNanoseconds == [20])
  }

  @Test func `work that was done stays done when the job goes on elsewhere`() throws {
    // Shortest remaining time first. The gang of 4 runs over two racks at half
    // speed from 0; at 10 a short job of 8 GPUs preempts it: 5 of 20 are done.
    // From 13 on it runs over racks again: 15 / 0.5 = 30.
    let jobs = [
      JobSketch.gpu(2, at: 0, for: 1000), gang(4, .anywhere, at: 0, for: 20),
      gang(6, .anywhere, at: 10, for: 3),
    ]
    var input = slowed(racks(4, perRack: 2, jobs), 1, rack: 0.8, fleet: 0.5).with {
      $0.queue = .preemptive(PreemptiveQueue(.shortestRemainingTime))
      $0.nodeRanks = [2, 0, 1, 3]
    }
    let outcome = try Simulation.run(input)
    #expect(outcome.interruptedAttempts.map(\.keptNanoseconds) == [10])
    #expect(outcome.interruptedAttempts.map(\.rate) == [500_000])
    #expect(outcome.jobs.startNanoseconds[1] == 13)
    #expect(outcome.jobs.endNanoseconds[1] == 43)
    #expect(outcome.ledger[.lost] == 0)
    // In one rack instead: 8 are done at 10, and 12 take 12 / 0.8 = 15.
    input.fleet.nodes[3].place.rack = 0
    input.fleet.nodes[0].place.rack = 1
    input.nodeRanks = [2, 0, 3, 1]
    let near = try Simulation.run(input)
    #expect(near.jobs.endNanoseconds[1] == 28)
  }

  @Test func `a checkpoint saves the time at work, whatever the speed`() throws {
    // Half speed: 20 of work take 40, in intervals of 10 with a write of 1.
    // The failure at 25 falls back to the second checkpoint: 10 of work are
    // done. The rest takes 20 + 1 write, after a restart of 3.
    let input = slowed(racks(2, perRack: 1, [gang(4, .anywhere, for: 20)]), 0, rack: 1, fleet: 0.5).with {
      $0.jobs.checkpointPlans = [
        CheckpointPlan(
          interval: SimDuration(nanoseconds: 10),
          write: SimDuration(nanoseconds: 1),
          restart: SimDuration(nanoseconds: 3)
        )
      ]
      $0.jobs.checkpoint = [1]
      $0.fleetChanges = [FleetChange(at: 25, .interrupt, 1)]
    }
    let outcome = try Simulation.run(input)
    #expect(outcome.interruptedAttempts.map(\.keptNanoseconds) == [20])
    #expect(outcome.interruptedAttempts.map(\.overheadNanoseconds) == [2])
    #expect(outcome.jobs.endNanoseconds == [25 + 3 + 20 + 1])
    #expect(outcome.ledger[.lost] == 4000 * 3)
    #expect(outcome.ledger[.overhead] == 4000 * (2 + 4))
  }

  @Test func `the runs of a job do its work and less than a nanosecond's too much`() throws {
    var runs = 0
    for seed in 0..<UInt64(300) {
      let input = RandomScenario.placed(seed: seed + 700_000, isComparable: false)
      guard input.jobs.hasSpeeds else { continue }
      let outcome = try Simulation.run(input)
      var done = [Int128](repeating: 0, count: input.jobs.count)
      for attempt in outcome.interruptedAttempts {
        done[Int(attempt.job.rawValue)] += Int128(attempt.rate) * Int128(attempt.keptNanoseconds)
      }
      for j in 0..<input.jobs.count where outcome.jobs.state[j] == .completed && input.jobs.kind[j] == .batch
      {
        let overhead = outcome.jobs.overheadNanoseconds.isEmpty ? 0 : outcome.jobs.overheadNanoseconds[j]
        let last = outcome.jobs.endNanoseconds[j] - outcome.jobs.startNanoseconds[j] - overhead
        let rate = Int128(outcome.jobs.rate[j])
        let work = ReferenceSimulator.work(j, input.jobs)
        #expect(done[j] + rate * Int128(last) >= work, "seed \(seed), job \(j)")
        #expect(done[j] + rate * Int128(last - 1) < work, "seed \(seed), job \(j)")
        runs += 1
      }
    }
    #expect(runs > 1000)
  }

  // MARK: - Steps

  private func counting(
    _ input: SimulationInput,
    _ steps: Int64,
    _ rows: [(String, Int64, PlacementSpan, Double)]
  ) -> SimulationInput {
    input.with {
      var work = StepWork()
      work.tables = [
        ThroughputTable(
          name: "bert",
          rows: rows.map { .init(gpu: $0.0, gpus: $0.1, span: $0.2, stepsPerSecond: $0.3) }
        )
      ]
      work.steps = $0.jobs.arrival.map { _ in steps }
      work.table = work.steps.map { _ in 0 }
      work.weight = work.steps.map { _ in 1 }
      $0.jobs.stepWork = work
    }
  }

  @Test func `steps take as long as the table says for the GPUs and the span`() throws {
    let rows: [(String, Int64, PlacementSpan, Double)] = [
      ("A", 2, .node, 3), ("A", 4, .rack, 5), ("A", 4, .fleet, 2.5), ("A", 6, .node, 7),
    ]
    // 2 on a node: 100 / 3 s. 4 in a rack: 20 s. 4 over racks: 40 s. 6: the
    // only row counts.
    let cases: [(Int32, Int, Int64)] = [
      (2, 2, 33_333_333_334), (4, 2, 20_000_000_000), (4, 1, 40_000_000_000), (6, 1, 14_285_714_286),
    ]
    for (workers, perRack, length) in cases {
      let input = counting(racks(4, perRack: perRack, [gang(workers, .anywhere)]), 100, rows)
      let outcome = try Simulation.run(input)
      #expect(outcome.jobs.endNanoseconds == [length])
    }
  }

  @Test func `a table without the GPUs of a job is refused by name`() {
    func refusal(_ rows: [(String, Int64, PlacementSpan, Double)]) -> String {
      do {
        _ = try Simulation.run(counting(racks(4, perRack: 2, [gang(4, .anywhere)]), 100, rows))
        return "none"
      } catch { return "\(error)" }
    }
    #expect(refusal([("A", 4, .node, 1)]) == "none")
    let without: [[(String, Int64, PlacementSpan, Double)]] = [
      [("B", 4, .node, 1)], [("A", 8, .node, 1)], [("A", 4, .node, 0)],
    ]
    for rows in without {
      #expect(refusal(rows).contains("the throughput table 'bert' has no speed of 4 GPUs A"))
    }
    #expect(refusal([]).contains("has no rows"))
    #expect(refusal([("A", 4, .node, 1), ("A", 4, .node, 2)]).contains("two rows for 4 GPUs A in one node"))
    #expect(refusal([("A", 4, .node, -1)]).contains("from 0 to 1e9"))
  }
}
