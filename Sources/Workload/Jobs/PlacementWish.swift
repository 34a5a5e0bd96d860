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
  /// More workers than this are taken for a slip of the pen: with 16 GPUs each
  /// they would ask for a million GPUs.
  public static let mostWorkers: Int32 = 65_536
}
