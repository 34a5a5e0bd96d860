/// A size of GPU instance into which a board can be cut.
///
/// An instance takes ``memorySlots`` consecutive slots of the memory axis,
/// from one of ``starts``, and ``computeSlices`` slices of compute. SM counts
/// are not proportional to slices on Hopper and Blackwell.
public struct MIGProfile: Hashable, Sendable {
  /// As `nvidia-smi` writes it, such as `1g.10gb` or `1g.10gb+me`.
  public var name: String
  /// Number of the GPU instance profile for `nvidia-smi mig -cgi`, where one
  /// was published.
  public var driverID: Int?
  public var computeSlices: Int
  public var memorySlots: Int
  /// First slots at which the driver places it, ascending.
  public var starts: [Int]
  /// Instances on one GPU at most.
  public var maximumCount: Int
  /// MiB that the driver reports for an instance.
  public var memoryMiB: Sourced<Int>
  /// Streaming multiprocessors; nil: not published.
  public var smCount: Sourced<Int>?
  /// Whether it holds the media engines; of these profiles a GPU has one
  /// instance at most.
  public var hasMediaExtensions: Bool

  /// One slice of compute with the memory of two.
  public var hasDoubleMemory: Bool { computeSlices == 1 && memorySlots == 2 }

  public init(
    name: String,
    driverID: Int?,
    computeSlices: Int,
    memorySlots: Int,
    starts: [Int],
    maximumCount: Int,
    memoryMiB: Sourced<Int>,
    smCount: Sourced<Int>?,
    hasMediaExtensions: Bool = false
  ) {
    self.name = name
    self.driverID = driverID
    self.computeSlices = computeSlices
    self.memorySlots = memorySlots
    self.starts = starts
    self.maximumCount = maximumCount
    self.memoryMiB = memoryMiB
    self.smCount = smCount
    self.hasMediaExtensions = hasMediaExtensions
  }
}
