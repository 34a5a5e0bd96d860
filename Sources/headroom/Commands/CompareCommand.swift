import ArgumentParser
import Foundation
import Planning
import Reporting

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare scenarios or policies, replication by replication.",
    discussion: """
      Every arm is simulated under the same random numbers: replication r uses seed + r in each. The report gives, \
      for each arm against the first, the difference of every metric with its 95 % confidence interval, and says \
      whether it is better, worse, not significant or identical. A scenario with several placements is several \
      arms, and --vary makes an arm of each value. Nothing is stored.

      Examples:
        headroom compare scenarios/quickstart.yaml:best-fit scenarios/quickstart.yaml:fgd
        headroom compare scenarios/quickstart.yaml --policy best-fit --policy worst-fit --policy fgd
        headroom compare scenarios/backfill.yaml --vary policy.queue.backfill=none,easy,conservative
        headroom compare old.yaml new.yaml --replications 30 --json > difference.json
      """
  )

  @Argument(
    help: ArgumentHelp(
      "Scenario files (YAML); FILE:POLICY is the file under that placement policy.",
      valueName: "scenario"
    ),
    completion: .file(extensions: ["yaml", "yml"])
  )
  var scenarios: [String]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A placement policy, in place of the scenarios'; may be repeated. Names joined with + are added up.",
      valueName: "name"
    )
  )
  var policy: [String] = []

  @Option(
    name: .customLong("set"),
    parsing: .singleValue,
    help: ArgumentHelp("Override a value of every scenario; may be repeated.", valueName: "key=value")
  )
  var overrides: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An arm for each value of a key, as --set takes it; repeated: for each combination.",
      valueName: "key=value,..."
    )
  )
  var vary: [String] = []

  @Option(help: "The seed of all random draws, in place of the first scenario's.")
  var seed: UInt64?

  @Option(help: "How many replications. (default: the scenarios', at least 10)")
  var replications: Int?

  @Option(help: "Replications simulated at a time. (default: all cores)")
  var threads: Int?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "No report and no progress; errors only (and JSON, with --json).")
  var quiet = false

  func validate() throws {
    if let replications, replications < 2 { throw ValidationError("--replications must be at least 2.") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let plan = try ComparisonPlan(
        words: scenarios,
        policies: policy,
        overrides: overrides,
        varied: vary,
        seed: seed,
        replications: replications
      )
      if !quiet { for note in plan.notes { Terminal.printError("Note: \(note)") } }
      let line = CountLine(
        label: "compare",
        total: plan.makers.count * plan.replications,
        isShown: !quiet && Terminal.isTerminal(STDERR_FILENO)
      )
      defer { line.clear() }
      let measured = try ArmRuns.run(
        arms: plan.makers,
        replications: plan.replications,
        threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
        observer: InterruptObserver(),
        finished: { line.step() }
      )
      line.clear()
      let comparison = Comparison(seed: plan.seed, arms: plan.arms, measured: measured)
      if json { return Terminal.write(try ReportJSON.text(comparison)) }
      if !quiet { Terminal.write(ComparisonText.text(comparison, style: Terminal.style)) }
    }
  }
}
