/// Why a node that comes and goes goes.
///
/// The first three are voluntary: budgets bind them. The words are Karpenter's
/// reasons where it has one.
public enum NodeRemoval: Int, Hashable, Sendable, CaseIterable {
  /// Nothing ran on it.
  case empty = 0
  /// It is not as its group says any more, and was replaced.
  case drifted = 1
  /// What ran on it fits elsewhere, or on a cheaper node.
  case underused = 2
  /// It had lived as long as it may.
  case expired = 3
  /// The provider took it back: spot.
  case interrupted = 4
  /// The machine did not run in time.
  case launchTimeout = 5
  /// It did not join the cluster in time.
  case registrationTimeout = 6
  /// It had failed for too long.
  case unhealthy = 7

  /// Whether budgets bind it.
  public var isVoluntary: Bool { self == .empty || self == .drifted || self == .underused }

  /// Whether work may run on a node that goes so.
  public var evictsWork: Bool {
    switch self {
    case .drifted, .underused, .expired, .interrupted, .unhealthy: true
    case .empty, .launchTimeout, .registrationTimeout: false
    }
  }
}

/// A node of a group came into another stage of its life.
public struct NodeStageChange: Hashable, Sendable {
  public var atNanoseconds: Int64
  public var node: Int32
  /// nil: it is gone.
  public var stage: AutoNodeTotals.Stage?
  /// Why it goes; nil while it does not.
  public var removal: NodeRemoval?
  /// Of a launch: when its machine is to run, and when it is to join the
  /// cluster, ns; nil: never.
  public var runningNanoseconds: Int64?
  public var joinedNanoseconds: Int64?

  public init(
    atNanoseconds: Int64,
    node: Int32,
    stage: AutoNodeTotals.Stage?,
    removal: NodeRemoval? = nil
  ) {
    self.atNanoseconds = atNanoseconds
    self.node = node
    self.stage = stage
    self.removal = removal
  }
}

/// Nodes that were chosen to go, and what was to come in their place, as it was
/// decided.
public struct NodeDisruption: Hashable, Sendable {
  public var atNanoseconds: Int64
  public var removal: NodeRemoval
  public var nodes: [Int32]
  /// Nodes launched to replace them.
  public var replacements: [Int32]
  /// USD an hour that the nodes cost, and that their replacements cost.
  public var pricePerHour: Double
  public var replacementPricePerHour: Double

  public init(
    atNanoseconds: Int64,
    removal: NodeRemoval,
    nodes: [Int32],
    replacements: [Int32],
    pricePerHour: Double,
    replacementPricePerHour: Double
  ) {
    self.atNanoseconds = atNanoseconds
    self.removal = removal
    self.nodes = nodes
    self.replacements = replacements
    self.pricePerHour = pricePerHour
    self.replacementPricePerHour = replacementPricePerHour
  }
}
