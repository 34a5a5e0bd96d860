import Engine
import Foundation
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Gangs, estimates and queues as a scenario states them.
struct SchedulingTests {
  private static func queue(_ yaml: String) throws -> (spec: QueueSpec, scenario: LoadedScenario) {
    let scenario = try Sample.load(Sample.withoutService + "policy: {queue: \(yaml)}\n")
    return (try scenario.input(placement: scenario.placements[0], replication: 0).queue, scenario)
  }

  @Test(
    "a queue section makes the queue that it says",
    arguments: [
      ("shortestEstimate", .ordered(.shortestEstimate, headOfLineBlocking: true)),
      (
        "{order: leastService, headOfLineBlocking: false}", .ordered(.leastService, headOfLineBlocking: false)
      ),
      ("{backfill: none}", .ordered(.fifo, headOfLineBlocking: true)),
      ("{backfill: easy}", .backfill(Backfill(.easy))),
      (
        "{order: shortestEstimate, backfill: conservative, backfillDepth: 7}",
        .backfill(Backfill(.conservative, order: .shortestEstimate, depth: 7))
      ),
      (
        "{order: priority, ageing: {raises: 2, every: 10m, atMost: 100}}",
        .ageing(PriorityAgeing(raises: 2, every: .seconds(600), atMost: 100), headOfLineBlocking: true)
      ),
      (
        "{order: priority, backfill: easy, ageing: 1h}",
        .backfill(Backfill(.easy, order: .priority, ageing: PriorityAgeing(every: .seconds(3600))))
      ),
      ("fairShare", .fairShare(FairShare(), headOfLineBlocking: true)),
      (
        "{order: fairShare, shares: {default: 3}, resource: dominant, halfLife: 7d, headOfLineBlocking: false}",
        .fairShare(
          FairShare(
            weights: [.init(tenant: "default", weight: 3)],
            resource: .dominant,
            halfLife: .seconds(604_800)
          ),
          headOfLineBlocking: false
        )
      ),
      ("rounds", .rounds(RoundSpec(.maxMinFairness))),
      (
        "{order: rounds, policy: makespanPerf, round: 10m, refresh: 0s}",
        .rounds(RoundSpec(.makespanPerf, length: .seconds(600), refreshInterval: .zero))
      ),
      ("fewestGPUs", .preemptive(PreemptiveQueue(.fewestGPUs))),
      ("shortestRemainingTime", .preemptive(PreemptiveQueue(.shortestRemainingTime))),
      (
        "{order: shortestRemainingService, preemptionCost: 90s}",
        .preemptive(PreemptiveQueue(.shortestRemainingService, cost: PreemptionCost(largest: .seconds(90))))
      ),
      (
        "leastAttainedService",
        .preemptive(
          PreemptiveQueue(
            .leastAttainedService(thresholds: [.seconds(3250), .seconds(7200)], byGPUTime: false)
          )
        )
      ),
      (
        """
        {order: leastAttainedService, thresholds: [1h, 6h], attained: gpuTime,
         preemptionCost: [{upToGPUs: 8, cost: 1m}, {upToGPUs: 64, cost: 5m}, {cost: 10m}]}
        """,
        .preemptive(
          PreemptiveQueue(
            .leastAttainedService(thresholds: [.seconds(3600), .seconds(21_600)], byGPUTime: true),
            cost: PreemptionCost(
              steps: [
                .init(upToGPUs: 8, cost: .seconds(60)), .init(upToGPUs: 64, cost: .seconds(300)),
              ],
              largest: .seconds(600)
            )
          )
        )
      ),
    ] as [(String, QueueSpec)]
  )
  func queues(yaml: String, spec: QueueSpec) throws {
    let (found, scenario) = try Self.queue(yaml)
    #expect(found == spec)
    // The resolved text is the same scenario, and names no key that the order does not look at.
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(try again.input(placement: again.placements[0], replication: 0).queue == spec)
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    let isPreemptive = if case .preemptive = spec { true } else { false }
    let isOrdered =
      switch spec {
      case .ordered, .ageing, .fairShare: true
      default: false
      }
    let isBackfill = if case .backfill = spec { true } else { false }
    #expect(scenario.resolvedYAML.contains("headOfLineBlocking") == isOrdered)
    #expect(scenario.resolvedYAML.contains("backfillDepth") == isBackfill)
    #expect(scenario.resolvedYAML.contains("preemptionCost") == isPreemptive)
    #expect(scenario.isBlocking == (isOrdered && !yaml.contains("false")))
  }

