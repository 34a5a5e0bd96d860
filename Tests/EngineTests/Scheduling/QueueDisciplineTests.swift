import Engine
import Hardware
import Outcome
import Testing
import Workload

/// What the queue promises, checked on the finished run.
@Suite struct QueueDisciplineTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 5_000_000..<5_000_080
  #else
    static let seeds: Range<UInt64> = 5_000_000..<5_001_500
  #endif

  @Test func `first in, first out with blocking never overtakes`() throws {
    var waits = 0
    for seed in Self.seeds {
      let input = RandomScenario.plain(seed: seed).with {
        $0.queue = .fifo(headOfLineBlocking: true)
        $0.fleetChanges = []
      }
      let jobs = try Simulation.run(input).jobs
      // When a job left the queue, for whatever reason.
      var latest: Int64 = 0
      for j in 0..<input.jobs.count where jobs.state[j] != .rejected && jobs.state[j] != .unseen {
        if jobs.startNanoseconds[j] >= 0 {
          #expect(jobs.startNanoseconds[j] >= latest, "seed \(seed), job \(j)")
          if jobs.startNanoseconds[j] > input.jobs.arrival[j].nanoseconds { waits += 1 }
        }
        let left =
          jobs.state[j] == .waiting
          ? .max : jobs.state[j] == .withdrawn ? jobs.endNanoseconds[j] : jobs.startNanoseconds[j]
        latest = max(latest, left)
      }
    }
    #expect(waits > 100)
  }

  @Test func `without blocking no job waits that fits somewhere`() throws {
    var looked = 0
    for seed in Self.seeds {
      let input = RandomScenario.plain(seed: seed).with { $0.queue = .fifo(headOfLineBlocking: false) }
      let replay = OutcomeReplay(input, try Simulation.run(input))
      for time in replay.instants {
        let nodes = replay.nodes(at: time)
        for j in replay.waiting(at: time) {
          looked += 1
          #expect(!nodes.contains { $0.fits(replay.requests[j]) }, "seed \(seed), job \(j) at \(time)")
        }
      }
    }
    #expect(looked > 1000)
  }

  @Test func `with blocking the oldest waiting job fits nowhere`() throws {
    var looked = 0
    for seed in Self.seeds {
      let input = RandomScenario.plain(seed: seed).with { $0.queue = .fifo(headOfLineBlocking: true) }
      let replay = OutcomeReplay(input, try Simulation.run(input))
      for time in replay.instants {
        guard let head = replay.waiting(at: time).first else { continue }
        looked += 1
        #expect(
          !replay.nodes(at: time).contains { $0.fits(replay.requests[head]) },
          "seed \(seed), job \(head) at \(time)"
        )
      }
    }
    #expect(looked > 500)
  }

  @Test func `a rejection names the cause without which the job would fit`() throws {
    var seen: [WaitCause: Int] = [:]
    let constrained = Self.seeds.map { RandomScenario.constrained(seed: $0) }.filter { input in
      input.sharing != .pooled && input.jobs.shapes.allSatisfy { $0.workers == 1 }
        && input.jobs.constraints.allSatisfy(\.rules.isEmpty)
    }
    for (seed, given) in (Self.seeds.map { RandomScenario.plain(seed: $0) } + constrained).enumerated() {
      let input = given.with { $0.queue = .none }
      let outcome = try Simulation.run(input)
      let replay = OutcomeReplay(input, outcome)
      for j in 0..<input.jobs.count
      where outcome.jobs.state[j] == .rejected && outcome.jobs.cause[j] != .none
        && outcome.jobs.interruptions[j] == 0
      {
        let nodes = replay.nodes(at: input.jobs.arrival[j].nanoseconds, before: j)
        seen[outcome.jobs.cause[j], default: 0] += 1
        expectCause(outcome.jobs.cause[j], replay.requests[j], nodes, "seed \(seed), job \(j)")
      }
    }
    for cause in [WaitCause.gpuModel, .nodeConstraint, .capacity, .fragmentation, .cpu, .memory] {
      #expect(seen[cause, default: 0] > 3, "\(cause)")
    }
  }

  private func expectCause(
    _ cause: WaitCause,
    _ r: ReferenceRequest,
    _ nodes: [ReferenceNode],
    _ label: Comment
  ) {
    #expect(!nodes.contains { $0.fits(r) }, label)
    let accepted = nodes.filter { $0.condition == .up && $0.accepts(r) }
    let free = accepted.reduce(0) { $0 + $1.gpuFree }
    var less = r
    switch cause {
    case .gpuModel:
      less.models = nil
      #expect(nodes.contains { $0.fits(less) }, label)
    case .capacity: #expect(free < r.taken, label)
    case .fragmentation:
      // The same thousandths side by side would do.
      #expect(free >= r.taken, label)
      #expect(!accepted.contains { $0.hasGPUs(r) }, label)
    case .cpu:
      less.memory = 0
      #expect(!nodes.contains { $0.fits(less) }, label)
      less.cpu = 0
      // Without any accepted node that is up there is no CPU either.
      #expect(nodes.contains { $0.fits(less) } || accepted.isEmpty, label)
    case .memory:
      less.memory = 0
      #expect(nodes.contains { $0.fits(less) }, label)
    case .nodeConstraint:
      #expect(nodes.contains { $0.fits(r.unconstrained) }, label)
    case .failure:
      let repaired = nodes.map { node in
        var up = node
        if node.condition != .absent { up.condition = .up }
        return up
      }
      #expect(repaired.contains { $0.fits(r) }, label)
    case .none, .provisioning, .stockOut, .burstRule, .quota, .mounting, .asleep, .headOfLine, .priority,
      .gang, .placementWish, .reservation,
      .roundBoundary, .fairShare,
      .requeue, .dependency:
      Issue.record("\(label): a rejection because of \(cause)")
    }
  }

  // MARK: - Found by the random scenarios, in small

  @Test func `a job that comes back is tried before younger ones`() throws {
    // Two requests; the node fails while jobs 0 (half), 1 (whole) and 2 (half)
    // run, and only the other node, with room for one half, is left.
    let jobs = [
      JobSketch.part(500, at: 0, for: 100), JobSketch(arrival: 0, duration: 100, gpus: 1, milli: 400),
      JobSketch.part(500, at: 0, for: 100), .part(500, at: 0, for: 100), .part(500, at: 5, for: 10),
    ]
    for blocking in [true, false] {
      let outcome = try Simulation.run(
        input([.gpu(2), .gpu(1)], jobs).with {
          $0.queue = .fifo(headOfLineBlocking: blocking)
          $0.fleetChanges = [FleetChange(at: 10, .fail, 0)]
        }
      )
      var naive = ReferenceSimulator(
        input([.gpu(2), .gpu(1)], jobs).with {
          $0.queue = .fifo(headOfLineBlocking: blocking)
          $0.fleetChanges = [FleetChange(at: 10, .fail, 0)]
        }
      )
      naive.run()
      #expect(outcome.jobs == naive.jobs)
      #expect(outcome.jobs.startNanoseconds[0] == 10)
    }
  }

  @Test func `a refusal does not outlive the jobs that were refused`() throws {
    // Replica 1 is refused and withdrawn; the GPU is free again before job 2.
    var replica = JobSketch.gpu(1, at: 1, for: 2)
    replica.kind = .service
    let jobs = [JobSketch.gpu(1, at: 0, for: 5), replica, .gpu(1, at: 20, for: 5)]
    let outcome = try Simulation.run(
      input([.gpu(1)], jobs).with { $0.queue = .fifo(headOfLineBlocking: false) }
    )
    #expect(outcome.jobs.state == [.completed, .withdrawn, .completed])
    #expect(outcome.jobs.startNanoseconds[2] == 20)
  }

  @Test func `a replica refused in a loss system stays rejected`() throws {
    var replica = JobSketch.gpu(1, at: 1, for: 2)
    replica.kind = .service
    let outcome = try Simulation.run(
      input([.gpu(1)], [.gpu(1, at: 0, for: 50), replica]).with { $0.queue = .none }
    )
    #expect(outcome.jobs.state == [.completed, .rejected])
    #expect(outcome.jobs.endNanoseconds[1] == -1)
    #expect(outcome.tenants[0].waiting == 0)
  }

  @Test func `a job that never reached the head says so at the end`() throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 50), .gpu(1, at: 1, for: 1), .gpu(1, at: 2, for: 1)]
    let outcome = try Simulation.run(input([.gpu(1)], jobs).with { $0.horizon = .init(nanoseconds: 10) })
    #expect(outcome.jobs.state == [.running, .waiting, .waiting])
    #expect(outcome.jobs.cause == [.none, .capacity, .headOfLine])
  }
}
