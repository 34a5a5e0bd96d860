import ArgumentParser
import Economics
import Engine
import Foundation
import Hardware
import Outcome
import Planning
import Reporting
import Scenario

/// `headroom plan fleet`.
struct PlanFleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Find the cheapest fleet that meets targets, by simulating.",
    discussion: """
      Varies the counts of the scenario's groups of nodes between --least and --most, simulates each fleet on the same \
      jobs, and goes on with replications until 95 % intervals decide. The cost is that of owning (level cost a year, \
      power at full use). Use `workload.loadOf` where the load is a share of the fleet, so that jobs stay the same.

      A target is a metric, perhaps @SCOPE, then <= or >= and a value: times as 15m, shares as 80%.

      Examples:
        headroom plan fleet scenarios/quickstart.yaml --target "wait.p95<=15m" --target "jobs.waiting<=5"
        headroom plan fleet my.yaml --target "wait.p95@tenant:research<=1h" --pool h100=4..40 --pool l40s=0..16 --json
      """
  )

  @OptionGroup var options: ScenarioOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("What must be reached; repeatable.", valueName: "metric<=value")
  )
  var target: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A group of nodes to vary and its range. (default: every group, 1 to twice its count)",
      valueName: "name=least..most"
    )
  )
  var pool: [String] = []

  @Option(help: "Replications of a fleet at first.")
  var replications = 5

  @Option(help: "Replications of a fleet at most.")
  var mostReplications = 40

  @Option(help: ArgumentHelp("Years over which the purchase is spread.", valueName: "n"))
  var years = 4

  @Option(help: "Replications simulated at a time. (default: all cores)")
  var threads: Int?

  @Option(
    help: ArgumentHelp("A table of owned-cost parameters (CSV).", valueName: "file"),
    completion: .file()
  )
  var costs: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if target.isEmpty { throw ValidationError("Give a --target, such as --target \"wait.p95<=15m\".") }
    if !(2...1000).contains(replications) { throw ValidationError("--replications must be 2 ... 1000.") }
    if !(replications...10_000).contains(mostReplications) {
      throw ValidationError("--most-replications must be --replications ... 10,000.")
    }
    if !(1...100).contains(years) { throw ValidationError("--years must be 1 ... 100.") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    for text in target { _ = try TargetText.parse(text) }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let scenario = try options.load()
      for note in scenario.notes { Terminal.printError("Note: \(note)") }
      let groups = try PlannedGroups(scenario, ranges: pool, years: years, costs: costs)
      let known = try scenario.scopes()
      let targets = try target.map { text in
        let target = try TargetText.parse(text)
        guard target.scope == "fleet" || known.contains(target.scope) else {
          throw InputError(
            "the scenario has no scope `\(target.scope)`; "
              + (Suggestion.hint(for: target.scope, among: known) ?? "it has \(known.joined(separator: ", "))")
          )
        }
        return target
      }
      let line = CountLine(label: "plan", total: nil, isShown: Terminal.isTerminal(STDERR_FILENO))
      defer { line.clear() }
      var planner = FleetPlanner(
        pools: groups.pools,
        targets: targets,
        replications: replications...mostReplications,
        cost: groups.cost,
        simulate: { counts, range in
          defer { line.step() }
          return try simulate(groups.overrides(counts), range)
        }
      )
      let plan = try planner.plan()
      var less: [FleetPlanner.Evaluation?] = []
      if let plan {
        for place in groups.pools.indices { less.append(try planner.withOneLess(plan.counts, pool: place)) }
      }
      line.clear()
      let report = FleetPlanReport(
        scenario: scenario.name,
        pools: groups.pools.map(\.name),
        plan: plan,
        largest: planner.evaluations[0],
        less: less,
        frontier: planner.frontier,
        simulated: planner.evaluations.count
      )
      Terminal.write(
        try json ? FleetPlanText.json(report) : FleetPlanText.page(report, style: Terminal.style)
      )
      if plan == nil { throw ExitReason.regression }
    }
  }

  private func simulate(_ overrides: [String], _ range: Range<Int>) throws -> FleetPlanner.Trial {
    do {
      let scenario = try options.load(adding: overrides)
      let placement = scenario.placements[0]
      let metrics = try ParallelMap.map(
        count: range.count,
        threads: threads ?? ProcessInfo.processInfo.activeProcessorCount
      ) { piece in
        if Interrupt.isRequested { throw SimulationError.cancelled }
        let input = try scenario.input(placement: placement, replication: range.lowerBound + piece)
        let outcome = try Simulation.run(input, observer: InterruptObserver())
        return OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
      }
      return .measured(metrics)
    } catch let error as ScenarioError {
      // The scenario itself is sound: a fleet this small cannot serve it.
      return .impossible("\(error)")
    }
  }
}
