import SimulationKernel

/// Nodes that come when jobs wait for them and go when they are not needed, as
/// Karpenter provisions and disrupts them.
///
/// Sources: Karpenter core's provisioner, batcher and disruption controllers
/// (August 2026); the defaults are its own unless said otherwise. The clocks of
/// the queue and of the provisioner stay apart: a job waits until a node is
/// up and the queue then places it, perhaps elsewhere than planned.
public struct AutoNodes: Equatable, Sendable {
  /// What the provisioner takes a part of a GPU for.
  public enum View: String, Hashable, Sendable, CaseIterable {
    /// As nodes advertise it: a replica is a replica.
    case advertised
    /// Each replica or part counts as a whole GPU, as where the catalogue of
    /// instance types does not know that GPUs are shared (karpenter#729, #2140).
    case gpus
  }

  public var pools: [Pool]
  public var groups: [Group]
  /// The provisioner acts so long after the last job has come to wait, and so
  /// long after the first at the latest.
  public var batchIdle = SimDuration(nanoseconds: 1_000_000_000)
  public var batchLongest = SimDuration(nanoseconds: 10_000_000_000)
  public var view = View.advertised
  public var plan = Plan.karpenter
  /// Launches nodes and takes them away in place of Karpenter; set by
  /// ``use(_:)``.
  public internal(set) var clusterAutoscaler: ClusterAutoscaler?
  /// Whether nodes that have failed are replaced; nil: they wait for their repair.
  public var repair: Repair?
  /// Room that is kept free beside what runs.
  public var buffer: [Placeholder] = []

  /// A node may go when nothing has come to it or left it for so long; nil:
  /// none goes because it is not needed.
  public var consolidateAfter: SimDuration? = .zero
  /// Not only empty nodes go: also those whose work fits elsewhere, perhaps with
  /// one cheaper node in place of one or several.
  public var consolidatesUnderused = false
  /// Underused nodes go only where what is saved is worth the disruption: where
  /// `(saving / price of the pool) / (disruption / disruption of the pool)` is at least
  /// one by this (Karpenter's `Balanced`, whose threshold is 2); nil: where anything
  /// is saved.
  public var balance: Double?
  /// How long the controller takes for one trial of where work would go; its searches
  /// are given up after ``longestTogether`` and ``longestAlone``.
  public var trialTime = SimDuration.zero
  /// Spot nodes may be replaced by cheaper spot nodes, see
  /// ``spotFlexibility``.
  public var spotToSpot = false
  /// The most of a pool's nodes that may go at a time, as a share of those
  /// that are up; and further limits.
  public var budget = 0.1
  public var budgets: [Budget] = []
  /// Jobs of these classes are not told to leave a node: it goes when they have
  /// ended, or at the latest `drainLimit` after it was to go.
  public var doNotDisrupt: Set<String> = []
  /// By class of jobs, which may have none: they are not told to leave a node for so
  /// long after their start; ``always``: as long as they run.
  public var protectedFor: [String: SimDuration] = [:]
  public var drainLimit: SimDuration?
  /// What runs on a node that goes has so long to stop; a checkpoint that can be
  /// written in that time is (30 s: the default of Kubernetes).
  public var grace = SimDuration(nanoseconds: 30_000_000_000)
  /// From the decision that an empty node goes, or from when the last job has
  /// left one, until it is gone (30 s: the grace period of vCluster's auto
  /// nodes).
  public var termination = SimDuration(nanoseconds: 30_000_000_000)
  /// A group without capacity is not asked again for so long.
  public var stockOutPause = SimDuration(nanoseconds: 180_000_000_000)
  /// A provider that takes a node back says so this long before.
  public var spotNotice = SimDuration(nanoseconds: 120_000_000_000)

  /// Jobs that wait for nodes are looked at again so often while anything
  /// changes, and nodes that may go are looked for so often.
  static let poll: Int64 = 10_000_000_000
  /// A node that jobs are meant for does not go for so long, though it is empty
  /// (Karpenter's nomination: twice the longest batch).
  static let nomination: Int64 = 20_000_000_000
  /// A node that is to go must still be so long after the decision.
  static let validation: Int64 = 15_000_000_000
  /// The most nodes that one consolidation looks at together.
  static let mostTogether = 100
  /// As long as a job runs.
  public static let always = SimTime.latest - .zero
  /// A search for nodes that go together, and one for a single node, are given up
  /// after so long (Karpenter's time-outs).
  static let longestTogether: Int64 = 60_000_000_000
  static let longestAlone: Int64 = 180_000_000_000
  /// A spot node is replaced by another only where so many types are cheaper
  /// (Karpenter's design of spot consolidation), so that not the one
  /// type is taken that is interrupted next.
  static let spotFlexibility = 15

  public init(pools: [Pool], groups: [Group]) {
    self.pools = pools
    self.groups = groups
  }

  /// The order in which node pools take turns: those that were not reached come first.
  func turns(after unseen: Set<Int>) -> [Int] {
    pools.indices.filter { unseen.contains($0) } + pools.indices.filter { !unseen.contains($0) }
  }

  /// Whether jobs may have to leave a node, so that it must be known which do.
  var evictsWork: Bool { consolidatesUnderused || groups.contains(where: \.losesNodes) }
}
