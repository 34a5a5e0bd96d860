/// What became of the nodes of one group that come and go, within the measured
/// window.
public struct AutoNodeTotals: Hashable, Sendable {
  /// Where a node is in its life, in the order of it.
  public enum Stage: Int, Hashable, Sendable, CaseIterable {
    /// Requested, and not running yet.
    case launching = 0
    /// Runs, and is no node of the cluster yet.
    case joining = 1
    /// A node of the cluster whose GPUs cannot be handed out yet.
    case gpuStack = 2
    /// Takes work.
    case up = 3
    /// Takes no new work, and waits for its replacement.
    case cordoned = 5
    /// What runs on it is told to stop.
    case draining = 6
    /// Is going.
    case terminating = 4
    /// Has failed, and is not mended.
    case failed = 7
  }

  /// The group, and its GPUs per node.
  public var name: String
  public var gpusPerNode: Int
  /// USD for an hour of one node.
  public var pricePerHour: Double
  /// So many nodes are kept, whatever waits.
  public var isKept = false
  /// By stage: nodes x ns.
  public var nodeNanoseconds: [Int128]
  /// Nodes x ns that are paid whether they exist or not: owned and reserved
  /// ones; nil: what exists is paid.
  public var committedNanoseconds: Int128?
  /// Its nodes, by position in the fleet.
  public var nodes: Range<Int> = 0..<0
  /// Nodes x ns that exist, in whatever stage, by bucket of the series.
  public var byBucket: [Int128] = []
  /// ``committedNanoseconds`` by bucket; nil: what exists is paid.
  public var committedByBucket: [Int128]?
  /// Nodes x ns in which empty nodes were kept, at most as many as stated; nil:
  /// none are.
  public var warmNanoseconds: Int128?
  /// Launches that began, nodes that went, and launches that found no capacity.
  public var launched: Int64 = 0
  public var removed: Int64 = 0
  public var stockOuts: Int64 = 0
  /// By ``NodeRemoval``: nodes that went, runs of jobs that were stopped for
  /// it, and the work that these lost, GPU thousandths x ns. Runs that stopped
  /// because a node failed are under `unhealthy`, whether the node went or not.
  public var removedBy: [Int64]
  public var evictions: [Int64]
  public var lostMilliNanoseconds: [Int128]
  /// Failures that took a node down; nil: its nodes do not fail.
  public var failures: Int64?
  /// The most nodes that existed at a time, in any stage.
  public var most: Int = 0

  public init(name: String, gpusPerNode: Int, pricePerHour: Double) {
    self.name = name
    self.gpusPerNode = gpusPerNode
    self.pricePerHour = pricePerHour
    nodeNanoseconds = Array(repeating: 0, count: Stage.allCases.count)
    let reasons = NodeRemoval.allCases.count
    removedBy = Array(repeating: 0, count: reasons)
    evictions = Array(repeating: 0, count: reasons)
    lostMilliNanoseconds = Array(repeating: 0, count: reasons)
  }

  /// Nodes x ns that exist, in whatever stage.
  public var allNodeNanoseconds: Int128 { nodeNanoseconds.reduce(0, +) }

  /// USD for all of it, billed by the nanosecond.
  public var cost: Double { Double(committedNanoseconds ?? allNodeNanoseconds) / 3.6e12 * pricePerHour }

  /// GPU-hours of work lost for the reason, and the USD that they cost at the
  /// price of the group's GPUs.
  public func lostGPUHours(_ reason: NodeRemoval) -> Double {
    Double(lostMilliNanoseconds[reason.rawValue]) / 3.6e15
  }
  public func lostCost(_ reason: NodeRemoval) -> Double {
    gpusPerNode == 0 ? 0 : lostGPUHours(reason) * pricePerHour / Double(gpusPerNode)
  }
}
