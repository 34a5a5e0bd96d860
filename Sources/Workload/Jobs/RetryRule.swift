import SimulationKernel

/// How often, and how soon, a job is started again after a failure of its own
/// or of a node.
///
/// Preemptions do not count: a preempted job waits in the queue as before.
public struct RetryRule: Hashable, Sendable {
  /// How often at most; nil: as often as it takes.
  public var most: Int32?
  /// How long the job stays out of the queue after the first failure; twice as
  /// long after the second, and so on.
  public var delay: SimDuration
  /// The delay stops growing here.
  public var longestDelay: SimDuration

  /// As often as it takes, at once: what holds for a job without a rule.
  public init(most: Int32? = nil, delay: SimDuration = .zero, longestDelay: SimDuration = .zero) {
    self.most = most
    self.delay = delay
    self.longestDelay = longestDelay
  }

  /// The delay after so many failures (at least one): delay x 2^(n - 1), at
  /// most ``longestDelay`` (the back-off of Kubernetes Jobs: 10 s, 20 s, 40 s
  /// ... 6 min).
  public func delay(afterFailures count: Int) -> SimDuration {
    if delay <= .zero { return .zero }
    // Doubled beyond 62 times any delay is above any limit.
    let doublings = min(count - 1, 62)
    let (grown, overflow) = delay.nanoseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    return overflow ? longestDelay : min(SimDuration(nanoseconds: grown), longestDelay)
  }
}
