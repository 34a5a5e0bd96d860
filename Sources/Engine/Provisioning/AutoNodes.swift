import Hardware
import SimulationKernel

/// Nodes that come when jobs wait for them and go when nothing runs on them,
/// as Karpenter provisions and consolidates them.
///
/// Sources: Karpenter core's provisioner, batcher and disruption controllers
/// (August 2026); the defaults are its own unless said otherwise. The clocks of
/// the queue and of the provisioner stay apart: a job waits until a node is
/// up and the queue then places it, perhaps elsewhere than planned.
public struct AutoNodes: Equatable, Sendable {
  /// Equal nodes of one instance type: the nodes of the fleet in this range.
  /// They are the most that there can be; those that do not exist are absent.
  public struct Group: Equatable, Sendable {
    /// Unique; names its random streams and its rows in the results.
    public var name: String
    public var nodes: Range<Int>
    /// Its node pool: a position in ``AutoNodes/pools``.
    public var pool: Int
    /// USD for an hour of one node, from its launch until it is gone.
    public var pricePerHour: Double
    /// The first so many nodes are up when the run begins.
    public var atStart: Int
    /// Seconds from the request to a machine that runs, from there to a node
    /// of the cluster, and from there to GPUs that can be handed out.
    public var launch: Variate
    public var join: Variate
    public var gpuStack: Variate
    /// Share of the launches that find no capacity.
    public var stockOut: Double
    /// Its nodes are machines of the host on loan; nil: they are bought by the
    /// hour, or stand ready.
    public var source: Source?

    public init(
      name: String,
      nodes: Range<Int>,
      pool: Int,
      pricePerHour: Double = 0,
      atStart: Int = 0,
      launch: Variate = .constant(90),
      join: Variate = .constant(30),
      gpuStack: Variate = .constant(180),
      stockOut: Double = 0
    ) {
      self.name = name
      self.nodes = nodes
      self.pool = pool
      self.pricePerHour = pricePerHour
      self.atStart = atStart
      self.launch = launch
      self.join = join
      self.gpuStack = gpuStack
      self.stockOut = stockOut
    }
  }

  /// Groups among which the cheapest is taken.
  public struct Pool: Hashable, Sendable {
    public var name: String
    /// A pool of more weight is asked first.
    public var weight: Int

    public init(name: String, weight: Int = 0) {
      self.name = name
      self.weight = weight
    }
  }

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
  /// A node goes when nothing has run on it for so long; nil: never.
  public var consolidateAfter: SimDuration? = .zero
  /// The most of a pool's nodes that may go at a time, as a share of those
  /// that are up.
  public var budget = 0.1
  /// From the decision that a node goes until it is gone (30 s: the grace
  /// period of vCluster's auto nodes).
  public var termination = SimDuration(nanoseconds: 30_000_000_000)
  /// A group without capacity is not asked again for so long.
  public var stockOutPause = SimDuration(nanoseconds: 180_000_000_000)

  /// Jobs that wait for nodes are looked at again so often while anything
  /// changes, and empty nodes are looked for so often.
  static let poll: Int64 = 10_000_000_000
  /// A node that jobs are meant for does not go for so long, though it is empty
  /// (Karpenter's nomination: twice the longest batch).
  static let nomination: Int64 = 20_000_000_000
  /// A node that is to go must still be empty so long after the decision.
  static let validation: Int64 = 15_000_000_000

  public init(pools: [Pool], groups: [Group]) {
    self.pools = pools
    self.groups = groups
  }

  /// Nodes of a pool that may go at a time: `ceil(total x budget)`, less those
  /// that go already. 20 % of 19 nodes are 4.
  static func allowedDisruptions(total: Int, budget: Double, leaving: Int) -> Int {
    // A product such as 0.1 x 30 lies a little above 3.
    max(0, Int((Double(total) * budget - 1e-9).rounded(.up)) - leaving)
  }

  /// What is wrong with it, or nil.
  func problem(_ fleet: Fleet) -> String? {
    if groups.isEmpty { return "auto nodes need a group of nodes" }
    let spans = [batchIdle, batchLongest, termination, stockOutPause] + (consolidateAfter.map { [$0] } ?? [])
    if spans.contains(where: { $0 < .zero || $0 > SimTime.latest - .zero }) {
      return "the times of auto nodes must be 0 ... 36 years"
    }
    if batchLongest < batchIdle { return "a batch of waiting jobs ends before its idle time" }
    if termination < .tick { return "a node is gone some time after the decision" }
    if !(0...1).contains(budget) { return "the disruption budget must be 0 ... 1" }
    var end = 0
    for group in groups.sorted(by: { $0.nodes.lowerBound < $1.nodes.lowerBound }) {
      if group.nodes.lowerBound < end || group.nodes.upperBound > fleet.nodes.count || group.nodes.isEmpty {
        return "the groups of auto nodes are not separate parts of the fleet"
      }
      end = group.nodes.upperBound
      if !pools.indices.contains(group.pool) { return "group '\(group.name)' is in no pool" }
      if !(0...group.nodes.count).contains(group.atStart) {
        return "group '\(group.name)' has \(group.nodes.count) nodes; found \(group.atStart) at the start"
      }
      if !(0...1).contains(group.stockOut) || !(group.pricePerHour >= 0 && group.pricePerHour.isFinite) {
        return "group '\(group.name)' needs a price of 0 or more and a share of stock-outs of 0 ... 1"
      }
      for delay in [group.launch, group.join, group.gpuStack] {
        do { try delay.validate() } catch { return "a delay of group '\(group.name)': \(error)" }
      }
    }
    return Set(groups.map(\.name)).count < groups.count ? "two groups of auto nodes have one name" : nil
  }
}
