import ArgumentParser
import Foundation
import Planning
import Reporting
import Results

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Simulate a scenario and store the results.",
    discussion: """
      Prints one screen: where the GPU time went, who waited and for what. Several policies are run on the same jobs \
      and give one table. Replications differ in their random draws only; percentages then carry 95 % confidence \
      intervals. Nothing is stored when a run fails or is interrupted.

      Examples:
        headroom run scenarios/quickstart.yaml
        headroom run scenarios/quickstart.yaml --policy best-fit --policy fgd
        headroom run scenarios/quickstart.yaml --set fleet.nodes.h100.count=20 --replications 10
        headroom run scenarios/quickstart.yaml --json --no-store > run.json
      """
  )

  @OptionGroup var options: ScenarioOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A placement policy, in place of the scenario's; may be repeated. Names joined with + are added up.",
      valueName: "name"
    )
  )
  var policy: [String] = []

  @Option(help: "How many replications, in place of the scenario's.")
  var replications: Int?

  @Option(help: "Replications simulated at a time. (default: all cores)")
  var threads: Int?

  @Flag(help: "Check every invariant of the simulation at each event (slow).")
  var verify = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "No report and no progress; errors only (and JSON, with --json).")
  var quiet = false

  @OptionGroup var store: StoreOptions

  @Flag(help: "Do not store the results.")
  var noStore = false

  func validate() throws {
    if let replications, replications < 1 { throw ValidationError("--replications must be at least 1.") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      if !noStore { try ResultStore.checkWritable(store.db) }
      var overrides = replications.map { ["replications=\($0)"] } ?? []
      if !policy.isEmpty { overrides.append(try RunPlan.override(policies: policy)) }
      let scenario = try options.load(adding: overrides)
      let plan = try RunPlan(scenario, verify: verify)
      if !quiet { for note in scenario.notes { Terminal.printError("Note: \(note)") } }
      let records = try plan.cells.map {
        try SimulatedCell.record($0, of: plan, threads: threads, quiet: quiet)
      }
      let ids = noStore ? [] : try ResultStore.store(records, at: store.db) { Interrupt.isRequested }
      let figures = records.enumerated().map { index, record in
        RunFigures(record, id: ids.isEmpty ? nil : ids[index])
      }
      try report(figures, plan: plan)
    }
  }

  private func report(_ figures: [RunFigures], plan: RunPlan) throws {
    let reports = figures.map(RunReport.init)
    let path = noStore ? nil : store.db
    if json { return Terminal.write(try ReportJSON.text(reports, path: path)) }
    if quiet { return }
    let style = Terminal.style
    let context = SuggestionContext(
      run: "headroom run \(options.words)\(noStore ? " --no-store" : store.words)",
      validate: "headroom validate \(options.words)",
      show: noStore ? nil : "headroom show\(store.words)",
      list: noStore ? nil : "headroom runs\(store.words)",
      pools: NodePools.pools(of: plan.scenario),
      isBlocking: plan.scenario.isBlocking,
      keepingJobs: plan.scenario.loadsFollowFleet ? " --set workload.loadOf=\(plan.fleet.gpuCount)" : "",
      isStudy: plan.scenario.study != nil
    )
    let next = Suggestions.after(reports, context: context)
    if reports.count == 1 {
      Terminal.write(SummaryText(reports[0], style: style).text(chart: false, next: next))
    } else {
      Terminal.write(PolicyTable.text(reports, next: next, style: style))
    }
    Terminal.write("\n" + WallText.text(figures, path: path))
  }
}
