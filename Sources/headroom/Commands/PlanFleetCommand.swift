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
      power at full use), or with --buy of the cheapest split into owned, committed and rented nodes. Use \
      `workload.loadOf` where the load is a share of the fleet, so that jobs stay the same.

      A target is a metric, perhaps @SCOPE, then <= or >= and a value: times as 15m, shares as 80%. --availability adds \
      spares for failures; --lead-time says when to order what while demand grows.

      Examples:
        headroom plan fleet scenarios/quickstart.yaml --target "wait.p95<=15m" --target "jobs.waiting<=5"
        headroom plan fleet my.yaml --target "wait.p95@tenant:research<=1h" --pool h100=4..40 --pool l40s=0..16 --json
        headroom plan fleet my.yaml --target "wait.p95<=15m" --buy owned,on-demand --budget 2000000
        headroom plan fleet my.yaml --target "wait.p95<=15m" --lead-time 30w --growth 6%/month --until 2y
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

  @OptionGroup var plan: PlanOptions

  @Option(help: ArgumentHelp("The fleet may cost so much a year at most.", valueName: "usd"))
  var budget: Double?

  @OptionGroup(title: "Purchase") var purchase: PurchaseOptions
  @OptionGroup(title: "Spares") var spares: SpareOptions
  @OptionGroup(title: "Orders") var orders: OrderOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if target.isEmpty { throw ValidationError("Give a --target, such as --target \"wait.p95<=15m\".") }
    for text in target { _ = try TargetText.parse(text) }
    if let budget, !(budget > 0 && budget.isFinite) { throw ValidationError("--budget must be above 0.") }
    let kinds = try purchase.kinds
    if try spares.share != nil, kinds != [.owned] {
      throw ValidationError(
        "--availability plans spares of owned nodes: rented ones are replaced by their provider."
      )
    }
    if orders.leadTime != nil, try budget != nil || spares.share != nil || kinds != [.owned] {
      throw ValidationError(
        "--lead-time plans orders of owned nodes: not with --buy, --budget or --availability."
      )
    }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let scenario = try options.load()
      for note in scenario.notes { Terminal.printError("Note: \(note)") }
      let groups = try PlannedGroups(
        scenario,
        ranges: pool,
        years: plan.years,
        costs: plan.costs,
        sparesAreNodes: try spares.share != nil
      )
      let targets = try TargetText.targets(target, of: scenario)
      let line = CountLine(label: "plan", total: nil, isShown: Terminal.isTerminal(STDERR_FILENO))
      defer { line.clear() }
      if let terms = try orders.terms(scenario) {
        let orders = try FleetOrdering(command: self, scenario: scenario, groups: groups, targets: targets)
          .report(terms, line)
        line.clear()
        Terminal.write(
          try json ? OrderPlanText.json(orders) : OrderPlanText.page(orders, style: Terminal.style)
        )
        if orders.plan.failsAt != nil { throw ExitReason.regression }
        return
      }
      let report = try FleetPlanning(command: self, scenario: scenario, groups: groups, targets: targets)
        .report(line)
      line.clear()
      Terminal.write(
        try json ? FleetPlanText.json(report) : FleetPlanText.page(report, style: Terminal.style)
      )
      if report.plan == nil { throw ExitReason.regression }
    }
  }
}
