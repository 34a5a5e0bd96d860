import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Jobs that want other tenants kept away.
@Suite struct IsolationTests {
  private func run(_ isolation: IsolationLevel, _ sharing: SharingMode) throws -> RunOutcome {
    var job = JobSketch.part(125, at: 0, for: 10)
    job.device = DeviceDemand(memoryMiB: 8192, isolation: isolation)
    let given = input([.gpu(2, model: "h100-80gb-sxm")], [job, job]).with {
      $0.sharing = sharing
      $0.mig.createTime = .zero
    }
    return try Simulation.run(given)
  }

  @Test(
    arguments: zip(
      [IsolationLevel.none, .mig, .gpu, .none, .mig, .gpu],
      [
        (SharingMode.mig, false), (.mig, false), (.mig, true), (.fractions, false), (.fractions, true),
        (.fractions, true),
      ]
    )
  )
  func `isolation that a part cannot give costs a whole GPU`(
    _ isolation: IsolationLevel,
    _ mode: (sharing: SharingMode, isWhole: Bool)
  ) throws {
    let outcome = try run(isolation, mode.sharing)
    #expect(outcome.jobs.startNanoseconds == [0, 0])
    #expect((outcome.jobs.gpuMask[0] != outcome.jobs.gpuMask[1]) == mode.isWhole)
    #expect(outcome.ledger.allocated == (mode.isWhole ? 20_000 : 2500))
  }

  private func job(_ tenant: Int, _ isolation: IsolationLevel, at arrival: Int64, for span: Int64)
    -> JobSketch
  {
    var job = JobSketch.part(125, at: arrival, for: span)
    job.tenant = tenant
    job.device = DeviceDemand(isolation: isolation)
    return job
  }

  @Test func `a job that demands a node lies with its own tenant only`() throws {
    let jobs = [
      job(0, .node, at: 0, for: 100), job(1, .none, at: 1, for: 50), job(0, .none, at: 2, for: 100),
      job(0, .node, at: 3, for: 100), job(1, .node, at: 4, for: 10),
    ]
    let outcome = try Simulation.run(input([.gpu(1), .gpu(1)], jobs, tenants: 2))
    // The others of tenant 0 may join it; tenant 1 shares its node with itself.
    #expect(outcome.jobs.node.map(\.rawValue) == [0, 1, 0, 0, 1])
    #expect(outcome.jobs.startNanoseconds == [0, 1, 2, 3, 4])
    // On one node tenant 1 waits for tenant 0.
    let alone = try Simulation.run(
      input([.gpu(1)], jobs, tenants: 2).with { $0.queue = .fifo(headOfLineBlocking: false) }
    )
    #expect(alone.jobs.startNanoseconds == [0, 103, 2, 3, 103])
    #expect(alone.jobs.cause[1] == .nodeConstraint)
  }

  @Test func `no node is ever shared against a demand, in random runs`() throws {
    var shared = 0
    var waits = 0
    for seed in 84_000_000..<84_000_150 as Range<UInt64> {
      var dice = SplitMix(seed: seed)
      var now: Int64 = 0
      let jobs = (0..<Int.random(in: 1...40, using: &dice)).map { _ -> JobSketch in
        now += Int64.random(in: 0...10, using: &dice)
        var job = job(
          Int.random(in: 0...2, using: &dice),
          Int.random(in: 0..<4, using: &dice) == 0 ? .node : .none,
          at: now,
          for: Int64.random(in: 1...40, using: &dice)
        )
        job.milli = [125, 500, 1000].randomElement(using: &dice)!
        if Int.random(in: 0..<8, using: &dice) == 0 { job.workers = 2 }
        if Int.random(in: 0..<8, using: &dice) == 0 { (job.gpus, job.milli, job.cpu) = (0, 0, 1000) }
        return job
      }
      let nodes = (0..<Int.random(in: 2...4, using: &dice)).map { _ in NodeSketch(cpu: 8000, gpus: 2) }
      let policy = ["first-fit", "best-fit", "dot-product"].randomElement(using: &dice)!
      let outcome = try Simulation.run(
        input(nodes, jobs, tenants: 3, policy: policy).with {
          $0.queue = .fifo(headOfLineBlocking: Bool.random(using: &dice))
        }
      )
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
      func places(of job: Int) -> Set<Int32> {
        guard outcome.jobs.pieceCount.count > 0, outcome.jobs.pieceCount[job] > 0 else {
          return [outcome.jobs.node[job].rawValue]
        }
        let first = Int(outcome.jobs.firstPiece[job])
        return Set(outcome.pieces[first..<first + Int(outcome.jobs.pieceCount[job])].map(\.node))
      }
      for a in jobs.indices {
        waits += outcome.jobs.startNanoseconds[a] > jobs[a].arrival ? 1 : 0
        for b in jobs.indices where a != b && !places(of: a).isDisjoint(with: places(of: b)) {
          let overlap =
            outcome.jobs.startNanoseconds[a] < outcome.jobs.endNanoseconds[b]
            && outcome.jobs.startNanoseconds[b] < outcome.jobs.endNanoseconds[a]
          guard overlap else { continue }
          shared += 1
          let isKept = jobs[a].device.isolation != .node || jobs[a].tenant == jobs[b].tenant
          #expect(isKept, "seed \(seed): jobs \(a) and \(b)")
        }
      }
    }
    #expect(shared > 1000 && waits > 200)
  }

  @Test(arguments: ["preemption", "gang"])
  func `nodes of a tenant's own do not go with everything`(_ what: String) {
    var own = job(0, .node, at: 0, for: 10)
    if what == "gang" { (own.workers, own.milli, own.wish) = (2, 1000, .oneNode) }
    let given = input([.gpu(2)], [own], tenants: 2).with {
      if what == "preemption" { $0.queue = .backfill(Backfill(.easy)) }
    }
    #expect(throws: SimulationError.self) { try Simulation.run(given) }
  }
}
