import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Gangs that hold GPUs before they start, in examples small enough to follow
/// by hand.
@Suite struct HeldGangTests {
  static func holding(timeout: Int64? = nil, delay: Int64 = 3, longest: Int64 = 100) -> GangHolding {
    GangHolding(
      timeout: timeout.map { SimDuration(nanoseconds: $0) },
      requeueDelay: SimDuration(nanoseconds: delay),
      longestDelay: SimDuration(nanoseconds: longest)
    )
  }

  private func gang(_ workers: Int32, of gpus: Int32 = 1, at arrival: Int64, for duration: Int64)
    -> JobSketch
  {
    var job = JobSketch.gpu(gpus, at: arrival, for: duration)
    job.workers = workers
    return job
  }

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    _ mode: GangMode,
    blocking: Bool = false,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs).with {
        $0.queue = .fifo(headOfLineBlocking: blocking)
        $0.gangs = mode
        change(&$0)
      }
    )
  }

  /// Two nodes of 4. Job 0 leaves 3 GPUs of node 0 and all of node 1. The gang
  /// of whole nodes takes node 1 and waits for node 0; the gang of 6 single
  /// GPUs takes the 3 and waits for the rest: each has what the other lacks.
  private var crossed: [JobSketch] {
    [.gpu(1, at: 0, for: 5), gang(2, of: 4, at: 1, for: 10), gang(6, at: 2, for: 10)]
  }

  @Test func `two gangs that hold what the other lacks wait for ever, and the run ends`() throws {
    let outcome = try run([.gpu(4), .gpu(4)], crossed, .holdAndWait(Self.holding()))
    #expect(outcome.jobs.state == [.completed, .waiting, .waiting])
    #expect(outcome.jobs.cause == [.none, .gang, .gang])
    // The fourth GPU of node 0 is taken at 5, when job 0 ends.
    #expect(outcome.end.nanoseconds == 5)
    #expect(outcome.deadlock == GangDeadlock(gangs: 2, milliGPU: 8000, sinceNanoseconds: 5))
    // At the last instant the fourth GPU has been held for no time.
    #expect(outcome.gangHolds.map(\.ending) == [.stuck, .stuck])
    #expect(outcome.gangHolds.map(\.startNanoseconds) == [1, 2])
    // 4 GPUs from 1, 3 from 2, to 5.
    #expect(outcome.ledger[.idle] == (4 * 4 + 3 * 3) * 1000)
    #expect(outcome.ledger[.goodput] == 5 * 1000)
    #expect(outcome.ledger.capacity == 5 * 8 * 1000)
  }

  @Test func `the horizon cuts what is held, and the deadlock is known`() throws {
    let outcome = try run([.gpu(4), .gpu(4)], crossed, .holdAndWait(Self.holding())) {
      $0.horizon = SimTime(nanoseconds: 20)
    }
    #expect(outcome.deadlock == GangDeadlock(gangs: 2, milliGPU: 8000, sinceNanoseconds: 5))
    #expect(outcome.ledger[.idle] == (4 * 19 + 3 * 18 + 15) * 1000)
    #expect(outcome.ledger.capacity == 20 * 8 * 1000)
    #expect(outcome.nodes[0].allocatedPerGPU == [20, 18, 18, 18].map { $0 * 1000 })
  }

  @Test(arguments: [GangMode.placement, .wholeAllocation, .quota(holding())])
  func `in the other modes the same gangs run one after the other`(_ mode: GangMode) throws {
    let outcome = try run([.gpu(4), .gpu(4)], crossed, mode)
    #expect(outcome.jobs.state == [.completed, .completed, .completed])
    // The gang of six fits at 2 beside job 0 in placement space and in sum.
    #expect(outcome.jobs.startNanoseconds == [0, 12, 2])
    #expect(outcome.deadlock == nil)
    #expect(outcome.gangHolds.isEmpty)
  }

  @Test func `with a time-out they make progress and waste GPU time`() throws {
    // Gang 1 holds node 1 from 1, gang 2 the rest from 2 and 5. At 9 gang 1
    // gives up; gang 2 takes its node and runs from 9 to 19. Gang 1 is back
    // at 12, in vain, and runs at 19.
    let outcome = try run([.gpu(4), .gpu(4)], crossed, .holdAndWait(Self.holding(timeout: 8)))
    #expect(outcome.jobs.startNanoseconds == [0, 19, 9])
    #expect(outcome.jobs.cause == [.none, .gang, .gang])
    #expect(outcome.gangHolds.map(\.ending) == [.timedOut, .started, .started])
    #expect(outcome.ledger[.idle] == (4 * 8 + 3 * 7 + 4) * 1000)
    #expect(outcome.deadlock == nil)
    #expect(outcome.end.nanoseconds == 29)
  }

  @Test func `a time-out comes before the placement of its instant`() throws {
    // Job 0 ends when the gang's time is up: the gang has given up by then,
    // and comes back 3 later.
    let jobs = [JobSketch.gpu(1, at: 0, for: 9), gang(2, at: 1, for: 10)]
    let late = try run([.gpu(2)], jobs, .holdAndWait(Self.holding(timeout: 8)))
    #expect(late.jobs.startNanoseconds == [0, 12])
    let waited = Array(late.waits.rows(of: 1)).map { (late.waits.cause[$0], late.waits.nanoseconds[$0]) }
    #expect(waited.map(\.0) == [.gang, .requeue])
    #expect(waited.map(\.1) == [8, 3])
    let intime = try run([.gpu(2)], jobs, .holdAndWait(Self.holding(timeout: 9)))
    #expect(intime.jobs.startNanoseconds == [0, 9])
    #expect(intime.jobs.cause[1] == .gang)
  }

  @Test func `each time-out in a row doubles the delay, up to the longest`() throws {
    // Holds from 1, gives up at 3, back at 6; gives up at 8, back at 14; gives
    // up at 16, back at 26 (10 at most); gives up at 28, back at 38.
    let jobs = [JobSketch.gpu(1, at: 0, for: 37), gang(2, at: 1, for: 10)]
    let outcome = try run([.gpu(2)], jobs, .holdAndWait(Self.holding(timeout: 2, delay: 3, longest: 10)))
    #expect(outcome.gangHolds.map(\.startNanoseconds) == [1, 6, 14, 26])
    #expect(outcome.gangHolds.map(\.endNanoseconds) == [3, 8, 16, 28])
    #expect(outcome.jobs.startNanoseconds[1] == 38)
    // No event of a time-out that did not come moves the end.
    #expect(outcome.end.nanoseconds == 48)
  }

  @Test func `quota admits what fits in sum and not more`() throws {
    // 6 of 8 GPUs are free at 1, in sum: gang 1 (a node of 4 and one more) is
    // admitted, holds node 1 and lacks node 0 until 5. Meanwhile its quota
    // keeps out the gang of 2 and the single, which would fit on node 0.
    let jobs = [
      JobSketch.gpu(2, at: 0, for: 5), gang(2, of: 3, at: 1, for: 10), gang(2, at: 2, for: 1),
      .gpu(1, at: 3, for: 1),
    ]
    let outcome = try run([.gpu(4), .gpu(4)], jobs, .quota(Self.holding()))
    #expect(outcome.jobs.startNanoseconds == [0, 5, 5, 6])
    #expect(outcome.jobs.cause == [.none, .gang, .reservation, .reservation])
    #expect(outcome.gangHolds.map(\.piece.node) == [1])
    #expect(outcome.ledger[.idle] == 3 * 4 * 1000)
  }

  @Test func `a gang that quota admitted gives up when its workers are not ready in time`() throws {
    let jobs = [JobSketch.gpu(2, at: 0, for: 20), gang(2, of: 3, at: 1, for: 10), gang(2, at: 2, for: 1)]
    let outcome = try run([.gpu(4), .gpu(4)], jobs, .quota(Self.holding(timeout: 6, delay: 50)))
    // It gives up at 7, is back at 57; the small gang runs meanwhile.
    #expect(outcome.jobs.startNanoseconds == [0, 57, 7])
    #expect(outcome.gangHolds.map(\.ending) == [.timedOut])
  }

  @Test func `a node that fails takes the places on it, and the gang waits on`() throws {
    // Job 0 keeps one GPU until 30. The gang holds 2 on node 1 and 1 on node 0.
    let jobs = [JobSketch.gpu(1, at: 0, for: 30), gang(4, at: 1, for: 10)]
    let outcome = try run([.gpu(2), .gpu(2)], jobs, .holdAndWait(Self.holding())) {
      $0.fleetChanges = [FleetChange(at: 5, .fail, 1), FleetChange(at: 9, .repair, 1)]
    }
    #expect(outcome.jobs.startNanoseconds == [0, 30])
    #expect(outcome.jobs.interruptions == [0, 0])
    #expect(outcome.gangHolds.map(\.ending) == [.lost, .started, .started])
    #expect(outcome.ledger[.idle] == (2 * 4 + 29 + 2 * 21) * 1000)
    #expect(outcome.ledger[.downFault] == 2 * 4 * 1000)
  }

  @Test func `a drain does not wait for workers that do not run`() throws {
    // The gang loses its two places on node 1 at 5 and holds node 0 from 8 on;
    // the fleet has no room for the rest any more.
    let jobs = [JobSketch.gpu(1, at: 0, for: 8), gang(4, at: 1, for: 10)]
    let outcome = try run([.gpu(2), .gpu(2)], jobs, .holdAndWait(Self.holding())) {
      $0.fleetChanges = [FleetChange(at: 5, .drain, 1)]
      $0.horizon = SimTime(nanoseconds: 20)
    }
    #expect(outcome.gangHolds.map(\.ending) == [.lost, .stuck, .stuck])
    #expect(outcome.ledger[.downMaintenance] == 2 * 15 * 1000)
    #expect(outcome.deadlock == GangDeadlock(gangs: 1, milliGPU: 2000, sinceNanoseconds: 8))
  }

  @Test func `in strict order only the first gang holds, so none deadlock`() throws {
    let outcome = try run([.gpu(4), .gpu(4)], crossed, .holdAndWait(Self.holding()), blocking: true)
    #expect(outcome.jobs.startNanoseconds == [0, 5, 15])
    // The second is tried when the first has started, and finds nothing.
    #expect(outcome.jobs.cause == [.none, .gang, .capacity])
  }

  @Test func `a replica whose time passes gives up what it holds`() throws {
    var replica = gang(2, at: 1, for: 4)
    replica.kind = .service
    let outcome = try run([.gpu(2)], [.gpu(1, at: 0, for: 9), replica], .holdAndWait(Self.holding()))
    #expect(outcome.jobs.state[1] == .withdrawn)
    #expect(outcome.gangHolds.map(\.ending) == [.withdrawn])
    #expect(outcome.gangHolds.map(\.endNanoseconds) == [5])
  }

  @Test func `a job that runs can still free a gang that is not stuck`() throws {
    // At the horizon gang 1 waits for job 0 only.
    let jobs = [JobSketch.gpu(1, at: 0, for: 50), gang(2, at: 1, for: 10)]
    let outcome = try run([.gpu(2)], jobs, .holdAndWait(Self.holding())) {
      $0.horizon = SimTime(nanoseconds: 20)
    }
    #expect(outcome.gangHolds.map(\.ending) == [.atEnd])
    #expect(outcome.deadlock == nil)
  }

  @Test(arguments: [GangMode.quota(holding()), .holdAndWait(holding(timeout: 5))])
  func `queues and policies that cannot hold are refused`(_ mode: GangMode) throws {
    let base = input([.gpu(2)], [gang(2, at: 0, for: 1)]).with { $0.gangs = mode }
    for queue in [QueueSpec.none, .backfill(Backfill(.easy, order: .fifo, depth: 10))] {
      #expect(throws: SimulationError.self) { try Simulation.run(base.with { $0.queue = queue }) }
    }
    #expect(throws: SimulationError.self) {
      try Simulation.run(
        base.with {
          $0.queue = .ordered(.priority, headOfLineBlocking: false)
          $0.preemption = PriorityPreemption(.kueue)
        }
      )
    }
    #expect(throws: SimulationError.self) {
      try Simulation.run(base.with { $0.gangs = .quota(Self.holding(delay: 0)) })
    }
  }
}
