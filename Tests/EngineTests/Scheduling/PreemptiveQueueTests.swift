import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Preemptive queues, in examples small enough to follow by hand.
@Suite struct PreemptiveQueueTests {
  private func ns(_ n: Int64) -> SimDuration { SimDuration(nanoseconds: n) }

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    _ order: ServiceOrder,
    cost: PreemptionCost = PreemptionCost(),
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    let input = input(nodes, jobs).with {
      $0.queue = .preemptive(PreemptiveQueue(order, cost: cost))
      change(&$0)
    }
    let outcome = try Simulation.run(input)
    var capacity: Int128 = 0
    for (n, node) in nodes.enumerated() {
      let joining = input.fleetChanges.first { $0.action == .join && $0.nodes.contains { $0.rawValue == n } }
      let present = outcome.end.nanoseconds - (joining?.atNanoseconds ?? 0)
      capacity += Int128(node.gpus) * 1000 * Int128(present)
    }
    #expect(outcome.ledger.capacity == capacity)
    return outcome
  }

  @Test func `the shortest remaining time runs, and progress is kept`() throws {
    // One GPU. 0 (10) runs 0...2; 1 (3) runs 2...5; 2 (2) comes at 4, when 1 has
    // 1 left, and runs 5...7; 0 goes on at 7 with 8 left.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 2, for: 3), .gpu(1, at: 4, for: 2)]
    let outcome = try run([.gpu(1)], jobs, .shortestRemainingTime)
    #expect(outcome.jobs.endNanoseconds == [15, 5, 7])
    #expect(outcome.jobs.firstStartNanoseconds == [0, 2, 5])
    #expect(outcome.jobs.startNanoseconds == [7, 2, 5])
    #expect(outcome.jobs.preemptions == [1, 0, 0])
    #expect(outcome.ledger[.goodput] == 15_000)
    #expect(outcome.jobs.cause == [.priority, .none, .priority])
  }

  @Test func `at equal remaining time who came to it first is ahead`() throws {
    // At 4, job 0 has come down to 6; job 1 arrives with 6, and waits.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 4, for: 6), .gpu(1, at: 4, for: 6)]
    let outcome = try run([.gpu(1)], jobs, .shortestRemainingTime)
    #expect(outcome.jobs.endNanoseconds == [10, 16, 22])
    #expect(outcome.jobs.preemptions == [0, 0, 0])
  }

  @Test func `the least remaining service counts GPUs`() throws {
    // Two GPUs. 0 asks both for 4 (8 GPU-ns); 1 comes at 1 with 5 x 1 against
    // 3 x 2 left, and takes one GPU, so 0 must stop; it is too wide until 6.
    let jobs = [JobSketch.gpu(2, at: 0, for: 4), .gpu(1, at: 1, for: 5)]
    let service = try run([.gpu(2)], jobs, .shortestRemainingService)
    #expect(service.jobs.endNanoseconds == [9, 6])
    #expect(service.jobs.preemptions == [1, 0])
    let time = try run([.gpu(2)], jobs, .shortestRemainingTime)
    #expect(time.jobs.endNanoseconds == [4, 9])
  }

  @Test func `the fewest GPUs run first`() throws {
    let jobs = [JobSketch.gpu(2, at: 0, for: 4), .gpu(1, at: 1, for: 9), .gpu(1, at: 1, for: 2)]
    let outcome = try run([.gpu(2)], jobs, .fewestGPUs)
    #expect(outcome.jobs.endNanoseconds == [13, 10, 3])
  }

  @Test func `a job that has had its share goes behind the newcomers`() throws {
    // One GPU, threshold 4. 0 runs 0...4 and moves to the second queue; 1
    // (queue 0) runs 4...8 and moves behind 0; 0 runs 8...14; 1 ends at 16.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 6)]
    let order = ServiceOrder.leastAttainedService(thresholds: [ns(4)], byGPUTime: false)
    let outcome = try run([.gpu(1)], jobs, order)
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [4, 8])
    #expect(outcome.jobs.endNanoseconds == [14, 16])
    #expect(outcome.jobs.preemptions == [1, 1])
  }

  @Test func `attained service may count GPUs`() throws {
    // The same with two GPUs a job: thresholds are reached after half the time.
    let jobs = [JobSketch.gpu(2, at: 0, for: 10), .gpu(2, at: 1, for: 6)]
    let order = ServiceOrder.leastAttainedService(thresholds: [ns(4)], byGPUTime: true)
    let outcome = try run([.gpu(2)], jobs, order)
    #expect(outcome.interruptedAttempts.map(\.endNanoseconds) == [2, 4])
    #expect(outcome.jobs.endNanoseconds == [12, 16])
  }

  @Test func `a preemption's cost is overhead of the next run`() throws {
    // 0 runs 0...2, waits for 1 until 5, repeats 3 until 8, works 8 until 16.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 2, for: 3)]
    let cost = PreemptionCost(steps: [.init(upToGPUs: 1, cost: ns(3))], largest: ns(100))
    let outcome = try run([.gpu(1)], jobs, .shortestRemainingTime, cost: cost)
    #expect(outcome.jobs.endNanoseconds == [16, 5])
    #expect(outcome.jobs.overheadNanoseconds == [3, 0])
    #expect(outcome.interruptedAttempts.map(\.keptNanoseconds) == [2])
    #expect(outcome.ledger[.goodput] == 13_000)
    #expect(outcome.ledger[.overhead] == 3_000)
    #expect(outcome.ledger[.lost] == 0)
  }

  @Test func `a lost node costs the present run and what it was to repeat`() throws {
    // As above; at 6 the node fails, one into the repetition, until 7.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 2, for: 3)]
    let cost = PreemptionCost(largest: ns(3))
    let outcome = try run([.gpu(1)], jobs, .shortestRemainingTime, cost: cost) {
      $0.fleetChanges = [FleetChange(at: 6, .fail, 0), FleetChange(at: 7, .repair, 0)]
    }
    #expect(outcome.jobs.endNanoseconds == [18, 5])
    #expect(outcome.jobs.interruptions == [2, 0])
    #expect(outcome.jobs.preemptions == [1, 0])
    #expect(outcome.ledger[.overhead] == 4_000)
    #expect(outcome.ledger[.goodput] == 13_000)
  }

  // MARK: - Found by the random scenarios, in small

  @Test func `a preempted job that pays stands ahead of those with as much left`() throws {
    // At 2, job 0 (4 left) gives way to 2 (3) and its cost makes it 6: as much
    // as 1, behind which it never stood.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 6), .gpu(1, at: 1, for: 6), .gpu(1, at: 2, for: 3),
    ]
    let outcome = try run(
      [.gpu(1)],
      jobs,
      .shortestRemainingTime,
      cost: PreemptionCost(largest: ns(2))
    )
    #expect(outcome.jobs.endNanoseconds == [11, 17, 5])
  }

  @Test func `a job that came in for another keeps its place in the order`() throws {
    // Job 1 is promised 3 of 6 GPUs but lacks CPU, so job 2 (4 GPUs) comes in
    // beside 3 (2 GPUs), which has as much left but arrived later. At 3 two
    // GPUs join: beside the promise one of both may stay, and that is job 2.
    let hog = JobSketch(arrival: 0, duration: 20, cpu: 64_000, gpus: 0, milli: 0)
    var starved = JobSketch.gpu(3, at: 1, for: 1)
    starved.cpu = 1_000
    let outcome = try run(
      [.gpu(6), NodeSketch(cpu: 0, gpus: 2)],
      [hog, starved, .gpu(4, at: 1, for: 10), .gpu(2, at: 1, for: 10)],
      .shortestRemainingTime
    ) { $0.fleetChanges = [FleetChange(at: 3, .join, 1)] }
    #expect(outcome.jobs.endNanoseconds == [20, 21, 11, 11])
    #expect(outcome.jobs.preemptions == [0, 0, 0, 1])
    // While they run no GPU is free; from 11 to 20 it is the CPU.
    #expect(outcome.jobs.cause[1] == .capacity)
  }

  @Test func `a job without GPUs attains no GPU time`() throws {
    // Its threshold is never due, so nothing happens between start and end.
    let job = JobSketch(arrival: 0, duration: 50_000, cpu: 1_000, gpus: 0, milli: 0)
    let order = ServiceOrder.leastAttainedService(thresholds: [ns(1)], byGPUTime: true)
    #expect(try run([.gpu(1)], [job], order).eventCount == 4)
  }

  @Test(arguments: [0, 1, 2, 3])
  func `the same input gives the same outcome, verified or not`(order: Int) throws {
    let orders: [ServiceOrder] = [
      .fewestGPUs, .shortestRemainingTime, .shortestRemainingService,
      .leastAttainedService(thresholds: [ns(5), ns(12)], byGPUTime: true),
    ]
    for seed in 11_000_000..<11_000_020 as Range<UInt64> {
      let scenario = RandomScenario.input(seed: seed).with { scenario in
        scenario.jobs.kind = scenario.jobs.kind.map { _ in .batch }
        scenario.queue = .preemptive(PreemptiveQueue(orders[order], cost: PreemptionCost(largest: ns(2))))
      }
      let outcome = try Simulation.run(scenario)
      #expect(try Simulation.run(scenario) == outcome, "seed \(seed)")
      #expect(try Simulation.run(scenario.with { $0.verify = false }) == outcome, "seed \(seed)")
    }
  }
}
