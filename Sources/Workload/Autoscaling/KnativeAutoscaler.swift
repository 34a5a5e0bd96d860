import SimulationKernel

/// The pod autoscaler of Knative (KPA).
///
/// Sources: `knative/serving`, `pkg/autoscaler/scaling/autoscaler.go`,
/// `pkg/reconciler/autoscaling/kpa/scaler.go` and
/// `config/core/configmaps/autoscaler.yaml`.
public struct KnativeAutoscaler: Hashable, Sendable {
  /// What is averaged.
  public enum Measure: Hashable, Sendable {
    /// Requests per second.
    case requests
    /// Requests in flight: the rate times this service time in seconds
    /// (J. D. C. Little, Operations Research 9, 1961).
    case concurrency(serviceTime: Double)
  }

  public var measure: Measure
  /// Of the measure, for one replica that is fully used; above 0.
  public var target: Double
  /// Share of the target that it aims at
  /// (`container-concurrency-target-percentage`).
  public var utilisation = 0.7
  /// `stable-window`.
  public var stableWindow = SimDuration.seconds(60)
  /// `panic-window-percentage`, as a share of the stable window.
  public var panicWindowShare = 0.1
  /// `panic-threshold-percentage`, as a factor: it panics when the panic window
  /// asks for so many times the ready replicas.
  public var panicThreshold = 2.0
  /// `max-scale-up-rate`: most times the ready replicas in one decision.
  public var maxScaleUpRate = 1000.0
  /// `max-scale-down-rate`: at least the ready replicas divided by it remain.
  public var maxScaleDownRate = 2.0
  /// `scale-to-zero-grace-period`: the last replica stays so long after the
  /// decision for 0.
  public var scaleToZeroGrace = SimDuration.seconds(30)
  /// `scale-to-zero-pod-retention-period`: and at least so long; 0.
  public var retention = SimDuration.zero
  /// Between two decisions (`tick-interval`).
  public var tick = SimDuration.seconds(2)
  /// `initial-scale`: replicas when the revision is made.
  public static let initialScale = 1

  /// `container-concurrency-target-default`.
  public static let defaultConcurrency = 100.0

  public init(measure: Measure, target: Double) {
    self.measure = measure
    self.target = target
  }

  /// Panic window in whole nanoseconds, at least a tick of the clock.
  public var panicWindow: SimDuration {
    max(SimDuration(seconds: stableWindow.seconds * panicWindowShare) ?? .tick, .tick)
  }

  /// `ceil(mean / target)`, where the target is that of one replica times the
  /// utilisation.
  public func replicas(for mean: Double) -> Int {
    ReplicaCount.roundedUp(mean / (target * utilisation))
  }

  /// The same within what one decision may change:
  /// `[floor(ready / maxScaleDownRate), ceil(ready x maxScaleUpRate)]`. No
  /// ready replica counts as one.
  public func clampedReplicas(for mean: Double, ready: Int) -> Int {
    let ready = Double(max(ready, 1))
    let most = ReplicaCount.roundedUp(ready * maxScaleUpRate)
    let fewest = Int((ready / maxScaleDownRate).rounded(.down))
    return min(max(replicas(for: mean), fewest), most)
  }

  /// Whether the panic window asks for too many times the ready replicas.
  public func panics(mean: Double, ready: Int) -> Bool {
    Double(replicas(for: mean)) / Double(max(ready, 1)) >= panicThreshold
  }
}

/// What the pod autoscaler of Knative remembers between two decisions.
public struct KnativeAutoscalerState: Sendable {
  private let spec: KnativeAutoscaler
  /// When the panic condition last held; nil: calm.
  public private(set) var panicTime: SimTime?
  /// The most replicas wanted in this panic.
  private var mostInPanic = 0
  /// Since when it has wanted no replica; nil: it wants some.
  private var idleSince: SimTime?

  public init(_ spec: KnativeAutoscaler) { self.spec = spec }

  /// The number of replicas to want from `now` on.
  ///
  /// - Parameters:
  ///   - stable: mean of the measure over the stable window.
  ///   - panic: mean over the panic window.
  public mutating func decide(
    stable: Double,
    panic: Double,
    ready: Int,
    current: Int,
    limits: ClosedRange<Int>,
    now: SimTime
  ) -> Int {
    if spec.panics(mean: panic, ready: ready) {
      panicTime = now
    } else if let last = panicTime, now - last > spec.stableWindow {
      panicTime = nil
      mostInPanic = 0
    }
    var wanted = spec.clampedReplicas(for: stable, ready: ready)
    if panicTime != nil {
      // Never down in panic: the stable window may ask for more than the panic
      // window.
      mostInPanic = max(mostInPanic, wanted, spec.clampedReplicas(for: panic, ready: ready))
      wanted = mostInPanic
    }
    wanted = min(max(wanted, limits.lowerBound), limits.upperBound)
    return afterGrace(wanted, current: current, now: now)
  }

  /// The last replica stays for the grace period.
  private mutating func afterGrace(_ wanted: Int, current: Int, now: SimTime) -> Int {
    guard wanted == 0, current > 0 else {
      idleSince = nil
      return wanted
    }
    let since = idleSince ?? now
    idleSince = since
    return now - since >= max(spec.scaleToZeroGrace, spec.retention) ? 0 : 1
  }
}
