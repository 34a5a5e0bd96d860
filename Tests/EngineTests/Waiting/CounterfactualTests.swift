import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Each cause is put to the test: at a random instant of a random wait the
/// named cause is taken away, and the job starts at that instant; with the
/// cause left in place it does not, even where nobody else waits.
@Suite struct CounterfactualTests {
  #if DEBUG
    static let seedsPerBatch = 12
  #else
    static let seedsPerBatch = 250
  #endif

  @Test(arguments: 0..<8)
  func `without the named cause the job starts at that instant`(batch: Int) throws {
    var seen: [WaitCause: Int] = [:]
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(7_000_000 + batch * 100_000 + offset)
      let input = RandomScenario.input(seed: seed)
      guard input.queue != .none else { continue }
      let outcome = try Simulation.run(input)
      var draws = SplitMix(seed: seed)
      for _ in 0..<3 {
        guard let (job, time, cause) = draw(&draws, input, outcome) else { break }
        let label = "seed \(seed), job \(job) at \(time), \(input.queue), \(input.sharing): \(cause)"
        var then = ReferenceSimulator(input.with { $0.horizon = SimTime(nanoseconds: time) })
        then.run()
        #expect(then.jobs.state[job] == .waiting, "\(label)")
        expectStart(of: job, at: time, without: cause, then, "\(label)")
        seen[cause, default: 0] += 1
      }
    }
    #if !DEBUG
      for cause in [
        WaitCause.headOfLine, .capacity, .fragmentation, .cpu, .gpuModel, .priority, .gang, .placementWish,
        .failure,
      ] {
        #expect(seen[cause, default: 0] > 0, "\(cause) was not met")
      }
    #endif
  }

  /// A job that waited, an instant of its wait, and the cause then.
  private func draw(_ draws: inout SplitMix, _ input: SimulationInput, _ outcome: RunOutcome)
    -> (job: Int, time: Int64, cause: WaitCause)?
  {
    let waiting = input.jobs.arrival.indices.filter { !outcome.waits.rows(of: $0).isEmpty }
    guard let job = waiting.randomElement(using: &draws) else { return nil }
    let stretches = outcome.stretches(of: job, input)
    guard let stretch = stretches.randomElement(using: &draws) else { return nil }
    return (job, Int64.random(in: stretch.start..<stretch.end, using: &draws), stretch.cause)
  }

  private func expectStart(
    of job: Int,
    at time: Int64,
    without cause: WaitCause,
    _ now: ReferenceSimulator,
    _ label: Comment
  ) {
    let isRanked = now.spec != nil
    #expect(now.causeOfWaiting(job) == cause, label)

    var other = now
    switch cause {
    case .headOfLine:
      other.forgetWaiting { now.isAhead($0, of: job) }
      let alone = other
      other.tryAll(at: time)
      // Where it does not fit either, the next cause has its turn.
      #expect(other.jobs.state[job] == .running || other.causeOfWaiting(job) != .headOfLine, label)
      other = alone
      other.clearAll(but: nil)
    case .priority: other.clearAll(but: job)
    case .failure where isRanked && !now.unplaced.contains(job):
      other.clearAll(but: job)
      other.nodes = other.repaired(other.nodes)
    default:
      // Whoever waits beside it is not its cause.
      other.forgetWaiting { $0 != job }
      var kept = other
      // A ranking queue may take back in a second pass what it filled up with.
      if !isRanked { kept.tryAll(at: time) }
      #expect(kept.jobs.state[job] == .waiting && kept.layout(job, on: kept.nodes) == nil, label)
      other.takeAway(cause, from: job)
    }
    other.tryAll(at: time)
    if other.jobs.state[job] == .running { return }
    // There may be a second reason, later in the order.
    let rest = other.causeOfWaiting(job)
    let r = now.requests[job]
    let mayHaveMore =
      isRanked && [.priority, .failure].contains(cause)
      || r.workers > 1 && [.cpu, .memory].contains(cause) || r.wish != .anywhere && cause == .gang
    #expect(mayHaveMore && rest != cause, "\(label): still \(rest)")
  }
}

