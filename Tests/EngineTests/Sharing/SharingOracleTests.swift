import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Sharing against published figures and theory.
@Suite struct SharingOracleTests {
  static let second: Int64 = 1_000_000_000

  /// Jobs on GPUs of one node, with what they ask of the inside of a GPU.
  static func run(
    gpus: Int = 1,
    _ jobs: [JobSketch],
    _ demands: [DeviceDemand] = [],
    _ mode: SharingMode,
    _ spec: ContentionSpec,
    cardMiB: Int32 = 80_000
  ) -> SimulationInput {
    var result = input([.gpu(gpus)], jobs)
    result.sharing = mode
    result.contention = spec
    result.fleet.statedMemoryMiB = ["A": cardMiB]
    for (j, demand) in demands.enumerated() {
      var shape = result.jobs.shapes[Int(result.jobs.shape[j].rawValue)]
      shape.device = result.jobs.deviceDemand(demand)
      if !result.jobs.shapes.contains(shape) { result.jobs.shapes.append(shape) }
      result.jobs.shape[j] = ShapeID(rawValue: Int32(result.jobs.shapes.firstIndex(of: shape)!))
    }
    return result
  }

  @Test(
    arguments: [
      (KernelClass.large, 68_800.0, 14_500.0), (.bandwidth, 786, 160), (.small, 6_680, 1_410),
    ]
  )
  func `four busy tenants of an A30 get what was measured`(
    kernels: KernelClass,
    alone: Double,
    each: Double
  ) throws {
    let jobs = (0..<4).map { _ in JobSketch.gpu(1, at: 0, for: 1000 * Self.second) }
    let input = Self.run(
      jobs,
      Array(repeating: DeviceDemand(kernels: kernels), count: 4),
      .timeSlicing,
      .timeSlicing(replicas: 4)
    )
    let outcome = try Simulation.run(input)
    for end in outcome.jobs.endNanoseconds {
      let rate = alone * 1000 * Double(Self.second) / Double(end)
      #expect(abs(rate - each) < each * 1e-6)
    }
  }

  @Test func `idle tenants run at full speed until the card is full`() throws {
    for (count, isSlowed) in [(8, false), (10, true)] {
      let jobs = (0..<count).map { _ in
        JobSketch(arrival: 0, duration: 1000, gpus: 1, milli: 1000, busy: 100)
      }
      let input = Self.run(jobs, [], .timeSlicing, .timeSlicing(replicas: 10))
      let ends = try Simulation.run(input).jobs.endNanoseconds
      #expect(ends.allSatisfy { isSlowed ? $0 > 1000 : $0 == 1000 })
    }
  }

  @Test func `MPS runs small kernels side by side, time-slicing one after the other`() throws {
    let jobs = (0..<4).map { _ in JobSketch.gpu(1, at: 0, for: 1_000_000) }
    let demands = Array(repeating: DeviceDemand(fillMilli: 200), count: 4)
    let mps = try Simulation.run(Self.run(jobs, demands, .mps, .mps(replicas: 4)))
    let sliced = try Simulation.run(Self.run(jobs, demands, .timeSlicing, .timeSlicing(replicas: 4)))
    // 4 x 0.2 / 0.925 < 1: nobody waits for another.
    #expect(mps.jobs.endNanoseconds == [1_000_000, 1_000_000, 1_000_000, 1_000_000])
    #expect(sliced.jobs.endNanoseconds.allSatisfy { $0 > 4_000_000 })
  }

