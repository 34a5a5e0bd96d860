import Outcome
import TestSupport
import Testing

@testable import Planning

@Suite("Planning an owned base")
struct BasePlannerTests {
  @Test("the same size as trying each, without trying each")
  func exact() throws {
    var random = SplitMix(seed: 5)
    var simulated = 0
    var possible = 0
    for _ in 0..<500 {
      let most = Int.random(in: 2...40, using: &random)
      // Bursting falls with every node by a random step, also by nothing.
      var bursting = [0.0]
      for _ in 0..<most {
        bursting.insert(bursting[0] + Double(Int.random(in: 0...100, using: &random)), at: 0)
      }
      let price = Double(Int.random(in: 1...100, using: &random)) + 0.5
      let needed = Int.random(in: 0...most + 2, using: &random)
      var planner = BasePlanner(
        sizes: 0...most,
        targets: [FleetTarget(metric: "wait.p95", limit: 10, isUpperLimit: true)],
        replications: 2,
        windowsPerYear: 2,
        owning: { Double($0) * price },
        simulate: { counts, range in
          .measured(
            range.map { number in
              // Half of the cost is egress; replications differ evenly.
              let half = bursting[counts[0]] / 4 * (number == 0 ? 0.5 : 1.5)
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
      let totals = (0...most).map { $0 >= needed ? Double($0) * price + bursting[$0] : .infinity }
      let best = totals.min()!
      let plan = try planner.plan()
      #expect((plan?.total ?? .infinity) == best)
      if let plan { #expect(plan.nodes >= needed && totals[plan.nodes] == best) }
      simulated += planner.evaluations.count
      possible += most + 1
    }
    #expect(simulated < possible * 3 / 4, "\(simulated) of \(possible)")
  }
}
