import SimulationKernel

/// When the replicas of a service were ready in a run, as an autoscaler sees
/// it.
///
/// A decision at an instant sees what was before it: a run that ends at the
/// instant still counts, one that starts at it does not yet.
public struct ReplicaReadiness: Hashable, Sendable {
  /// A stay of a replica on a node, ns.
  public struct Run: Hashable, Sendable {
    public var start: Int64
    /// `.max`: it goes on.
    public var end: Int64

    public init(start: Int64, end: Int64) {
      self.start = start
      self.end = end
    }
  }

  /// When replicas became ready, and when ready ones ceased to be, ascending.
  private var from: [Int64] = []
  private var until: [Int64] = []

  /// - Parameter coldStart: from the start of a run until the replica serves.
  public init(_ runs: [Run], coldStart: SimDuration) {
    for run in runs {
      // What starts at an instant is not seen at it; before the first decision
      // there is nothing to see.
      let least = run.start == 0 ? 0 : SimDuration.tick.nanoseconds
      let ready = run.start + max(coldStart.nanoseconds, least)
      guard ready <= run.end else { continue }
      from.append(ready)
      until.append(run.end)
    }
    from.sort()
    until.sort()
  }

  /// Ready replicas as a decision at `time` sees them.
  ///
  /// - Complexity: O(log runs).
  func count(at time: SimTime) -> Int {
    Self.count(from, upTo: time.nanoseconds) - Self.count(until, upTo: time.nanoseconds - 1)
  }

  private static func count(_ times: [Int64], upTo time: Int64) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] > time { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
