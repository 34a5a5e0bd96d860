import Workload

/// By what waiting jobs stand in line. Each job has one place in the order,
/// known when it arrives.
///
/// Adding one: a case, its line of documentation, and its comparison below.
public enum JobOrder: String, Hashable, Sendable, CaseIterable {
  /// First in, first out.
  case fifo
  /// Higher priority first; equal ones first in, first out (kube-scheduler's
  /// active queue).
  case priority
  /// Shorter duration first, as if every duration were known on arrival (a
  /// perfect estimate); equal ones first in, first out.
  case shortestJob
  /// Shorter estimated duration first; equal ones first in, first out.
  case shortestEstimate
  /// Less estimated duration x GPUs first, equal ones by fewer GPUs, then
  /// first in, first out (Helios: QSSF).
  case leastService
  /// Earlier deadline first; equal ones, and jobs without a deadline behind all
  /// others, first in, first out.
  case earliestDeadline

  /// The place of each job: a permutation of 0 ..< count; nil when it is the
  /// order of arrival itself.
  ///
  /// - Complexity: O(n log n) in jobs.
  func places(_ jobs: JobTable) -> [Int32]? {
    let order: [Int]
    switch self {
    case .fifo: return nil
    case .priority:
      order = (0..<jobs.count).sorted { (jobs.priority[$1], $0) < (jobs.priority[$0], $1) }
    case .shortestJob:
      order = (0..<jobs.count).sorted { (jobs.duration[$0], $0) < (jobs.duration[$1], $1) }
    case .shortestEstimate:
      order = (0..<jobs.count).sorted {
        (jobs.expectedDuration($0), $0) < (jobs.expectedDuration($1), $1)
      }
    case .leastService:
      let gpus = jobs.shape.map { jobs.shapes[Int($0.rawValue)].milliGPU }
      let service = (0..<jobs.count).map { Int128(jobs.expectedDuration($0).nanoseconds) * Int128(gpus[$0]) }
      order = (0..<jobs.count).sorted { (service[$0], gpus[$0], $0) < (service[$1], gpus[$1], $1) }
    case .earliestDeadline:
      let due = (0..<jobs.count).map { jobs.due(of: $0)?.nanoseconds ?? .max }
      order = (0..<jobs.count).sorted { (due[$0], $0) < (due[$1], $1) }
    }
    var places = [Int32](repeating: 0, count: jobs.count)
    for (place, job) in order.enumerated() { places[job] = Int32(place) }
    return places
  }
}
