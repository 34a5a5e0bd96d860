import Economics
import Planning
import Reporting
import Scenario

/// Finds a fleet for `headroom plan fleet`, how it is had, and its spares.
struct FleetPlanning {
  let command: PlanFleetCommand
  let scenario: LoadedScenario
  let groups: PlannedGroups
  let targets: [FleetTarget]

  func report(_ line: CountLine) throws -> FleetPlanReport {
    let kinds = try command.purchase.kinds
    let isSplit = kinds != [.owned]
    let book = try command.purchase.prices.load()
    let offers = try zip(groups.groups, groups.pools).map {
      try command.purchase.offers(kinds, for: $0, of: $1.name, in: book, years: command.plan.years)
    }
    let names = groups.pools.map(\.name)
    let spares = try spareBook(names)
    let simulator = FleetSimulator(
      options: command.options,
      overrides: spares == nil ? [] : SpareOptions.soundNodes(scenario, pools: names),
      threads: command.plan.threads,
      meters: isSplit ? zip(names, offers).map { .init(pool: $0, billing: Self.billing($1)) } : []
    )
    var planner = FleetPlanner(
      pools: groups.pools,
      targets: targets,
      replications: command.plan.range,
      cost: { counts in groups.cost(spares.map { $0.with(counts) } ?? counts) },
      simulate: { counts, range in
        defer { line.step() }
        return try simulator.trial(counts, groups.overrides(counts), range)
      }
    )
    var plan = try planner.plan()
    var evaluations = planner.evaluations
    func purchase(_ counts: [Int]) -> NodePurchase? {
      groups.purchase(
        counts,
        billed: simulator.billedShares(counts),
        offers: offers,
        mayOwn: kinds.contains(.owned)
      )
    }
    if isSplit {
      for place in evaluations.indices where evaluations[place].obstacle == nil {
        evaluations[place].cost = purchase(evaluations[place].counts)?.costPerYear ?? .infinity
      }
      plan = evaluations.filter(\.isMet).min { $0.cost < $1.cost }
    }
    var report = FleetPlanReport(
      scenario: scenario.name,
      pools: names,
      plan: plan,
      largest: evaluations[0],
      less: [],
      frontier: [],
      simulated: 0
    )
    report.nearest = planner.nearest
    report.isProven = planner.isProven
    if let budget = command.budget {
      var verdict = FleetPlanReport.Budget(limit: budget)
      if let found = plan, found.cost > budget {
        verdict.cheapest = found
        _ = try isSplit ? nil : planner.largest(within: budget)
        let known = isSplit ? evaluations : planner.evaluations
        verdict.affordable = FleetPlanner.frontier(of: known).last { $0.cost <= budget }
        report.plan = nil
      }
      report.budget = verdict
    }
    if let plan = report.plan {
      for place in names.indices { report.less.append(try planner.withOneLess(plan.counts, pool: place)) }
      if isSplit { report.purchase = purchase(plan.counts) }
      report.ownedCost = isSplit && kinds.contains(.owned) ? groups.cost(plan.counts) : nil
      if let spares { report.spares = try check(plan, spares, names) }
    }
    report.frontier = isSplit ? FleetPlanner.frontier(of: evaluations) : planner.frontier
    report.simulated = planner.evaluations.count
    return report
  }

  /// Rounding of rent by use; none where nothing is rented so.
  private static func billing(_ offers: [NodeOffer]) -> BillingTerms {
    offers.first { $0.kind == .onDemand || $0.kind == .spot }?.row.billing ?? .exact
  }

  /// Spares by the number of nodes.
  private struct SpareBook {
    var share: Double
    /// Of a node, by pool.
    var availability: [Double]

    func spares(_ counts: [Int]) -> [Int] {
      zip(counts, availability).map {
        SpareNodes.fewest(needed: $0, availability: $1, probability: share) ?? 100_000
      }
    }

    func with(_ counts: [Int]) -> [Int] { zip(counts, spares(counts)).map { $0 + $1 } }
  }

  private func spareBook(_ names: [String]) throws -> SpareBook? {
    guard let share = try command.spares.share else { return nil }
    return SpareBook(share: share, availability: try command.spares.nodeAvailability(scenario, pools: names))
  }

  /// Simulates the plan with its spares and nodes that fail.
  private func check(
    _ plan: FleetPlanner.Evaluation,
    _ book: SpareBook,
    _ names: [String]
  ) throws -> FleetPlanReport.Spares {
    let spares = book.spares(plan.counts)
    let all = book.with(plan.counts)
    let simulator = FleetSimulator(
      options: command.options,
      overrides: command.spares.failing(names, spares: spares),
      threads: command.plan.threads,
      meters: []
    )
    var planner = FleetPlanner(
      pools: zip(names, all).map { FleetPlanner.Pool(name: $0, least: $1, most: $1) },
      targets: targets,
      replications: command.plan.range,
      cost: groups.cost,
      simulate: { counts, range in try simulator.trial(counts, groups.overrides(counts), range) }
    )
    _ = try planner.plan()
    return FleetPlanReport.Spares(
      share: book.share,
      availability: book.availability,
      counts: spares,
      probabilities: zip(zip(plan.counts, all), book.availability).map {
        SpareNodes.probability(needed: $0.0, of: $0.1, availability: $1)
      },
      withFailures: planner.evaluations[0]
    )
  }
}
