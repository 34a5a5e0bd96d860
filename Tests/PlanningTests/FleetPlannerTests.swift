import Engine
import Outcome
import TestSupport
import Testing

@testable import Planning

@Suite("Planning a fleet")
struct FleetPlannerTests {
  /// A service that gets better with every node, with noise that all fleets
  /// share.
  private func planner(
    _ pools: [FleetPlanner.Pool],
    worth: [Double],
    prices: [Double],
    limit: Double,
    noise: Double = 0
  ) -> FleetPlanner {
    FleetPlanner(
      pools: pools,
      targets: [FleetTarget(metric: "wait.p95", limit: limit, isUpperLimit: true)],
      replications: 2...32,
      cost: { counts in zip(counts, prices).reduce(1) { $0 + Double($1.0) * $1.1 } },
      simulate: { counts, range in
        let power = zip(counts, worth).reduce(0) { $0 + Double($1.0) * $1.1 }
        if power == 0 { return .impossible("no node") }
        return .measured(
          range.map { number in
            let wait = 1000 / power + noise * Double((number * 7) % 5 - 2)
            return [Metric(name: "wait.p95", scope: "fleet", unit: "s", value: wait)]
          }
        )
      }
    )
  }

  @Test("one and two pools: the cheapest of all fleets, by trying each")
  func exact() throws {
    var random = SplitMix(seed: 12)
    for _ in 0..<300 {
      let pools = (0..<Int.random(in: 1...2, using: &random)).map {
        FleetPlanner.Pool(name: "p\($0)", least: 0, most: Int.random(in: 1...9, using: &random))
      }
      let worth = pools.map { _ in Double(Int.random(in: 1...5, using: &random)) }
      let prices = pools.map { _ in Double(Int.random(in: 1...7, using: &random)) }
      let limit = Double(Int.random(in: 20...400, using: &random))
      var planner = planner(pools, worth: worth, prices: prices, limit: limit)
      var best = Double.infinity
      func visit(_ counts: [Int]) {
        guard counts.count == pools.count else {
          for next in 0...pools[counts.count].most { visit(counts + [next]) }
          return
        }
        let power = zip(counts, worth).reduce(0) { $0 + Double($1.0) * $1.1 }
        if power > 0, 1000 / power <= limit { best = min(best, planner.cost(counts)) }
      }
      visit([])
      let plan = try planner.plan()
      #expect((plan?.cost ?? .infinity) == best, "\(pools) \(worth) \(prices) \(limit)")
    }
  }

  @Test("three pools: the cheapest of all fleets, by trying each, where the search may end")
  func bounded() throws {
    var random = SplitMix(seed: 14)
    for _ in 0..<200 {
      let pools = (0..<3).map {
        FleetPlanner.Pool(
          name: "p\($0)",
          least: Int.random(in: 0...1, using: &random),
          most: Int.random(in: 1...6, using: &random)
        )
      }
      let worth = pools.map { _ in Double(Int.random(in: 1...9, using: &random)) }
      let prices = pools.map { _ in Double(Int.random(in: 1...9, using: &random)) }
      let limit = Double(Int.random(in: 20...400, using: &random))
      var planner = planner(pools, worth: worth, prices: prices, limit: limit)
      planner.mostFleets = 1000
      var best = Double.infinity
      func visit(_ counts: [Int]) {
        guard counts.count == pools.count else {
          for next in pools[counts.count].least...pools[counts.count].most { visit(counts + [next]) }
          return
        }
        let power = zip(counts, worth).reduce(0) { $0 + Double($1.0) * $1.1 }
        if power > 0, 1000 / power <= limit { best = min(best, planner.cost(counts)) }
      }
      visit([])
      let plan = try planner.plan()
      #expect((plan?.cost ?? .infinity) == best, "\(pools) \(worth) \(prices) \(limit)")
      #expect(planner.isProven && plan.map(\.isMet) != false)
    }
  }

  @Test("a search that ends at its limit of fleets says so")
  func limited() throws {
    let pools = (0..<3).map { FleetPlanner.Pool(name: "p\($0)", least: 0, most: 30) }
    var planner = planner(pools, worth: [5, 5, 5], prices: [7, 7.01, 7.02], limit: 11)
    planner.mostFleets = 12
    #expect(try planner.plan() != nil)
    #expect(!planner.isProven)
  }

