/// What runs fetched before they worked, within the measured window.
public struct StorageTotals: Hashable, Sendable {
  /// Pulls of images by nodes that began, and their bytes.
  public var pulls: Int64 = 0
  public var pulledBytes: Int128 = 0
  /// Starts on nodes that held the image, and images that had to go for others.
  public var hits: Int64 = 0
  public var evictions: Int64 = 0
  /// Bytes of data that runs began to read.
  public var readBytes: Int128 = 0
  /// Time from the start of runs until they had their image and data, ns, of
  /// those that had them within the window.
  public var setupNanoseconds: Int128 = 0

  /// Checkpoints that share a bandwidth.
  public struct Writes: Hashable, Sendable {
    /// That began, and their bytes.
    public var count: Int64 = 0
    public var bytes: Int128 = 0
    /// Time of those that were written, and how long each would have taken alone.
    public var nanoseconds: Int128 = 0
    public var aloneNanoseconds: Int128 = 0

    public init() {}
  }

  /// nil: no class has any.
  public var writes: Writes?

  public init() {}
}
