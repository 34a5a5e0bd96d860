import Foundation
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Which of the nodes that could go do: Karpenter's `Balanced`, turns of node pools,
/// and searches that take too long.
@Suite struct ConsolidationPolicyTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  private func candidate(_ node: Int, price: Double = 1, cost: Double = 2, pool: Int = 0)
    -> Consolidation.Candidate
  {
    .init(node: node, price: price, cost: cost, isSpot: false, type: 0, pool: pool)
  }

  // MARK: - Balanced

  /// The worked examples of Karpenter's designs/balanced-consolidation.md: dollars a
  /// day, and pods of cost 1.
  @Test(
    arguments: [
      ("oversized node", 7.26, 3, 58.08, 80, 10.0 / 3), ("spare capacity", 4.84, 4, 58.08, 80, 5.0 / 3),
      ("marginal move", 2.42, 8, 58.08, 80, 5.0 / 12), ("uniform pool", 2.42, 8, 48.40, 80, 0.5),
      ("a hundred nodes", 7.26, 3, 580.80, 800, 10.0 / 3), ("cheap pods", 4.84, 4, 58.08, 107, 2.2292),
      ("dear pods", 4.84, 31, 58.08, 107, 0.28763), ("on demand", 4.84, 3, 48.40, 80, 8.0 / 3),
      ("spot", 1.45, 3, 14.50, 80, 8.0 / 3), ("full spot node", 1.45, 8, 14.50, 80, 1),
    ] as [(String, Double, Double, Double, Double, Double)]
  )
  func `published moves score as published`(
    name: String,
    saving: Double,
    disruption: Double,
    price: Double,
    cost: Double,
    score: Double
  ) {
    func isWorth(_ threshold: Double) -> Bool {
      Consolidation.Balance(threshold: threshold, totals: [.init(price: price, cost: cost)])
        .isWorth(saving: saving, disruption: disruption, of: 0)
    }
    #expect(isWorth(2) == (score >= 0.5), "\(name)")
    #expect(isWorth(1 / score * 1.001) && !isWorth(1 / score * 0.999), "\(name)")
  }

  @Test func `nothing is worth a disruption that saves nothing`() {
    let balance = Consolidation.Balance(
      threshold: 1e6,
      totals: [.init(price: 10, cost: 10), .init(price: 0, cost: 5)]
    )
    #expect(!balance.isWorth(saving: 0, disruption: 1, of: 0))
    #expect(!balance.isWorth(saving: -1, disruption: 1, of: 0))
    #expect(!balance.isWorth(saving: 1, disruption: 1, of: 1))
  }

  @Test func `every pool that loses nodes must find its part worth it`() {
    func decision(_ threshold: Double) -> Consolidation.Decision {
      let rule = Consolidation(
        spotToSpot: false,
        balance: .init(threshold: threshold, totals: [.init(price: 40, cost: 40), .init(price: 2, cost: 11)])
      )
      // A dear node with little work and a cheap one with much: 4 and 1 dollars.
      return rule.decide(
        [candidate(0, price: 4, cost: 2), candidate(1, price: 1, cost: 9, pool: 1)],
        DisruptionTrial.Result(),
        []
      )
    }
    // (1 / 2) / (9 / 11) is 0.611: the second pool decides.
    #expect(decision(1) == .stay && decision(1.63) == .stay)
    #expect(decision(1.64) == .delete)
  }

  /// A node of 4 GPUs for 10 USD with two jobs of one GPU, where one of 2 GPUs could come
  /// for `price`.
  private func run(_ threshold: Double?, replacement price: Double) throws -> [NodeDisruption] {
    let run = AutoNodesRun(
      groups: [
        (Array(repeating: .gpu(4), count: 1), { ($0.atStart, $0.pricePerHour) = (1, 10) }),
        ([.gpu(2)], { $0.pricePerHour = price }),
      ],
      end: 1_000
    )
    return try run([job(at: 0), job(at: 0)]) {
      $0.autoNodes!.consolidatesUnderused = true
      $0.autoNodes!.budget = 1
      $0.autoNodes!.balance = threshold
    }.nodeDisruptions
  }

  private func job(at arrival: Double) -> JobSketch { AutoNodesRun.job(1, at: arrival, for: 9_000) }

  @Test func `a node is replaced where enough is saved`() throws {
    // One node is the whole pool: the score is what is saved of its price.
    #expect(try run(nil, replacement: 9).count == 1)
    #expect(try run(2, replacement: 9).isEmpty)
    #expect(try run(2, replacement: 5.1).isEmpty)
    #expect(try run(2, replacement: 5).count == 1)
    #expect(try run(10, replacement: 9).count == 1)
  }

  // MARK: - Turns

  @Test func `node pools take turns`() {
    let ordered = [
      candidate(0, pool: 1), candidate(1, pool: 1), candidate(2), candidate(3, pool: 1), candidate(4),
      candidate(5, pool: 2),
    ]
    func turns(_ pools: [Int]) -> [Int] { Consolidation.inTurns(ordered, pools: pools).map(\.node) }
    #expect(turns([0, 1, 2]) == [2, 0, 5, 4, 1, 3])
    #expect(turns([2, 0, 1]) == [5, 2, 0, 4, 1, 3])
    var spec = AutoNodes(pools: ["a", "b", "c"].map { AutoNodes.Pool(name: $0) }, groups: [])
    spec.trialTime = seconds(1)
    #expect(spec.turns(after: []) == [0, 1, 2])
    #expect(spec.turns(after: [2, 1]) == [1, 2, 0])
  }

  @Test func `a cheap pool has its turn before the second node of a dear one`() throws {
    // Only one GPU is free, on the owned node: for the job of the second or of the third
    // node, not for that of the first.
    func decided(_ pools: Int) throws -> [Int32]? {
      let run = AutoNodesRun(
        groups: [
          ([.gpu(2)], { ($0.atStart, $0.pricePerHour) = (1, 20) }),
          ([.gpu(1)], { ($0.atStart, $0.pricePerHour) = (1, 10) }),
          ([.gpu(1)], { ($0.atStart, $0.pricePerHour, $0.pool) = (1, 1, pools - 1) }),
          ([.gpu(3)], { ($0.atStart, $0.purchase) = (1, .owned) }),
        ],
        pools: (0..<pools).map { AutoNodes.Pool(name: "p\($0)") },
        end: 100
      )
      return try run([2, 1, 1, 2].map { AutoNodesRun.job($0, at: 0, for: 9_000) }) {
        $0.autoNodes!.consolidatesUnderused = true
        $0.autoNodes!.budget = 1
      }.nodeDisruptions.first?.nodes
    }
    #expect(try decided(1) == [1])
    #expect(try decided(2) == [2])
  }

  // MARK: - Searches that take too long

  @Test func `a trial begins as long as the limit has not passed`() {
    #expect(Consolidation.mostTrials(each: 0, within: 60) == .max)
    #expect(Consolidation.mostTrials(each: 7, within: 60) == 9)
    #expect(Consolidation.mostTrials(each: 60, within: 60) == 2)
    #expect(Consolidation.mostTrials(each: 61, within: 60) == 1)
  }

  @Test func `a search for several nodes that is cut short keeps the best that it found`() {
    let rule = Consolidation(spotToSpot: false)
    let candidates = (0..<33).map { candidate($0) }
    func found(_ trials: Int) -> Int? {
      rule.together(candidates, [], mostTrials: trials) { nodes in
        DisruptionTrial.Result(isWhole: nodes.count <= 21)
      }?.nodes.count
    }
    // Fronts of 17, 25, 21, 23 and 22 are tried.
    #expect([1, 2, 3, 4, 5].map { found($0) } == [17, 17, 21, 21, 21])
    #expect(found(0) == nil)
  }

  @Test func `a search for one node that is cut short goes on with pools that it did not reach`() {
    let rule = Consolidation(spotToSpot: false)
    let turns = [candidate(0), candidate(1, pool: 1), candidate(2, pool: 2), candidate(3)]
    func search(_ trials: Int, allowed: [Int] = [1, 1, 1], fits: Int = -1) -> Consolidation.Single {
      rule.alone(turns, allowed: allowed, [], mostTrials: trials) {
        DisruptionTrial.Result(isWhole: $0.node == fits)
      }
    }
    #expect(search(2).isCutShort && search(2).unseen == [2])
    // A pool whose budget is used up takes no time.
    #expect(search(2, allowed: [1, 0, 1]).unseen == [])
    #expect(!search(4).isCutShort && search(4).unseen.isEmpty)
    #expect(search(2, fits: 1).node?.node == 1)
    #expect(search(2, fits: 2).node == nil)
  }

  @Test func `a pool that was not reached comes first at the next look`() throws {
    // Three pools of one node with a job each. Only the last pool's finds a place, on the
    // node that takes nothing else; two trials last longer than a search may.
    func decided(_ trialTime: Double) throws -> [Double] {
      let run = AutoNodesRun(
        groups: [
          ([.gpu(2)], { ($0.atStart, $0.pricePerHour) = (1, 9) }),
          ([.gpu(2)], { ($0.atStart, $0.pricePerHour, $0.pool) = (1, 9, 1) }),
          ([.gpu(2)], { ($0.atStart, $0.pricePerHour, $0.pool) = (1, 9, 2) }),
          ([.gpu(3)], { ($0.atStart, $0.purchase) = (1, .owned) }),
        ],
        pools: ["a", "b", "c"].map { AutoNodes.Pool(name: $0) },
        end: 300
      )
      let jobs = [2, 2, 1, 2].map { AutoNodesRun.job($0, at: 0, for: 9_000) }
      let outcome = try run(jobs) {
        $0.autoNodes!.consolidatesUnderused = true
        $0.autoNodes!.budget = 1
        $0.autoNodes!.trialTime = seconds(trialTime)
      }
      #expect(outcome.nodeDisruptions.map(\.nodes) == [[2]])
      return outcome.nodeDisruptions.map { Double($0.atNanoseconds) / 1e9 }
    }
    #expect(try decided(0) == [25])
    // The first look, at 10 s, reaches two pools; the second begins with the third.
    #expect(try decided(100) == [35])
  }
}
