/// A MIG instance of a GPU: its profile and where it lies.
public struct MIGInstance: Hashable, Sendable {
  /// The profile's name, as `nvidia-smi` writes it.
  public var profile: String
  /// First memory slot.
  public var start: Int

  public init(profile: String, start: Int) {
    self.profile = profile
    self.start = start
  }
}

extension MIGGeometry {
  /// The instance at a placement.
  public func instance(_ placement: MIGPlacement) -> MIGInstance {
    MIGInstance(profile: profiles[placement.profile].name, start: placement.start)
  }
}
