import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Drift and consolidation; times and choices are worked by hand from Karpenter's
/// clocks and rules.
@Suite struct ConsolidationTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    AutoNodesRun.job(gpus, at: arrival, for: duration)
  }

  private func consolidating(_ input: inout SimulationInput, budget: Double = 1) {
    input.autoNodes!.consolidatesUnderused = true
    input.autoNodes!.budget = budget
  }

  @Test func `a node goes whose work fits elsewhere`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { $0.atStart = 2 })], end: 1_000)
    let outcome = try run([job(1, at: 0, for: 5_000), job(1, at: 0, for: 100), job(1, at: 0, for: 5_000)]) {
      consolidating(&$0)
    }
    // The first node has room from 100 s on: decided at 100 or 110, 15 s to think it over,
    // 30 s to stop, 30 s until it is gone.
    let decided = try #require(outcome.nodeDisruptions.first)
    #expect(decided.removal == .underused && decided.nodes == [0] && decided.replacements.isEmpty)
    #expect(decided.atNanoseconds == AutoNodesRun.nanoseconds(125))
    #expect(outcome.startSeconds == [155, 0, 0])
    #expect(outcome.evicted(.underused) == 1 && outcome.lostSeconds(.underused) == 155)
    #expect(outcome.removed(.underused) == 1)
    #expect(outcome.stageSeconds(.draining) == 30)
    #expect(outcome.nodeDisruptions.count == 1)
  }

  @Test func `nothing goes before the node has been left alone for long enough`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { $0.atStart = 2 })], end: 1_000)
    let outcome = try run([job(1, at: 0, for: 5_000), job(1, at: 0, for: 100), job(1, at: 0, for: 5_000)]) {
      consolidating(&$0)
      $0.autoNodes!.consolidateAfter = seconds(200)
    }
    // The second node was last changed at 0 s, the first at 100 s: the second goes, at 200 s.
    #expect(outcome.nodeDisruptions.map(\.nodes) == [[1]])
    #expect(outcome.nodeDisruptions[0].atNanoseconds == AutoNodesRun.nanoseconds(215))
  }

  /// A node of 4 GPUs with two jobs of one.
  private func onALargeNode(_ others: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)])
    throws -> RunOutcome
  {
    let large: (nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void) = (
      [.gpu(4)], { ($0.atStart, $0.pricePerHour) = (1, 10) }
    )
    let run = AutoNodesRun(groups: [large] + others, end: 2_000)
    return try run([job(1, at: 0, for: 9_000), job(1, at: 0, for: 9_000)]) { consolidating(&$0) }
  }

  @Test func `one node is never replaced by two, though they would be cheaper`() throws {
    let small = try onALargeNode([(Array(repeating: .gpu(1), count: 4), { $0.pricePerHour = 2 })])
    #expect(small.nodeDisruptions.isEmpty && small.autoNodes[1].launched == 0)
  }

  @Test func `one node is replaced by a cheaper one, which comes first`() throws {
    let outcome = try onALargeNode([([.gpu(2)], { $0.pricePerHour = 9 })])
    let decided = try #require(outcome.nodeDisruptions.first)
    #expect(decided.nodes == [0] && decided.replacements == [1])
    #expect(decided.pricePerHour == 10 && decided.replacementPricePerHour == 9)
    // Seen at 10 s, carried out at 25, up at 325, stopped at 355.
    #expect(outcome.startSeconds == [355, 355])
    #expect(outcome.stageSeconds(.cordoned) == 300)
  }

  @Test func `what is not strictly cheaper replaces nothing`() throws {
    let outcome = try onALargeNode([([.gpu(2)], { $0.pricePerHour = 10 })])
    #expect(outcome.nodeDisruptions.isEmpty)
  }

  @Test func `a node stays where its replacement does not come`() throws {
    let outcome = try onALargeNode([
      ([.gpu(2)], { ($0.pricePerHour, $0.launch, $0.launchTimeout) = (9, .constant(400), seconds(300)) })
    ])
    #expect(outcome.evicted(.underused) == 0 && outcome.removed(.launchTimeout) > 2)
    #expect(outcome.startSeconds == [0, 0])
  }

  @Test func `several nodes are replaced by one`() throws {
    let run = AutoNodesRun(
      groups: [
        (Array(repeating: .gpu(2), count: 3), { ($0.atStart, $0.pricePerHour) = (3, 6) }),
        ([.gpu(8)], { $0.pricePerHour = 10 }),
      ],
      end: 2_000
    )
    // All three are full, and one of 8 GPUs costs less than two or three of them.
    let outcome = try run((0..<3).map { _ in job(2, at: 0, for: 9_000) }) { consolidating(&$0) }
    #expect(outcome.nodeDisruptions.map(\.nodes) == [[0, 1, 2]])
    #expect(outcome.nodeDisruptions.map(\.replacements) == [[3]])
    #expect(outcome.startSeconds == [355, 355, 355])
  }

  @Test func `budgets hold by reason and by time`() throws {
    func decided(_ budget: AutoNodes.Budget) throws -> [Double] {
      let run = AutoNodesRun(
        groups: [(Array(repeating: .gpu(2), count: 2), { $0.atStart = 2 })],
        end: 2_000
      )
      return try run([job(1, at: 0, for: 9_000), job(1, at: 0, for: 100), job(1, at: 0, for: 9_000)]) {
        consolidating(&$0)
        $0.autoNodes!.budgets = [budget]
      }.nodeDisruptions.map { Double($0.atNanoseconds) / 1e9 }
    }
    #expect(try decided(.init(.nodes(0), reasons: [.drifted])) == [125])
    #expect(try decided(.init(.nodes(0), reasons: [.underused])) == [])
    #expect(try decided(.init(.nodes(0))) == [])
    let window = AutoNodes.Budget.Window(period: seconds(1_500), from: seconds(50), length: seconds(450))
    #expect(try decided(.init(.nodes(0), window: window)) == [515])
  }

  @Test func `windows of budgets come again in each period`() {
    let window = AutoNodes.Budget.Window(period: seconds(100), from: seconds(90), length: seconds(20))
    let holds = [0, 9, 10, 50, 89, 90, 99, 109, 110, 190].map { window.holds(at: Int64($0) * 1_000_000_000) }
    #expect(holds == [true, true, false, false, false, true, true, true, false, true])
    #expect(window.nextChange(after: 0) == 10_000_000_000)
    #expect(window.nextChange(after: 10_000_000_000) == 90_000_000_000)
    #expect(window.nextChange(after: 95_000_000_000) == 110_000_000_000)
  }

  @Test func `drifted nodes are replaced one after the other within the budget`() throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 4),
          { ($0.atStart, $0.driftsAt) = (3, [SimTime(nanoseconds: AutoNodesRun.nanoseconds(95))]) }
        )
      ],
      end: 3_000
    )
    let outcome = try run((0..<3).map { _ in job(1, at: 0, for: 9_000) }) { $0.autoNodes!.budget = 0.5 }
    // A fourth node comes at 100 s, is up at 400, the first stops at 430 and is gone at 460;
    // then there is room for the next, seen at the next look.
    let times = outcome.nodeDisruptions.map { Double($0.atNanoseconds) / 1e9 }
    #expect(times == [100, 470, 840])
    #expect(outcome.nodeDisruptions.map(\.nodes) == [[0], [1], [2]])
    #expect(outcome.removed(.drifted) == 3 && outcome.evicted(.drifted) == 3)
    #expect(outcome.startSeconds == [430, 800, 1_170])
  }

  @Test func `nodes with work that must not be disturbed do not go`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { $0.atStart = 2 })], end: 1_000)
    let outcome = try run([job(1, at: 0, for: 5_000), job(1, at: 0, for: 100), job(1, at: 0, for: 5_000)]) {
      consolidating(&$0)
      $0.autoNodes!.doNotDisrupt = ["class"]
    }
    #expect(outcome.nodeDisruptions.isEmpty)
  }

  @Test func `spot replaces on demand where it is cheaper, and spot only where 15 types are`() throws {
    func replaced(from old: AutoNodes.Purchase, types: Int) throws -> Int {
      var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = [
        ([.gpu(4)], { ($0.purchase, $0.atStart, $0.pricePerHour) = (old, 1, 10) })
      ]
      for type in 0..<types {
        groups.append(([.gpu(2)], { ($0.purchase, $0.pricePerHour) = (.spot, 5 + Double(type) / 10) }))
      }
      return try AutoNodesRun(groups: groups, end: 1_000)([job(1, at: 0, for: 5_000)]) {
        consolidating(&$0)
        $0.autoNodes!.spotToSpot = true
      }.nodeDisruptions.count
    }
    #expect(try replaced(from: .onDemand, types: 1) == 1)
    #expect(try replaced(from: .spot, types: 14) == 0)
    #expect(try replaced(from: .spot, types: 15) == 1)
  }

  @Test func `the cost of moving work counts pods and their priorities`() {
    #expect(Consolidation.evictionCost(priority: 0) == 1)
    #expect(Consolidation.evictionCost(priority: 33_554_432) == 2)
    #expect(Consolidation.evictionCost(priority: .max) == 10)
    #expect(Consolidation.evictionCost(priority: .min) == -10)
    #expect(Consolidation.cost(priorities: []) == 1)
    #expect(Consolidation.cost(priorities: [0, 0, .min]) == 3)
  }

  @Test func `nodes are looked at by price for the disruption that they cost`() {
    func candidate(_ node: Int, _ price: Double, _ cost: Double) -> Consolidation.Candidate {
      .init(node: node, price: price, cost: cost, isSpot: false, type: 0)
    }
    let ordered = Consolidation.ordered([
      candidate(0, 10, 5), candidate(1, 4, 2), candidate(2, 9, 3), candidate(3, 3, 3),
    ])
    #expect(ordered.map(\.node) == [2, 0, 1, 3])
  }

  @Test func `a gang that loses one node leaves them all`() throws {
    let run = AutoNodesRun(
      groups: [(Array(repeating: .gpu(2), count: 4), { ($0.atStart, $0.expireAfter) = (4, nil) })],
      end: 2_000
    )
    let gang = JobSketch(arrival: 0, duration: AutoNodesRun.nanoseconds(9_000), gpus: 1, workers: 3)
    let outcome = try run([job(2, at: 0, for: 100), gang, job(1, at: 0, for: 9_000)]) { consolidating(&$0) }
    #expect(outcome.jobs.state == [.completed, .running, .running])
    #expect(outcome.interruptedAttempts.count <= 1)
    #expect(outcome.removed(.empty) + outcome.removed(.underused) == 2)
  }
}
