import SimulationKernel

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
  /// All within one NVLink domain.
  case nvlinkDomain = 3
  /// All within one rack.
  case rack = 4

  /// The name in scenarios, traces and results.
  public var name: String {
    switch self {
    case .anywhere: "anywhere"
    case .oneNode: "oneNode"
    case .consolidated: "consolidated"
    case .nvlinkDomain: "nvlinkDomain"
    case .rack: "rack"
    }
  }

  /// Whether all workers must lie within one group of nodes.
  public var isForOneGroup: Bool { self == .nvlinkDomain || self == .rack }

  /// Whether a gang that can lie as `other` wishes can always lie as this one.
  public func isWider(than other: PlacementWish) -> Bool {
    switch self {
    case .anywhere: other != .anywhere
    case .oneNode: false
    case .consolidated, .nvlinkDomain: other == .oneNode
    case .rack: other == .oneNode || other == .nvlinkDomain
    }
  }
}

/// A gang that has waited for this long makes do with a wider wish.
public struct WishRelaxation: Hashable, Sendable {
  /// Since the job began to wait (on arrival, or when it was queued again);
  /// zero: at once, so that the first wish is a preference.
  public var after: SimDuration
  /// Wider than the wish before it. Where the narrower wishes can be met they
  /// still are.
  public var to: PlacementWish

  public init(after: SimDuration, to: PlacementWish) {
    self.after = after
    self.to = to
  }

  /// The steps in words that a trace understands: `600:rack;1800:anywhere`.
  public static func text(_ steps: [WishRelaxation]) -> String { AttributeText.text(steps) }

  /// Why the steps are no ladder for this wish, or nil.
  public static func problem(_ steps: [WishRelaxation], of wish: PlacementWish) -> String? {
    var last = wish
    var after: SimDuration?
    for step in steps {
      if step.after < .zero || step.after > SimTime.latest - .zero {
        return "a wish is relaxed after 0 s to 36 years"
      }
      if let after, step.after <= after { return "each relaxation must come later than the one before it" }
      if !step.to.isWider(than: last) { return "'\(step.to.name)' is not wider than '\(last.name)'" }
      (last, after) = (step.to, step.after)
    }
    return nil
  }
}

extension JobShape {
  /// The workers of a piece of a gang are counted in 16 bits.
  public static let mostWorkers = Int32(UInt16.max)
}
