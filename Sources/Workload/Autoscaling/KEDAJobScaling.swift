/// How many jobs a ScaledJob of KEDA starts at a poll.
///
/// Source: KEDA 2.21 documentation, ScaledJob specification, `scalingStrategy`.
public enum KEDAJobScaling: Hashable, Sendable {
  /// `maxScale - running`: for scalers that count locked messages too.
  case `default`
  /// `deduction` jobs fewer, and `runningShare` of the running ones.
  case custom(deduction: Int, runningShare: Double)
  /// Counts pending jobs: for scalers that do not count locked messages.
  case accurate
  /// Fills every free slot that the queue has work for.
  case eager

  /// What a poll finds.
  public struct Queue: Hashable, Sendable {
    /// Messages in the queue.
    public var length: Int
    /// Messages that one job should take, above 0.
    public var target: Int
    public var running: Int
    public var pending: Int

    public init(length: Int, target: Int = 1, running: Int, pending: Int = 0) {
      self.length = length
      self.target = target
      self.running = running
      self.pending = pending
    }
  }

  /// `maxScale`: `min(maximum, ceil(length / target))`.
  public static func maximumScale(_ queue: Queue, maximum: Int) -> Int {
    min(maximum, (queue.length + queue.target - 1) / queue.target)
  }

  /// Jobs to start now, at least 0.
  public func newJobs(_ queue: Queue, maximum: Int) -> Int {
    let scale = Self.maximumScale(queue, maximum: maximum)
    let jobs =
      switch self {
      case .default: scale - queue.running
      case .custom(let deduction, let runningShare):
        min(scale - deduction - Int(Double(queue.running) * runningShare), maximum)
      case .accurate:
        scale + queue.running > maximum ? maximum - queue.running : scale - queue.pending
      case .eager: min(maximum - queue.running - queue.pending, scale)
      }
    return max(jobs, 0)
  }
}
