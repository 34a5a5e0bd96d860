import SimulationKernel

/// The provisioner of the cluster-autoscaler in place of Karpenter's.
///
/// Sources: kubernetes/autoscaler, cluster-autoscaler/FAQ.md and its estimator,
/// expander and simulator/utilization packages; the defaults are its own.
public struct ClusterAutoscaler: Equatable, Sendable {
  /// Which of the groups that could serve grows. Each keeps its best options;
  /// those that are equal go to the next of the chain, the last choice is random.
  public enum Expander: String, Hashable, Sendable, CaseIterable {
    /// The smallest sum of the unused fractions of CPU and memory. GPUs are not in it.
    case leastWaste = "least-waste"
    /// The most workers served.
    case mostPods = "most-pods"
    /// The fewest nodes.
    case leastNodes = "least-nodes"
    /// The lowest price of the nodes for the price of what they serve.
    case price
    /// The most weight of the node pool.
    case priority
    case random
  }

  /// It looks at what waits, and at what could go, so often.
  public var scan = SimDuration(nanoseconds: 10_000_000_000)
  public var expanders: [Expander] = [.leastWaste]
  /// A launch is given up after so long.
  public var provisionTime = SimDuration(nanoseconds: 900_000_000_000)
  /// A group whose launch failed is left out for so long, twice as long each
  /// time that it fails again, up to the longest.
  public var backoff = SimDuration(nanoseconds: 300_000_000_000)
  public var longestBackoff = SimDuration(nanoseconds: 1_800_000_000_000)
  /// Whether nodes go.
  public var scalesDown = true
  /// A node whose use is below this may go: the larger share of CPU and memory
  /// that is requested, and of a node with GPUs the share of its GPUs only.
  public var threshold = 0.5
  public var gpuThreshold = 0.5
  /// It must have been so, with room for its work elsewhere, for so long.
  public var unneededTime = SimDuration(nanoseconds: 600_000_000_000)
  /// No node goes for so long after nodes were launched.
  public var delayAfterAdd = SimDuration(nanoseconds: 600_000_000_000)
  /// Empty nodes that go at a time. Of others one goes at a time.
  public var emptyAtOnce = 10
  /// A node with workers of gangs may go where the whole of each gang fits on
  /// nodes that stay. Pods move one by one upstream; here the gang stops and
  /// waits again.
  public var movesGangs = false
  /// Jobs of less priority bring no nodes and keep none
  /// (--expendable-pods-priority-cutoff).
  public var priorityCutoff: Int32 = -10
  /// What one group would grow by is divided among those like it, the smallest
  /// first.
  public var balancesSimilarGroups = false

  /// Nodes with work that one scan looks at (--scale-down-non-empty-candidates-count).
  static let mostCandidates = 30

  public init() {}

  /// What is wrong with it, or nil.
  var problem: String? {
    let spans = [scan, provisionTime, backoff, longestBackoff, unneededTime, delayAfterAdd]
    if spans.contains(where: { $0 < .zero || $0 > SimTime.latest - .zero }) {
      return "the times of a cluster-autoscaler must be 0 ... 36 years"
    }
    if scan < .tick || provisionTime < .tick { return "a cluster-autoscaler scans now and then" }
    if longestBackoff < backoff { return "the longest back-off is shorter than the first" }
    if expanders.isEmpty { return "a cluster-autoscaler needs an expander" }
    if !(0...1).contains(threshold) || !(0...1).contains(gpuThreshold) {
      return "the use below which a node may go must be 0 ... 1"
    }
    return emptyAtOnce < 1 ? "at least one empty node goes at a time" : nil
  }
}

/// What a cluster-autoscaler remembers.
final class AutoscalerState {
  let spec: ClusterAutoscaler
  /// By node: since when it is not needed, ns; -1: it is.
  let unneededSince: Column<Int64>
  /// By group: failures of launches in a row, and when the last pause ends.
  private var failures: [Int]
  private var pauseEnds: [Int64]
  var lastGrowth = Int64.min / 2
  /// When the queue had its last pass, which comes after the scan of its instant.
  var passedAt: Int64 = -1
  /// Choices so far: the entity of the random draws.
  var choices: UInt64 = 0

  init(_ spec: ClusterAutoscaler, nodes: Int, groups: Int) {
    self.spec = spec
    unneededSince = Column(repeating: -1, count: nodes)
    failures = Array(repeating: 0, count: groups)
    pauseEnds = Array(repeating: .min, count: groups)
  }

  /// A launch of the group failed: until when it is left out.
  func fails(_ group: Int, at now: Int64) -> Int64 {
    // Failures of one scan are one.
    if pauseEnds[group] <= now {
      var span = spec.backoff.nanoseconds
      for _ in 0..<failures[group] where span < spec.longestBackoff.nanoseconds { span *= 2 }
      failures[group] += 1
      pauseEnds[group] = now + min(span, spec.longestBackoff.nanoseconds)
    }
    return pauseEnds[group]
  }

  func succeeds(_ group: Int) { failures[group] = 0 }
}
