import ArgumentParser
import Reporting
import Results

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the stored runs.",
    discussion: """
      Examples:
        headroom runs
        headroom runs --db results/other.sqlite --json
      """
  )

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the list as JSON.")
  var json = false

  func run() throws {
    try Failure.reporting {
      let runs = try ResultStore(path: store.db, access: .read).runs()
      Terminal.write(json ? try ReportJSON.text(runs) : RunList.text(runs, style: Terminal.style))
    }
  }
}
