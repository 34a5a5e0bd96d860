import SimulationKernel
import Workload

/// Waiting raises a job's priority: its place among the others goes by
///
///     priority + min(atMost, raises x time since arrival / every)
///
/// taken exactly, not in steps; equal ones by arrival. Slurm's multifactor
/// plugin has the same term as W_age x min(1, age / maxAge): atMost is its
/// W_age, and maxAge is atMost x every / raises. Time counts from the arrival,
/// also for a job that was interrupted.
///
/// What a job may preempt, and by whom it may be, goes by its own priority.
public struct PriorityAgeing: Hashable, Sendable {
  /// Priority gained in each ``every``, at least 1.
  public var raises: Int32
  public var every: SimDuration
  /// Waiting gains no more than this; nil: there is no end to it.
  public var atMost: Int32?

  public init(raises: Int32 = 1, every: SimDuration, atMost: Int32? = nil) {
    self.raises = raises
    self.every = every
    self.atMost = atMost
  }

  /// Priority x ``every`` after so long a wait: whole numbers of at most 92
  /// bits.
  func level(_ priority: Int32, age: Int64) -> Int128 {
    let gain = Int128(raises) * Int128(age)
    let every = Int128(every.nanoseconds)
    return Int128(priority) * every + (atMost.map { min(gain, Int128($0) * every) } ?? gain)
  }

  /// When a job of this priority and arrival passes one whose level has
  /// reached its limit, ns; nil: never.
  func passes(_ other: Int32, from priority: Int32, arrival: Int64) -> Int64? {
    guard let atMost, priority > other else { return nil }
    let missing = (Int128(other) + Int128(atMost) - Int128(priority)) * Int128(every.nanoseconds)
    let due = Int128(arrival) + max(0, missing) / Int128(raises) + 1
    return due <= Int128(SimTime.latest.nanoseconds) ? Int64(due) : nil
  }

  /// The place of each job where waiting gains without end: all gain alike, so
  /// that the order never changes.
  ///
  /// - Complexity: O(n log n) in jobs.
  func places(_ jobs: JobTable) -> [Int32] {
    let levels = (0..<jobs.count).map { job in
      Int128(jobs.priority[job]) * Int128(every.nanoseconds)
        - Int128(raises) * Int128(jobs.arrival[job].nanoseconds)
    }
    let order = (0..<jobs.count).sorted { (levels[$1], $0) < (levels[$0], $1) }
    var places = [Int32](repeating: 0, count: jobs.count)
    for (place, job) in order.enumerated() { places[job] = Int32(place) }
    return places
  }

  /// What does not go together, or nil.
  var problem: String? {
    if raises < 1 { return "ageing must raise the priority by 1 or more" }
    if every < .tick || every > SimTime.latest - .zero {
      return "ageing needs a time above zero, below 36 years"
    }
    if let atMost, atMost < 1 { return "ageing must gain 1 or more at most" }
    return nil
  }
}
