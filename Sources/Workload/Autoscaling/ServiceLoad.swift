import SimulationKernel

/// What a service is asked and what its replicas can do, so that a run can say
/// which share of the requests came within capacity.
public struct ServiceLoad: Hashable, Sendable {
  /// The class whose jobs are the replicas.
  public var jobClass: JobClassID
  public var requests: RateCurve
  /// Requests per second of one ready replica, above 0.
  public var capacityPerReplica: Double
  /// From the start of a run of a replica until it serves, or from when it has
  /// fetched what it fetches in the run.
  public var coldStart: SimDuration

  public init(
    jobClass: JobClassID,
    requests: RateCurve,
    capacityPerReplica: Double,
    coldStart: SimDuration
  ) {
    self.jobClass = jobClass
    self.requests = requests
    self.capacityPerReplica = capacityPerReplica
    self.coldStart = coldStart
  }
}
