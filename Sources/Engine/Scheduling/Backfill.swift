/// Later jobs may start while earlier ones wait, as long as they do not delay
/// the reservations of those, judged by the estimated durations of all.
public struct Backfill: Hashable, Sendable {
  /// Who holds a reservation.
  public enum Reservations: String, Hashable, Sendable, CaseIterable {
    /// The first job that does not fit (EASY; Lifka 1995): its nodes and GPUs
    /// at the earliest time at which it would fit if all running jobs ended
    /// when estimated. A later job may start if it is estimated to end by
    /// then, or leaves those GPUs to it.
    case easy
    /// Every waiting job, in order (conservative; Mu'alem and Feitelson 2001):
    /// so many GPUs of the fleet from the earliest time at which they stay
    /// free for its estimated duration. Counts GPUs, not nodes.
    case conservative
  }

  public var reservations: Reservations
  public var order: JobOrder
  /// Only with the order of priority, and without a limit: reservations need
  /// an order that stands.
  public var ageing: PriorityAgeing?
  /// Waiting jobs looked at behind the first that does not fit, a pass (Slurm:
  /// bf_max_job_test, 500).
  public var depth: Int

  public init(
    _ reservations: Reservations,
    order: JobOrder = .fifo,
    ageing: PriorityAgeing? = nil,
    depth: Int = 500
  ) {
    self.reservations = reservations
    self.order = order
    self.ageing = ageing
    self.depth = depth
  }
}
