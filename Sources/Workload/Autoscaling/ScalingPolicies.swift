import SimulationKernel

/// How fast a number of replicas may change in one direction: `policies` of
/// `behavior.scaleUp` or `behavior.scaleDown` (Kubernetes documentation,
/// "Horizontal Pod Autoscaling", section "Scaling policies").
public struct ScalingPolicies: Hashable, Sendable {
  /// Which of several policies counts.
  public enum Selection: String, Hashable, Sendable, CaseIterable {
    /// The one that allows the largest change.
    case max
    /// The one that allows the smallest change.
    case min
    /// No change in this direction.
    case disabled
  }

  /// What one policy allows within its period.
  public enum Amount: Hashable, Sendable {
    /// Percent of the replicas at the start of the period, above 0. Going up
    /// the count is rounded up; going down the change is rounded up (80 by 10 %
    /// a period: 72, then 64).
    case percent(Int)
    /// So many replicas, above 0.
    case pods(Int)
  }

  public struct Policy: Hashable, Sendable {
    public var amount: Amount
    /// Over which changes are counted; above 0.
    public var period: SimDuration

    public init(_ amount: Amount, period: SimDuration) {
      self.amount = amount
      self.period = period
    }
  }

  public var policies: [Policy]
  public var selection: Selection

  public init(_ policies: [Policy], selection: Selection = .max) {
    self.policies = policies
    self.selection = selection
  }

  /// The default way up: the larger of +100 % and +4 every 15 s.
  public static let defaultUp = ScalingPolicies([
    Policy(.percent(100), period: .seconds(15)), Policy(.pods(4), period: .seconds(15)),
  ])
  /// The default way down: -100 % every 15 s.
  public static let defaultDown = ScalingPolicies([Policy(.percent(100), period: .seconds(15))])

  /// The most replicas that may be wanted now, never below `current`.
  public func mostAfterRise(current: Int, history: ScalingHistory, now: SimTime) -> Int {
    let proposals = policies.map { policy in
      let start = history.count(atStartOf: policy.period, current: current, now: now)
      return switch policy.amount {
      case .percent(let share): (start * (100 + share) + 99) / 100
      case .pods(let pods): start + pods
      }
    }
    let limit =
      switch selection {
      case .max: proposals.max()
      case .min: proposals.min()
      case .disabled: nil as Int?
      }
    return Swift.max(limit ?? current, current)
  }

  /// The fewest replicas that may be wanted now, never above `current`.
  public func fewestAfterFall(current: Int, history: ScalingHistory, now: SimTime) -> Int {
    let proposals = policies.map { policy in
      let start = history.count(atStartOf: policy.period, current: current, now: now)
      return switch policy.amount {
      case .percent(let share): start * Swift.max(100 - share, 0) / 100
      case .pods(let pods): Swift.max(start - pods, 0)
      }
    }
    let limit =
      switch selection {
      case .max: proposals.min()
      case .min: proposals.max()
      case .disabled: nil as Int?
      }
    return Swift.min(limit ?? current, current)
  }
}

/// The latest changes of a number of replicas.
public struct ScalingHistory: Hashable, Sendable {
  private struct Change: Hashable {
    var time: SimTime
    var by: Int
  }

  private var changes: [Change] = []
  /// How far back anyone looks.
  private let memory: SimDuration

  public init(memory: SimDuration) { self.memory = memory }

  /// Notes a change; those that nobody looks at any more are forgotten.
  public mutating func note(_ change: Int, at time: SimTime) {
    changes.removeAll { time - $0.time >= memory }
    if change != 0 { changes.append(Change(time: time, by: change)) }
  }

  /// The number of replicas when the period began: changes that lie a whole
  /// period back count no more.
  public func count(atStartOf period: SimDuration, current: Int, now: SimTime) -> Int {
    current - changes.reduce(0) { $0 + (now - $1.time < period ? $1.by : 0) }
  }
}
