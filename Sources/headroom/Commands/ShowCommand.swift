import ArgumentParser
import Reporting
import Results

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a stored run again, with a chart of allocation over time.",
    discussion: """
      Without a number the latest run is shown.

      Examples:
        headroom show
        headroom show 3
        headroom show 3 --json
      """
  )

  @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`).", valueName: "run"))
  var number: Int64?

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Print the scenario that was run, with every default.")
  var scenario = false

  @Flag(help: "One table of all runs that the same command stored.")
  var together = false

  func run() throws {
    try Failure.reporting {
      let results = try ResultStore(path: store.db, access: .read)
      let figures = together ? try results.batch(run: number) : [try results.figures(run: number)]
      let reports = figures.map(RunReport.init)
      if scenario { return Terminal.write(figures[0].header.scenario) }
      if json { return Terminal.write(try ReportJSON.text(reports, path: store.db)) }
      let style = Terminal.style
      if together {
        Terminal.write(PolicyTable.text(reports, next: [], style: style))
      } else {
        Terminal.write(SummaryText(reports[0], style: style).text(chart: true, next: []))
      }
      Terminal.write("\n" + WallText.text(figures, path: store.db))
    }
  }
}
