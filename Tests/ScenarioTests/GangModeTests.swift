import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing

@testable import Scenario

/// The semantics of gangs as a scenario states them.
struct GangModeTests {
  private static func input(_ scenario: LoadedScenario) throws -> SimulationInput {
    try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  private static func load(_ policy: String) throws -> LoadedScenario {
    try Sample.load(Sample.text + "policy: {\(policy)}\n")
  }

  @Test(
    "a section of gangs makes the mode that it says",
    arguments: [
      ("", .placement), ("gangs: null", .placement), ("gangs: placement", .placement),
      ("gangs: wholeAllocation", .wholeAllocation), ("gangs: quota", .quota(.kueue)),
      ("gangs: holdAndWait", .holdAndWait(.kubeScheduler)),
      (
        "gangs: {mode: quota, readyTimeout: 10m, requeueDelay: 2h}",
        .quota(
          GangHolding(timeout: .seconds(600), requeueDelay: .seconds(7200), longestDelay: .seconds(7200))
        )
      ),
      (
        "gangs: {mode: holdAndWait, timeout: never}",
        .holdAndWait(GangHolding(timeout: nil, requeueDelay: .seconds(1), longestDelay: .seconds(10)))
      ),
    ] as [(String, GangMode)]
  )
  func modes(yaml: String, mode: GangMode) throws {
    let scenario = try Self.load("queue: fifo, \(yaml)")
    #expect(try Self.input(scenario).gangs == mode)
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(try Self.input(again).gangs == mode)
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    #expect(scenario.policyText(scenario.placements[0]).contains("gangs") == (mode != .placement))
  }

  @Test("the policy in words tells the modes apart by all that they state")
  func words() throws {
    let texts = try [
      "placement", "wholeAllocation", "quota", "{mode: quota, readyTimeout: never}", "holdAndWait",
      "{mode: holdAndWait, timeout: 10m}", "{mode: holdAndWait, requeueDelay: 2s}",
    ].map { yaml in
      let scenario = try Self.load("gangs: \(yaml)")
      return scenario.policyText(scenario.placements[0])
    }
    #expect(Set(texts).count == texts.count)
  }

  /// The shipped scenario under one semantics, for 36 hours.
  private static func run(_ gangs: String) throws -> RunOutcome {
    let path = Golden.package.appendingPathComponent("scenarios/gang-deadlock.yaml").path
    let scenario = try ScenarioLoader.load(
      path: path,
      overrides: ["policy.gangs=\(gangs)"],
      environment: [:]
    )
    var input = try input(scenario)
    input.verify = true
    return try Simulation.run(input)
  }

  @Test("hold-and-wait without time-out deadlocks, the others do not, and time-outs waste GPU time")
  func deadlock() throws {
    let stuck = try Self.run("{mode: holdAndWait, timeout: never}")
    let deadlock = try #require(stuck.deadlock)
    #expect(deadlock.gangs >= 2 && deadlock.milliGPU >= 16_000)
    #expect(deadlock.sinceNanoseconds < stuck.end.nanoseconds / 2)
    let others = try ["placement", "quota", "holdAndWait", "wholeAllocation"].map(Self.run)
    func completed(_ outcome: RunOutcome) -> Int { outcome.jobs.state.count { $0 == .completed } }
    for other in others {
      #expect(other.deadlock == nil)
      #expect(completed(other) > completed(stuck))
    }
    #expect(others[0] == others[3])
    #expect(others[0].gangHolds.isEmpty)
    // With its time-out it goes on, holds in vain and gives up again and again.
    let wasted = others[2].gangHolds.filter { $0.ending == .timedOut }
    #expect(!wasted.isEmpty)
    #expect(others[2].ledger[.idle] > others[0].ledger[.idle])
  }
}
