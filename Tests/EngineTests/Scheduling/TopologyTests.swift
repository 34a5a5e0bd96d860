import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Racks, relaxed wishes and speeds, in examples small enough to follow by
/// hand.
@Suite struct TopologyTests {
  private func gang(
    _ workers: Int32,
    _ wish: PlacementWish,
    at arrival: Int64 = 0,
    for duration: Int64 = 10
  ) -> JobSketch {
    var job = JobSketch.gpu(1, at: arrival, for: duration)
    job.workers = workers
    job.wish = wish
    return job
  }

  /// Nodes of 2 GPUs, `perRack` to a rack.
  private func racks(
    _ nodes: Int,
    perRack: Int,
    perDomain: Int = 1,
    fabric: Fabric = .ethernet,
    _ jobs: [JobSketch]
  ) -> SimulationInput {
    input((0..<nodes).map { _ in .gpu(2) }, jobs).with {
      $0.fleet.racks = (0..<nodes).map { "rack-\($0)" }
      for n in 0..<nodes {
        $0.fleet.nodes[n].place = NodePlace(
          rack: Int32(n / perRack),
          nvlinkDomain: perDomain > 1 ? Int32(n / perDomain) : nil,
          fabric: fabric
        )
      }
    }
  }

  private func pieces(_ outcome: RunOutcome, _ job: Int) -> [[Int32]] {
    let first = Int(outcome.jobs.firstPiece[job])
    return outcome.pieces[first..<first + Int(outcome.jobs.pieceCount[job])].map {
      [$0.node, Int32($0.workers)]
    }
  }

  private func relaxing(_ input: SimulationInput, _ steps: (Int64, PlacementWish)...) -> SimulationInput {
    input.with {
      $0.jobs.relaxations = [
        steps.map { WishRelaxation(after: SimDuration(nanoseconds: $0.0), to: $0.1) }
      ]
      for shape in $0.jobs.shapes.indices where $0.jobs.shapes[shape].workers > 1 {
        $0.jobs.shapes[shape].relaxation = 1
      }
    }
  }

  // MARK: - Racks

  @Test func `a gang takes the rack with the least free GPUs that holds it`() throws {
    // Rack 0: 4 free. Rack 1: 3 free, on nodes 2 (1) and 3 (2). Rack 2: 4 free.
    let jobs = [JobSketch.gpu(1, at: 0, for: 50), gang(3, .rack, at: 1)]
    let ranks: [Int32] = [2, 3, 0, 1, 4, 5]
    let outcome = try Simulation.run(racks(6, perRack: 2, jobs).with { $0.nodeRanks = ranks })
    #expect(outcome.jobs.node[0].rawValue == 2)
    // The fuller node first, and for the one worker left the least room.
    #expect(pieces(outcome, 1) == [[3, 2], [2, 1]])
  }

  @Test func `among equal racks the one whose first node has the lowest rank is taken`() throws {
    let jobs = [gang(3, .rack)]
    let ranks: [Int32] = [4, 1, 3, 0, 2, 5]
    let outcome = try Simulation.run(racks(6, perRack: 2, jobs).with { $0.nodeRanks = ranks })
    #expect(pieces(outcome, 0) == [[3, 2], [2, 1]])
  }

  @Test func `a gang waits for one rack even if the sum is free`() throws {
    // Two GPUs of each rack are taken, of rack 0 until 9, of rack 1 until 20.
    let jobs = [
      JobSketch.gpu(2, at: 0, for: 9), .gpu(2, at: 1, for: 19), gang(4, .rack, at: 2),
    ]
    let outcome = try Simulation.run(
      racks(4, perRack: 2, jobs).with { $0.nodeRanks = [0, 2, 1, 3] }
    )
    #expect(outcome.jobs.node.prefix(2).map(\.rawValue) == [0, 2])
    #expect(outcome.jobs.startNanoseconds[2] == 9)
    #expect(outcome.jobs.cause[2] == .placementWish)
    #expect(pieces(outcome, 2).map { $0[0] } == [0, 1])
  }

