import Engine
import SimulationKernel
import Testing

@testable import Scenario

/// Failures and repair of nodes that come and go as scenarios state them.
struct NodeHealthScenarioTests {
  private static func load(_ failures: String, _ policy: String = "{}") throws -> LoadedScenario {
    let text = Sample.changing("count: 4,", to: "count: 4, auto: {},")
      .replacing("fleet:\n", with: "fleet:\n  failures: \(failures)\n")
    return try Sample.load(text + "policy: {queue: {headOfLineBlocking: false}, autoNodes: \(policy)}\n")
  }

  private static func input(_ scenario: LoadedScenario) throws -> SimulationInput {
    try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  @Test func `failures of the fleet strike auto nodes while they exist, and others by a list`() throws {
    let scenario = try Self.load("{causes: {name: node, mtbf: 12h, repair: 1h}}")
    let input = try Self.input(scenario)
    #expect(input.autoNodes?.groups.map(\.failures.count) == [1])
    #expect(input.autoNodes?.groups[0].failures[0].repair == .constant(3_600))
    let struck = Set(input.fleetChanges.flatMap(\.nodes).map { Int($0.rawValue) })
    // `a` are the first four nodes, `b` the other twelve.
    #expect(!struck.isEmpty && struck.isSubset(of: Set(4..<16)))
    #expect(scenario.downDaysPerDay(ofPool: "a") == scenario.downDaysPerDay(ofPool: "b"))
    #expect(input.autoNodes?.repair == nil)
  }

  @Test func `a cause of GPUs is one of accelerators unless it says otherwise`() throws {
    let scenario = try Self.load(
      """
      {repair: 1h, causes: [{name: a, mtbf: 9d}, {name: b, perGPUYear: 1}, {name: c, perThousandGPUDays: 1, \
      condition: notReady}, {name: d, mtbf: 9d, condition: accelerator}]}
      """
    )
    let causes = try #require(try Self.input(scenario).autoNodes).groups[0].failures
    #expect(causes.map(\.condition) == [.notReady, .accelerator, .notReady, .accelerator])
    let llama = try Self.input(try Self.load("{preset: llama3, repair: 1h}")).autoNodes!.groups[0].failures
    let bad = llama.filter { $0.condition == .accelerator }
    // 268 of the 419 interruptions.
    #expect(bad.count == 6 && bad.allSatisfy { $0.repair != nil })
    #expect(abs(bad.reduce(0) { $0 + $1.perGPUDay } * 16_384 * 54 - 268) < 1e-9)
    let host = try Self.input(try Self.load("{preset: rsc2, repair: 1h}")).autoNodes!.groups[0].failures
    #expect(host.map(\.condition) == [.notReady])
  }

  @Test func `repair has Karpenter's times unless it says others`() throws {
    let faults = "{preset: rsc1, repair: 1h}"
    #expect(try Self.input(try Self.load(faults, "{repair: {}}")).autoNodes?.repair == AutoNodes.Repair())
    var other = AutoNodes.Repair()
    other.notReady = SimDuration(nanoseconds: 60_000_000_000)
    other.accelerator = .zero
    other.suspendAbove = 0.5
    let stated = "{repair: {notReady: 1m, accelerator: 0s, suspendAbove: 50%}}"
    #expect(try Self.input(try Self.load(faults, stated)).autoNodes?.repair == other)
  }
}
