import Engine
import Foundation
import Outcome
import Planning

/// The finished runs of one configuration.
public struct StudyResult: Sendable {
  public var configuration: String
  /// By ascending number.
  public var jobs: [StudyJob]

  /// Mean job completion time, seconds.
  public var meanJCT: Double {
    jobs.reduce(0) { $0 + Double($1.end - $1.submit) / 1e9 } / Double(max(1, jobs.count))
  }

  /// A header and a row a job.
  public func csv(_ columns: [StudyColumn]) -> String {
    (["job_id"] + columns.map(\.header)).joined(separator: ",") + "\n" + rows(columns)
  }

  /// The rows alone.
  public func rows(_ columns: [StudyColumn]) -> String {
    var text = ""
    for job in jobs {
      text += String(job.id)
      for column in columns {
        text += ","
        text += column.text(column.value(job))
      }
      text += "\n"
    }
    return text
  }
}

/// Repeats configurations of one study.
public struct StudyReplication<Study: JobStudy>: Sendable {
  /// The folder with the study's files.
  public let data: String
  public let configurations: [String]
  private let runs: [(configuration: Int, run: StudyRun)]

  /// Reads what the runs need.
  ///
  /// - Parameter configurations: nil for all that have published results.
  /// - Throws: ``StudyError`` or `TraceError`.
  public init(data: String, configurations: [String]?) throws {
    let names = try configurations ?? Self.published(in: data)
    for name in names { try Study.check(name) }
    self.data = data
    self.configurations = names
    runs = try names.enumerated().flatMap { index, name in
      try Study.runs(of: name, data: data).map { (index, $0) }
    }
  }

  /// The number of runs of the engine.
  public var count: Int { runs.count }

  /// The configurations whose results the folder holds, sorted.
  private static func published(in data: String) throws -> [String] {
    let suffix = Study.reference == .rows ? ".csv" : ".json"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: data + "/expected")) ?? []
    let names = files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
    guard !names.isEmpty else {
      throw StudyError(
        "\(data): holds no published results (expected/*\(suffix)), so there is nothing that would be run by "
          + "default; name configurations with --configs, such as \(Study.example)"
      )
    }
    return names
  }

  /// Runs everything on so many threads; one result a configuration, in order.
  ///
  /// The observer is also asked before each run: one run may be over before
  /// it would be asked for the first time.
  public func run(
    threads: Int,
    verify: Bool = false,
    observer: (any RunObserver & Sendable)? = nil,
    finished: @escaping @Sendable () -> Void = {}
  ) throws -> [StudyResult] {
    let parts = try ParallelMap.map(count: runs.count, threads: threads) { index in
      if observer?.isCancelled == true { throw SimulationError.cancelled }
      let (configuration, run) = runs[index]
      var input = run.input
      input.verify = verify
      do {
        let outcome = try Simulation.run(input, observer: observer)
        finished()
        return try run.jobs(outcome)
      } catch let error as SimulationError where !error.hasItsOwnCode {
        throw StudyError("\(configurations[configuration]): \(error)")
      }
    }
    return configurations.indices.map { configuration in
      let own = runs.indices.filter { runs[$0].configuration == configuration }.flatMap { parts[$0] }
      return StudyResult(configuration: configurations[configuration], jobs: own.sorted { $0.id < $1.id })
    }
  }
}

extension StudyRun {
  /// What became of the jobs.
  func jobs(_ outcome: RunOutcome) throws -> [StudyJob] {
    let columns = outcome.jobs
    let (firstStarts, preemptions) = (columns.firstStartNanoseconds, columns.preemptions)
    return try ids.indices.map { job in
      guard columns.state[job] == .completed else {
        throw StudyError("job \(ids[job]) has not ended (\(columns.state[job]))")
      }
      return StudyJob(
        id: ids[job],
        submit: input.jobs.arrival[job].nanoseconds,
        firstStart: firstStarts[job],
        end: columns.endNanoseconds[job],
        preemptions: Int64(preemptions[job])
      )
    }
  }
}

extension SimulationError {
  /// Whether a command answers it in a way of its own.
  fileprivate var hasItsOwnCode: Bool {
    switch self {
    case .cancelled, .invariantBroken: true
    case .impossibleJobs, .invalidInput: false
    }
  }
}
