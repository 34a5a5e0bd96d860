import ArgumentParser
import Foundation
import Planning
import Reporting
import Scenario
import Workload

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a suite of scenarios and policies against its baseline.",
    discussion: """
      A suite says which scenarios run under which policies, and how much worse each metric may get. Replication r \
      is compared with replication r of the baseline: a regression is over its budget, and its 95 % confidence \
      interval excludes no change. The baseline holds for one workload, fleet, horizon and set of seeds. Nothing is \
      written unless asked.

      Examples:
        headroom check scenarios/policy-suite.yaml
        headroom check scenarios/policy-suite.yaml --junit check.xml --markdown check.md
        headroom check scenarios/policy-suite.yaml --update

      Exit codes: 0 passed, 1 regression, 2 bad input, 4 baseline missing or made for other inputs.
      """
  )

  @Argument(help: "The suite file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var suite: String

  @Option(
    help: ArgumentHelp("The baseline. (default: results/baselines/NAME.json)", valueName: "file"),
    completion: .file(extensions: ["json"])
  )
  var baseline: String?

  @Flag(help: "Write the baseline anew and compare nothing.")
  var update = false

  @Option(help: ArgumentHelp("Write JUnit XML here.", valueName: "file"), completion: .file())
  var junit: String?

  @Option(help: ArgumentHelp("Write the report as Markdown here.", valueName: "file"), completion: .file())
  var markdown: String?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Option(help: "Replications simulated at a time. (default: all cores)")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if update, junit != nil || markdown != nil || json {
      throw ValidationError("--update makes no report: leave out --junit, --markdown and --json.")
    }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      guard FileManager.default.fileExists(atPath: suite) else {
        throw InputError(
          NearFiles.message(missing: suite, otherwise: "docs/ci.md shows how to write a suite")
        )
      }
      let loaded = try SuiteLoader.load(path: suite, environment: ProcessInfo.processInfo.environment)
      let path = baseline ?? "results/baselines/\(loaded.name).json"
      if update {
        let made = Baseline(suite: loaded, measured: try measure(loaded), toolVersion: Version.current)
        try made.write(to: path)
        return Terminal.write(
          "\(path): written (\(loaded.cells.count) cells, \(loaded.replications) replications)\n"
        )
      }
      let accepted = try Baseline.read(path: path, suite: suite)
      let report = try CheckReport(
        suite: loaded,
        suiteFile: suite,
        measured: try measure(loaded),
        baseline: accepted,
        path: path,
        toolVersion: Version.current
      )
      if let junit { try AtomicFile.write(CheckJUnit.text(report), to: junit) }
      if let markdown { try AtomicFile.write(CheckMarkdown.text(report), to: markdown) }
      Terminal.write(
        json ? try ReportJSON.text(report) : CheckText.text(report, style: Terminal.style)
      )
      if !report.isPassed { throw ExitReason.regression }
    }
  }

  private func measure(_ suite: LoadedSuite) throws -> [[MeasuredReplication]] {
    let line = CountLine(
      label: suite.name,
      total: suite.cells.count * suite.replications,
      isShown: Terminal.isTerminal(STDERR_FILENO)
    )
    defer { line.clear() }
    return try ArmRuns.run(
      arms: suite.cells.map { cell in { try cell.input(replication: $0) } },
      replications: suite.replications,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      observer: InterruptObserver(),
      finished: { line.step() }
    )
  }
}
