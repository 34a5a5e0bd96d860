/// A MIG instance that a job had: its profile and first memory slot.
public struct MIGInstanceName: Hashable, Sendable {
  /// As `nvidia-smi` writes it.
  public var profile: String
  public var start: Int

  public init(profile: String, start: Int) {
    self.profile = profile
    self.start = start
  }
}
