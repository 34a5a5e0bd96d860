import Outcome
import TestSupport
import Testing

@testable import Planning

/// Bases whose cost is made up: replication r of n nodes bursts for `mean(n)`,
/// times a peak that all sizes share, and some of its own.
private struct Bases {
  var most: Int
  /// By size, falling.
  var bursting: [Double]
  var price: Double
  /// Fewer miss the target.
  var needed = 0
  /// How far the shared factor and the size's own part stray, as a share of 1
  /// and in USD.
  var shared = 0.0
  var own = 0.0
  var seed: UInt64 = 0

  static func random(_ random: inout SplitMix) -> Bases {
    let most = Int.random(in: 2...40, using: &random)
    // Bursting falls with every node by a random step, also by nothing.
    var bursting = [0.0]
    for _ in 0..<most {
      bursting.insert(bursting[0] + Double(Int.random(in: 0...100, using: &random)), at: 0)
    }
    let price = Double(Int.random(in: 1...100, using: &random)) + 0.5
    return Bases(most: most, bursting: bursting, price: price)
  }

  func mean(_ nodes: Int) -> Double { Double(nodes) * price + bursting[nodes] }

  func value(_ nodes: Int, _ number: Int) -> Double {
    var peak = SplitMix(seed: seed &* 1_000_003 &+ UInt64(number))
    var noise = SplitMix(seed: (seed &* 1_000_003 &+ UInt64(number)) &* 64 &+ UInt64(nodes) &+ 7)
    let factor = 1 + shared * Double.random(in: -1...1, using: &peak)
    return bursting[nodes] * factor + own * Double.random(in: -1...1, using: &noise)
  }

  func planner(
    replications: ClosedRange<Int> = 5...40,
    _ note: @escaping (Int, Range<Int>) -> Void = { _, _ in }
  )
    -> BasePlanner
  {
    BasePlanner(
      sizes: 0...most,
      targets: [FleetTarget(metric: "wait.p95", limit: 10, isUpperLimit: true)],
      replications: replications,
      windowsPerYear: 2,
      owning: { Double($0) * price },
      simulate: { counts, range in
        note(counts[0], range)
        return .measured(
          range.map { number in
            // Two windows a year; half of the cost is egress.
            let half = value(counts[0], number) / 4
            return [
              Metric(name: "burst.cost", scope: "fleet", unit: "USD", value: half),
              Metric(name: "burst.egress_cost", scope: "fleet", unit: "USD", value: half),
              Metric(name: "burst.cost", scope: "site:cloud", unit: "USD", value: 1e9),
              Metric(name: "wait.p95", scope: "fleet", unit: "s", value: counts[0] >= needed ? 1 : 100),
            ]
          }
        )
      }
    )
  }
}

@Suite("Planning an owned base")
struct BasePlannerTests {
  @Test("the same size as trying each, without trying each")
  func exact() throws {
    var random = SplitMix(seed: 5)
    var simulated = 0
    var possible = 0
    for _ in 0..<500 {
      var bases = Bases.random(&random)
      bases.needed = Int.random(in: 0...bases.most + 2, using: &random)
      let totals = (0...bases.most).map { $0 >= bases.needed ? bases.mean($0) : .infinity }
      let best = totals.min()!
      var planner = bases.planner()
      let plan = try planner.plan()
      #expect((plan?.best.total ?? .infinity) == best)
      if let plan {
        #expect(plan.best.nodes >= bases.needed && totals[plan.best.nodes] == best)
        // Without noise only equal costs are undecided.
        #expect(plan.rivals.allSatisfy { totals[$0.nodes] == best && $0.halfWidth == 0 })
      }
      simulated += planner.evaluations.count
      possible += bases.most + 1
    }
    #expect(simulated < possible * 3 / 4, "\(simulated) of \(possible)")
  }

  @Test("what is called decided is what very many replications of each size say, but for one case in twenty")
  func against() throws {
    var random = SplitMix(seed: 11)
    var decided = 0
    var wrong = 0
    var open = 0
    for seed in UInt64(0)..<300 {
      var bases = Bases.random(&random)
      bases.seed = seed
      bases.shared = 0.5
      bases.own = Double.random(in: 0...60, using: &random)
      var planner = bases.planner()
      let plan = try #require(try planner.plan())
      // The means of all sizes are known: that is what endless replications say.
      let truth = (0...bases.most).min { bases.mean($0) < bases.mean($1) }!
      let kept = Set([plan.best.nodes] + plan.rivals.map(\.nodes))
      if !kept.contains(where: { bases.mean($0) == bases.mean(truth) }) { wrong += 1 }
      if plan.rivals.isEmpty { decided += 1 } else { open += 1 }
      for rival in plan.rivals { #expect(rival.mean - rival.halfWidth <= 0 && rival.replications == 40) }
    }
    #expect(decided > 50 && open > 50, "\(decided) decided, \(open) open")
    #expect(wrong <= 15, "\(wrong) of 300")
  }

  @Test("a peak that all sizes share does not keep a small difference from being decided at once")
  func early() throws {
    var bases = Bases(most: 12, bursting: (0...12).map { Double(3_000_000 - 200_000 * $0) }, price: 150_000)
    bases.shared = 0.1
    var planner = bases.planner()
    let plan = try #require(try planner.plan())
    // 50,000 between neighbours; four times as much of noise in the costs alone.
    #expect(plan.best.nodes == 12 && plan.rivals.isEmpty)
    #expect(planner.evaluations[0].burstingHalfWidth! > 100_000)
    #expect(planner.evaluations.allSatisfy { $0.replications == 5 })
  }

  @Test("sizes that are equally good stay undecided, with their difference, after the most replications")
  func undecided() throws {
    var bases = Bases(most: 4, bursting: [1000, 500, 400, 300, 290], price: 100)
    bases.own = 50
    var most = 0
    var planner = bases.planner(replications: 4...24) { most = max(most, $1.upperBound) }
    let plan = try #require(try planner.plan())
    let kept = Set([plan.best.nodes] + plan.rivals.map(\.nodes))
    // 1, 2 and 3 nodes cost 600 each, the others 1,000 and 690.
    #expect(kept == [1, 2, 3], "\(kept)")
    #expect(most == 24 && plan.rivals.allSatisfy { $0.replications == 24 && abs($0.mean) <= $0.halfWidth })
    #expect(planner.evaluations.first { $0.nodes == 0 }!.replications < 24)
  }

  @Test("a size that needs more replications to decide gets them, twice as many each time")
  func doubles() throws {
    var bases = Bases(most: 2, bursting: [400, 215, 100], price: 100)
    bases.own = 40
    bases.seed = 3
    var asked: [Int: [Range<Int>]] = [:]
    var planner = bases.planner(replications: 5...160) { asked[$0, default: []].append($1) }
    let plan = try #require(try planner.plan())
    #expect(plan.best.nodes == 2 && plan.rivals.isEmpty)
    let runs = asked[1]!.map(\.upperBound)
    #expect(runs.count > 1 && runs.last! < 160 && runs == (0..<runs.count).map { 5 << $0 }, "\(runs)")
    #expect(zip(asked[1]!, asked[1]!.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
  }
}
