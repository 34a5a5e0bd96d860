/// Which parts of a GPU its instances hold: all that decides what else may be
/// created on it.
public struct MIGState: Hashable, Sendable, BitwiseCopyable {
  /// Bit s: memory slot s; bit 8: the media extensions.
  public var rawValue: UInt16

  /// No instance.
  public static let empty = MIGState(rawValue: 0)

  /// How many raw values there are.
  public static let count = 512

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  static let mediaExtensions = MIGState(rawValue: 1 << 8)

  /// Memory slots in use.
  public var slots: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

  /// Whether the two hold nothing in common.
  @inlinable
  public func isDisjoint(with other: MIGState) -> Bool { rawValue & other.rawValue == 0 }

  /// With these parts too.
  @inlinable
  public func union(_ other: MIGState) -> MIGState { MIGState(rawValue: rawValue | other.rawValue) }

  /// The longest run of free slots among the first `slotCount`.
  public func largestFreeRun(of slotCount: Int) -> Int {
    var longest = 0
    var run = 0
    for slot in 0..<slotCount {
      run = rawValue & 1 << UInt16(slot) == 0 ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}

/// An instance of a profile at a start.
public struct MIGPlacement: Hashable, Sendable, BitwiseCopyable {
  /// Position in ``MIGGeometry/profiles``.
  public var profile: Int
  /// First memory slot.
  public var start: Int
  /// What the instance holds.
  public var parts: MIGState

  public init(profile: Int, start: Int, parts: MIGState) {
    self.profile = profile
    self.start = start
    self.parts = parts
  }
}
