import Engine
import Testing

@testable import Scenario

struct OverrideTests {
  private func input(_ overrides: String...) throws -> SimulationInput {
    let scenario = try ScenarioLoader.load(
      text: Sample.text,
      label: "sample.yaml",
      overrides: overrides,
      environment: [:]
    )
    return try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  @Test func keysElementsByNameAndByNumber() throws {
    #expect(try input("horizon=2d").horizon?.nanoseconds == 172_800_000_000_000)
    #expect(try input("fleet.nodes.a.count=2").fleet.nodes.count == 14)
    #expect(try input("fleet.nodes.1.count=2").fleet.nodes.count == 6)
    #expect(try input("policy.placement=fgd").placement.label == "fgd")
    #expect(try input("policy.placement=[fgd, best-fit]").placement.label == "fgd")
    #expect(try input("policy.queue.headOfLineBlocking=false").queue == .fifo(headOfLineBlocking: false))
    #expect(try input("fleetChanges=[{at: 1h, action: fail, nodes: a-0}]").fleetChanges.count == 1)
  }

  @Test func theLastOneWins() throws {
    #expect(try input("seed=3", "seed=4").seed == 4)
    #expect(try input("seed=3", "seed=null").seed == 1)
  }

  @Test func nullRemovesAKey() throws {
    let changed = try input(
      "workload.classes.train.arrivals.poisson=null",
      "workload.classes.train.arrivals.deterministic.every=1h"
    )
    #expect(changed.jobs.count > 0)
  }

  @Test func placementsByName() throws {
    #expect(try ScenarioLoader.placement(named: "fgd").label == "fgd")
    let sum = try ScenarioLoader.placement(named: "fgd+most-allocated", tieBreak: .random)
    #expect(sum.label == "fgd+most-allocated")
    #expect(throws: ScenarioError.self) { try ScenarioLoader.placement(named: "fgd+best-fit") }
    #expect(throws: ScenarioError.self) { try ScenarioLoader.placement(named: "fdg") }
    #expect(throws: ScenarioError.self) { try ScenarioLoader.placement(named: "") }
  }
}
