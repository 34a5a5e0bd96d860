import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// What jobs waited for, second by second.
@Suite struct WaitTests {
  private func stretches(_ job: Int, _ input: SimulationInput) throws -> [CauseHistory.Stretch] {
    try Simulation.run(input).stretches(of: job, input)
  }

  @Test func `a refusal that stands changes its cause as GPUs come free in pieces and are taken again`()
    throws
  {
    // Two nodes of two GPUs, full until 10, when one GPU comes free on each;
    // job 5 takes one of them from 12 to 15. The pair fits at 20.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 0, for: 20), .gpu(1, at: 0, for: 10),
      .gpu(1, at: 0, for: 30), .gpu(2, at: 5, for: 1), .gpu(1, at: 12, for: 3),
    ]
    let found = try stretches(
      4,
      input([.gpu(2), .gpu(2)], jobs).with { $0.queue = .fifo(headOfLineBlocking: false) }
    )
    #expect(
      found == [
        .init(start: 5, end: 10, cause: .capacity), .init(start: 10, end: 12, cause: .fragmentation),
        .init(start: 12, end: 15, cause: .capacity), .init(start: 15, end: 20, cause: .fragmentation),
      ]
    )
  }

  @Test func `in a line only the head waits for the cluster`() throws {
    // One GPU: 0 runs until 10, 1 until 20; 2 is at the head from 10 on.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 10), .gpu(1, at: 2, for: 10)]
    let found = try stretches(2, input([.gpu(1)], jobs))
    #expect(
      found == [.init(start: 2, end: 10, cause: .headOfLine), .init(start: 10, end: 20, cause: .capacity)]
    )
  }

  @Test func `a head that is overtaken waits in the line again`() throws {
    // The job of priority 1 comes at 5 and stands ahead until it starts at 10.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 10), .gpu(1, at: 5, for: 10)]
    let found = try stretches(
      1,
      input([.gpu(1)], jobs).with {
        $0.queue = .ordered(.priority, headOfLineBlocking: true)
        $0.jobs.priority = [0, 0, 1]
      }
    )
    #expect(
      found == [
        .init(start: 1, end: 5, cause: .capacity), .init(start: 5, end: 10, cause: .headOfLine),
        .init(start: 10, end: 20, cause: .capacity),
      ]
    )
  }

  @Test func `a job waits for a failed node as long as that node would do`() throws {
    // Node 1 fails at 3 and takes job 1 with it; it is back at 15. Meanwhile
    // the other node is busy.
    let jobs = [JobSketch.gpu(2, at: 0, for: 30), .gpu(2, at: 0, for: 10), .gpu(2, at: 6, for: 5)]
    let base = input([.gpu(2), .gpu(2)], jobs).with {
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.fleetChanges = [FleetChange(at: 3, .fail, 1), FleetChange(at: 15, .repair, 1)]
    }
    #expect(try stretches(1, base) == [.init(start: 3, end: 15, cause: .failure)])
    #expect(
      try stretches(2, base) == [
        .init(start: 6, end: 15, cause: .failure), .init(start: 15, end: 25, cause: .capacity),
      ]
    )
    // Without the repair, and after the horizon of the other's end, too.
    let lost = base.with { $0.fleetChanges[1].action = .leave }
    #expect(
      try stretches(1, lost) == [
        .init(start: 3, end: 15, cause: .failure), .init(start: 15, end: 30, cause: .capacity),
      ]
    )
  }

  @Test func `a long job waits for the reservation only while it would fit`() throws {
    // Two GPUs, one busy until 10, then the pair has both; the short job of
    // 5 ns holds the other from 3 to 8.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 10), .gpu(2, at: 1, for: 10), .gpu(1, at: 2, for: 20),
      .gpu(1, at: 3, for: 5),
    ]
    for kind in [Backfill.Reservations.easy, .conservative] {
      let base = input([.gpu(2)], jobs).with { $0.queue = .backfill(Backfill(kind)) }
      #expect(
        try stretches(2, base) == [
          .init(start: 2, end: 3, cause: .reservation), .init(start: 3, end: 8, cause: .capacity),
          .init(start: 8, end: 10, cause: .reservation), .init(start: 10, end: 20, cause: .capacity),
        ]
      )
      #expect(try stretches(1, base) == [.init(start: 1, end: 10, cause: .capacity)])
    }
  }

  @Test func `jobs beyond the depth of a backfilling queue wait in line`() throws {
    let jobs = [
      JobSketch.gpu(2, at: 0, for: 10), .gpu(2, at: 1, for: 10), .gpu(1, at: 2, for: 10),
      .gpu(1, at: 3, for: 10),
    ]
    let base = input([.gpu(2)], jobs).with { $0.queue = .backfill(Backfill(.easy, depth: 1)) }
    #expect(
      try stretches(3, base) == [
        .init(start: 3, end: 10, cause: .headOfLine), .init(start: 10, end: 20, cause: .capacity),
      ]
    )
  }

  @Test func `waits between preemptions are for rank`() throws {
    // One GPU; the shorter job takes it at 4 and gives it back at 6.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 4, for: 2)]
    let base = input([.gpu(1)], jobs).with {
      $0.queue = .preemptive(PreemptiveQueue(.shortestRemainingTime, cost: PreemptionCost()))
    }
    #expect(try stretches(0, base) == [.init(start: 4, end: 6, cause: .priority)])
  }

  @Test(arguments: 0..<4)
  func `the causes of a wait add up to it in every queue`(batch: Int) throws {
    var seen: [WaitCause: Int] = [:]
    for offset in 0..<CounterfactualTests.seedsPerBatch {
      let seed = UInt64(9_000_000 + batch * 100_000 + offset)
      let input = try Self.scenario(seed: seed, kind: batch)
      let outcome = try Simulation.run(input)
      for job in 0..<input.jobs.count where outcome.jobs.state[job] != .rejected {
        let waits = outcome.waits(of: job, input)
        let whole = waits.reduce(0) { $0 + $1.1 - $1.0 }
        #expect(outcome.waits.total(of: job) == whole, "seed \(seed), job \(job)")
        var sums: [WaitCause: Int64] = [:]
        for stretch in outcome.stretches(of: job, input) {
          sums[stretch.cause, default: 0] += stretch.end - stretch.start
        }
        for row in outcome.waits.rows(of: job) {
          let cause = outcome.waits.cause[row]
          #expect(sums[cause] == outcome.waits.nanoseconds[row], "seed \(seed), job \(job), \(cause)")
          seen[cause, default: 0] += 1
        }
        #expect(sums.count == outcome.waits.rows(of: job).count, "seed \(seed), job \(job)")
      }
    }
    if batch < 2 { #expect(seen[.reservation, default: 0] > 3) }
  }

  /// Kind 0, 1: backfill; 2: priorities preempt; 3: everything else.
  private static func scenario(seed: UInt64, kind: Int) throws -> SimulationInput {
    guard kind < 3 else { return RandomScenario.input(seed: seed) }
    var input = RandomScenario.plain(seed: seed)
    var draws = SplitMix(seed: seed)
    if kind < 2 {
      // Conservative backfill knows no models.
      for shape in input.jobs.shapes.indices { input.jobs.shapes[shape].models = .any }
      let reservations: Backfill.Reservations = kind == 0 ? .easy : .conservative
      input.queue = .backfill(Backfill(reservations, depth: Int.random(in: 0...20, using: &draws)))
    } else {
      input.queue = .ordered(.priority, headOfLineBlocking: Bool.random(using: &draws))
      let period = SimDuration(nanoseconds: Int64.random(in: 0...4, using: &draws))
      input.preemption = PriorityPreemption(.kueue, gracefulPeriod: period)
    }
    return input
  }

  @Test func `what a reservation holds back starts without the jobs ahead, what does not fit does not`()
    throws
  {
    var seen: [WaitCause: Int] = [:]
    for seed in UInt64(9_500_000)..<9_500_000 + UInt64(2 * CounterfactualTests.seedsPerBatch) {
      let input = try Self.scenario(seed: seed, kind: Int(seed % 2))
      let outcome = try Simulation.run(input)
      var draws = SplitMix(seed: seed)
      let waiting = input.jobs.arrival.indices.filter { !outcome.waits.rows(of: $0).isEmpty }
      for job in waiting.shuffled(using: &draws).prefix(4) {
        let stretch = outcome.stretches(of: job, input).randomElement(using: &draws)!
        let time = SimTime(nanoseconds: Int64.random(in: stretch.start..<stretch.end, using: &draws))
        // A run cannot end as it begins.
        guard time > .zero else { continue }
        var loop = EventLoop(try PreparedRun(input.with { ($0.horizon, $0.measuredFrom) = (time, .zero) }))
        _ = try loop.run(observer: nil)
        let label: Comment = "seed \(seed), job \(job) at \(time): \(stretch.cause)"
        let waits = loop.live.isIn(job, .waiting)
        #expect(waits, label)
        for other in loop.backfill!.first(.max) {
          let isAhead =
            loop.backfill!.first(.max).firstIndex(of: other)! < loop.backfill!.first(.max).firstIndex(
              of: job
            )!
          if isAhead || stretch.cause != .headOfLine && other != job { loop.backfill!.remove(Int32(other)) }
        }
        try loop.backfillPass(at: time)
        let starts = loop.live.isIn(job, .running)
        if stretch.cause != .headOfLine { #expect(starts == (stretch.cause == .reservation), label) }
        seen[stretch.cause, default: 0] += 1
      }
    }
    #expect(seen[.reservation, default: 0] > 3)
    #expect(seen[.capacity, default: 0] > 3)
  }
}

extension RunOutcome {
  /// When the job waited.
  func waits(of job: Int, _ input: SimulationInput) -> [(Int64, Int64)] {
    guard jobs.state[job] != .unseen, jobs.state[job] != .rejected else { return [] }
    var result: [(Int64, Int64)] = []
    var since = input.jobs.arrival[job].nanoseconds
    for attempt in interruptedAttempts where Int(attempt.job.rawValue) == job {
      result.append((since, attempt.startNanoseconds))
      since = attempt.endNanoseconds
    }
    let start = jobs.startNanoseconds[job]
    let stop = jobs.endNanoseconds[job]
    result.append((since, start >= 0 ? start : stop >= 0 ? stop : end.nanoseconds))
    return result
  }

  /// What it waited for, in order.
  func stretches(of job: Int, _ input: SimulationInput) -> [CauseHistory.Stretch] {
    waits(of: job, input).flatMap { wait in
      causes.stretches(of: job, shape: Int(input.jobs.shape[job].rawValue), from: wait.0, to: wait.1)
    }
  }
}