  /// Allocation of 10 GPUs' worth of work on the nodes.
  private func usePlanner(_ target: FleetTarget) -> FleetPlanner {
    FleetPlanner(
      pools: [.init(name: "p", least: 1, most: 40)],
      targets: [FleetTarget(metric: "wait.p95", limit: 50, isUpperLimit: true), target],
      replications: 2...2,
      cost: { Double($0[0]) },
      simulate: { counts, range in
        let nodes = Double(counts[0])
        return .measured(
          range.map { _ in
            [
              Metric(name: "wait.p95", scope: "fleet", unit: "s", value: 1000 / nodes),
              Metric(name: "allocation", scope: "fleet", unit: "percent", value: min(100, 1000 / nodes)),
            ]
          }
        )
      }
    )
  }

  @Test("use at most so much asks for more nodes; at least so much is judged at the cheapest fleet")
  func use() throws {
    func target(_ limit: Double, _ isUpper: Bool) -> FleetTarget {
      FleetTarget(metric: "allocation", limit: limit, isUpperLimit: isUpper)
    }
    var most = usePlanner(target(40, true))
    #expect(try most.plan()?.counts == [25])
    var least = usePlanner(target(50, false))
    #expect(try least.plan()?.counts == [20])
    var tooMuch = usePlanner(target(60, false))
    #expect(try tooMuch.plan() == nil)
    #expect(tooMuch.nearest?.counts == [20])
  }

  @Test("what a budget buys: the largest fleet in the proportions of the ranges")
  func budget() throws {
    var planner = planner(
      [.init(name: "a", least: 1, most: 11), .init(name: "b", least: 0, most: 5)],
      worth: [1, 1],
      prices: [1, 2],
      limit: 100
    )
    // Step k: 1 + k of a and k / 2 of b cost 2 + k + 2 (k / 2).
    #expect(try planner.largest(within: 14)?.counts == [7, 3])
    #expect(try planner.largest(within: 13.9)?.counts == [6, 2])
    #expect(try planner.largest(within: 1.9) == nil)
  }

  @Test("three pools: every plan meets the targets, and no pool can do with less")
  func local() throws {
    var random = SplitMix(seed: 13)
    for _ in 0..<100 {
      let pools = (0..<3).map { FleetPlanner.Pool(name: "p\($0)", least: 0, most: 12) }
      let worth = pools.map { _ in Double(Int.random(in: 1...5, using: &random)) }
      let prices = pools.map { _ in Double(Int.random(in: 1...7, using: &random)) }
      var planner = planner(pools, worth: worth, prices: prices, limit: 60)
      let found = try planner.plan()
      let plan = try #require(found)
      #expect(plan.isMet)
      for pool in 0..<3 {
        if let less = try planner.withOneLess(plan.counts, pool: pool) { #expect(!less.isMet) }
      }
    }
  }

  @Test("replications go on until the intervals decide; what stays undecided is missed")
  func replications() throws {
    let pools = [FleetPlanner.Pool(name: "p", least: 1, most: 10)]
    var clear = planner(pools, worth: [10], prices: [1], limit: 30, noise: 0.1)
    #expect(try clear.plan()?.counts == [4])
    #expect(clear.evaluations.allSatisfy { $0.replications <= 4 })
    // 1000 / 40 is exactly the limit: no number of replications decides it.
    var close = planner(pools, worth: [10], prices: [1], limit: 25, noise: 1)
    #expect(try close.plan()?.counts == [5])
    #expect(close.evaluations.first { $0.counts == [4] }?.replications == 32)
  }

  @Test("no fleet is planned when the largest misses a target; the frontier rises in cost and service")
  func hopeless() throws {
    var planner = planner([.init(name: "p", least: 1, most: 4)], worth: [1], prices: [1], limit: 10)
    #expect(try planner.plan() == nil)
    var other = self.planner([.init(name: "p", least: 1, most: 40)], worth: [1], prices: [1], limit: 50)
    _ = try other.plan()
    let frontier = other.frontier
    #expect(frontier.map(\.cost) == frontier.map(\.cost).sorted())
    let waits = frontier.compactMap { $0.findings.first?.mean }
    #expect(waits == waits.sorted(by: >) && waits.count == frontier.count)
  }
}