  @Test func `M-G-1 processor sharing`() throws {
    // Mean response E[S] / (1 - rho) whatever the law of S, and x / (1 - rho)
    // for jobs of length x. Hyperexponential: 9 of 10 take 0.5, one 5.5 s.
    let rho = 0.6
    var means: [Double] = []
    var shortRatios: [Double] = []
    for seed in UInt64(1)...20 {
      var draws = SplitMix(seed: seed)
      var time = 0.0
      let jobs = (0..<20_000).map { _ -> JobSketch in
        time += -log(1 - Double.random(in: 0..<1, using: &draws)) / rho
        let length = Int.random(in: 0..<10, using: &draws) == 0 ? 5.5 : 0.5
        return JobSketch.gpu(1, at: Int64(time * 1e9), for: Int64(length * 1e9))
      }
      var spec = ContentionSpec.timeSlicing(replicas: 100)
      spec.efficiency = .ideal
      var input = Self.run(jobs, [], .timeSlicing, spec)
      input.verify = false
      let outcome = try Simulation.run(input)
      var sum = 0.0
      var short = (0.0, 0.0)
      for j in jobs.indices {
        let response = Double(outcome.jobs.endNanoseconds[j] - jobs[j].arrival) / 1e9
        sum += response
        if jobs[j].duration < Self.second { short = (short.0 + response, short.1 + 1) }
      }
      means.append(sum / Double(jobs.count))
      shortRatios.append(short.0 / short.1 / 0.5)
    }
    for (values, truth) in [(means, 1 / (1 - rho)), (shortRatios, 1 / (1 - rho))] {
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
      // Student's t for 19 degrees of freedom, 99.9 %.
      let half = 3.883 * (variance / Double(values.count)).squareRoot()
      #expect(abs(mean - truth) < half, "seeds 1 ... 20: \(mean) +- \(half), theory \(truth)")
      #expect(half < 0.2)
    }
  }

  @Test func `a change touches its own device only`() throws {
    // One long job on each of two GPUs; then 50 short ones beside the first.
    var jobs = [JobSketch.part(600, at: 0, for: 1_000_000), JobSketch.part(700, at: 0, for: 1_000_000)]
    for i in 0..<50 { jobs.append(.part(400, at: Int64(10 + i * 100), for: 10)) }
    var input = Self.run(gpus: 2, jobs, [], .fractions, .fractions(.equal))
    input.verify = false
    var loop = EventLoop(try PreparedRun(input))
    _ = try loop.run(observer: nil)
    // 2 starts, 50 starts and 50 ends on the first GPU, 2 ends.
    #expect(loop.sharing!.retimings == 104)
    // The next end on the second GPU has never moved.
    #expect(loop.sharing!.devices[1].generation == 1)
  }

