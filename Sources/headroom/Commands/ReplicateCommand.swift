import ArgumentParser
import Foundation
import Reporting
import Results
import Studies
import Workload

/// `headroom replicate STUDY`: one subcommand a study.
struct ReplicateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replicate",
    abstract: "Repeat a published experiment and compare with its results.",
    discussion: """
      Runs through the same engine, cluster model and policies as `headroom run`; only the studied tool's quirks \
      are added, each named in the study's documentation.

      Examples:
        headroom replicate fgd --csv fgd.csv
        headroom replicate tiresias --configs 60jobs_16gpu__fjf-yarn --out results/tiresias
      """,
    subcommands: [
      FGD.self, JobStudyCommand<TiresiasStudy>.self, JobStudyCommand<HeliosStudy>.self,
      JobStudyCommand<PAIStudy>.self, JobStudyCommand<PhillyStudy>.self,
      JobStudyCommand<GavelStudy>.self,
    ]
  )

  struct FGD: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fgd",
      abstract: "Fragmentation gradient descent (USENIX ATC 2023): filling a shared cluster.",
      discussion: """
        Fills the 6,212 GPUs of the public openb trace with its pods and writes, for each percentage of requests \
        that has arrived, what is allocated and what is fragmented. Five policies must equal the published tables \
        in every digit; Random matches in distribution. docs/validation.md says where to get the trace.

        Examples:
          headroom replicate fgd --csv fgd.csv
          headroom replicate fgd --data ../shared/data/openb --workloads default,gpuspec33 \\
            --policies FGD,BestFit --seeds 42-44 --csv fgd.csv
        """
    )

    @Option(
      help: ArgumentHelp(
        "Folder of the openb trace. (default: \(StudyFolder.defaults("openb")))",
        valueName: "dir"
      )
    )
    var data: String?

    @Option(help: ArgumentHelp("Pod lists, separated by commas, or all.", valueName: "w,..."))
    var workloads = "default"

    @Option(help: ArgumentHelp("Policies, separated by commas.", valueName: "p,..."))
    var policies = FGDStudy.policies.map(\.name).joined(separator: ",")

    @Option(help: ArgumentHelp("Seeds: a range, a list, or both.", valueName: "a-b,c"))
    var seeds = "42-51"

    @Option(help: ArgumentHelp("Write the tables here.", valueName: "file"))
    var csv: String?

    @Option(help: "Runs at a time. (default: all cores)")
    var threads: Int?

    @Flag(help: "Check every invariant of the simulation at each event (slow).")
    var verify = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
      if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
      _ = try FlagList.names(workloads, "--workloads")
      _ = try FlagList.names(policies, "--policies")
      _ = try seedList()
    }

    func run() throws {
      try Failure.reporting {
        Interrupt.listen()
        let data = try StudyFolder.find(data, folder: "openb", contents: "the openb trace")
        let names =
          workloads == "all" ? FGDStudy.workloads(in: data) : try FlagList.names(workloads, "--workloads")
        if names.isEmpty { throw InputError("\(data): holds no pod lists") }
        let replication = try FGDReplication(
          folder: data,
          workloads: names,
          policies: try FlagList.names(policies, "--policies"),
          seeds: try seedList()
        )
        let line = CountLine(
          label: "fgd",
          total: replication.cells.count,
          isShown: !quiet && Terminal.isTerminal(STDERR_FILENO)
        )
        defer { line.clear() }
        let runs = try replication.run(
          threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
          verify: verify,
          observer: InterruptObserver(),
          finished: { _ in line.step() }
        )
        if Interrupt.isRequested { throw CancellationError() }
        if let csv { try AtomicFile.write(FGDReplication.csv(runs), to: csv) }
        line.clear()
        try report(runs, folder: data)
      }
    }

    private func report(_ runs: [FGDReplication.Run], folder: String) throws {
      let comparisons = try FGDExpected(folder: folder)?.comparisons(runs) ?? []
      if !quiet {
        Terminal.write(comparisons.isEmpty ? summary(runs) : table(comparisons))
        if let run = runs.first, runs.count == 1 {
          Terminal.write("\nFingerprint \(FingerprintText.hexadecimal(run.fingerprint))\n")
        }
        if let csv { Terminal.write("\nTables of \(runs.count) runs in \(csv)\n") }
      }
      let wrong = comparisons.filter { $0.isExact && $0.equal < $0.cells }
      if let first = wrong.first {
        Terminal.printError("error: \(first.policy) differs from the published tables")
        throw ExitReason.failedRun
      }
    }

    private func table(_ comparisons: [FGDExpected.Comparison]) -> String {
      ReplicationTable.text(
        heading: [
          "default, 100 % arrived", "seeds", "allocated %", "published", "fragmented % of free", "published",
          "equal",
        ],
        rows: comparisons.map { c in
          [
            c.policy, "\(c.seeds)", String(format: "%.2f", c.ours[0]), String(format: "%.2f", c.expected[0]),
            String(format: "%.2f", c.ours[1]), String(format: "%.2f", c.expected[1]),
            c.isExact ? "\(c.equal) of \(c.cells)" : "in distribution",
          ]
        },
        labels: 1,
        style: Terminal.style
      )
    }

    private func summary(_ runs: [FGDReplication.Run]) -> String {
      ReplicationTable.text(
        heading: ["100 % arrived", "policy", "seed", "allocated %", "fragmented % of free"],
        rows: runs.map { run in
          let printed = run.rows[100].printed
          return [run.cell.workload, run.cell.policy, "\(run.cell.seed)", printed[0], printed[1]]
        },
        labels: 2,
        style: Terminal.style
      )
    }

    private func seedList() throws -> [Int] {
      let seeds = try seeds.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [Int] in
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
          last - first < 10_000
        else { throw ValidationError("--seeds takes numbers and ranges such as 42-51, found '\(part)'.") }
        return Array(first...last)
      }
      try FlagList.checkDifferent(seeds, "--seeds")
      return seeds
    }
  }
}
