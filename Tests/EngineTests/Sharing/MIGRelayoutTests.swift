import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes that are drained and laid out anew.
@Suite struct MIGRelayoutTests {
  private func job(_ profile: String, _ slots: Int32, at arrival: Int64, for duration: Int64) -> JobSketch {
    var job = JobSketch.part(125 * slots, at: arrival, for: duration)
    job.device.profile = profile
    return job
  }

  private func run(
    _ nodes: Int,
    _ jobs: [JobSketch],
    _ relayout: MIGRelayout,
    change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    let small = (0..<7).map { MIGInstance(profile: "1g.10gb", start: $0) }
    let large = [MIGInstance(profile: "3g.40gb", start: 0), MIGInstance(profile: "3g.40gb", start: 4)]
    var spec = MIGSpec(layouts: [small, large], cuts: Array(repeating: [.layout(0)], count: nodes))
    spec.relayout = relayout
    return try Simulation.run(
      input(Array(repeating: .gpu(1, model: "h100-80gb-sxm"), count: nodes), jobs).with {
        $0.sharing = .mig
        $0.mig = spec
        $0.queue = .fifo(headOfLineBlocking: false)
        change(&$0)
      }
    )
  }

  private func spec(_ after: Int64, _ duration: Int64, cooldown: Int64 = 0) -> MIGRelayout {
    MIGRelayout(
      after: SimDuration(nanoseconds: after),
      cooldown: SimDuration(nanoseconds: cooldown),
      duration: SimDuration(nanoseconds: duration)
    )
  }

  @Test func `an empty node is laid out for what waits, after the hysteresis`() throws {
    let outcome = try run(1, [job("3g.40gb", 4, at: 10, for: 100)], spec(5, 20))
    #expect(outcome.jobs.startNanoseconds == [35])
    #expect(outcome.ledger[.changing] == 20 * 1000)
    #expect(outcome.jobs.instance[0] == MIGInstance(profile: "3g.40gb", start: 0))
  }

  @Test func `a node drains first, and the least used one is chosen`() throws {
    let jobs = [
      job("1g.10gb", 1, at: 0, for: 100), job("1g.10gb", 1, at: 0, for: 50),
      job("3g.40gb", 4, at: 10, for: 10),
    ]
    // First fit puts both small jobs on node 0: node 1 is empty and changes.
    let outcome = try run(2, jobs, spec(0, 20))
    #expect(outcome.jobs.startNanoseconds == [0, 0, 30])
    #expect(outcome.jobs.node[2].rawValue == 1)
    // With one node it has to drain until 100, and takes no new work meanwhile.
    let alone = try run(1, jobs + [job("1g.10gb", 1, at: 20, for: 10)], spec(0, 20))
    #expect(alone.jobs.startNanoseconds[2] == 120)
    // What no job holds of a node that drains is changing.
    #expect(alone.ledger[.changing] >= 90 * 750 + 20 * 1000)
  }

  @Test func `a node that was laid out stays so for its cooldown`() throws {
    let jobs = [job("3g.40gb", 4, at: 0, for: 10), job("1g.10gb", 1, at: 40, for: 10)]
    #expect(try run(1, jobs, spec(0, 20)).jobs.startNanoseconds == [20, 60])
    #expect(try run(1, jobs, spec(0, 20, cooldown: 100)).jobs.startNanoseconds == [20, 140])
  }

  @Test func `a node is not laid out as it is already`() throws {
    // Instances are free; what lacks is CPU.
    var jobs = [job("1g.10gb", 1, at: 0, for: 100), job("1g.10gb", 1, at: 1, for: 10)]
    for position in jobs.indices { jobs[position].cpu = 64_000 }
    let outcome = try run(1, jobs, spec(0, 20))
    #expect(outcome.jobs.startNanoseconds == [0, 100])
    #expect(outcome.ledger[.changing] == 0)
  }

  @Test func `a day has room for so many re-layouts`() throws {
    var relayout = spec(0, 20)
    relayout.perDay = 1
    let jobs = [job("3g.40gb", 4, at: 0, for: 10), job("1g.10gb", 1, at: 40, for: 10)]
    #expect(try run(1, jobs, relayout).jobs.startNanoseconds == [20, 86_400_000_000_000 + 20])
  }

  @Test func `a node that fails while it is laid out keeps its old layout`() throws {
    let outcome = try run(1, [job("3g.40gb", 4, at: 0, for: 10)], spec(0, 20)) {
      $0.fleetChanges = [FleetChange(at: 10, .fail, 0), FleetChange(at: 50, .repair, 0)]
    }
    #expect(outcome.jobs.startNanoseconds == [70])
    #expect(outcome.ledger.capacity == 80 * 1000)
    #expect(outcome.ledger[.downFault] == 40 * 1000)
  }

