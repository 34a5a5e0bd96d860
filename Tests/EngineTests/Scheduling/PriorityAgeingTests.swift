import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Priorities that grow while jobs wait.
@Suite struct PriorityAgeingTests {
  private func ageing(every: Int64, atMost: Int32? = nil, raises: Int32 = 1) -> PriorityAgeing {
    PriorityAgeing(raises: raises, every: SimDuration(nanoseconds: every), atMost: atMost)
  }

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    priorities: [Int32],
    _ queue: QueueSpec,
    change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs).with {
        $0.queue = queue
        $0.jobs.priority = priorities
        change(&$0)
      }
    )
  }

  @Test func `a low job that waited long enough goes before a high one`() throws {
    // Of the one GPU, free at 30: the low job has gained 30 / 10 = 3, a job of
    // priority 2 from 15 on 1.5, one from 25 on 0.5.
    for (arrival, limit, lowIsFirst) in [
      (15, nil, false), (25, nil, true), (20, nil, true), (19, nil, false), (25, 3, true), (25, 1, false),
    ] as [(Int64, Int32?, Bool)] {
      let jobs = [JobSketch.gpu(1, at: 0, for: 30), .gpu(1, at: 0, for: 10), .gpu(1, at: arrival, for: 10)]
      for blocks in [true, false] {
        let outcome = try run(
          [.gpu(1)],
          jobs,
          priorities: [0, 0, 2],
          .ageing(ageing(every: 10, atMost: limit), headOfLineBlocking: blocks)
        )
        #expect(
          outcome.jobs.startNanoseconds == (lowIsFirst ? [0, 30, 40] : [0, 40, 30]),
          "high from \(arrival), limit \(limit as Any), blocking \(blocks)"
        )
      }
    }
  }

  @Test func `a job that passes the refused head starts at that instant, though nothing else happens`() throws
  {
    // Job 1 needs both GPUs and has gained all it can, 3, at 30. Job 2 needs
    // the free one: its 1 + (t - 25) / 10 is more than 3 from 46 on.
    let jobs = [JobSketch.gpu(1, at: 0, for: 1000), .gpu(2, at: 0, for: 10), .gpu(1, at: 25, for: 10)]
    let outcome = try run(
      [.gpu(2)],
      jobs,
      priorities: [0, 0, 1],
      .ageing(ageing(every: 10, atMost: 3), headOfLineBlocking: true)
    )
    #expect(outcome.jobs.startNanoseconds == [0, 1000, 46])
    #expect(outcome.jobs.cause == [.none, .capacity, .headOfLine])
    #expect(outcome.end.nanoseconds == 1010)
  }

  @Test func `without a limit the order is that of a limit nobody reaches`() throws {
    for seed in 7_000_000..<UInt64(7_000_400) {
      // A head that waits for ever would reach any limit.
      let input = RandomScenario.plain(seed: seed).with {
        $0.horizon = $0.horizon ?? SimTime(nanoseconds: 50_000)
        $0.measuredFrom = .zero
      }
      for blocks in [true, false] {
        let free = try Simulation.run(
          input.with { $0.queue = .ageing(ageing(every: 7, raises: 2), headOfLineBlocking: blocks) }
        )
        let limited = try Simulation.run(
          input.with {
            $0.queue = .ageing(ageing(every: 7, atMost: 1_000_000, raises: 2), headOfLineBlocking: blocks)
          }
        )
        #expect(free.jobs.startNanoseconds == limited.jobs.startNanoseconds, "seed \(seed)")
        #expect(free.jobs.node == limited.jobs.node, "seed \(seed)")
        #expect(free.jobs.state == limited.jobs.state, "seed \(seed)")
      }
    }
  }

  @Test func `waiting that gains next to nothing leaves the order of priority`() throws {
    for seed in 7_100_000..<UInt64(7_100_300) {
      let input = RandomScenario.plain(seed: seed)
      for blocks in [true, false] {
        let plain = try Simulation.run(
          input.with { $0.queue = .ordered(.priority, headOfLineBlocking: blocks) }
        )
        let slow = try Simulation.run(
          input.with { $0.queue = .ageing(ageing(every: 1_000_000_000), headOfLineBlocking: blocks) }
        )
        #expect(plain.jobs == slow.jobs, "seed \(seed)")
      }
    }
  }

  @Test func `backfill takes ageing without a limit`() throws {
    let jobs = [JobSketch.gpu(2, at: 0, for: 30), .gpu(2, at: 0, for: 10), .gpu(2, at: 25, for: 10)]
    func starts(_ ageing: PriorityAgeing?) throws -> [Int64] {
      let queue = QueueSpec.backfill(Backfill(.easy, order: .priority, ageing: ageing))
      return try run([.gpu(2)], jobs, priorities: [0, 0, 2], queue).jobs.startNanoseconds
    }
    #expect(try starts(nil) == [0, 40, 30])
    #expect(try starts(ageing(every: 10)) == [0, 30, 40])
    #expect(throws: SimulationError.self) { try starts(ageing(every: 10, atMost: 5)) }
  }

  @Test func `an aged job neither preempts nor is spared beyond its own priority`() throws {
    // Job 0 has aged far beyond priority 1 when job 1 comes; it is preempted all
    // the same. Waiting again it is ahead of job 2, and preempts nobody.
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 90, for: 20), .gpu(1, at: 95, for: 5)]
    for limit in [nil, 50] as [Int32?] {
      for blocks in [true, false] {
        let outcome = try run(
          [.gpu(1)],
          jobs,
          priorities: [0, 1, 1],
          .ageing(ageing(every: 1, atMost: limit), headOfLineBlocking: blocks)
        ) { $0.preemption = PriorityPreemption(.kueue) }
        #expect(outcome.jobs.preemptions[0] >= 1, "limit \(limit as Any), blocking \(blocks)")
        #expect(outcome.jobs.startNanoseconds[1] == 90)
        #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
      }
    }
  }

  @Test func `with preemption random jobs all end, and who preempts is higher himself`() throws {
    var preempted = 0
    for seed in 0..<UInt64(300) {
      var draws = SplitMix(seed: seed &* 131 &+ 9)
      let jobs = (0..<30).map { _ in
        JobSketch.gpu(
          [1, 1, 2, 4].randomElement(using: &draws)!,
          at: Int64.random(in: 0...60, using: &draws),
          for: Int64.random(in: 1...40, using: &draws)
        )
      }.sorted { $0.arrival < $1.arrival }
      let priorities = jobs.map { _ in Int32.random(in: 0...3, using: &draws) }
      let queue = QueueSpec.ageing(
        ageing(every: Int64.random(in: 1...30, using: &draws), atMost: seed % 3 == 0 ? nil : 2),
        headOfLineBlocking: Bool.random(using: &draws)
      )
      let victims = PriorityPreemption.Victims.allCases.randomElement(using: &draws)!
      let outcome = try run([.gpu(4), .gpu(4), .gpu(2)], jobs, priorities: priorities, queue) {
        $0.preemption = PriorityPreemption(victims)
        if seed % 4 == 0 {
          $0.fleetChanges = [FleetChange(at: 20, .fail, 0), FleetChange(at: 45, .repair, 0)]
        }
      }
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
      for attempt in outcome.interruptedAttempts where attempt.isPreemption {
        preempted += 1
        let time = attempt.endNanoseconds
        var starters = priorities.indices.filter { outcome.jobs.startNanoseconds[$0] == time }
        for other in outcome.interruptedAttempts where other.startNanoseconds == time {
          starters.append(Int(other.job.rawValue))
        }
        let own = priorities[Int(attempt.job.rawValue)]
        #expect(starters.contains { priorities[$0] > own }, "seed \(seed), job \(attempt.job)")
      }
    }
    #expect(preempted > 200)
  }

  @Test func `ageing that makes no sense is refused`() {
    func refusal(_ ageing: PriorityAgeing) -> String {
      do {
        let jobs = [JobSketch.gpu(1, at: 0, for: 1)]
        _ = try run([.gpu(1)], jobs, priorities: [0], .ageing(ageing, headOfLineBlocking: true))
        return "none"
      } catch { return "\(error)" }
    }
    #expect(refusal(ageing(every: 1)) == "none")
    #expect(refusal(ageing(every: 0)).contains("above zero"))
    #expect(refusal(ageing(every: 1, raises: 0)).contains("1 or more"))
    #expect(refusal(ageing(every: 1, atMost: 0)).contains("at most"))
  }
}
