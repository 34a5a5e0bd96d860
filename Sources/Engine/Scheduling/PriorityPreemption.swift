import SimulationKernel

/// Running jobs make room for a waiting job of higher priority that does not
/// fit. For queues in the order of priority.
///
/// A preempted job falls back to its last checkpoint, or to its beginning; one
/// whose checkpoint can be written within the graceful period saves its work
/// first. It waits again in its place.
public struct PriorityPreemption: Hashable, Sendable {
  /// Who has to go.
  public enum Victims: String, Hashable, Sendable, CaseIterable {
    /// kube-scheduler: worker by worker, on the one node where it hurts least:
    /// lowest highest priority of the victims, smallest sum of (priority +
    /// 2^31), fewest victims, latest start of the earliest-started among those
    /// of highest priority, first node. On a node all jobs of lower priority
    /// are removed and as many as possible put back, most important first.
    /// Before all that, fewest violations of disruption budgets; on a node the
    /// jobs whose budget is used up are put back before the others.
    /// At most max(100, a tenth of the nodes) candidates are looked at, from a
    /// rotating start.
    case kubeScheduler
    /// Kueue: lowest priority first, latest start first, until the job fits;
    /// then as many as possible are put back, in reverse order.
    case kueue
    /// The jobs that lose the least work for each GPU first; then as Kueue.
    case cheapestLostWork
  }

  public var victims: Victims
  /// Added to what a preempted job repeats.
  public var cost: PreemptionCost
  /// A victim holds its GPUs so long after it was told to stop. The preemptor
  /// waits; until then nothing of lower priority starts on the nodes that it
  /// would take, and jobs of its own or higher priority may.
  public var gracefulPeriod: SimDuration
  /// From the end of the graceful period until the stopped job stands in the
  /// queue again.
  public var requeueDelay: SimDuration

  public init(
    _ victims: Victims,
    cost: PreemptionCost = PreemptionCost(),
    gracefulPeriod: SimDuration = SimDuration(nanoseconds: 0),
    requeueDelay: SimDuration = SimDuration(nanoseconds: 0)
  ) {
    self.victims = victims
    self.cost = cost
    self.gracefulPeriod = gracefulPeriod
    self.requeueDelay = requeueDelay
  }
}
