import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Memory that is wiped between tenants.
@Suite struct WipeTests {
  private func job(_ tenant: Int, at arrival: Int64, for duration: Int64, gpus: Int32 = 1) -> JobSketch {
    var job = JobSketch.gpu(gpus, at: arrival, for: duration)
    job.tenant = tenant
    return job
  }

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs, tenants: 3).with {
        $0.wipe = SimDuration(nanoseconds: 4)
        change(&$0)
      }
    )
  }

  @Test func `a GPU is wiped when the next tenant is another`() throws {
    let jobs = [
      job(0, at: 0, for: 10), job(0, at: 0, for: 10), job(1, at: 0, for: 10), job(0, at: 0, for: 10),
    ]
    let outcome = try run([.gpu(1)], jobs)
    // The first is clean, the second of the same tenant; then twice another's.
    #expect(outcome.jobs.endNanoseconds == [10, 20, 34, 48])
    #expect(outcome.jobs.wipeNanoseconds == [0, 0, 4, 4])
    #expect(outcome.ledger[.changingWipe] == 8 * 1000)
    #expect(outcome.ledger[.goodput] == 40 * 1000)
    #expect(outcome.ledger.capacity == 48 * 1000)
    #expect(outcome.tenants.map { $0.ledger[.changingWipe] } == [4000, 4000, 0])
  }

  @Test func `a gang waits for the last of its GPUs, and holds them all`() throws {
    var gang = job(1, at: 20, for: 10)
    gang.workers = 2
    let outcome = try run([.gpu(1), .gpu(1)], [job(0, at: 0, for: 10), gang])
    #expect(outcome.jobs.endNanoseconds == [10, 34])
    #expect(outcome.ledger[.changingWipe] == 4 * 2000)
  }

  @Test func `parts of a GPU go by the tenant whose job began there last`() throws {
    var jobs = [job(0, at: 0, for: 10), job(1, at: 1, for: 10), job(0, at: 2, for: 10)]
    for position in jobs.indices { jobs[position].milli = 250 }
    let outcome = try run([.gpu(1)], jobs)
    #expect(outcome.jobs.endNanoseconds == [10, 15, 16])
    #expect(outcome.ledger[.changingWipe] == 2 * 4 * 250)
  }

  @Test func `an instance is wiped when any of its slots was another tenant's`() throws {
    var jobs = [job(0, at: 0, for: 10), job(1, at: 0, for: 30), job(0, at: 20, for: 10)]
    for position in jobs.indices {
      jobs[position].milli = 125
      jobs[position].device.profile = position == 2 ? "2g.20gb" : "1g.10gb"
    }
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], jobs) {
      $0.sharing = .mig
      $0.mig = MIGSpec(instances: .lowestStart, createTime: SimDuration(nanoseconds: 2))
      $0.fleetChanges = []
    }
    // Slot 0 was tenant 0's, slot 1 is tenant 1's until 32: the 2g goes to 2 and 3.
    #expect(outcome.jobs.endNanoseconds == [12, 32, 32])
    #expect(outcome.ledger[.changingWipe] == 0)
    jobs[2] = job(0, at: 40, for: 10)
    jobs[2].milli = 125
    jobs[2].device.profile = "2g.20gb"
    let later = try run([.gpu(1, model: "h100-80gb-sxm")], jobs) {
      $0.sharing = .mig
      $0.mig = MIGSpec(instances: .lowestStart, createTime: SimDuration(nanoseconds: 2))
    }
    #expect(later.jobs.endNanoseconds == [12, 32, 56])
    #expect(later.ledger[.changing] == 2 * (125 + 125 + 250))
    #expect(later.ledger[.changingWipe] == 4 * 250)
    #expect(later.ledger[.goodput] == 10 * 125 + 30 * 125 + 10 * 125)
  }

  @Test func `a run that is cut short while it wipes has lost no work`() throws {
    let jobs = [job(0, at: 0, for: 10), job(1, at: 10, for: 10)]
    let outcome = try run([.gpu(1)], jobs) {
      $0.fleetChanges = [FleetChange(at: 12, .interrupt, 0)]
    }
    // Two of four wiped, then all of it again.
    #expect(outcome.jobs.endNanoseconds == [10, 26])
    #expect(outcome.ledger[.changingWipe] == (2 + 4) * 1000)
    #expect(outcome.ledger[.lost] == 0)
  }

  @Test func `checkpoints and limits count from the end of the wipe`() throws {
    let jobs = [job(0, at: 0, for: 10), job(1, at: 10, for: 20), job(2, at: 10, for: 20)]
    let outcome = try run([.gpu(1)], jobs) {
      $0.jobs.checkpointPlans = [
        CheckpointPlan(
          interval: SimDuration(nanoseconds: 5),
          write: SimDuration(nanoseconds: 1),
          restart: SimDuration(nanoseconds: 3)
        )
      ]
      $0.jobs.checkpoint = [0, 1, 0]
      $0.jobs.timeLimit = [.zero, .zero, SimDuration(nanoseconds: 7)]
      // Job 1 wipes until 14 and has saved 5 at 20: lost 2 at 22.
      $0.fleetChanges = [FleetChange(at: 22, .interrupt, 0)]
    }
    // Then restarts 3, works 15 and saves twice; job 2 wipes, and has 7.
    #expect(outcome.jobs.endNanoseconds == [10, 42, 53])
    #expect(outcome.ledger[.changingWipe] == 8 * 1000)
    #expect(outcome.ledger[.goodput] == 30 * 1000)
    #expect(outcome.ledger[.lost] == (2 + 7) * 1000)
    #expect(outcome.ledger[.overhead] == (1 + 3 + 2) * 1000)
    #expect(outcome.jobs.lostNanoseconds == [0, 0, 7])
  }

  @Test func `random tenants keep the books, and wipes are where tenants change`() throws {
    for seed in 83_000_000..<83_000_100 as Range<UInt64> {
      var dice = SplitMix(seed: seed)
      var now: Int64 = 0
      let jobs = (0..<Int.random(in: 1...40, using: &dice)).map { _ in
        now += Int64.random(in: 0...10, using: &dice)
        return job(
          Int.random(in: 0...2, using: &dice),
          at: now,
          for: Int64.random(in: 1...30, using: &dice),
          gpus: Int32.random(in: 1...2, using: &dice)
        )
      }
      let nodes = (0..<Int.random(in: 1...3, using: &dice)).map { _ in NodeSketch.gpu(2) }
      let outcome = try run(nodes, jobs)
      var wiped = Int128(0)
      for (number, own) in jobs.enumerated() {
        let (start, node) = (outcome.jobs.startNanoseconds[number], outcome.jobs.node[number])
        let mask = outcome.jobs.gpuMask[number]
        let isDirty = (0..<2).filter { mask >> UInt16($0) & 1 == 1 }.contains { gpu in
          let before = jobs.indices.filter {
            $0 != number && outcome.jobs.node[$0] == node && outcome.jobs.gpuMask[$0] >> UInt16(gpu) & 1 == 1
              && outcome.jobs.endNanoseconds[$0] <= start
          }.max { outcome.jobs.endNanoseconds[$0] < outcome.jobs.endNanoseconds[$1] }
          return before.map { jobs[$0].tenant != own.tenant } ?? false
        }
        let length = own.duration + (isDirty ? 4 : 0)
        #expect(outcome.jobs.endNanoseconds[number] == start + length, "seed \(seed), job \(number)")
        wiped += isDirty ? 4000 * Int128(own.gpus) : 0
      }
      #expect(outcome.ledger[.changingWipe] == wiped, "seed \(seed)")
      let capacity = Int128(nodes.count) * 2000 * Int128(outcome.end.nanoseconds)
      #expect(outcome.ledger.capacity == capacity, "seed \(seed)")
    }
  }

  @Test(arguments: ["backfill", "contention", "pooled", "negative"])
  func `what does not go with it is refused`(_ what: String) {
    #expect(throws: SimulationError.self) {
      try run([.gpu(1)], [job(0, at: 0, for: 10)]) {
        switch what {
        case "backfill": $0.queue = .backfill(Backfill(.easy))
        case "contention": $0.contention = .fractions(.equal)
        case "pooled": $0.sharing = .pooled
        default: $0.wipe = SimDuration(nanoseconds: -1)
        }
      }
    }
  }
}
