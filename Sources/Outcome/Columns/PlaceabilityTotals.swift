/// Which MIG profiles some GPU of a model could take, over the measured
/// window.
public struct PlaceabilityTotals: Hashable, Sendable {
  /// How long at least one GPU could take a further instance of a profile.
  public struct Profile: Hashable, Sendable {
    public var name: String
    public var nanoseconds: Int128

    public init(name: String, nanoseconds: Int128) {
      self.name = name
      self.nanoseconds = nanoseconds
    }
  }

  public var gpuModel: String
  /// Memory slots of the largest profile that could be taken x ns.
  public var slotNanoseconds: Int128
  /// Smallest first.
  public var profiles: [Profile]

  public init(gpuModel: String, slotNanoseconds: Int128, profiles: [Profile]) {
    self.gpuModel = gpuModel
    self.slotNanoseconds = slotNanoseconds
    self.profiles = profiles
  }
}
