import Outcome
import Planning
import Testing

@Suite("Ordering a fleet that grows")
struct OrderPlanTests {
  /// Demand doubles from stretch to stretch, and each node of the pools serves 1
  /// and 4 of it.
  private func plan(most: Int, ends: [Double], lead: Double) throws -> OrderPlan {
    let worth = [1.0, 4]
    return try OrderPlan(
      pools: [.init(name: "a", least: 1, most: most), .init(name: "b", least: 0, most: most)],
      ends: ends,
      leadSeconds: lead,
      planner: { start, _, pools in
        let demand = 3 * Double(1 << Int(start / 100))
        let planner = FleetPlanner(
          pools: pools,
          targets: [FleetTarget(metric: "wait.p95", limit: 0, isUpperLimit: true)],
          replications: 2...2,
          cost: { Double($0[0]) * 2 + Double($0[1]) * 7 },
          simulate: { counts, range in
            let power = zip(counts, worth).reduce(0) { $0 + Double($1.0) * $1.1 }
            let wait = max(0, demand - power)
            return .measured(
              range.map { _ in [Metric(name: "wait.p95", scope: "fleet", unit: "s", value: wait)] }
            )
          }
        )
        return (planner, 1...demand)
      }
    )
  }

  @Test("each node is ordered a lead time before the stretch that needs it; what was bought stays")
  func orders() throws {
    let plan = try plan(most: 40, ends: [100, 200, 300], lead: 150)
    // 3: 3 a cost 6, 1 a and 1 b 9. 6: 6 a cost 12, 3 a and 1 b 13. 12: 12 a cost 24, 8 a and 1 b 23, 6 a and 2 b 26.
    #expect(plan.stretches.map(\.fleet.counts) == [[3, 0], [6, 0], [8, 1]])
    for (place, stretch) in plan.stretches.enumerated() {
      let power = stretch.fleet.counts[0] + 4 * stretch.fleet.counts[1]
      #expect(power >= 3 << place)
      if place > 0 {
        #expect(zip(stretch.fleet.counts, plan.stretches[place - 1].fleet.counts).allSatisfy { $0 >= $1 })
      }
    }
    #expect(plan.orders.allSatisfy { $0.placed == $0.needed - 150 && $0.nodes > 0 })
    for pool in 0..<2 {
      let ordered = plan.orders.filter { $0.pool == pool }.reduce(0) { $0 + $1.nodes }
      #expect(ordered == plan.stretches.last?.fleet.counts[pool])
    }
    #expect(plan.failsAt == nil)
  }

  @Test("what cannot come in time is missing from its need until the lead time has passed")
  func late() throws {
    let plan = try plan(most: 40, ends: [100, 200, 300], lead: 150)
    for pool in 0..<2 {
      let expected = plan.orders.filter { $0.pool == pool }.reduce(0.0) {
        $0 + max(0, 150 - $1.needed) * Double($1.nodes)
      }
      #expect(abs(plan.lateNodeHours(pool: pool) * 3600 - expected) < 1e-9)
    }
    let first = plan.orders.filter { $0.needed == 0 }.reduce(0) { $0 + $1.nodes }
    #expect(first == 3 && plan.lateNodeHours(pool: 0) > 0)
  }

  @Test("a stretch that no fleet of the ranges serves is told")
  func fails() throws {
    let plan = try plan(most: 2, ends: [100, 200, 300, 400], lead: 0)
    // 2 a and 2 b serve 10: not 12.
    #expect(plan.failsAt == 200)
    #expect(plan.stretches.count == 2)
  }
}
