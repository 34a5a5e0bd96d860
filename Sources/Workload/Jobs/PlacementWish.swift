/// How the workers of one job must lie on the fleet's nodes.
@frozen
public enum PlacementWish: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Anywhere: each node takes as many workers as fit on it.
  case anywhere = 0
  /// All on one node.
  case oneNode = 1
  /// On the fewest nodes: as many completely used nodes as the gang fills,
  /// and the remainder together on one more.
  case consolidated = 2

  /// The name in scenarios, traces and results.
  public var name: String {
    switch self {
    case .anywhere: "anywhere"
    case .oneNode: "oneNode"
    case .consolidated: "consolidated"
    }
  }
}

extension JobShape {
  /// The workers of a piece of a gang are counted in 16 bits.
  public static let mostWorkers = Int32(UInt16.max)
}
