import Foundation
import Workload

/// Our results of one configuration against the published ones.
public struct StudyComparison: Hashable, Sendable {
  public var configuration: String
  /// Jobs with a published result.
  public var jobs: Int
  /// Of these, jobs whose every column is equal; nil when only a digest of
  /// all jobs is published and it differs.
  public var equal: Int?
  /// Means of the job completion time over the compared jobs, seconds.
  public var ourMeanJCT: Double
  public var expectedMeanJCT: Double
  /// The first job that differs and both its results, or which mean does; nil
  /// when all is as near as it must be.
  public var difference: String?
  public var tolerance = StudyTolerance.exact

  public var isEqual: Bool { difference == nil }

  /// Such as `59 of 60`.
  public var equalText: String {
    switch tolerance {
    case .exact: equal.map { "\($0) of \(jobs)" } ?? "not all of \(jobs)"
    case .eachJob(let nanoseconds): "\(equal ?? 0) of \(jobs) to \(nanoseconds / 1_000_000) ms"
    case .means(let share): "\(isEqual ? "within" : "not within") \(Int((share * 100).rounded())) %"
    }
  }
}

extension StudyComparison {
  /// Compares with what the folder has, or returns nil when it has nothing.
  ///
  /// - Throws: `TraceError` or ``StudyError`` for unreadable published results.
  public static func make<Study: JobStudy>(_ study: Study.Type, _ result: StudyResult, data: String) throws
    -> StudyComparison?
  {
    let path = "\(data)/expected/\(result.configuration)"
    switch Study.reference {
    case .rows:
      guard FileManager.default.fileExists(atPath: path + ".csv") else { return nil }
      return try rows(
        result,
        path: path + ".csv",
        columns: Study.columns,
        tolerance: Study.tolerance(of: result.configuration)
      )
    case .digest:
      guard FileManager.default.fileExists(atPath: path + ".json") else { return nil }
      return try digest(result, path: path + ".json", columns: Study.columns)
    }
  }

  /// Job by job. Jobs without a published result are not counted: some studies
  /// publish a part of their virtual clusters.
  static func rows(
    _ result: StudyResult,
    path: String,
    columns: [StudyColumn],
    tolerance: StudyTolerance = .exact
  ) throws -> StudyComparison {
    let names = ["job_id"] + columns.map(\.header)
    var reader = try CSVReader(path: path, expecting: names)
    try reader.acceptOnly(names)
    let fields = try names.map { try reader.column($0) }
    var comparison = StudyComparison(
      configuration: result.configuration,
      jobs: 0,
      equal: 0,
      ourMeanJCT: 0,
      expectedMeanJCT: 0
    )
    let position = Dictionary(uniqueKeysWithValues: result.jobs.enumerated().map { ($1.id, $0) })
    var equal = 0
    /// Nanoseconds.
    var (ourLast, expectedLast) = (Int64(0), Int64(0))
    var slack: Int64 = 0
    if case .eachJob(let nanoseconds) = tolerance { slack = nanoseconds }
    while try reader.next() {
      let id = try reader.integer(fields[0], in: 0...Int64.max)
      let expected = try zip(columns, fields.dropFirst()).map { column, field in
        column == .preemptions
          ? try reader.integer(field, in: 0...Int64.max) : try reader.nanoseconds(field)
      }
      guard let ours = position[id].map({ result.jobs[$0] }) else {
        throw StudyError("\(path):\(reader.line): the trace has no job \(id)")
      }
      comparison.jobs += 1
      comparison.ourMeanJCT += Double(ours.end - ours.submit) / 1e9
      for (column, value) in zip(columns, expected) {
        guard let end = column.end(value, ours) else { continue }
        comparison.expectedMeanJCT += Double(end - ours.submit) / 1e9
        expectedLast = max(expectedLast, end)
      }
      ourLast = max(ourLast, ours.end)
      if zip(columns, expected).allSatisfy({ $0.isNear($0.value(ours), $1, slack: slack) }) {
        equal += 1
      } else if comparison.difference == nil {
        comparison.difference = "job \(id): " + difference(columns, ours, expected, slack)
      }
    }
    comparison.equal = equal
    comparison.ourMeanJCT /= Double(max(1, comparison.jobs))
    comparison.expectedMeanJCT /= Double(max(1, comparison.jobs))
    comparison.tolerance = tolerance
    if case .means(let share) = tolerance {
      comparison.difference = difference(
        [
          ("the mean JCT", comparison.ourMeanJCT, comparison.expectedMeanJCT),
          ("the last end", Double(ourLast) / 1e9, Double(expectedLast) / 1e9),
        ],
        share: share
      )
    }
    return comparison
  }

  /// The first quantity, in seconds, that is further off than it may be.
  private static func difference(_ means: [(name: String, ours: Double, expected: Double)], share: Double)
    -> String?
  {
    means.first { abs($0.ours - $0.expected) > share * $0.expected }.map {
      let values = [$0.ours, $0.expected].map { String(format: "%.3f", $0) }
      return "\($0.name) is \(values[0]) s, published \(values[1]) s"
    }
  }

  /// The columns that differ.
  private static func difference(
    _ columns: [StudyColumn],
    _ job: StudyJob,
    _ expected: [Int64],
    _ slack: Int64
  ) -> String {
    zip(columns, expected).filter { !$0.isNear($0.value(job), $1, slack: slack) }
      .map { "\($0.header) is \($0.text($0.value(job))), published \($0.text($1))" }
      .joined(separator: "; ")
  }

  /// What the published summary of a configuration holds, of that needed here.
  private struct Summary: Decodable {
    var jobs: Int
    var avgJct: Double
    var sumEndTime: Int64
    var sha256OfLinesJobStartEnd: String

    enum CodingKeys: String, CodingKey {
      case jobs
      case avgJct = "avg_jct"
      case sumEndTime = "sum_end_time"
      case sha256OfLinesJobStartEnd = "sha256_of_lines_job_start_end"
    }
  }

  /// All jobs at once, by the hash of their rows.
  static func digest(_ result: StudyResult, path: String, columns: [StudyColumn]) throws -> StudyComparison {
    let summary: Summary
    do {
      summary = try JSONDecoder().decode(Summary.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw StudyError(
        "\(path): no published summary with jobs, avg_jct, sum_end_time and sha256_of_lines_job_start_end"
      )
    }
    let ours = SHA256.hexadecimal(of: Array(result.rows(columns).utf8))
    let isEqual = ours == summary.sha256OfLinesJobStartEnd && result.jobs.count == summary.jobs
    let ends = result.jobs.reduce(Int128(0)) { $0 + Int128($1.end) } / 1_000_000_000
    return StudyComparison(
      configuration: result.configuration,
      jobs: summary.jobs,
      equal: isEqual ? summary.jobs : nil,
      ourMeanJCT: result.meanJCT,
      expectedMeanJCT: summary.avgJct,
      difference: isEqual
        ? nil
        : "the SHA-256 of the rows differs; the sum of all ends is \(ends) s, published \(summary.sumEndTime) s"
    )
  }
}

extension StudyColumn {
  /// The end that a value of this column tells, ns; nil where it tells none.
  fileprivate func end(_ value: Int64, _ job: StudyJob) -> Int64? {
    switch self {
    case .jct, .jctInMilliseconds: job.submit + value
    case .end: value
    case .submit, .firstStart, .start, .preemptions: nil
    }
  }

  /// Whether two values differ by no more than the slack, which is for times.
  fileprivate func isNear(_ a: Int64, _ b: Int64, slack: Int64) -> Bool {
    a == b || (self != .preemptions && abs(a - b) <= slack)
  }
}
