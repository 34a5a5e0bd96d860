import Engine
import Outcome

/// A suite that has been read and checked, with its scenarios.
public struct LoadedSuite: Sendable {
  /// A scenario under one placement.
  public struct Cell: Sendable {
    /// Unique within the suite.
    public let name: String
    public let scenario: LoadedScenario
    public let placement: PlacementSpec

    /// The input of one replication.
    public func input(replication: Int) throws -> SimulationInput {
      try scenario.input(placement: placement, replication: replication)
    }

    /// The whole policy in words: placement, ties, queue and sharing.
    public var policy: String { scenario.policyText(placement) }
  }

  /// The largest change for the worse that is allowed.
  public struct Threshold: Hashable, Sendable {
    /// A share of the baseline's mean.
    public var relative: Double?
    /// In the metric's unit.
    public var absolute: Double?

    public init(relative: Double? = nil, absolute: Double? = nil) {
      self.relative = relative
      self.absolute = absolute
    }
  }

  /// How much worse a metric may get.
  public struct Budget: Hashable, Sendable {
    public var metric: ComparedMetric
    public var scope: String
    public var better: MetricDirection
    public var fail: Threshold?
    public var warn: Threshold?

    public init(
      _ metric: ComparedMetric,
      scope: String = "fleet",
      better: MetricDirection? = nil,
      fail: Threshold? = nil,
      warn: Threshold? = nil
    ) {
      self.metric = metric
      self.scope = scope
      self.better = better ?? metric.better
      self.fail = fail
      self.warn = warn
    }
  }

  public let name: String
  public let replications: Int
  public let cells: [Cell]
  public let budgets: [Budget]
}

extension LoadedScenario {
  /// Everything that decides about jobs, in one line.
  func policyText(_ placement: PlacementSpec) -> String {
    let scores = placement.scores.map(\.text).joined(separator: " + ")
    let queue =
      switch settings.queue {
      case .ordered(let order, headOfLineBlocking: true): "\(order.rawValue) with head-of-line blocking"
      case .ordered(let order, headOfLineBlocking: false): "\(order.rawValue), later jobs may pass"
      case .backfill(let spec): "\(spec.order.rawValue) with \(spec.reservations.rawValue) backfill"
      case .preemptive(let queue): queue.order.text
      case .none: "no queue"
      }
    return "\(scores); ties by \(placement.tieBreak.rawValue); \(queue); \(settings.sharing.rawValue)"
  }

  /// The scopes that metrics of its runs can have.
  func scopes() throws -> [String] {
    let jobs = try work.jobs(seed: seed)
    let kinds = [
      ("tenant", jobs.tenants), ("class", jobs.classes), ("model", fleet.gpuModels),
      ("size", JobSize.allCases.map(\.name)),
    ]
    return ["fleet"] + kinds.flatMap { kind, names in names.map { "\(kind):\($0)" } }
  }
}

extension ScoreSpec {
  /// `2 x most-allocated (nvidia.com/gpu x 5)`.
  fileprivate var text: String {
    let details =
      resources.map { "\($0.resource) x \($0.weight)" } + shape.map { "\($0.utilization) % is \($0.score)" }
    return (weight == 1 ? policy : "\(weight) x \(policy)")
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }
}
