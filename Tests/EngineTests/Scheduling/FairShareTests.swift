import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Fair shares among tenants, in examples to follow by hand and against
/// progressive filling.
@Suite struct FairShareTests {
  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    _ spec: FairShare = FairShare(),
    blocks: Bool = true,
    tenants: Int = 2,
    change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    let sorted = jobs.enumerated().sorted {
      ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset)
    }
    return try Simulation.run(
      input(nodes, sorted.map(\.element), tenants: tenants).with {
        $0.queue = .fairShare(spec, headOfLineBlocking: blocks)
        change(&$0)
      }
    )
  }

  private func job(_ tenant: Int, _ gpus: Int32 = 1, at arrival: Int64 = 0, for duration: Int64) -> JobSketch
  {
    var job = JobSketch.gpu(gpus, at: arrival, for: duration)
    job.tenant = tenant
    return job
  }

  private func weights(_ weights: Int32...) -> [FairShare.Weight] {
    weights.enumerated().map { .init(tenant: "tenant-\($0)", weight: $1) }
  }

  /// Jobs of each tenant that run at the end.
  private func running(_ outcome: RunOutcome, _ jobs: [JobSketch], tenants: Int) -> [Int] {
    (0..<tenants).map { tenant in
      jobs.indices.count { jobs[$0].tenant == tenant && outcome.jobs.state[$0] == .running }
    }
  }

  // MARK: - Oracle 19: progressive filling

  @Test(arguments: [[0, 1], [1, 0]])
  func `oracle 19: the DRF paper's tenants get 3 and 2 tasks of 9 CPUs and 18 GB`(_ first: [Int]) throws {
    // Ghodsi et al., NSDI 2011, section 4.1: A asks <1 CPU, 4 GB>, B <3 CPU, 1 GB>.
    let asks: [(cpu: Int32, memory: Int32)] = [(1_000, 4), (3_000, 1)]
    let jobs = first.flatMap { tenant in
      (0..<10).map { _ in
        JobSketch(
          duration: 100,
          cpu: asks[tenant].cpu,
          memory: asks[tenant].memory,
          gpus: 0,
          milli: 0,
          tenant: tenant
        )
      }
    }
    let outcome = try run([NodeSketch(cpu: 9_000, memory: 18)], jobs, FairShare(resource: .dominant)) {
      $0.horizon = SimTime(nanoseconds: 50)
    }
    #expect(running(outcome, jobs, tenants: 2) == [3, 2])
  }

  /// Tasks of each tenant when all ask without end: one after the other to the
  /// smallest dominant share over weight, the first among equals, until
  /// nothing fits (fractions kept as such).
  private func fill(_ capacity: [Int64], _ asks: [[Int64]], _ weights: [Int64]) -> [Int] {
    var tasks = asks.map { _ in 0 }
    var left = capacity
    var open = Set(asks.indices)
    func isLess(_ a: Int, _ b: Int) -> Bool {
      func largest(_ t: Int) -> (Int128, Int128) {
        capacity.indices.filter { capacity[$0] > 0 }
          .map { (Int128(asks[t][$0]) * Int128(tasks[t]), Int128(capacity[$0]) * Int128(weights[t])) }
          .max { $0.0 * $1.1 < $1.0 * $0.1 }!
      }
      let (x, y) = (largest(a), largest(b))
      return x.0 * y.1 != y.0 * x.1 ? x.0 * y.1 < y.0 * x.1 : a < b
    }
    while let next = open.min(by: isLess) {
      if zip(asks[next], left).contains(where: { $0 > $1 }) {
        open.remove(next)
      } else {
        tasks[next] += 1
        for r in left.indices { left[r] -= asks[next][r] }
      }
    }
    return tasks
  }

  @Test func `oracle 19: saturated tenants get what progressive filling gives them`() throws {
    for seed in 0..<UInt64(300) {
      var draws = SplitMix(seed: seed &* 77 &+ 5)
      let tenants = Int.random(in: 1...5, using: &draws)
      let isDominant = Bool.random(using: &draws)
      let node = NodeSketch(
        cpu: Int32.random(in: 20...60, using: &draws) * 1_000,
        memory: Int32.random(in: 50...300, using: &draws),
        gpus: Int.random(in: 4...16, using: &draws)
      )
      let asks = (0..<tenants).map { _ in
        [
          Int64.random(in: 0...2, using: &draws) * 1000, Int64.random(in: 1...6, using: &draws) * 1000,
          Int64.random(in: 1...30, using: &draws),
        ]
      }
      let weights = (0..<tenants).map { _ in Int64.random(in: 1...4, using: &draws) }
      // Tenant after tenant, so that equal shares go in the order of tenants.
      let jobs = asks.enumerated().flatMap { tenant, ask in
        (0..<61).map { _ in
          JobSketch(
            duration: 100,
            cpu: Int32(ask[1]),
            memory: Int32(ask[2]),
            gpus: Int32(ask[0] / 1000),
            milli: ask[0] == 0 ? 0 : 1000,
            tenant: tenant
          )
        }
      }
      let spec = FairShare(
        weights: weights.enumerated().map { .init(tenant: "tenant-\($0)", weight: Int32($1)) },
        resource: isDominant ? .dominant : .gpu
      )
      let outcome = try run([node], jobs, spec, blocks: seed % 2 == 0, tenants: tenants) {
        $0.horizon = SimTime(nanoseconds: 50)
        $0.rejectsImpossibleJobs = true
      }
      let capacity = [Int64(node.gpus) * 1000, Int64(node.cpu), Int64(node.memory)]
      let expected =
        isDominant
        ? fill(capacity, asks, weights)
        // Only GPUs make the share, but all that is asked must fit.
        : fillByGPU(capacity, asks, weights)
      #expect(running(outcome, jobs, tenants: tenants) == expected, "seed \(seed)")
    }
  }

  private func fillByGPU(_ capacity: [Int64], _ asks: [[Int64]], _ weights: [Int64]) -> [Int] {
    var tasks = asks.map { _ in 0 }
    var left = capacity
    var open = Array(asks.indices)
    while !open.isEmpty {
      let next = open.min {
        let (x, y) = (
          asks[$0][0] * Int64(tasks[$0]) * weights[$1], asks[$1][0] * Int64(tasks[$1]) * weights[$0]
        )
        return x != y ? x < y : $0 < $1
      }!
      if zip(asks[next], left).contains(where: { $0 > $1 }) {
        open.removeAll { $0 == next }
      } else {
        tasks[next] += 1
        for r in left.indices { left[r] -= asks[next][r] }
      }
    }
    return tasks
  }

  // MARK: - By hand

  @Test func `eight GPUs among weights 3 and 1 are six and two, whoever came first`() throws {
    let jobs = (0..<10).map { _ in job(1, for: 100) } + (0..<10).map { _ in job(0, for: 100) }
    for blocks in [true, false] {
      let outcome = try run([.gpu(8)], jobs, FairShare(weights: weights(3, 1)), blocks: blocks) {
        $0.horizon = SimTime(nanoseconds: 50)
      }
      #expect(running(outcome, jobs, tenants: 2) == [6, 2])
    }
  }

  @Test func `a flood of one tenant does not keep the other from its share`() throws {
    // Tenant 0 fills the node and queues; of each GPU that comes free tenant 1
    // is the first to have one, until both have two.
    let flood = (0..<40).map { _ in job(0, for: 10) }
    let jobs = flood + (0..<4).map { _ in job(1, at: 5, for: 10) }
    let outcome = try run([.gpu(4)], jobs)
    #expect(outcome.jobs.startNanoseconds[40...] == [10, 10, 20, 20])
    #expect(outcome.jobs.startNanoseconds[4..<8] == [10, 10, 20, 20])
  }

  @Test func `a tenant whose job does not fit holds up itself only`() throws {
    // Tenant 0 has the smaller share and waits for two GPUs: its one-GPU job
    // behind does too, unless later jobs may pass. Tenant 1 goes on.
    let jobs = [job(1, for: 100), job(0, 2, at: 1, for: 10), job(0, at: 2, for: 5), job(1, at: 3, for: 50)]
    let strict = try run([.gpu(2)], jobs)
    #expect(strict.jobs.startNanoseconds == [0, 100, 110, 3])
    #expect(strict.jobs.cause == [.none, .capacity, .headOfLine, .none])
    let passing = try run([.gpu(2)], jobs, blocks: false)
    #expect(passing.jobs.startNanoseconds == [0, 100, 2, 7])
  }

  @Test func `the past counts for half after a half-life`() throws {
    // One GPU. Tenant 0 has it until 100; then both have a job waiting, the
    // one of tenant 0 for longer.
    let jobs = [job(0, for: 100), job(0, at: 1, for: 10), job(1, at: 2, for: 100), job(0, at: 3, for: 10)]
    let now = try run([.gpu(1)], jobs)
    #expect(now.jobs.startNanoseconds == [0, 100, 110, 210])
    // At 100 the mean of tenant 0 is 1/2 and that of tenant 1 is 0; at 200 they
    // are 1/4 and 1/2.
    let halved = FairShare(halfLife: SimDuration(nanoseconds: 100), outlook: .zero)
    let outcome = try run([.gpu(1)], jobs, halved)
    #expect(outcome.jobs.startNanoseconds == [0, 200, 100, 210])
    // With weight 6 tenant 0 still comes after one that never had anything, and
    // is ahead again even when it has just run.
    let weighted = FairShare(weights: weights(6, 1), halfLife: SimDuration(nanoseconds: 100), outlook: .zero)
    let third = jobs + [job(1, at: 4, for: 10)]
    #expect(try run([.gpu(1)], third, weighted).jobs.startNanoseconds == [0, 200, 100, 210, 220])
  }

  @Test func `what was started counts within the pass as far as the outlook goes`() throws {
    // Four GPUs come free at once. Tenant 0 had them all for a half-life, a mean
    // of 1/2; tenant 1 had none. Looking back only, that decides all four.
    let jobs = (0..<4).map { _ in job(0, for: 100) } + (0..<8).map { job($0 % 2, at: 10, for: 10) }
    let all = FairShare(halfLife: SimDuration(nanoseconds: 100), outlook: .zero)
    let ahead = FairShare(halfLife: SimDuration(nanoseconds: 100), outlook: SimDuration(nanoseconds: 300))
    func firstFour(_ spec: FairShare) throws -> [Int] {
      let outcome = try run([.gpu(4)], jobs, spec)
      return (0..<2).map { tenant in
        jobs.indices.count {
          $0 >= 4 && jobs[$0].tenant == tenant && outcome.jobs.startNanoseconds[$0] == 100
        }
      }
    }
    #expect(try firstFour(all) == [0, 4])
    // Three half-lives ahead, A = 7/8: the past makes 1/16, and each GPU held
    // now 7/32.
    #expect(try firstFour(ahead) == [2, 2])
  }

  @Test func `a job that a smaller share overtook says so, and starts without it`() throws {
    // At 10 a GPU comes free. Job 2 is the earlier one and would fit, but
    // tenant 1 has nothing.
    let jobs = [job(0, for: 100), job(0, for: 10), job(0, at: 1, for: 5), job(1, at: 2, for: 20)]
    for blocks in [true, false] {
      let outcome = try run([.gpu(2)], jobs, blocks: blocks)
      #expect(outcome.jobs.startNanoseconds == [0, 0, 30, 10])
      #expect(outcome.jobs.cause == [.none, .none, .fairShare, .capacity])
      let without = try run([.gpu(2)], jobs, blocks: blocks) { $0.queue = .fifo(headOfLineBlocking: blocks) }
      #expect(without.jobs.startNanoseconds[2] == 10)
    }
  }

  @Test func `a waiting job of the tenant with the smaller share is not said to be overtaken`() throws {
    // At 10 and at 30 jobs of tenant 1 go ahead of job 2. Its second one, with the
    // same request, waited for want of GPUs.
    let jobs = [
      job(0, for: 100), job(0, for: 10), job(0, at: 1, for: 5), job(1, at: 2, for: 20),
      job(1, at: 3, for: 20),
    ]
    let outcome = try run([.gpu(2)], jobs, blocks: false)
    #expect(outcome.jobs.startNanoseconds == [0, 0, 50, 10, 30])
    #expect(outcome.jobs.cause == [.none, .none, .fairShare, .capacity, .capacity])
  }

  @Test func `a single tenant is served first in, first out`() throws {
    for seed in 7_200_000..<UInt64(7_200_300) {
      let input = RandomScenario.plain(seed: seed).with { input in
        for j in input.jobs.tenant.indices { input.jobs.tenant[j] = TenantID(rawValue: 1) }
      }
      for blocks in [true, false] {
        let fair = try Simulation.run(
          input.with { $0.queue = .fairShare(FairShare(), headOfLineBlocking: blocks) }
        )
        let fifo = try Simulation.run(input.with { $0.queue = .fifo(headOfLineBlocking: blocks) })
        #expect(fair.jobs == fifo.jobs, "seed \(seed)")
      }
    }
  }

  @Test func `inputs that do not go with fair shares are refused`() throws {
    func refusal(_ spec: FairShare) -> String {
      do {
        _ = try run([.gpu(1)], [job(0, for: 1)], spec)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(refusal(FairShare(weights: weights(2, 1))) == "none")
    #expect(refusal(FairShare(weights: weights(0))).contains("weight must be"))
    #expect(refusal(FairShare(weights: weights(1) + weights(2))).contains("two weights"))
    #expect(refusal(FairShare(weights: [.init(tenant: "nobody", weight: 1)])).contains("no tenant"))
    #expect(refusal(FairShare(halfLife: .zero)).contains("half-life must be above zero"))
    #expect(refusal(FairShare(halfLife: .seconds(10))).contains("outlook"))
  }
}
