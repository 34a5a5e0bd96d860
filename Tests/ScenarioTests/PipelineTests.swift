import Engine
import Foundation
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Pipelines, limits, failures and deadlines as a scenario states them.
struct PipelineTests {
  private static let pipelines = """
      pipelines:
        - name: tune
          tenants: [a, b, c]
          priority: 7
          arrivals: {poisson: {rate: 5/h}}
          stages:
            - {name: evaluate, after: [train, prepare], demand: {gpus: 1, cpu: 1, memory: 1GiB}, duration: 1h}
            - {name: prepare, demand: {cpu: 4, memory: 8GiB}, duration: {exponential: {mean: 30m}}}
            - name: train
              after: prepare
              demand: {gpus: 4, cpu: 8, memory: 64GiB}
              duration: {exponential: {mean: 2h}}
              failure: {probability: 50%, after: {uniform: {from: 0.2, to: 0.4}}}
              retries: 2
              retryDelay: {first: 20s}
              timeLimit: 9h
              deadline: {factor: {uniform: {from: 2, to: 3}}}

    """

  private static func jobs(_ text: String, _ overrides: String...) throws -> JobTable {
    let scenario = try ScenarioLoader.load(
      text: text,
      label: "sample.yaml",
      overrides: overrides,
      environment: [:]
    )
    return try scenario.input(placement: scenario.placements[0], replication: 0).jobs
  }

  private static let text = Sample.changing("workload:\n", to: "workload:\n" + pipelines)

  private func positions(_ jobs: JobTable, _ name: String) throws -> [Int] {
    let id = try #require(jobs.classes.firstIndex(of: name))
    return (0..<jobs.count).filter { Int(jobs.jobClass[$0].rawValue) == id }
  }

  @Test("an arrival makes one job of each stage, of one tenant, that wait for one another")
  func instances() throws {
    let jobs = try Self.jobs(Self.text)
    let prepare = try positions(jobs, "tune.prepare")
    let train = try positions(jobs, "tune.train")
    let evaluate = try positions(jobs, "tune.evaluate")
    #expect(prepare.count == train.count && train.count == evaluate.count && train.count > 50)
    for ((p, t), e) in zip(zip(prepare, train), evaluate) {
      #expect(jobs.arrival[p] == jobs.arrival[t] && jobs.arrival[t] == jobs.arrival[e])
      #expect(jobs.tenant[p] == jobs.tenant[t] && jobs.tenant[t] == jobs.tenant[e])
      #expect(jobs.priority[p] == 7 && jobs.priority[e] == 7)
      #expect(Array(jobs.after[p]) == [])
      #expect(Array(jobs.after[t]) == [Int32(p)])
      #expect(Array(jobs.after[e]) == [Int32(t), Int32(p)])
    }
    for job in try positions(jobs, "train") { #expect(jobs.after[job].isEmpty) }
    #expect(Set(train.map { jobs.tenants[Int(jobs.tenant[$0].rawValue)] }) == ["a", "b", "c"])
  }

  @Test("limits, failures, retries and deadlines are those of the stage")
  func lives() throws {
    let jobs = try Self.jobs(Self.text)
    let train = try positions(jobs, "tune.train")
    for job in try positions(jobs, "tune.prepare") {
      #expect(jobs.limit(of: job) == nil && jobs.due(of: job) == nil && jobs.failures[job].isEmpty)
      #expect(jobs.retryRule(of: job) == RetryRule())
    }
    for job in train {
      #expect(jobs.limit(of: job) == .seconds(9 * 3600))
      #expect(
        jobs.retryRule(of: job) == RetryRule(most: 2, delay: .seconds(20), longestDelay: .seconds(360))
      )
      let factor = jobs.deadline[job].seconds / jobs.duration[job].seconds
      #expect((1.999...3.001).contains(factor))
      #expect(jobs.failures[job].count <= 3)
      #expect(jobs.failures[job].allSatisfy { (200_000_000...400_000_000).contains($0) })
    }
    // Half of the attempts fail: 50, 25 and 12.5 % of the jobs at least once, twice, three times.
    for count in 1...3 {
      let share = Double(train.count { jobs.failures[$0].count >= count }) / Double(train.count)
      let expected = 1 / Double(1 << count)
      #expect(abs(share - expected) < 4 * (expected / Double(train.count)).squareRoot(), "\(share)")
    }
  }

  @Test("a change of one stage leaves all other draws alone")
  func commonRandomNumbers() throws {
    let base = try Self.jobs(Self.text)
    let changed = try Self.jobs(Self.text, "workload.pipelines.tune.stages.train.failure.probability=1%")
    #expect(changed.arrival == base.arrival && changed.duration == base.duration)
    #expect(changed.tenant == base.tenant && changed.deadline == base.deadline && changed.after == base.after)
    for job in 0..<base.count { #expect(changed.failures[job].count <= base.failures[job].count) }
    // One retry more leaves the failures before it as they were.
    let more = try Self.jobs(Self.text, "workload.pipelines.tune.stages.train.retries=3")
    for job in 0..<base.count { #expect(Array(more.failures[job].prefix(3)) == Array(base.failures[job])) }
  }

  @Test("a class and a pipeline of one name draw apart")
  func names() throws {
    let jobs = try Self.jobs(Self.text.replacing("name: tune", with: "name: train"))
    let alone = try positions(jobs, "train").map { jobs.arrival[$0] }
    let staged = try positions(jobs, "train.prepare").map { jobs.arrival[$0] }
    #expect(Set(alone).isDisjoint(with: staged))
  }

  @Test("pipelines alone are a workload, and the resolved text is the same scenario")
  func resolved() throws {
    let classes = try #require(Self.text.firstRange(of: "  classes:\n"))
    let text = String(Self.text[..<classes.lowerBound])
    let scenario = try Sample.load(text)
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    let jobs = try Self.jobs(text)
    #expect(try Self.jobs(scenario.resolvedYAML) == jobs)
    #expect(jobs.classes.count == 3)
  }

  @Test("jobs of pipelines written as a trace are the same jobs when it is read, and end the same")
  func replayed() throws {
    let url = Golden.package.appendingPathComponent("scenarios/pipelines.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    let scenario = try Sample.load(text)
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    let folder = try ScratchFolder()
    try HeadroomTraceWriter.write(input.jobs, to: folder.path("jobs.csv"))
    let read = try HeadroomTraceReader.read(path: folder.path("jobs.csv"))
    #expect(read.after == input.jobs.after && !read.after.isEmpty)
    #expect(read.failures == input.jobs.failures && read.failures.values.contains { $0 > 0 })
    #expect(read.timeLimit == input.jobs.timeLimit && read.deadline == input.jobs.deadline)
    #expect((0..<read.count).allSatisfy { read.retryRule(of: $0) == input.jobs.retryRule(of: $0) })
    var replay = input
    replay.jobs = read
    // The format carries no checkpoints.
    replay.jobs.checkpoint = input.jobs.checkpoint
    replay.jobs.checkpointPlans = input.jobs.checkpointPlans
    replay.verify = true
    #expect(try Simulation.run(replay).fingerprint == Simulation.run(input).fingerprint)
  }
}
