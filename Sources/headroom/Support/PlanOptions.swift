import ArgumentParser
import Foundation

/// How sizes are simulated for a plan, and at what cost they are owned.
struct PlanOptions: ParsableArguments {
  @Option(help: "Replications of a size at first.")
  var replications = 5

  @Option(help: "Replications of a size at most.")
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

  var range: ClosedRange<Int> { replications...mostReplications }

  func validate() throws {
    if !(2...1000).contains(replications) { throw ValidationError("--replications must be 2 ... 1000.") }
    if !(replications...10_000).contains(mostReplications) {
      throw ValidationError("--most-replications must be --replications ... 10,000.")
    }
    if !(1...100).contains(years) { throw ValidationError("--years must be 1 ... 100.") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }
}
