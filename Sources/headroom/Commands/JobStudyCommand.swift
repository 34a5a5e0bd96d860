import ArgumentParser
import Foundation
import Reporting
import Studies
import Workload

/// `headroom replicate STUDY` for every study whose results are known job by
/// job.
struct JobStudyCommand<Study: JobStudy>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Study.name,
      abstract: Study.title,
      discussion: """
        \(Study.discussion)

        Exit code 3 if a configuration differs from its published results. docs/validation.md says where the data \
        comes from.

        Examples:
          headroom replicate \(Study.name)
          headroom replicate \(Study.name) --configs \(Study.example) --out results/\(Study.name)
        """
    )
  }

  @Option(
    help: ArgumentHelp(
      "Folder of the study's data. (default: \(StudyFolder.defaults("training/" + Study.folder)))",
      valueName: "dir"
    )
  )
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Configurations, separated by commas. (default: all with published results)",
      valueName: "c,..."
    )
  )
  var configs: String?

  @Option(
    help: ArgumentHelp("Write \(Self.header) of each configuration to <dir>/NAME.csv.", valueName: "dir")
  )
  var out: String?

  @Option(help: "Runs at a time. (default: all cores)")
  var threads: Int?

  @Flag(help: "Check every invariant of the simulation at each event (slow).")
  var verify = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  private static var header: String {
    (["job_id"] + Study.columns.map(\.header)).joined(separator: ",")
  }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if let configs { _ = try FlagList.names(configs, "--configs") }
    if out == "" { throw ValidationError("--out takes the name of a folder.") }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let names = try configs.map { try FlagList.names($0, "--configs") }
      // A wrong name is told before the data is looked for.
      for name in names ?? [] { try Study.check(name) }
      let folder = try StudyFolder.find(
        data,
        folder: "training/" + Study.folder,
        contents: "the \(Study.name) data"
      )
      let replication = try StudyReplication<Study>(data: folder, configurations: names)
      let line = CountLine(
        label: Study.name,
        total: replication.count,
        isShown: !quiet && Terminal.isTerminal(STDERR_FILENO)
      )
      defer { line.clear() }
      let results = try replication.run(
        threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
        verify: verify,
        observer: InterruptObserver(),
        finished: { line.step() }
      )
      if Interrupt.isRequested { throw CancellationError() }
      if let out { try write(results, to: out) }
      let comparisons = try results.map { try StudyComparison.make(Study.self, $0, data: folder) }
      line.clear()
      try report(results, comparisons)
    }
  }

  private func write(_ results: [StudyResult], to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError("\(folder): the folder cannot be made")
    }
    for result in results {
      try AtomicFile.write(result.csv(Study.columns), to: "\(folder)/\(result.configuration).csv")
    }
  }

  private func report(_ results: [StudyResult], _ comparisons: [StudyComparison?]) throws {
    if !quiet {
      Terminal.write(table(results, comparisons))
      if let out {
        let count = results.count == 1 ? "1 configuration" : "\(results.count) configurations"
        Terminal.write("\nJobs of \(count) in \(out)\n")
      }
    }
    let wrong = comparisons.compactMap { $0 }.filter { !$0.isEqual }
    for comparison in wrong {
      Terminal.printError("error: \(comparison.configuration): \(comparison.difference ?? "")")
    }
    if !wrong.isEmpty { throw ExitReason.failedRun }
  }

  private func table(_ results: [StudyResult], _ comparisons: [StudyComparison?]) -> String {
    ReplicationTable.text(
      heading: [Study.name, "jobs", "equal", "mean JCT, s", "published"],
      rows: zip(results, comparisons).map { result, comparison in
        guard let comparison else {
          return [result.configuration, "\(result.jobs.count)", "-", seconds(result.meanJCT), "-"]
        }
        return [
          result.configuration, "\(result.jobs.count)", comparison.equalText, seconds(comparison.ourMeanJCT),
          seconds(comparison.expectedMeanJCT),
        ]
      },
      labels: 1,
      style: Terminal.style
    )
  }

  private func seconds(_ value: Double) -> String { String(format: "%.4f", value) }
}
