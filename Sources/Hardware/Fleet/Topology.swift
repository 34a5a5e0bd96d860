/// The network between the nodes, by class.
public enum Fabric: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable, Comparable {
  case infiniband = 0
  /// RDMA over converged Ethernet.
  case roce = 1
  case ethernet = 2

  /// The name in scenarios, traces and results.
  public var name: String {
    switch self {
    case .infiniband: "infiniband"
    case .roce: "roce"
    case .ethernet: "ethernet"
    }
  }

  /// Faster ones first.
  public static func < (a: Fabric, b: Fabric) -> Bool { a.rawValue < b.rawValue }
}

/// The least part of the fleet that holds all workers of a job.
public enum PlacementSpan: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable, Comparable {
  case node = 0
  case nvlinkDomain = 1
  case rack = 2
  case fleet = 3

  /// The name in scenarios, traces and results.
  public var name: String {
    switch self {
    case .node: "node"
    case .nvlinkDomain: "nvlinkDomain"
    case .rack: "rack"
    case .fleet: "fleet"
    }
  }

  /// Narrower ones first.
  public static func < (a: PlacementSpan, b: PlacementSpan) -> Bool { a.rawValue < b.rawValue }
}

/// Where a node stands among the others.
///
/// Levels nest: a node lies in one NVLink domain, a domain in one rack.
public struct NodePlace: Hashable, Sendable {
  /// Nodes with the same number share a rack; nil: the rack is the node's
  /// NVLink domain.
  public var rack: Int32?
  /// Nodes with the same number share an NVLink domain; nil: the node is one
  /// of its own.
  public var nvlinkDomain: Int32?
  /// What joins it to nodes of other domains.
  public var fabric: Fabric

  public init(rack: Int32? = nil, nvlinkDomain: Int32? = nil, fabric: Fabric = .infiniband) {
    self.rack = rack
    self.nvlinkDomain = nvlinkDomain
    self.fabric = fabric
  }

  /// A place of which nothing is stated.
  public static let unstated = NodePlace()
}
