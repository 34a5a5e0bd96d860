import SimulationKernel

/// What sets the number of a service's replicas.
public enum Autoscaler: Hashable, Sendable {
  case horizontalPod(HorizontalPodAutoscaler)
  case keda(KEDAScaler)
  case knative(KnativeAutoscaler)

  /// When it decides next, after a decision at `now`; all its clocks start at
  /// time 0.
  func nextDecision(after now: SimTime) -> SimTime {
    switch self {
    case .horizontalPod(let spec): return Self.next(spec.syncPeriod, after: now)
    case .keda(let spec):
      return min(Self.next(spec.scaling.syncPeriod, after: now), Self.next(spec.pollingInterval, after: now))
    case .knative(let spec): return Self.next(spec.tick, after: now)
    }
  }

  /// The shortest time between two decisions.
  var shortestPeriod: SimDuration {
    switch self {
    case .horizontalPod(let spec): spec.syncPeriod
    case .keda(let spec): min(spec.scaling.syncPeriod, spec.pollingInterval)
    case .knative(let spec): spec.tick
    }
  }

  private static func next(_ period: SimDuration, after now: SimTime) -> SimTime {
    SimTime(nanoseconds: (now.nanoseconds / period.nanoseconds + 1) * period.nanoseconds)
  }
}

/// An autoscaler at work: what it is and what it remembers.
enum AutoscalerState {
  case horizontalPod(HorizontalPodAutoscaler, HorizontalPodAutoscalerState)
  case keda(KEDAScaler, KEDAScalerState)
  case knative(KnativeAutoscaler, KnativeAutoscalerState)

  init(_ autoscaler: Autoscaler) {
    self =
      switch autoscaler {
      case .horizontalPod(let spec): .horizontalPod(spec, HorizontalPodAutoscalerState(spec))
      case .keda(let spec): .keda(spec, KEDAScalerState(spec))
      case .knative(let spec): .knative(spec, KnativeAutoscalerState(spec))
      }
  }

  /// The number of replicas before the first decision.
  func initialCount(within limits: ClosedRange<Int>) -> Int {
    switch self {
    case .horizontalPod, .keda: limits.lowerBound
    case .knative: max(limits.lowerBound, KnativeAutoscaler.initialScale)
    }
  }

  /// The number of replicas to want from `now` on.
  mutating func decide(
    _ requests: RateCurve,
    ready: Int,
    current: Int,
    limits: ClosedRange<Int>,
    now: SimTime
  ) -> Int {
    switch self {
    case .horizontalPod(let spec, var state):
      let rate = requests.meanRate(over: spec.window, until: now)
      // Without a ready replica there is no metric, and no decision.
      guard
        let recommended = spec.recommended(
          current: current,
          ready: ready,
          metric: rate / Double(max(ready, 1))
        )
      else { return current }
      let wanted = state.decide(recommended: recommended, current: current, limits: limits, now: now)
      self = .horizontalPod(spec, state)
      return wanted
    case .keda(let spec, var state):
      let rate = requests.meanRate(over: spec.scaling.window, until: now)
      var wanted = current
      if now.nanoseconds % spec.pollingInterval.nanoseconds == 0 {
        wanted = state.poll(rate: rate, current: wanted, limits: limits, now: now)
      }
      if now.nanoseconds % spec.scaling.syncPeriod.nanoseconds == 0 {
        wanted = state.scale(rate: rate, current: wanted, limits: limits, now: now)
      }
      self = .keda(spec, state)
      return wanted
    case .knative(let spec, var state):
      let factor =
        switch spec.measure {
        case .requests: 1.0
        case .concurrency(let serviceTime): serviceTime
        }
      let wanted = state.decide(
        stable: requests.meanRate(over: spec.stableWindow, until: now) * factor,
        panic: requests.meanRate(over: spec.panicWindow, until: now) * factor,
        ready: ready,
        current: current,
        limits: limits,
        now: now
      )
      self = .knative(spec, state)
      return wanted
    }
  }
}
