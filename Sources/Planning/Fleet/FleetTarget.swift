import Outcome

/// What a planned fleet must reach: a metric at most or at least so much.
public struct FleetTarget: Hashable, Sendable {
  public var metric: String
  /// `fleet`, `tenant:NAME`, `class:NAME` ….
  public var scope: String
  /// In the metric's unit.
  public var limit: Double
  public var isUpperLimit: Bool

  public init(metric: String, scope: String = "fleet", limit: Double, isUpperLimit: Bool) {
    self.metric = metric
    self.scope = scope
    self.limit = limit
    self.isUpperLimit = isUpperLimit
  }

  /// More nodes make it worse: use of at least so much.
  var fallsWithNodes: Bool { !isUpperLimit && Self.uses.contains(metric) }

  private static let uses: Set<String> = ["allocation", "utilisation", "goodput"]

  /// What replications say.
  public struct Finding: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
      case met
      case missed
      /// The interval holds the limit.
      case undecided
    }

    public var target: FleetTarget
    /// nil: no replication has the metric.
    public var mean: Double?
    /// Of the 95 % interval.
    public var halfWidth: Double?
    public var verdict: Verdict
  }

  /// Met when the whole 95 % interval of the mean is on the right side.
  func finding(_ replications: [[Metric]]) -> Finding {
    let values = replications.compactMap { metrics in
      metrics.first { $0.name == metric && $0.scope == scope }?.value
    }
    guard !values.isEmpty else {
      return Finding(target: self, mean: nil, halfWidth: nil, verdict: .missed)
    }
    let estimate = MetricEstimate(name: metric, scope: scope, unit: "", values: values)
    let half = estimate.halfWidth ?? .infinity
    let (low, high) = (estimate.mean - half, estimate.mean + half)
    let isMet = isUpperLimit ? high <= limit : low >= limit
    let isMissed = isUpperLimit ? low > limit : high < limit
    return Finding(
      target: self,
      mean: estimate.mean,
      halfWidth: estimate.halfWidth,
      verdict: isMet ? .met : isMissed ? .missed : .undecided
    )
  }
}
