import ArgumentParser
import Reporting
import Results

struct SharedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shared",
    abstract: "Tell which tenants of a stored run shared GPUs, with whom and for how long.",
    discussion: """
      A GPU counts for a tenant while any of its jobs is on it. Beside the time with others stand the most jobs and \
      tenants that a fault of one GPU would have taken with it, and how often a tenant took an empty GPU over from \
      another, where its memory would have to be wiped. MIG instances are behind borders in hardware and still fall \
      with their GPU.

      Examples:
        headroom shared
        headroom shared 3 --replication 4 --json
      """
  )

  @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`); the latest.", valueName: "run"))
  var number: Int64?

  @Option(help: ArgumentHelp("Which replication, from 0.", valueName: "n"))
  var replication = 0

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print JSON, times in GPU-hours.")
  var json = false

  func run() throws {
    try Failure.reporting {
      let results = try ResultStore(path: store.db, access: .read)
      guard let table = try results.residences(run: number, replication: replication) else {
        throw InputError("the run has no replication \(replication); see `headroom runs`")
      }
      let shared = CoResidence(table)
      Terminal.write(
        json
          ? try CoResidenceText.json(shared, table)
          : CoResidenceText.page(shared, table, style: Terminal.style)
      )
    }
  }
}