  @Test("the policy in words tells preemptive queues apart by all that they state")
  func words() throws {
    let texts = try [
      "leastAttainedService", "{order: leastAttainedService, thresholds: [1h]}",
      "{order: leastAttainedService, preemptionCost: 1m}",
      "{order: leastAttainedService, preemptionCost: [{upToGPUs: 8, cost: 1m}, {cost: 2m}]}",
    ].map { yaml in
      let scenario = try Self.queue(yaml).scenario
      return scenario.policyText(scenario.placements[0])
    }
    #expect(Set(texts).count == texts.count)
    #expect(
      texts[3] == "best-fit; ties by name; least attained run time, 3 queues, preemptive, thresholds 3250 s, "
        + "7200 s, preemption costs 60 s up to 8 GPUs, 120 s; fractions"
    )
  }

  @Test("one tenant's weight is set by an override, and the policy in words says it")
  func overriddenShare() throws {
    let text = Sample.withoutService + "policy: {queue: {order: fairShare, shares: {default: 3}}}\n"
    let scenario = try Sample.load(text, "policy.queue.shares.default=5", "policy.queue.halfLife=1d")
    #expect(
      scenario.policyText(scenario.placements[0])
        == "best-fit; ties by name; fair share of GPUs, weights default 5, half-life 86400 s, head-of-line "
        + "blocking within a tenant; fractions"
    )
    let ageing = "policy: {queue: {order: priority, ageing: {every: 10m, atMost: 5}}}\n"
    let aged = try Sample.load(Sample.withoutService + ageing)
    #expect(
      aged.policyText(aged.placements[0])
        == "best-fit; ties by name; priority raised by 1 every 600 s, at most by 5, with head-of-line blocking; "
        + "fractions"
    )
  }

  @Test("jobs in rounds take turns, each for its duration on any model")
  func rounds() throws {
    let models = Sample.withoutService.replacing(
      "{name: b, count: 12, cpu",
      with: "{name: b, count: 12, gpu: l40s, gpusPerNode: 4, cpu"
    )
    let scenario = try Sample.load(models + "policy: {queue: {order: rounds, policy: isolated}}\n")
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    let outcome = try Simulation.run(input)
    var turns = 0
    for job in 0..<input.jobs.count where outcome.jobs.state[job] == .completed {
      let last = outcome.jobs.endNanoseconds[job] - outcome.jobs.startNanoseconds[job]
      let held = outcome.heldBeforeNanoseconds[JobID(rawValue: Int32(job)), default: 0]
      // Parts are whole microseconds.
      #expect(abs(last + held - input.jobs.duration[job].nanoseconds) < 1_000_000)
      turns += Int(outcome.jobs.interruptions[job])
    }
    #expect(turns > 1000)
  }

  @Test("a demand with workers makes gangs of that placement, and the others none")
  func gangs() throws {
    let text = Sample.changing(
      "gpus: 8, cpu: 64",
      to: "gpus: 8, workers: 4, placement: consolidated, cpu: 64"
    )
    let scenario = try Sample.load(text)
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    let gang = try #require(jobs.shapes.first { $0.gpuCount == 8 })
    #expect(gang.workers == 4 && gang.wish == .consolidated && gang.milliGPU == 32_000)
    #expect(jobs.shapes.filter { $0.gpuCount != 8 }.allSatisfy { $0.workers == 1 && $0.wish == .anywhere })
    #expect(scenario.resolvedYAML.contains("workers: 4\n          placement: consolidated\n"))
  }

  @Test(
    "a gang of the size of the fleet, of a node or of its cores is possible",
    arguments: [
      "gpus: 8, workers: 4, cpu: 64", "gpus: 1, workers: 8, placement: oneNode, cpu: 8",
      "gpus: 0.25, workers: 128, cpu: 1", "workers: 240, cpu: 4",
    ]
  )
  func largestGangs(demand: String) throws {
    let text = Sample.changing("gpus: 8, cpu: 64, memory: 512GiB", to: demand + ", memory: 1GiB")
    #expect(try !Sample.load(text).resolvedYAML.isEmpty)
    let one = text.replacing("workers: 128", with: "workers: 129").replacing(
      "workers: 8,",
      with: "workers: 9,"
    )
    .replacing("workers: 4,", with: "workers: 5,").replacing("workers: 240", with: "workers: 289")
    #expect(Sample.failure(one).contains("this gang"))
    #expect(Sample.failure(one + "policy: {impossibleJobs: reject}\n") == "loads\n")
  }

  @Test("jobs written as a trace are the same jobs when it is read")
  func replayed() throws {
    let text = try String(
      contentsOf: Golden.package.appendingPathComponent("scenarios/gangs.yaml"),
      encoding: .utf8
    )
    let scenario = try Sample.load(text)
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    let folder = try ScratchFolder()
    try HeadroomTraceWriter.write(jobs, to: folder.path("jobs.csv"))
    let workload = try #require(text.firstRange(of: "workload:\n"))
    let policy = try #require(text.firstRange(of: "policy:\n"))
    let replay =
      text[..<workload.lowerBound] + "workload: {trace: {file: \(folder.path("jobs.csv"))}}\n"
      + text[policy.lowerBound...]
    let again = try Sample.load(String(replay))
    let replayed = try again.input(placement: again.placements[0], replication: 0).jobs
    #expect((replayed == jobs) == true)
    #expect(!jobs.estimate.isEmpty)
    #expect(Set(jobs.shapes.map(\.workers)) == [1, 16, 32, 64, 128])
    #expect(Set(jobs.shapes.map(\.wish)) == [.anywhere, .consolidated])
  }

  @Test("parts of a GPU pack into a node by what the sharing mode hands out")
  func gangsBySharing() throws {
    let text = Sample.changing(
      "gpus: 8, cpu: 64, memory: 512GiB",
      to: "gpus: 0.4, workers: 80, cpu: 1, memory: 1GiB"
    )
    #expect(Sample.failure(text).contains("at most 64 fit at once"))
    #expect(Sample.failure(text + "policy: {sharing: wholeGPU}\n").contains("at most 32 fit at once"))
    #expect(Sample.failure(text + "policy: {sharing: pooled}\n") == "loads\n")
  }

  @Test("estimates are the duration times a factor, and leave everything else as it was")
  func estimates() throws {
    func jobs(_ estimate: String) throws -> JobTable {
      let line = estimate.isEmpty ? "" : "estimate: \(estimate)\n      "
      let scenario = try Sample.load(Sample.changing("duration: {log", to: "\(line)duration: {log"))
      return try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    }
    let exact = try jobs("")
    #expect(exact.estimate.isEmpty)
    #expect(try jobs("exact") == exact)
    var half = try jobs("0.5")
    let train = (0..<half.count).filter { half.kind[$0] == .batch }
    #expect(train.count > 100)
    for job in 0..<half.count {
      let expected = half.kind[job] == .batch ? half.duration[job].seconds / 2 : half.duration[job].seconds
      #expect(abs(half.expectedDuration(job).seconds - expected) < 1e-6)
    }
    var drawn = try jobs("{lognormal: {median: 1, sigma: 1}}")
    let ratios = train.map { drawn.estimate[$0].seconds / drawn.duration[$0].seconds }
    #expect(Set(ratios).count == ratios.count)
    #expect(abs(Double(ratios.count { $0 > 1 }) / Double(ratios.count) - 0.5) < 0.1)
    half.estimate = []
    drawn.estimate = []
    #expect(half == exact && drawn == exact)
  }
}
