import Engine
import SimulationKernel
import Testing
import Workload

@testable import Scenario

/// Failures, spares, checkpoints and maintenance as scenarios state them.
struct FailureScenarioTests {
  private static func failing(_ failures: String, _ more: String = "") throws -> LoadedScenario {
    try Sample.load(Sample.changing("fleet:\n", to: "fleet:\n  failures: \(failures)\n") + more)
  }

  private static let faults = "{causes: {name: node, mtbf: 2d, repair: 1h}}"

  @Test func failuresDependOnSeedAndReplicationAlone() throws {
    let scenario = try Self.failing(Self.faults)
    let placements = try ["fgd", "worst-fit"].map { try scenario.placement(named: $0) }
    let inputs = try placements.map { try scenario.input(placement: $0, replication: 0) }
    #expect(!inputs[0].fleetChanges.isEmpty)
    #expect(inputs[0].fleetChanges == inputs[1].fleetChanges)
    let other = try scenario.input(placement: placements[0], replication: 1)
    #expect(other.fleetChanges != inputs[0].fleetChanges)
    #expect(try Sample.load().input(placement: placements[0], replication: 0).jobs == inputs[0].jobs)
  }

  @Test func ratesHaveTheirUnits() throws {
    // 8 GPUs a node: each gives a tenth of a failure a day and node.
    for rate in [
      "perThousandNodeDays: 100", "perThousandGPUDays: 12.5", "perGPUYear: 4.5625", "mtbf: 10d",
    ] {
      let scenario = try Self.failing("{causes: {name: x, \(rate), repair: 1h}}")
      let cause = try #require(scenario.settings.failures.first?.causes.first)
      #expect(abs(cause.perDay(gpus: 8) - 0.1) < 1e-12, "\(rate)")
      #expect(cause.repair == .constant(3600))
    }
  }

  @Test func presetsAreScaled() throws {
    let scenario = try Self.failing("{preset: rsc1, repair: 2h, scale: 0.5}")
    #expect(scenario.settings.failures.map(\.name) == ["a", "b"])
    #expect(scenario.settings.failures[0].causes[0].perNodeDay == 0.00325)
    let llama = try Self.failing("{preset: llama3, repair: 2h}")
    #expect(llama.settings.failures[0].causes.count == 18)
    #expect(llama.settings.failures[0].causes.count { $0.repair == nil } == 3)
  }

  /// Four nodes of 8 GPUs that fail every 2 days each.
  @Test(arguments: ["young", "daly"])
  func intervalsFollowFromTheRateOfFailures(_ rule: String) throws {
    let scenario = try Sample.load(
      Sample.changing("fleet:\n", to: "fleet:\n  failures: \(Self.faults)\n").replacing(
        "duration: {log",
        with: "checkpoint: {interval: \(rule), write: 60s, restart: 10m}\n      duration: {log"
      ).replacing("{gpus: 8, cpu: 64,", with: "{gpus: 8, workers: 4, cpu: 64,")
    )
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    #expect(jobs.checkpoint.count == jobs.count)
    let mean = 2 * 86_400.0
    let exact = { (nodes: Double) in
      rule == "young"
        ? (2 * mean / nodes * 60).squareRoot()
        : 60 + (2 * (mean / nodes + 600) * 60 + 3600).squareRoot()
    }
    for job in 0..<jobs.count {
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      guard jobs.kind[job] == .batch else {
        #expect(jobs.checkpoint[job] == 0)
        continue
      }
      let plan = jobs.checkpointPlans[Int(jobs.checkpoint[job]) - 1]
      #expect(abs(plan.interval.seconds - exact(shape.gpuCount == 8 ? 4 : 1)) < 1e-6)
      #expect(plan.restart == SimDuration(seconds: 600))
    }
    #expect(jobs.checkpointPlans.count == 2)
  }

  @Test func maintenanceBecomesAPlan() throws {
    let scenario = try Sample.load(
      Sample.text + "maintenance: {nodes: 'a[1-3]', start: 1h, atOnce: 2, duration: 30m, drainLimit: 2h}\n"
    )
    let plan = try #require(scenario.settings.maintenances.first)
    #expect(plan.nodes.map(\.rawValue) == [1, 2, 3])
    #expect(plan.atOnce == 2)
    #expect(plan.drainLimit == SimDuration(seconds: 7200))
  }

  /// The scenario's own rates, from clusters other than Llama 3's, and those
  /// clusters alone: interruptions in single runs and in the mean.
  @Test func llama3IsPredictedFromOtherClusters() throws {
    #if DEBUG
      let replications = 2
    #else
      let replications = 10
    #endif
    func interruptions(_ rate: Double) throws -> [Double] {
      let scenario = try ShippedScenarioTests.load("llama3-reliability.yaml")
      return try (0..<replications).map { replication in
        var input = try scenario.input(placement: scenario.placements[0], replication: replication)
        let group = try #require(scenario.settings.failures.first)
        var scaled = group
        for index in scaled.causes.indices { scaled.causes[index].perNodeDay *= rate / 3.90 }
        input.fleetChanges = FailureTimeline.changes(
          [scaled],
          fleet: input.fleet,
          stated: [],
          seed: input.seed,
          end: input.horizon!
        )
        return Double(try Simulation.run(input).jobs.interruptions[0])
      }
    }
    let own = try interruptions(3.90)
    for count in own { #expect(abs(count - 419) < 3 * 419.0.squareRoot(), "\(own)") }
    let low = try interruptions(2.34)
    let high = try interruptions(6.50)
    #expect(low.allSatisfy { $0 < 419 - 2 * 419.0.squareRoot() }, "\(low)")
    #expect(high.allSatisfy { $0 > 419 + 2 * 419.0.squareRoot() }, "\(high)")
    print("llama3: \(own) at 3.90, \(low) at 2.34, \(high) at 6.50 in 1,000 node-days")
  }
}
