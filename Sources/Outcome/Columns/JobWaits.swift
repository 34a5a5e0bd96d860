/// How long each job waited for which cause, exactly: the rows of a job add up
/// to all the time that it waited.
///
/// 9 bytes a job and cause, 4 a job; jobs that did not wait have no row.
public struct JobWaits: Hashable, Sendable {
  /// The rows of job j are at `first[j] ..< first[j + 1]`, by raw cause.
  private var first: [Int32] = [0]
  public private(set) var cause: [WaitCause] = []
  /// Above zero.
  public private(set) var nanoseconds: [Int64] = []

  public init() {}

  /// Jobs that have been appended.
  public var jobCount: Int { first.count - 1 }

  public mutating func reserveCapacity(jobs: Int) { first.reserveCapacity(jobs + 1) }

  /// Appends the next job's rows.
  ///
  /// - Parameter sums: ns by raw cause; those above zero become rows.
  public mutating func append(_ sums: [Int64]) {
    for (raw, span) in sums.enumerated() where span > 0 {
      cause.append(WaitCause(rawValue: UInt8(raw))!)
      nanoseconds.append(span)
    }
    first.append(Int32(cause.count))
  }

  /// Appends a job that did not wait.
  public mutating func appendNone() { first.append(Int32(cause.count)) }

  /// The rows of a job; none for one that was not appended.
  public func rows(of job: Int) -> Range<Int> {
    job < jobCount ? Int(first[job])..<Int(first[job + 1]) : 0..<0
  }

  /// All that the job waited, ns.
  public func total(of job: Int) -> Int64 { rows(of: job).reduce(0) { $0 + nanoseconds[$1] } }

  /// The cause of the greatest part, of equals the first; `none` when the job
  /// did not wait.
  public func mainCause(of job: Int) -> WaitCause {
    var best = WaitCause.none
    var longest: Int64 = 0
    for row in rows(of: job) where nanoseconds[row] > longest {
      (best, longest) = (cause[row], nanoseconds[row])
    }
    return best
  }
}
