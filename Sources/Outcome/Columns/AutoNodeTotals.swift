/// What became of the nodes of one group that come and go, within the measured
/// window.
public struct AutoNodeTotals: Hashable, Sendable {
  /// Where a node is in its life.
  public enum Stage: Int, Hashable, Sendable, CaseIterable {
    /// Requested, and not running yet.
    case launching
    /// Runs, and is no node of the cluster yet.
    case joining
    /// A node of the cluster whose GPUs cannot be handed out yet.
    case gpuStack
    /// Takes work.
    case up
    /// Is going.
    case terminating
  }

  /// The group, and its GPUs per node.
  public var name: String
  public var gpusPerNode: Int
  /// USD for an hour of one node.
  public var pricePerHour: Double
  /// By stage: nodes x ns.
  public var nodeNanoseconds: [Int128]
  /// Its nodes, by position in the fleet.
  public var nodes: Range<Int> = 0..<0
  /// Nodes x ns that exist, in whatever stage, by bucket of the series.
  public var byBucket: [Int128] = []
  /// Launches that began, nodes that went, and launches that found no capacity.
  public var launched: Int64 = 0
  public var removed: Int64 = 0
  public var stockOuts: Int64 = 0
  /// The most nodes that existed at a time, in any stage.
  public var most: Int = 0

  public init(name: String, gpusPerNode: Int, pricePerHour: Double) {
    self.name = name
    self.gpusPerNode = gpusPerNode
    self.pricePerHour = pricePerHour
    nodeNanoseconds = Array(repeating: 0, count: Stage.allCases.count)
  }

  /// Nodes x ns that exist, in whatever stage.
  public var allNodeNanoseconds: Int128 { nodeNanoseconds.reduce(0, +) }

  /// USD for all of it, billed by the nanosecond.
  public var cost: Double { Double(allNodeNanoseconds) / 3.6e12 * pricePerHour }
}
