/// A list of numbers for each job, one after the other in two columns.
///
/// Four bytes a job and four a number.
public struct JobLists: Hashable, Sendable {
  /// Where each job's list begins, and where the last one ends.
  private var ends: [Int32] = []
  public private(set) var values: [Int32] = []

  /// No lists, which stands for an empty list of every job.
  public init() {}

  /// The given lists, job by job.
  public init(_ lists: [[Int32]]) {
    for list in lists { append(list) }
  }

  /// Whether no job has an entry at all.
  public var isEmpty: Bool { ends.isEmpty }

  /// The number of lists.
  public var count: Int { ends.count }

  /// The list of the next job.
  public mutating func append(_ list: some Collection<Int32>) {
    values.append(contentsOf: list)
    ends.append(Int32(values.count))
  }

  /// The list of a job; empty where there are no lists.
  @inlinable
  public subscript(job: Int) -> ArraySlice<Int32> { values[range(job)] }

  @usableFromInline
  func range(_ job: Int) -> Range<Int> {
    if ends.isEmpty { return 0..<0 }
    return (job == 0 ? 0 : Int(ends[job - 1]))..<Int(ends[job])
  }

  /// The lists in another order of the jobs, each number changed.
  func permuted(_ order: [Int], _ change: (Int32) -> Int32 = { $0 }) -> JobLists {
    var result = JobLists()
    if isEmpty { return result }
    for job in order { result.append(self[job].map(change)) }
    return result
  }
}
