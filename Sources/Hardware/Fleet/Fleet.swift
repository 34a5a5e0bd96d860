/// One machine of a fleet: what it has to allocate.
public struct NodeSpec: Hashable, Sendable {
  /// Unique within the fleet.
  public var name: String
  /// Thousandths of a vCPU.
  public var cpuMilli: Int32
  /// MiB of host memory.
  public var memoryMiB: Int32
  /// 0 ... ``Fleet/maximumGPUsPerNode``.
  public var gpuCount: Int
  /// The model of all its GPUs; nil exactly when `gpuCount` is 0.
  public var gpuModel: GPUModelID?
  /// Rack, NVLink domain and fabric.
  public var place: NodePlace
  /// Each key once, in ascending order of keys.
  public var labels: [NodeLabel] = []
  public var taints: [NodeTaint] = []
  /// A place that machines of other nodes take while they are on loan: no
  /// machine of its own.
  public var isForLoans = false

  public init(
    name: String,
    cpuMilli: Int32,
    memoryMiB: Int32,
    gpuCount: Int,
    gpuModel: GPUModelID?,
    place: NodePlace = .unstated
  ) {
    self.name = name
    self.place = place
    self.cpuMilli = cpuMilli
    self.memoryMiB = memoryMiB
    self.gpuCount = gpuCount
    self.gpuModel = gpuModel
  }
}

/// The machines that a run may use, in a fixed order.
///
/// The order matters: node index is the last tie-break everywhere, and GPU
/// index order inside a node is fixed.
public struct Fleet: Hashable, Sendable {
  /// More GPUs than this in one node are refused: a node's GPUs fit one
  /// 16-bit mask.
  public static let maximumGPUsPerNode = 16
  /// More GPUs than this in one node whose GPUs are a pool are refused.
  public static let maximumGPUsPerPool = 4096
  /// More models than this are refused: a set of models fits one 64-bit mask.
  public static let maximumGPUModels = 64
  /// A run refuses more classes of nodes than this: GPU models, told apart
  /// further by which jobs labels and taints let in.
  public static let maximumNodeClasses = 64

  /// Names of the GPU models, in order of first appearance.
  public var gpuModels: [String]
  /// The machines.
  public var nodes: [NodeSpec]
  /// Names of the racks, by their numbers in ``NodePlace/rack``.
  public var racks: [String] = []
  /// MiB that a GPU of a model holds, where the catalogue does not say.
  public var statedMemoryMiB: [String: Int32] = [:]

  public init(gpuModels: [String] = [], nodes: [NodeSpec] = []) {
    self.gpuModels = gpuModels
    self.nodes = nodes
  }

  /// GPUs in the whole fleet.
  ///
  /// - Complexity: O(nodes).
  public var gpuCount: Int { nodes.reduce(0) { $0 + $1.gpuCount } }

  /// Whether racks, NVLink domains or a fabric are stated for any node.
  public var hasPlaces: Bool { nodes.contains { $0.place != .unstated } }

  /// The identifier of the model with this name, added to the list when new.
  ///
  /// Returns nil when the list is full.
  public mutating func intern(gpuModel name: String) -> GPUModelID? {
    if let index = gpuModels.firstIndex(of: name) { return GPUModelID(rawValue: UInt8(index)) }
    guard gpuModels.count < Fleet.maximumGPUModels else { return nil }
    gpuModels.append(name)
    return GPUModelID(rawValue: UInt8(gpuModels.count - 1))
  }
}

/// A change of the fleet at a stated time of the run.
public struct FleetChange: Hashable, Sendable {
  /// What happens to the nodes.
  public enum Action: String, Hashable, Sendable, CaseIterable {
    /// The nodes exist in the fleet's list but are absent before this instant.
    case join
    /// No new work is placed; what runs is interrupted and queued again.
    case leave
    /// The nodes are down (ledger: down, fault); what runs is interrupted and queued again.
    case fail
    /// Failed nodes return.
    case repair
    /// The nodes are down for maintenance after what runs has been interrupted.
    case maintain
    /// The nodes take no new work, and are down for maintenance as soon as what
    /// runs has ended; until then their free GPUs count as in maintenance.
    /// Without effect on nodes that are not up.
    case drain
    /// What runs is interrupted and queued again; the nodes stay as they are.
    /// A crash of software, not of hardware.
    case interrupt
  }

  /// Nanoseconds since the start of the run.
  public var atNanoseconds: Int64
  /// What happens.
  public var action: Action
  /// To which nodes.
  public var nodes: [NodeID]

  public init(atNanoseconds: Int64, action: Action, nodes: [NodeID]) {
    self.atNanoseconds = atNanoseconds
    self.action = action
    self.nodes = nodes
  }
}
