/// What the jobs of a table do, counted in steps: how long that takes depends
/// on the GPU model that a job gets.
///
/// The durations of such a table are those on the fastest model.
public struct StepWork: Hashable, Sendable {
  /// GPU models, in the order of each row of ``stepsPerSecond``.
  public var models: [String] = []
  /// By kind of job (its program and its number of workers), then by model:
  /// steps per second of the whole job; 0: it cannot run there.
  public var stepsPerSecond: [[Double]] = []
  /// By job: steps to do, at least 1.
  public var steps: [Int64] = []
  /// By job: its row of ``stepsPerSecond``.
  public var kind: [Int32] = []
  /// By job: its weight among fair shares, above 0.
  public var weight: [Double] = []

  public init() {}

  /// Steps per second of a job on each of these models; 0 for unknown ones.
  public func throughput(_ job: Int, on names: [String]) -> [Double] {
    let row = stepsPerSecond[Int(kind[job])]
    return names.map { name in models.firstIndex(of: name).map { row[$0] } ?? 0 }
  }

  /// Why the columns do not belong to so many jobs, or nil.
  public func problem(jobs: Int) -> String? {
    if steps.count != jobs || kind.count != jobs || weight.count != jobs {
      return "the job table's columns differ in length"
    }
    if kind.contains(where: { !stepsPerSecond.indices.contains(Int($0)) }) {
      return "a job names a row of throughputs that its table does not list"
    }
    if stepsPerSecond.contains(where: { row in
      row.count != models.count || row.contains { !$0.isFinite || $0 < 0 || $0 > 1e9 }
    }) {
      return "a row of throughputs needs a number from 0 to 1e9 steps per second for each model"
    }
    if steps.contains(where: { $0 < 1 || $0 > 1 << 53 }) { return "a job's steps must be 1 ... 2^53" }
    if weight.contains(where: { !$0.isFinite || $0 <= 0 }) { return "a job's weight must be above 0" }
    return nil
  }
}
