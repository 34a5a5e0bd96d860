import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Gangs and pools, in examples small enough to follow by hand.
@Suite struct GangTests {
  /// Workers of whole GPUs.
  private func gang(
    _ workers: Int32,
    _ wish: PlacementWish,
    at arrival: Int64 = 0,
    for duration: Int64 = 10,
    milli: Int32 = 1000
  ) -> JobSketch {
    var job = JobSketch.part(milli, at: arrival, for: duration)
    job.workers = workers
    job.wish = wish
    return job
  }

  /// Node and workers of each piece that the job lies on.
  private func pieces(_ outcome: RunOutcome, _ job: Int) -> [[Int32]] {
    let first = Int(outcome.jobs.firstPiece[job])
    return outcome.pieces[first..<first + Int(outcome.jobs.pieceCount[job])].map {
      [$0.node, Int32($0.workers)]
    }
  }

  @Test func `a gang holds nothing until all its workers fit`() throws {
    // Three of four GPUs are free from the start; the fourth at 7. Job 2 comes
    // while the gang waits and finds all three.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 7), gang(4, .anywhere, at: 1), .gpu(2, at: 2, for: 3),
    ]
    let outcome = try Simulation.run(
      input([.gpu(2), .gpu(2)], jobs).with { $0.queue = .fifo(headOfLineBlocking: false) }
    )
    #expect(outcome.jobs.startNanoseconds == [0, 7, 2])
    #expect(outcome.jobs.cause == [.none, .capacity, .none])
    #expect(pieces(outcome, 1) == [[0, 2], [1, 2]])
    #expect(outcome.ledger.allocated == (7 + 6 + 40) * 1000)
  }

  @Test func `some workers fit, not all of them`() throws {
    // Three GPUs are free, but the second node has CPU for none.
    var jobs = [
      JobSketch(arrival: 0, duration: 5, cpu: 64_000, gpus: 0, milli: 0), gang(3, .anywhere, at: 1),
    ]
    jobs[1].cpu = 1_000
    let outcome = try Simulation.run(
      input([NodeSketch(gpus: 1), .gpu(2)], jobs, policy: "worst-fit").with { $0.nodeRanks = [1, 0] }
    )
    #expect(outcome.jobs.startNanoseconds == [0, 5])
    #expect(outcome.jobs.cause[1] == .gang)
  }

  @Test func `consolidated takes full nodes and one more for the rest`() throws {
    // Node 0 lacks a GPU, so it can hold the two that are left over only.
    let jobs = [JobSketch.gpu(1, at: 0, for: 50), gang(10, .consolidated, at: 1)]
    let outcome = try Simulation.run(input([.gpu(4), .gpu(4), .gpu(4)], jobs))
    #expect(pieces(outcome, 1) == [[1, 4], [2, 4], [0, 2]])
    #expect(outcome.jobs.node[1].rawValue == 1)
    #expect(outcome.jobs.gpuMask[1] == 0b1111)
  }

  @Test func `consolidated waits for whole nodes even if the sum is free`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 20), .gpu(3, at: 0, for: 9), .gpu(1, at: 0, for: 20),
      gang(4, .consolidated, at: 10),
    ]
    // Three GPUs are free on each node from 9 on.
    let outcome = try Simulation.run(input([.gpu(4), .gpu(4)], jobs))
    #expect(outcome.jobs.startNanoseconds[3] == 20)
    #expect(outcome.jobs.cause[3] == .placementWish)
  }

  @Test(arguments: [1000, 400] as [Int32])
  func `a gang that wants one node is never split`(milli: Int32) throws {
    // Half of each node is taken until 5 and 8.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 5), .gpu(1, at: 0, for: 5), .gpu(1, at: 0, for: 8),
      .gpu(1, at: 0, for: 8), gang(milli == 1000 ? 4 : 8, .oneNode, at: 1, milli: milli),
    ]
    let outcome = try Simulation.run(input([.gpu(4), .gpu(4)], jobs, policy: "worst-fit"))
    #expect(outcome.jobs.node.prefix(4).map(\.rawValue) == [0, 1, 0, 1])
    #expect(outcome.jobs.startNanoseconds[4] == 8)
    #expect(outcome.jobs.cause[4] == .placementWish)
    #expect(Set(pieces(outcome, 4).map { $0[0] }).count == 1)
  }

  @Test func `a gang that no node could hold alone is refused for good`() throws {
    let jobs = [gang(5, .oneNode), gang(5, .consolidated), gang(9, .anywhere)]
    let outcome = try Simulation.run(
      input([.gpu(4), .gpu(4)], jobs).with { $0.rejectsImpossibleJobs = true }
    )
    #expect(outcome.jobs.state == [.rejected, .completed, .rejected])
  }

  @Test func `a gang that loses one node gives back all its nodes`() throws {
    // Node 1 fails at 4; job 1 gets what the gang had on node 0 at once.
    let jobs = [gang(4, .anywhere, for: 10), JobSketch.gpu(2, at: 1, for: 3)]
    let outcome = try Simulation.run(
      input([.gpu(2), .gpu(2)], jobs).with {
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.fleetChanges = [FleetChange(at: 4, .fail, 1), FleetChange(at: 9, .repair, 1)]
      }
    )
    #expect(outcome.jobs.startNanoseconds == [9, 4])
    #expect(outcome.jobs.interruptions == [1, 0])
    #expect(outcome.interruptedAttempts.map(\.pieceCount) == [2])
    #expect(outcome.ledger[.lost] == 4 * 4 * 1000)
    #expect(outcome.ledger[.downFault] == 5 * 2 * 1000)
    #expect(outcome.ledger.capacity == 19 * 4 * 1000)
  }

  @Test func `parts of a pool may cross devices`() throws {
    let jobs = [
      JobSketch.part(700, at: 0, for: 10), .part(700, at: 0, for: 10), .part(600, at: 0, for: 10),
    ]
    let starts = try [SharingMode.fractions, .pooled].map { sharing in
      try Simulation.run(input([.gpu(2)], jobs).with { $0.sharing = sharing }).jobs.startNanoseconds
    }
    #expect(starts == [[0, 0, 10], [0, 0, 0]])
  }

  // MARK: - Found by the random scenarios, in small

  @Test func `a pool refuses a CPU job because of its CPU`() throws {
    let job = JobSketch(arrival: 2, duration: 1, cpu: 1_000, gpus: 0, milli: 0)
    let outcome = try Simulation.run(
      input([.gpu(1)], [job]).with {
        $0.sharing = .pooled
        $0.fleetChanges = [FleetChange(at: 1, .leave, 0), FleetChange(at: 5, .join, 0)]
      }
    )
    #expect(outcome.jobs.startNanoseconds == [5])
    #expect(outcome.jobs.cause == [.cpu])
  }

  @Test func `fragmentation is measured anew after each worker of a gang`() throws {
    for seed in [55, 2_000_007] as [UInt64] {
      let scenario = RandomScenario.input(seed: seed).with {
        $0.placement = PlacementSpec(scores: [ScoreSpec(policy: "fgd")])
      }
      var naive = ReferenceSimulator(scenario)
      naive.run()
      #expect(try Simulation.run(scenario).jobs.gpuMask == naive.jobs.gpuMask, "seed \(seed)")
    }
  }
}
