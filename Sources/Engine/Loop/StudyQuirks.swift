/// Habits of published simulators that an exact repetition needs and that
/// nothing else should have. Each is set by one study's adapter.
public struct StudyQuirks: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Tiresias: under least attained service by GPU time, the timer for the
  /// next demotion subtracts run seconds from a threshold in GPU-seconds, so
  /// demotions come late.
  public static let lateDemotionTimer = StudyQuirks(rawValue: 1 << 0)
  /// Helios QSSF: while only jobs that arrived at this very second wait, they
  /// are ordered by GPUs; a pass a second later orders them by service.
  public static let newcomersBySize = StudyQuirks(rawValue: 1 << 1)
  /// Helios SRTF, whose clock ticks every second: a run lasts one second
  /// longer than its work; a pending job beats a running one of equal
  /// remaining time; preempted jobs join the tail of the pending list; GPUs
  /// promised to a job that then cannot be placed stay idle until the next
  /// pass; and a pass is due a second after anything happened, and whenever a
  /// running job's remaining time has passed a pending one's.
  public static let tickingClock = StudyQuirks(rawValue: 1 << 2)
  /// Helios: the nodes of a gang that is no multiple of a node come first in
  /// order of free GPUs, most first; its remainder must lie on the next one.
  public static let remainderOnMostFree = StudyQuirks(rawValue: 1 << 3)
}
