import Engine
import SimulationKernel
import TestSupport
import Testing

@testable import Scenario

/// What a scenario says of nodes that go.
struct AutoNodesPolicyTests {
  private static func nodes(_ policy: String, jobClass: String = "") throws -> AutoNodes {
    let text = Sample.changing("count: 4,", to: "count: 4, auto: {},")
      .replacing("duration: {log", with: jobClass + "duration: {log")
    let loaded = try Sample.load(text + "policy: {autoNodes: {\(policy)}}\n")
    return try #require(loaded.input(placement: loaded.placements[0], replication: 0).autoNodes)
  }

  @Test func `consolidation is balanced by a threshold`() throws {
    let plain = try Self.nodes("consolidate: whenEmptyOrUnderutilized")
    #expect(plain.consolidatesUnderused && plain.balance == nil && plain.trialTime == .zero)
    let balanced = try Self.nodes("consolidate: balanced, trialTime: 50ms")
    #expect(balanced.consolidatesUnderused && balanced.balance == 2)
    #expect(balanced.trialTime == SimDuration(nanoseconds: 50_000_000))
    #expect(try Self.nodes("consolidate: balanced, consolidationThreshold: 2.5").balance == 2.5)
  }

  @Test func `classes say for how long their jobs are not disturbed`() throws {
    let hours = SimDuration(nanoseconds: 4 * 3_600_000_000_000)
    for (text, expected) in [
      ("", nil), ("doNotDisrupt: false", nil), ("doNotDisrupt: 4h", hours),
      ("doNotDisrupt: true", AutoNodes.always),
    ] as [(String, SimDuration?)] {
      let found = try Self.nodes("", jobClass: text.isEmpty ? "" : text + "\n      ")
      #expect(found.protectedFor["train"] == expected, "\(text)")
      #expect(found.doNotDisrupt.isEmpty)
    }
    #expect(try Self.nodes("doNotDisrupt: train").doNotDisrupt == ["train"])
  }

  @Test func `budgets may have schedules`() throws {
    let nodes = try Self.nodes("budgets: {nodes: 0, schedule: 0 9 * * mon-fri, duration: 8h}")
    let window = AutoNodes.Budget.Window(
      schedule: try CronSchedule("0 9 * * mon-fri"),
      length: SimDuration(nanoseconds: 8 * 3_600_000_000_000)
    )
    #expect(nodes.budgets == [AutoNodes.Budget(.nodes(0), window: window)])
  }
}
