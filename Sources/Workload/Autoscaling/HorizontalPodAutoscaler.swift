import SimulationKernel

/// The HorizontalPodAutoscaler of Kubernetes for a metric of requests per
/// second and replica.
///
/// Formulas and defaults: Kubernetes documentation, "Horizontal Pod
/// Autoscaling"; the handling of pods that are not ready as in
/// `pkg/controller/podautoscaler/replica_calculator.go`. It never goes to zero.
public struct HorizontalPodAutoscaler: Hashable, Sendable {
  /// Requests per second of one replica that it aims at, above 0.
  public var target: Double
  /// The metric is the mean over this time. Kubernetes leaves it to the
  /// adapter; a minute is a usual range of a `rate()` query.
  public var window = SimDuration.seconds(60)
  /// Between two decisions (`--horizontal-pod-autoscaler-sync-period`).
  public var syncPeriod = SimDuration.seconds(15)
  /// Ratios this near to 1 change nothing
  /// (`--horizontal-pod-autoscaler-tolerance`).
  public var tolerance = 0.1
  /// A rise waits until every recommendation of this time agrees.
  public var upWindow = SimDuration.zero
  /// A fall goes to the largest recommendation of this time.
  public var downWindow = SimDuration.seconds(300)
  public var up = ScalingPolicies.defaultUp
  public var down = ScalingPolicies.defaultDown

  public init(target: Double) { self.target = target }

  /// `ceil(current x metric / target)`, or `current` where the ratio is within
  /// the tolerance of 1.
  public func recommended(current: Int, metric: Double) -> Int {
    let ratio = metric / target
    return abs(ratio - 1) <= tolerance ? current : ReplicaCount.roundedUp(Double(current) * ratio)
  }

  /// The recommendation where only some replicas are ready; nil: none is, so
  /// there is no metric. Replicas that are not ready count with 0 on the way
  /// up, which may turn a rise into no change, and are left out on the way
  /// down.
  public func recommended(current: Int, ready: Int, metric: Double) -> Int? {
    guard ready > 0 else { return nil }
    let ratio = metric / target
    if ready == current || ratio <= 1 {
      return abs(ratio - 1) <= tolerance ? current : ReplicaCount.roundedUp(Double(ready) * ratio)
    }
    let damped = ratio * Double(ready) / Double(current)
    if abs(damped - 1) <= tolerance || damped < 1 { return current }
    return max(ReplicaCount.roundedUp(Double(current) * damped), current)
  }

  /// The recommendation for a metric that is a total (`External` with
  /// `AverageValue`): `ceil(total / target)`, unless the mean over the replicas
  /// is within the tolerance.
  public func recommended(current: Int, total: Double) -> Int {
    guard current > 0 else { return ReplicaCount.roundedUp(total / target) }
    let ratio = total / (target * Double(current))
    return abs(ratio - 1) <= tolerance ? current : ReplicaCount.roundedUp(total / target)
  }
}

/// What a HorizontalPodAutoscaler remembers between two decisions.
public struct HorizontalPodAutoscalerState: Sendable {
  private struct Recommendation {
    var time: SimTime
    var count: Int
  }

  private let spec: HorizontalPodAutoscaler
  private var recommendations: [Recommendation] = []
  private var history: ScalingHistory

  public init(_ spec: HorizontalPodAutoscaler) {
    self.spec = spec
    let periods = (spec.up.policies + spec.down.policies).map(\.period)
    history = ScalingHistory(memory: periods.max() ?? .tick)
  }

  /// The number of replicas to want from `now` on.
  ///
  /// A recommendation is stabilised first (a rise to the least of the rise's
  /// window, a fall to the largest of the fall's), then kept within what the
  /// policies and `limits` allow.
  public mutating func decide(
    recommended: Int,
    current: Int,
    limits: ClosedRange<Int>,
    now: SimTime
  ) -> Int {
    var least = recommended
    var largest = recommended
    for earlier in recommendations {
      if now - earlier.time < spec.upWindow { least = min(least, earlier.count) }
      if now - earlier.time < spec.downWindow { largest = max(largest, earlier.count) }
    }
    let memory = max(spec.upWindow, spec.downWindow)
    recommendations.removeAll { now - $0.time >= memory }
    recommendations.append(Recommendation(time: now, count: recommended))
    var wanted = min(max(current, least), largest)
    if wanted > current {
      wanted = min(wanted, spec.up.mostAfterRise(current: current, history: history, now: now))
    } else if wanted < current {
      wanted = max(wanted, spec.down.fewestAfterFall(current: current, history: history, now: now))
    }
    wanted = min(max(wanted, limits.lowerBound), limits.upperBound)
    history.note(wanted - current, at: now)
    return wanted
  }
}
