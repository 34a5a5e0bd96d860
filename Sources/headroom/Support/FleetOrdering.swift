import Economics
import Planning
import Reporting
import Scenario

/// Finds when to order the nodes of `headroom plan fleet --lead-time`.
struct FleetOrdering {
  let command: PlanFleetCommand
  let scenario: LoadedScenario
  let groups: PlannedGroups
  let targets: [FleetTarget]

  func report(_ terms: OrderOptions.Terms, _ line: CountLine) throws -> OrderPlanReport {
    var simulated = 0
    let plan = try OrderPlan(
      pools: groups.pools,
      ends: terms.ends,
      leadSeconds: terms.leadSeconds,
      planner: { start, end, pools in
        let held = { (scenario: LoadedScenario) in
          try scenario.holdingDemand(from: start, to: end, growing: terms.growth)
        }
        let simulator = FleetSimulator(
          options: command.options,
          overrides: terms.overrides,
          threads: command.plan.threads,
          meters: [],
          prepare: { try held($0).scenario }
        )
        let planner = FleetPlanner(
          pools: pools,
          targets: targets,
          replications: command.plan.range,
          cost: groups.cost,
          simulate: { counts, range in
            simulated += 1
            line.step()
            return try simulator.trial(counts, groups.overrides(counts), range)
          }
        )
        return (planner, try held(scenario).factors)
      }
    )
    let book = try command.purchase.prices.load()
    let rent = groups.groups.indices.map { place -> OrderPlanReport.Rent? in
      let hours = plan.lateNodeHours(pool: place)
      let offers = try? command.purchase.offers(
        [.onDemand],
        for: groups.groups[place],
        of: groups.pools[place].name,
        in: book,
        years: 1
      )
      return hours > 0 ? .init(nodeHours: hours, offer: offers?.first) : nil
    }
    return OrderPlanReport(
      scenario: scenario.name,
      pools: groups.pools.map(\.name),
      plan: plan,
      rent: rent,
      simulated: simulated
    )
  }
}