  @Test func `an NVLink domain is narrower than a rack`() throws {
    // One rack of four nodes, two to a domain; one GPU of each domain is taken.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 7), .gpu(1, at: 0, for: 9), gang(4, .nvlinkDomain, at: 1),
      gang(5, .rack, at: 8),
    ]
    let outcome = try Simulation.run(
      racks(4, perRack: 4, perDomain: 2, jobs).with {
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.nodeRanks = [0, 2, 1, 3]
        $0.placement = PlacementSpec(scores: [ScoreSpec(policy: "worst-fit")], tieBreak: .name)
      }
    )
    #expect(outcome.jobs.node.prefix(2).map(\.rawValue) == [0, 2])
    #expect(outcome.jobs.startNanoseconds == [0, 0, 7, 17])
    #expect(pieces(outcome, 2).map { $0[0] } == [0, 1])
  }

  @Test func `without racks a node is all there is`() throws {
    let jobs = [gang(2, .rack), gang(3, .rack), gang(3, .nvlinkDomain)]
    let outcome = try Simulation.run(
      input([.gpu(2), .gpu(2)], jobs).with { $0.rejectsImpossibleJobs = true }
    )
    #expect(outcome.jobs.state == [.completed, .rejected, .rejected])
  }

  // MARK: - Relaxed wishes

  /// Half of each of two racks is taken until 30; a gang wants one rack.
  private var crowded: SimulationInput {
    racks(4, perRack: 2, [JobSketch.gpu(2, at: 0, for: 30), .gpu(2, at: 0, for: 40), gang(4, .rack, at: 2)])
      .with { $0.nodeRanks = [0, 2, 1, 3] }
  }

  @Test func `a wish is relaxed after its time, though nothing was freed`() throws {
    #expect(try Simulation.run(crowded).jobs.startNanoseconds[2] == 30)
    let outcome = try Simulation.run(relaxing(crowded, (5, .anywhere)))
    #expect(outcome.jobs.startNanoseconds[2] == 7)
    #expect(outcome.jobs.relaxed == [0, 0, 1])
    #expect(Set(pieces(outcome, 2).map { $0[0] }) == [1, 3])
    #expect(outcome.jobs.cause[2] == .placementWish)
  }

  @Test func `a wish that is relaxed after 0 s is a preference`() throws {
    let outcome = try Simulation.run(relaxing(crowded, (0, .anywhere)))
    #expect(outcome.jobs.startNanoseconds[2] == 2)
    // Where a rack is free the gang takes it, although first-fit would not.
    let free = racks(4, perRack: 2, [JobSketch.gpu(1, at: 0, for: 30), gang(4, .rack, at: 2)])
    let kept = try Simulation.run(relaxing(free, (0, .anywhere)))
    #expect(pieces(kept, 1).map { $0[0] } == [2, 3])
  }

  @Test func `a timer that is no longer needed does not move the clock`() throws {
    let outcome = try Simulation.run(relaxing(crowded, (500, .anywhere)))
    #expect(outcome.jobs.startNanoseconds[2] == 30)
    #expect(outcome.end.nanoseconds == 40)
  }

  @Test func `a ladder is climbed step by step`() throws {
    // No node and no domain holds 4 workers; rack 1 is free all the time.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 30), .gpu(2, at: 0, for: 20), gang(4, .oneNode, at: 1),
    ]
    let base = racks(4, perRack: 2, jobs).with { $0.rejectsImpossibleJobs = true }
    let outcome = try Simulation.run(relaxing(base, (3, .nvlinkDomain), (6, .rack), (15, .anywhere)))
    #expect(outcome.jobs.startNanoseconds[2] == 7)
    #expect(outcome.jobs.relaxed[2] == 2)
    #expect(pieces(outcome, 2).map { $0[0] } == [2, 3])
  }

  @Test func `a job that is queued again wishes as at first`() throws {
    // It starts relaxed at 7, fails at 10, and waits 5 ns again.
    let outcome = try Simulation.run(
      relaxing(crowded, (5, .anywhere)).with { $0.fleetChanges = [FleetChange(at: 10, .interrupt, 1)] }
    )
    #expect(outcome.interruptedAttempts.map(\.startNanoseconds) == [7])
    #expect(outcome.jobs.startNanoseconds[2] == 15)
  }

  @Test func `a relaxed gang is refused apart from the strict ones`() throws {
    // The second gang of the same shape comes at 6: it is not relaxed at 7,
    // when the first one is, but at 11.
    let two = racks(
      4,
      perRack: 2,
      [
        JobSketch.gpu(2, at: 0, for: 30), .gpu(2, at: 0, for: 40), gang(4, .rack, at: 2, for: 2),
        gang(4, .rack, at: 6, for: 2),
      ]
    ).with {
      $0.nodeRanks = [0, 2, 1, 3]
      $0.queue = .fifo(headOfLineBlocking: false)
    }
    let outcome = try Simulation.run(relaxing(two, (5, .anywhere)))
    #expect(outcome.jobs.startNanoseconds[2...] == [7, 11])
  }

  @Test(arguments: [
    QueueSpec.backfill(Backfill(.easy)), .preemptive(PreemptiveQueue(.shortestRemainingTime)),
  ])
  func `wishes are relaxed in queues that look at running jobs`(queue: QueueSpec) throws {
    let outcome = try Simulation.run(relaxing(crowded, (5, .anywhere)).with { $0.queue = queue })
    #expect(outcome.jobs.startNanoseconds[2] == 7)
  }

  @Test func `a gang preempts for the wish that it has`() throws {
    // Priority 1 takes a rack by force; relaxed at once it needs nobody's GPUs.
    let strict = crowded.with {
      $0.queue = .ordered(.priority, headOfLineBlocking: false)
      $0.preemption = PriorityPreemption(.kueue)
      $0.jobs.priority = [0, 0, 1]
    }
    let forced = try Simulation.run(strict)
    #expect(forced.jobs.startNanoseconds[2] == 2)
    #expect(forced.jobs.preemptions.reduce(0, +) == 1)
    let relaxed = try Simulation.run(relaxing(strict, (0, .anywhere)))
    #expect(relaxed.jobs.startNanoseconds[2] == 2)
    #expect(relaxed.jobs.preemptions.reduce(0, +) == 0)
  }

  @Test func `ladders that make no sense are refused`() {
    func refusal(_ input: SimulationInput) -> String {
      do {
        _ = try Simulation.run(input)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(refusal(relaxing(crowded, (5, .rack))).contains("'rack' is not wider than 'rack'"))
    #expect(refusal(relaxing(crowded, (5, .oneNode))).contains("is not wider"))
    #expect(refusal(relaxing(crowded, (-1, .anywhere))).contains("relaxed after 0 s to 36 years"))
    let twice = racks(2, perRack: 2, [gang(2, .oneNode)])
    #expect(refusal(relaxing(twice, (5, .rack), (5, .anywhere))).contains("must come later"))
    #expect(refusal(crowded.with { $0.fleet.racks = [] }).contains("does not list"))
    #expect(
      refusal(crowded.with { for n in 0..<4 { $0.fleet.nodes[n].place.nvlinkDomain = 0 } })
        .contains("lies in two racks")
    )
  }

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