  @Test func `jobs that might interrupt each other for ever need a horizon`() {
    var relayout = spec(0, 20)
    relayout.drainLimit = .zero
    #expect(throws: SimulationError.self) { try run(1, [job("3g.40gb", 4, at: 0, for: 10)], relayout) }
  }

  @Test func `jobs that wait for whole GPUs have a node uncut, and it is cut again`() throws {
    let jobs = [JobSketch.gpu(1, at: 10, for: 100), job("1g.10gb", 1, at: 20, for: 10)]
    let outcome = try run(1, jobs, spec(5, 20))
    // Waits 5, laid out until 35, runs until 135; then the other's turn.
    #expect(outcome.jobs.startNanoseconds == [35, 155])
    #expect(outcome.jobs.endNanoseconds == [135, 165])
    #expect(outcome.ledger[.changing] == 2 * 20 * 1000)
    #expect(outcome.ledger[.goodput] == 100 * 1000 + 10 * 125)
  }

  @Test func `whole GPUs are of use only where a worker gets all that it needs`() throws {
    // The second node alone can have two; it is busier.
    let small = (0..<7).map { MIGInstance(profile: "1g.10gb", start: $0) }
    var spec = MIGSpec(layouts: [small], cuts: [[.layout(0)], [.layout(0), .layout(0)]])
    spec.relayout = self.spec(5, 20)
    var jobs = [JobSketch.gpu(2, at: 10, for: 100), job("1g.10gb", 1, at: 0, for: 40)]
    jobs.swapAt(0, 1)
    jobs[0].cpu = 8000
    let nodes = [
      NodeSketch(cpu: 4000, gpus: 1, model: "h100-80gb-sxm"), .gpu(2, model: "h100-80gb-sxm"),
    ]
    let outcome = try Simulation.run(
      input(nodes, jobs).with {
        $0.sharing = .mig
        $0.mig = spec
        $0.queue = .fifo(headOfLineBlocking: false)
      }
    )
    #expect(outcome.jobs.startNanoseconds == [0, 60])
    #expect(outcome.jobs.node[1].rawValue == 1)
    #expect(outcome.jobs.gpuMask[1] == 3)
  }

  @Test func `random loads on changing layouts keep the books`() throws {
    #if DEBUG
      let scenarios = 100
    #else
      let scenarios = 1500
    #endif
    var changes = 0
    for number in 0..<scenarios {
      let seed = UInt64(82_000_000 + number)
      var dice = SplitMix(seed: seed)
      var now: Int64 = 0
      let jobs = (0..<Int.random(in: 1...60, using: &dice)).map { _ in
        now += Int64.random(in: 0...30, using: &dice)
        let span = Int64.random(in: 1...100, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: return JobSketch.gpu(1, at: now, for: span)
        case 1, 2: return job("1g.10gb", 1, at: now, for: span)
        default: return job("3g.40gb", 4, at: now, for: span)
        }
      }
      var relayout = spec(
        Int64.random(in: 0...20, using: &dice),
        Int64.random(in: 1...20, using: &dice),
        cooldown: Int64.random(in: 0...50, using: &dice)
      )
      relayout.atOnce = Int.random(in: 1...3, using: &dice)
      if Bool.random(using: &dice) {
        relayout.drainLimit = SimDuration(nanoseconds: Int64.random(in: 0...30, using: &dice))
        // Long enough for every job, so that nobody is interrupted for ever.
        relayout.cooldown = SimDuration(nanoseconds: 150)
      }
      let nodes = Int.random(in: 1...4, using: &dice)
      let outcome = try run(nodes, jobs, relayout) {
        if relayout.drainLimit != nil { $0.horizon = SimTime(nanoseconds: 1_000_000) }
        if Bool.random(using: &dice) {
          let node = Int.random(in: 0..<nodes, using: &dice)
          $0.fleetChanges = [
            FleetChange(at: now / 2, .fail, node), FleetChange(at: now / 2 + 30, .repair, node),
          ]
        }
      }
      #expect(
        outcome.ledger.capacity == Int128(nodes) * 1000 * Int128(outcome.end.nanoseconds),
        "seed \(seed)"
      )
      // Nobody waits for ever: some layout holds each job.
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
      changes += outcome.ledger[.changing] > 0 ? 1 : 0
    }
    #expect(changes > scenarios / 2)
  }
}