  @Test func `who fails for want of memory`() throws {
    let jobs = [0, 10, 20].map { JobSketch.gpu(1, at: $0, for: 1000) }
    let demands = [20_000, 50_000, 30_000].map { DeviceDemand(memoryMiB: $0) }
    for (rule, kills) in [
      (ContentionSpec.OutOfMemoryRule.newcomer, [0, 0, 1] as [UInt32]), (.largest, [0, 1, 0]),
      (.all, [1, 1, 1]),
    ] {
      var spec = ContentionSpec.timeSlicing(replicas: 4)
      spec.outOfMemory = rule
      spec.faultIsolation = true
      spec.restart = RetryRule(
        most: 0,
        delay: SimDuration(nanoseconds: 5),
        longestDelay: SimDuration(nanoseconds: 5)
      )
      let outcome = try Simulation.run(Self.run(jobs, demands, .timeSlicing, spec))
      #expect(outcome.jobs.oomKills == kills, "\(rule)")
      for j in 0..<3 { #expect(outcome.jobs.state[j] == (kills[j] > 0 ? .failed : .completed), "\(rule)") }
      #expect(outcome.jobs.endNanoseconds[2] == 21 || kills[2] == 0)
    }
  }

  @Test func `without isolation a crash takes the neighbours with it`() throws {
    var input = Self.run(
      [0, 0].map { JobSketch.gpu(1, at: $0, for: 1000) },
      [],
      .timeSlicing,
      .timeSlicing(replicas: 4)
    )
    input.contention!.efficiency = .ideal
    input.jobs.failures = JobLists([[500_000_000], []])
    let outcome = try Simulation.run(input)
    #expect(outcome.jobs.interruptions == [1, 1])
    #expect(outcome.jobs.startNanoseconds == [1000, 1000])
    #expect(outcome.jobs.endNanoseconds == [3000, 3000])
    input.contention!.faultIsolation = true
    #expect(try Simulation.run(input).jobs.interruptions == [1, 0])
  }

  @Test func `what does not go with contention is refused`() throws {
    func expectRefused(_ word: String, _ change: (inout SimulationInput) -> Void) {
      var input = Self.run([.gpu(1, at: 0, for: 10)], [], .timeSlicing, .timeSlicing(replicas: 4))
      change(&input)
      do {
        _ = try Simulation.run(input)
        Issue.record("\(word): not refused")
      } catch {
        #expect("\(error)".contains(word), "\(error)")
      }
    }
    expectRefused("replicas") { $0.contention!.replicas = 0 }
    expectRefused("replicas") { $0.contention!.replicas = 101 }
    expectRefused("MPS") {
      $0.sharing = .mps
      $0.contention!.replicas = 49
    }
    expectRefused("number") { $0.contention = nil }
    expectRefused("wholeGPU") { $0.sharing = .wholeGPU }
    expectRefused("pooled") { $0.sharing = .pooled }
    expectRefused("efficiency") { $0.contention!.efficiency.small = 0 }
    expectRefused("efficiency") { $0.contention!.efficiency.large = 1_000_000_001 }
    expectRefused("memory of a process") { $0.contention!.overheadMiB = -1 }
    expectRefused("kill") { $0.contention!.restart.delay = .zero }
    expectRefused("kill") { $0.contention!.restart.most = nil }
    expectRefused("services") { $0.jobs.kind[0] = .service }
    expectRefused("backfill") { $0.queue = .backfill(Backfill(.easy)) }
    expectRefused("preemptive") { $0.queue = .preemptive(PreemptiveQueue(.shortestRemainingTime)) }
    expectRefused("failRequestsGreaterThanOne") { $0.jobs.shapes[0].gpuCount = 2 }
    expectRefused("are of one GPU") {
      $0.jobs.shapes[0].gpuCount = $0.contention!.replicas + 1
      $0.contention!.failRequestsGreaterThanOne = false
    }
    expectRefused("MPS refuses") {
      $0.sharing = .mps
      $0.jobs.shapes[0].gpuCount = 2
      $0.contention!.failRequestsGreaterThanOne = false
    }
    expectRefused("workers") { $0.jobs.shapes[0].workers = 2 }
    expectRefused("parts of GPUs") {
      $0.sharing = .fractions
      $0.jobs.shapes[0].milliGPUPerDevice = 9
    }
  }

  @Test func `several replicas and too much memory are refused one by one`() throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(2, at: 0, for: 10), .gpu(1, at: 0, for: 10)]
    let demands = [DeviceDemand(memoryMiB: 20_000), .none, DeviceDemand(memoryMiB: 20_001)]
    let input = Self.run(gpus: 2, jobs, demands, .mps, .mps(replicas: 4)).with {
      $0.rejectsImpossibleJobs = true
    }
    #expect(try Simulation.run(input).jobs.state == [.completed, .rejected, .rejected])
  }

  @Test func `several replicas take more room and no more time`() throws {
    // Three of four replicas, and one: two processes, half of the GPU each.
    let jobs = [JobSketch.gpu(3, at: 0, for: 10), .gpu(1, at: 0, for: 10), .gpu(1, at: 0, for: 10)]
    let input = Self.run(gpus: 1, jobs, [], .timeSlicing, .timeSlicing(replicas: 4)).with {
      $0.contention!.failRequestsGreaterThanOne = false
      $0.contention!.efficiency = .ideal
    }
    let outcome = try Simulation.run(input)
    #expect(outcome.jobs.startNanoseconds == [0, 0, 20])
    #expect(outcome.jobs.endNanoseconds == [20, 20, 30])
    #expect(outcome.ledger.allocated == 20 * 1000 + 10 * 250)
    // Each used half of the GPU: the one all that it holds, the other two of three.
    #expect(outcome.ledger[.goodput] == 20 * 500 + 20 * 250 + 10 * 250)
  }

  @Test func `a hundred thousand jobs eight to a card`() throws {
    var draws = SplitMix(seed: 3)
    let jobs = (0..<100_000).map { i in
      JobSketch.part(125, at: Int64(i) * 1_000_000, for: Int64.random(in: 1...1_500_000_000, using: &draws))
    }
    var input = Self.run(gpus: 8, jobs, [], .fractions, .fractions(.equal))
    input.fleet = fleet(Array(repeating: .gpu(8), count: 25))
    input.verify = false
    #expect(try Simulation.run(input).jobs.state.allSatisfy { $0 == .completed })
    #expect(try Simulation.run(input).fingerprint == Simulation.run(input).fingerprint)
  }
}
