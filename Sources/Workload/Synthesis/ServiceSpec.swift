import SimulationKernel

/// A service whose replica count follows its request rate.
///
/// Without an autoscaler, every `evaluationInterval` from time 0 on, the
/// wanted count is `ceil(rate / requestsPerReplicaPerSecond)`, kept within
/// `minReplicas ... maxReplicas`; with one, see ``Autoscaler``. Scale-in is last in, first out: replica i
/// exists while the wanted count exceeds i, and each unbroken stretch of its
/// existence becomes one row of kind ``JobKind/service``.
public struct ServiceSpec: Equatable, Sendable {
  /// Requests per second over time.
  public var requestRate: RateCurve
  /// What one replica serves, above 0.
  public var requestsPerReplicaPerSecond: Double
  /// At least 0.
  public var minReplicas: Int
  /// At least 1 and at least `minReplicas`.
  public var maxReplicas: Int
  /// How often the count is looked at, above 0; an autoscaler has clocks of
  /// its own.
  public var evaluationInterval: SimDuration
  /// What sets the count; nil: the rate alone.
  public var autoscaler: Autoscaler?
  /// The autoscaler sees the replicas that are ready in the run, not those that
  /// would be if all were placed at once; of consequence for a
  /// HorizontalPodAutoscaler and for Knative.
  public var seesCluster = false
  /// What a replica does before it serves; nil: nothing.
  public var coldStart: ColdStart?
  /// What it fetches before that in the run, taken to last so long where the
  /// autoscaler does not see the run.
  public var assumedFetch = SimDuration.zero

  public init(
    requestRate: RateCurve,
    requestsPerReplicaPerSecond: Double,
    minReplicas: Int,
    maxReplicas: Int,
    evaluationInterval: SimDuration
  ) {
    self.requestRate = requestRate
    self.requestsPerReplicaPerSecond = requestsPerReplicaPerSecond
    self.minReplicas = minReplicas
    self.maxReplicas = maxReplicas
    self.evaluationInterval = evaluationInterval
  }

  /// Whether a run counts its requests: where there is an autoscaler or a cold
  /// start.
  var isCounted: Bool { autoscaler != nil || coldStart != nil }

  /// What a run counts of the service.
  func load(of jobClass: JobClassID) -> ServiceLoad {
    ServiceLoad(
      jobClass: jobClass,
      requests: requestRate,
      capacityPerReplica: requestsPerReplicaPerSecond,
      coldStart: coldStart?.total ?? .zero
    )
  }
}

/// A request rate (requests per second) over simulated time.
public enum RateCurve: Hashable, Sendable {
  case constant(Double)
  /// A daily cosine: `peak` at `peakHour` (0 ..< 24; the run starts at
  /// midnight), `base` twelve hours away from it.
  case diurnal(base: Double, peak: Double, peakHour: Double)
  /// Straight lines between the points; before the first and after the last
  /// the rate is theirs. Times strictly increase.
  case points([RatePoint])
  /// Each rate holds until the next point's time; before the first it is 0.
  /// Times strictly increase. Fits measured rates, one a bucket.
  case steps([RatePoint])
  /// The day of a launch.
  case launch(LaunchSpike)
}

/// A rate at a time.
public struct RatePoint: Hashable, Sendable {
  /// Since the start of the run.
  public var seconds: Double
  /// Requests per second, at least 0.
  public var rate: Double

  public init(seconds: Double, rate: Double) {
    self.seconds = seconds
    self.rate = rate
  }
}
