import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Backfill against its definition on one node, where GPUs are just counted.
@Suite struct BackfillTests {
  private struct Job {
    var arrival: Int64
    var gpus: Int64
    var duration: Int64
    var estimate: Int64
  }

  private func random(_ seed: UInt64, exact: Bool) -> (gpus: Int, jobs: [Job]) {
    var draws = SplitMix(seed: seed &* 7919 &+ 5)
    let gpus = Int.random(in: 1...8, using: &draws)
    let jobs = (0..<Int.random(in: 1...40, using: &draws)).map { _ in
      let duration = Int64.random(in: 1...30, using: &draws)
      let estimate = exact ? duration : Int64.random(in: 1...40, using: &draws)
      return Job(
        arrival: Int64.random(in: 0...60, using: &draws),
        gpus: Int64.random(in: 1...Int64(gpus), using: &draws),
        duration: duration,
        estimate: estimate
      )
    }
    return (gpus, jobs.sorted { $0.arrival < $1.arrival })
  }

  private func starts(_ gpus: Int, _ jobs: [Job], _ queue: QueueSpec) throws -> [Int64] {
    let sketches = jobs.map { JobSketch.gpu(Int32($0.gpus), at: $0.arrival, for: $0.duration) }
    let outcome = try Simulation.run(
      input([.gpu(gpus)], sketches).with {
        $0.queue = queue
        $0.jobs.estimate = jobs.map { SimDuration(nanoseconds: $0.estimate) }
      }
    )
    #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
    return outcome.jobs.startNanoseconds
  }

  /// EASY by its definition: counts, one instant after the other.
  private func naiveEASY(_ gpus: Int, _ jobs: [Job]) -> [Int64] {
    var start = [Int64](repeating: -1, count: jobs.count)
    var waiting: [Int] = []
    var now: Int64 = 0
    while start.contains(-1) {
      waiting += jobs.indices.filter { jobs[$0].arrival == now }
      // Only an arrival or an end gives occasion for a pass.
      let hasEvent = jobs.indices.contains {
        jobs[$0].arrival == now || (start[$0] >= 0 && start[$0] + jobs[$0].duration == now)
      }
      guard hasEvent else {
        now += 1
        continue
      }
      var free = Int64(gpus)
      var running: [Int] = []
      for j in jobs.indices where start[j] >= 0 && start[j] + jobs[j].duration > now {
        free -= jobs[j].gpus
        running.append(j)
      }
      while let head = waiting.first, jobs[head].gpus <= free {
        start[head] = now
        free -= jobs[head].gpus
        running.append(head)
        waiting.removeFirst()
      }
      if let head = waiting.first {
        var later = free
        var shadow = now
        let ends = running.map { (end: max(now + 1, start[$0] + jobs[$0].estimate), gpus: jobs[$0].gpus) }
        for end in ends.map(\.end).sorted() where later < jobs[head].gpus {
          later = free + ends.filter { $0.end <= end }.reduce(0) { $0 + $1.gpus }
          shadow = end
        }
        var extra = later - jobs[head].gpus
        for j in waiting.dropFirst() where jobs[j].gpus <= free {
          let isShort = now + jobs[j].estimate <= shadow
          guard isShort || jobs[j].gpus <= extra else { continue }
          if !isShort { extra -= jobs[j].gpus }
          start[j] = now
          free -= jobs[j].gpus
          waiting.removeAll { $0 == j }
        }
      }
      now += 1
    }
    return start
  }

  @Test(arguments: [true, false]) func `EASY starts every job when its definition does`(exact: Bool) throws {
    for seed in 0..<UInt64(400) {
      let (gpus, jobs) = random(seed, exact: exact)
      let ours = try starts(gpus, jobs, .backfill(Backfill(.easy)))
      #expect(ours == naiveEASY(gpus, jobs), "seed \(seed), exact estimates \(exact): \(gpus) GPUs, \(jobs)")
    }
  }

  @Test func `with exact estimates conservative backfill delays nobody against strict order`() throws {
    var earlier = 0
    for seed in 0..<UInt64(300) {
      let (gpus, jobs) = random(seed, exact: true)
      let strict = try starts(gpus, jobs, .fifo(headOfLineBlocking: true))
      let ours = try starts(gpus, jobs, .backfill(Backfill(.conservative)))
      for j in jobs.indices {
        #expect(ours[j] <= strict[j], "seed \(seed), job \(j)")
        earlier += ours[j] < strict[j] ? 1 : 0
      }
    }
    #expect(earlier > 500)
  }

