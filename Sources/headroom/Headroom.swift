import ArgumentParser
import Foundation

/// The command line: parse, call, print. One file a command in `Commands/`.
@main
struct Headroom: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headroom",
    abstract: "Simulate GPU clusters and plan their capacity.",
    discussion: """
      A scenario file says which nodes there are, which jobs come and how they are placed. A run of it tells how \
      the GPUs were used, what was stranded and why jobs waited, and stores everything in an SQLite file.

      Examples:
        headroom init my.yaml --gpu h100-80gb-sxm --nodes 16
        headroom run my.yaml
        headroom run my.yaml --policy best-fit --policy fgd --replications 10
        headroom show

      Exit codes: 0 done, 1 regression (check), broken budget (tco) or no fleet (plan), 2 bad input, 3 failed while \
      running, 4 no baseline for these inputs (check), 64 wrong flags, 130 interrupted.
      """,
    version: Version.current,
    subcommands: [
      InitCommand.self, RunCommand.self, CompareCommand.self, CheckCommand.self, ValidateCommand.self,
      SynthCommand.self, ShowCommand.self, ExplainCommand.self, SharedCommand.self, RunsCommand.self,
      CatalogCommand.self,
      PlanCommand.self, TCOCommand.self, PricesCommand.self, DecideCommand.self, ClaimsCommand.self,
      ExportCommand.self, ReplicateCommand.self,
    ]
  )

  static func main() {
    // Beyond a limit of file sizes writing fails with a reason, as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
    main(nil)
  }
}

/// The version of the program, stored with every run.
enum Version {
  static let current = "0.1.0"
}
