import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Racks, relaxed wishes and speeds, in examples small enough to follow by
/// hand.
@Suite struct TopologyTests {
  func gang(
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
  func racks(
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

  func pieces(_ outcome: RunOutcome, _ job: Int) -> [[Int32]] {
    let first = Int(outcome.jobs.firstPiece[job])
    return outcome.pieces[first..<first + Int(outcome.jobs.pieceCount[job])].map {
      [$0.node, Int32($0.workers)]
    }
  }

  func relaxing(_ input: SimulationInput, _ steps: (Int64, PlacementWish)...) -> SimulationInput {
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
}
