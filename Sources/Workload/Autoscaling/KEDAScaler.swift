import SimulationKernel

/// A ScaledObject of KEDA: KEDA itself switches between 0 and 1, a
/// HorizontalPodAutoscaler over its metric does the rest.
///
/// Source: KEDA 2.21 documentation, "Scaling Deployments, StatefulSets & Custom
/// Resources" and the ScaledObject specification. Errors of scalers, and so
/// fallback replicas, are not modelled.
public struct KEDAScaler: Hashable, Sendable {
  /// From 1 to n. The metric is the total (`External`, `AverageValue`).
  public var scaling: HorizontalPodAutoscaler
  /// `pollingInterval`: how often it looks whether there is work.
  public var pollingInterval = SimDuration.seconds(30)
  /// `cooldownPeriod`: how long after the last active poll it goes to 0.
  public var cooldown = SimDuration.seconds(300)
  /// `activationThreshold`, requests per second: a poll that finds more is
  /// active.
  public var activation = 0.0

  public init(target: Double) { scaling = HorizontalPodAutoscaler(target: target) }
}

/// What a KEDA scaler remembers between two decisions.
public struct KEDAScalerState: Sendable {
  private let spec: KEDAScaler
  private var scaling: HorizontalPodAutoscalerState
  private var lastActive: SimTime?

  public init(_ spec: KEDAScaler) {
    self.spec = spec
    scaling = HorizontalPodAutoscalerState(spec.scaling)
  }

  /// One poll: from 0 to 1 (or the minimum) when active; to 0, where the
  /// minimum is 0, once the last active poll lies longer than the cool-down
  /// back. Elsewhere the number stays.
  public mutating func poll(rate: Double, current: Int, limits: ClosedRange<Int>, now: SimTime) -> Int {
    if rate > spec.activation {
      lastActive = now
      return current == 0 ? max(limits.lowerBound, 1) : current
    }
    guard limits.lowerBound == 0, current > 0 else { return current }
    if let lastActive, now - lastActive <= spec.cooldown { return current }
    return 0
  }

  /// One decision of the HorizontalPodAutoscaler, which rests while the number
  /// is 0.
  public mutating func scale(rate: Double, current: Int, limits: ClosedRange<Int>, now: SimTime) -> Int {
    guard current > 0 else { return 0 }
    return scaling.decide(
      recommended: spec.scaling.recommended(current: current, total: rate),
      current: current,
      limits: max(limits.lowerBound, 1)...limits.upperBound,
      now: now
    )
  }
}
