import ArgumentParser
import Foundation
import Scenario
import Workload

struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Write the jobs that a scenario would run as a trace file.",
    discussion: """
      A scenario that replays the file (`workload: {trace: {format: headroom, file: trace.csv}}`) on the same fleet \
      gives the same run.

      Examples:
        headroom synth scenarios/quickstart.yaml -o trace.csv
        headroom synth scenarios/quickstart.yaml --seed 7 --replication 3 -o trace.csv
      """
  )

  @OptionGroup var options: ScenarioOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write (CSV).", valueName: "file"))
  var output: String

  @Option(help: "Which replication's jobs, counted from 0.")
  var replication = 0

  @Flag(help: "Replace the file when it exists.")
  var force = false

  func validate() throws {
    if replication < 0 { throw ValidationError("--replication must be at least 0.") }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      if !force, FileManager.default.fileExists(atPath: output) {
        throw InputError("\(output): exists already; --force replaces it")
      }
      let plan = try RunPlan(try options.load(), verify: false)
      let jobs = try plan.cells[0].make(replication).jobs
      try HeadroomTraceWriter.write(jobs, to: output) { Interrupt.isRequested }
      Terminal.write("\(output): \(jobs.count) jobs\n")
    }
  }
}