extension ReferenceSimulator {
  /// Another pass at this instant, in which everything is tried.
  mutating func tryAll(at time: Int64) {
    refusedShapes = []
    refusedHead = nil
    if spec != nil { rankedPass(time) } else { pass(time) }
  }

  func isAhead(_ other: Int, of job: Int) -> Bool {
    waiting.firstIndex(of: other)! < waiting.firstIndex(of: job)!
  }

  /// These waiting jobs are no longer there.
  mutating func forgetWaiting(_ those: (Int) -> Bool) {
    for j in waiting where those(j) {
      jobs.state[j] = .withdrawn
      list.removeAll { $0 == j }
    }
    waiting.removeAll { jobs.state[$0] == .withdrawn }
  }

  /// Nothing runs any more; with `job`, nobody else waits either, without it
  /// all nodes are up.
  mutating func clearAll(but job: Int?) {
    for j in jobs.state.indices where jobs.state[j] == .running {
      for piece in laid[j] { nodes[piece.node].giveBack(j) }
      jobs.state[j] = .withdrawn
      list.removeAll { $0 == j }
    }
    if let job { forgetWaiting { $0 != job } } else { for n in nodes.indices { nodes[n].condition = .up } }
  }

  /// The cause no longer holds for the job.
  mutating func takeAway(_ cause: WaitCause, from job: Int) {
    let r = requests[job]
    switch cause {
    case .failure: nodes = repaired(nodes)
    case .gpuModel: requests[job].models = nil
    case .nodeConstraint: requests[job] = r.unconstrained
    case .placementWish: requests[job].wish = .anywhere
    case .capacity:
      for node in emptyNodes {
        var added = node
        added.condition = .up
        add(added)
      }
    case .fragmentation: gather(for: r)
    case .gang:
      // Who wishes for one rack or NVLink domain needs room for all on one node.
      let room = r.wish.isForOneGroup ? 0 : nodes.reduce(0) { $0 + $1.room(r) }
      add(nodeHolding(r, workers: r.workers - room))
    case .cpu:
      if r.count == 0 { add(nodeHolding(r, workers: 1)) }
      for n in nodes.indices {
        nodes[n].cpuTotal += 1_000_000_000
        nodes[n].memoryTotal += 1_000_000_000
      }
    case .memory: for n in nodes.indices { nodes[n].memoryTotal += 1_000_000_000 }
    case .none, .provisioning, .stockOut, .burstRule, .quota, .mounting, .asleep, .headOfLine, .priority,
      .reservation, .roundBoundary, .requeue,
      .fairShare, .dependency:
      preconditionFailure("not a cause of the cluster")
    }
  }

  /// What is free on the accepted nodes, together on one in the pieces asked.
  private mutating func gather(for r: ReferenceRequest) {
    let accepted = nodes.indices.filter { nodes[$0].condition == .up && nodes[$0].accepts(r) }
    let free = accepted.reduce(0) { $0 + nodes[$1].gpuFree }
    precondition(free >= r.takenByAll, "less is free than is asked: capacity")
    for n in accepted { nodes[n].free = nodes[n].free.map { _ in 0 } }
    add(nodeHolding(r, workers: r.workers))
  }

  private mutating func add(_ node: ReferenceNode) {
    nodes.append(node)
    rank.append(rank.count)
  }

  /// A node with free GPUs for so many workers and all else in plenty.
  private func nodeHolding(_ r: ReferenceRequest, workers: Int) -> ReferenceNode {
    let model = input.fleet.gpuModels.indices.first { r.models?.contains($0) ?? true }
    var fleet = input.fleet
    fleet.nodes = [
      NodeSpec(
        name: "added",
        cpuMilli: 1_000_000_000,
        memoryMiB: 1_000_000_000,
        gpuCount: 0,
        gpuModel: model.map { GPUModelID(rawValue: UInt8($0)) }
      )
    ]
    var node = ReferenceNode(fleet, 0)
    node.free =
      r.isPooled
      ? [r.taken * workers] : Array(repeating: r.milli, count: r.count * workers)
    node.gpuCapacity = r.isPooled ? r.taken * workers : r.milli * r.count * workers
    return node
  }
}