  @Test func `without depth backfill is strict order`() throws {
    for seed in 0..<UInt64(50) {
      let (gpus, jobs) = random(seed, exact: false)
      let strict = try starts(gpus, jobs, .fifo(headOfLineBlocking: true))
      #expect(try starts(gpus, jobs, .backfill(Backfill(.easy, depth: 0))) == strict, "seed \(seed)")
    }
  }

  @Test func `a short job slips in and a long one waits for the reservation`() throws {
    // Two GPUs: one is busy until 10; the pair waits for both. 5 ns fit before,
    // 20 ns do not.
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 10), .gpu(2, at: 1, for: 10), .gpu(1, at: 2, for: 20),
      .gpu(1, at: 3, for: 5),
    ]
    let outcome = try Simulation.run(input([.gpu(2)], jobs).with { $0.queue = .backfill(Backfill(.easy)) })
    #expect(outcome.jobs.startNanoseconds == [0, 10, 20, 3])
  }

  @Test func `a long job that would not fit anyway does not wait for the reservation`() throws {
    // Three GPUs, two of them busy until 10: the triple waits for all, and the
    // pair would not fit without it either.
    let jobs = [JobSketch.gpu(2, at: 0, for: 10), .gpu(3, at: 1, for: 10), .gpu(2, at: 2, for: 50)]
    let outcome = try Simulation.run(
      input([.gpu(3)], jobs).with {
        $0.queue = .backfill(Backfill(.easy))
        $0.horizon = SimTime(nanoseconds: 9)
      }
    )
    #expect(outcome.jobs.cause[2] == .capacity)
  }

  @Test func `nodes that the reservation does not need stay open to long jobs`() throws {
    // The gang of two nodes waits for node 0; node 2 can take a long job.
    let jobs = [
      JobSketch.gpu(4, at: 0, for: 10), .gpu(4, at: 0, for: 100), .gpu(4, at: 2, for: 50),
      .gpu(4, at: 3, for: 50),
    ]
    let outcome = try Simulation.run(
      input([.gpu(4), .gpu(4), .gpu(4)], jobs).with {
        $0.queue = .backfill(Backfill(.easy))
        $0.jobs.shapes[0].workers = 1
        $0.jobs.shapes.append($0.jobs.shapes[0])
        $0.jobs.shapes[1].workers = 2
        $0.jobs.shape[2] = ShapeID(rawValue: 1)
      }
    )
    // The gang takes node 0 at 10 and the free node 2; nothing is left.
    #expect(outcome.jobs.startNanoseconds == [0, 0, 10, 60])
  }

  @Test func `the first waiting job starts no later than its first reservation`() throws {
    // Several nodes, gangs, parts of GPUs, CPU; exact estimates; verified.
    for seed in 0..<UInt64(150) {
      var draws = SplitMix(seed: seed &+ 99)
      let jobs = (0..<40).map { _ in
        var job = JobSketch(
          arrival: Int64.random(in: 0...40, using: &draws),
          duration: Int64.random(in: 1...30, using: &draws),
          cpu: [0, 8_000, 30_000].randomElement(using: &draws)!,
          gpus: [1, 1, 2, 4].randomElement(using: &draws)!
        )
        if job.gpus == 1 { job.milli = [1000, 1000, 500, 250].randomElement(using: &draws)! }
        return job
      }
      let base = input([.gpu(4), .gpu(4), .gpu(2)], jobs.sorted { $0.arrival < $1.arrival })
      let easy = try Simulation.run(base.with { $0.queue = .backfill(Backfill(.easy)) })
      // The first job that waits at all has seen nobody pass it: strict order
      // gives it the same start.
      let strict = try Simulation.run(base)
      let first = (0..<40).first { strict.jobs.startNanoseconds[$0] > strict.jobs.firstArrival(base, $0) }
      if let first {
        #expect(easy.jobs.startNanoseconds[first] <= strict.jobs.startNanoseconds[first], "seed \(seed)")
      }
    }
  }
}

extension JobColumns {
  fileprivate func firstArrival(_ input: SimulationInput, _ job: Int) -> Int64 {
    input.jobs.arrival[job].nanoseconds
  }
}
