/// A file format that holds jobs with times.
///
/// A new format is one file with its reader and one line of ``all``.
public struct TraceFormat: Sendable {
  /// What a scenario calls it.
  public let name: String
  /// One line about it.
  public let summary: String
  /// The names in its header line.
  public let columns: [String]
  /// Names that the header line may have beside them.
  public let optionalColumns: [String]
  /// Reads a file into jobs sorted by arrival.
  public let readJobs: @Sendable (_ path: String) throws(TraceError) -> JobTable

  /// Every format, in listing order.
  public static let all: [TraceFormat] = [headroom, openb]

  /// The format of this name.
  public static func named(_ name: String) -> TraceFormat? { all.first { $0.name == name } }

  static let openb = TraceFormat(
    name: "openb",
    summary: "pod list of the Alibaba GPU-sharing trace of 2023",
    columns: OpenBPodReader.columns,
    optionalColumns: [],
    readJobs: { path throws(TraceError) in try OpenBPodReader.read(path: path).timedJobs() }
  )

  static let headroom = TraceFormat(
    name: "headroom",
    summary: "this program's own format: every column of a job, times to the nanosecond",
    columns: HeadroomTrace.columns,
    optionalColumns: HeadroomTrace.optionalColumns,
    readJobs: { path throws(TraceError) in try HeadroomTraceReader.read(path: path) }
  )
}
