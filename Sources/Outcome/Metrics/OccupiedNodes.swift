import Workload

/// How many nodes of a group hold a job, over the measured window: a staircase
/// that is exact to the nanosecond.
public struct OccupiedNodes: Hashable, Sendable {
  /// So many nodes for so long, ns, one stretch after the other.
  public private(set) var counts: [Int] = []
  public private(set) var lengths: [Int64] = []

  /// The measured window, ns.
  public var window: Int64 { lengths.reduce(0, +) }

  /// The groups of a run.
  ///
  /// - Parameters:
  ///   - groupOf: the group of each node; -1: none.
  ///   - groups: how many there are.
  /// - Complexity: O(n log n) in runs of jobs.
  public static func of(
    _ outcome: RunOutcome,
    _ jobs: JobTable,
    groupOf: [Int],
    groups: Int
  ) -> [OccupiedNodes] {
    var stays: [NodeStay] = []
    outcome.forEachStay(jobs) { if groupOf[Int($0.node)] >= 0 { stays.append($0) } }
    stays.sort { ($0.node, $0.start) < ($1.node, $1.start) }
    var changes = [[(time: Int64, by: Int)]](repeating: [], count: groups)
    var place = 0
    while place < stays.count {
      // Stays that touch or overlap are one time of use.
      let node = stays[place].node
      let start = stays[place].start
      var end = stays[place].end
      place += 1
      while place < stays.count, stays[place].node == node, stays[place].start <= end {
        end = max(end, stays[place].end)
        place += 1
      }
      changes[groupOf[Int(node)]] += [(start, 1), (end, -1)]
    }
    return changes.map {
      OccupiedNodes($0, from: outcome.measuredFrom.nanoseconds, to: outcome.end.nanoseconds)
    }
  }

  private init(_ changes: [(time: Int64, by: Int)], from start: Int64, to end: Int64) {
    var (count, now) = (0, start)
    for change in changes.sorted(by: { $0.time < $1.time }) + [(end, 0)] {
      if change.time > now {
        counts.append(count)
        lengths.append(change.time - now)
        now = change.time
      }
      count += change.by
    }
  }

  /// The share of the window in which at least 1, 2, … nodes are occupied: the
  /// duration curve.
  public var shares: [Double] {
    let most = counts.max() ?? 0
    var time = [Int64](repeating: 0, count: most + 1)
    for (count, length) in zip(counts, lengths) { time[count] += length }
    var above: Int64 = 0
    var shares = [Double](repeating: 0, count: most)
    for count in stride(from: most, to: 0, by: -1) {
      above += time[count]
      shares[count - 1] = Double(above) / Double(window)
    }
    return shares
  }
}
