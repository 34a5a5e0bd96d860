import Engine
import Hardware
import Outcome
import Workload

/// A published simulator whose results are known job by job.
///
/// Adding one: a type with this protocol, which turns the study's files into
/// inputs of the engine, and a line among the subcommands of `replicate`. Only
/// the inputs are the study's own; running, writing and comparing are shared
/// (``StudyReplication``, ``StudyComparison``).
public protocol JobStudy: Sendable {
  /// The name on the command line.
  static var name: String { get }
  /// What it is, one line.
  static var title: String { get }
  /// What is run, which configurations there are and what comes out, for the
  /// help text.
  static var discussion: String { get }
  /// The folder of its data below the training data.
  static var folder: String { get }
  /// A configuration, for examples.
  static var example: String { get }
  /// The columns of its results after `job_id`.
  static var columns: [StudyColumn] { get }
  /// In which form the published results come.
  static var reference: StudyReference { get }
  /// How near to the published results a configuration must come; exact
  /// unless a study says otherwise.
  static func tolerance(of configuration: String) -> StudyTolerance

  /// Refuses a name that is no configuration, without reading any file.
  ///
  /// - Throws: ``StudyError``, which says what part of the name is wrong.
  static func check(_ configuration: String) throws

  /// The independent runs that make up a configuration.
  ///
  /// - Parameter data: the folder with the study's files.
  /// - Throws: ``StudyError`` or `TraceError`.
  static func runs(of configuration: String, data: String) throws -> [StudyRun]
}

extension JobStudy {
  public static func tolerance(of configuration: String) -> StudyTolerance { .exact }
}

/// One run of the engine on behalf of a study.
public struct StudyRun: Sendable {
  public var input: SimulationInput
  /// The study's number of each job of the table.
  public var ids: [Int64]

  public init(input: SimulationInput, ids: [Int64]) {
    self.input = input
    self.ids = ids
  }
}

/// The form of published results.
public enum StudyReference: Sendable {
  /// `expected/NAME.csv`: a row a job.
  case rows
  /// `expected/NAME.json`: the SHA-256 of the rows' text without the header.
  case digest
}

/// How near to published rows results must come.
public enum StudyTolerance: Hashable, Sendable {
  /// Every value is equal.
  case exact
  /// No time of any job differs by more.
  case eachJob(nanoseconds: Int64)
  /// The mean job completion time and the last end differ by at most this
  /// share of the published ones.
  case means(share: Double)
}

/// What became of one job, in the study's terms.
public struct StudyJob: Hashable, Sendable {
  /// The study's number of the job.
  public var id: Int64
  /// Nanoseconds since the start of the run.
  public var submit: Int64
  public var firstStart: Int64
  public var end: Int64
  public var preemptions: Int64

  public init(id: Int64, submit: Int64, firstStart: Int64, end: Int64, preemptions: Int64) {
    self.id = id
    self.submit = submit
    self.firstStart = firstStart
    self.end = end
    self.preemptions = preemptions
  }
}

/// A column of a study's results; its raw value is the name in the
/// header, except for the same time in another form.
public enum StudyColumn: String, Hashable, Sendable {
  case submit = "submit_s"
  /// The first start of all.
  case firstStart = "first_start_s"
  /// The start of a job that is never preempted.
  case start = "start_s"
  case end = "end_s"
  /// Job completion time: end minus submission.
  case jct = "jct_s"
  /// The same, printed with three decimals.
  case jctInMilliseconds
  case preemptions

  /// The name in the header.
  public var header: String { self == .jctInMilliseconds ? StudyColumn.jct.rawValue : rawValue }

  /// Nanoseconds, or a number of preemptions.
  public func value(_ job: StudyJob) -> Int64 {
    switch self {
    case .submit: job.submit
    case .firstStart, .start: job.firstStart
    case .end: job.end
    case .jct, .jctInMilliseconds: job.end - job.submit
    case .preemptions: job.preemptions
    }
  }

  /// The value as the files print it: whole seconds without decimals.
  public func text(_ value: Int64) -> String {
    guard self != .preemptions else { return String(value) }
    if self == .jctInMilliseconds {
      let milliseconds = Int64((Double(value) / 1e6).rounded(.toNearestOrEven))
      let decimals = String(milliseconds.magnitude % 1000 + 1000).dropFirst()
      return "\(milliseconds < 0 ? "-" : "")\(milliseconds.magnitude / 1000).\(decimals)"
    }
    let (seconds, rest) = value.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest == 0 { return String(seconds) }
    var decimals = String(rest.magnitude)
    decimals = String(repeating: "0", count: 9 - decimals.count) + decimals
    while decimals.last == "0" { decimals.removeLast() }
    return "\(value < 0 ? "-" : "")\(seconds.magnitude).\(decimals)"
  }
}
