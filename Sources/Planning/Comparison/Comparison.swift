import Outcome

/// Several arms under common random numbers, each against the first.
public struct Comparison: Equatable, Sendable {
  /// What is compared: a scenario under one placement, perhaps with other
  /// values than in its file.
  public struct Arm: Hashable, Sendable {
    /// The scenario's file, as it was named.
    public var file: String
    /// The scenario's own name.
    public var scenario: String
    public var policy: String
    /// Texts `key.path=value` that set the arm apart from the others of its
    /// file.
    public var varied: [String]

    public init(file: String, scenario: String, policy: String, varied: [String] = []) {
      self.file = file
      self.scenario = scenario
      self.policy = policy
      self.varied = varied
    }
  }

  /// An arm against the first.
  public struct Contrast: Equatable, Sendable {
    public let arm: Arm
    /// Replications whose jobs are not those of the first arm.
    public let differentWorkloads: Int
    /// The headline metrics, in the order of the table.
    public let metrics: [PairedComparison]

    /// The arms offer the same jobs in every replication.
    public var isSameWorkload: Bool { differentWorkloads == 0 }
  }

  /// Replication r of every arm used this seed + r.
  public let seed: UInt64
  public let replications: Int
  public let base: Arm
  public let contrasts: [Contrast]

  /// - Precondition: at least one arm, as many replications in each.
  public init(seed: UInt64, arms: [Arm], measured: [[MeasuredReplication]]) {
    let first = measured[0]
    self.seed = seed
    replications = first.count
    base = arms[0]
    contrasts = zip(arms, measured).dropFirst().map { arm, replications in
      Contrast(
        arm: arm,
        differentWorkloads: zip(first, replications).count { $0.inputs.jobs != $1.inputs.jobs },
        metrics: ComparedMetric.all.filter(\.isHeadline).map {
          PairedComparison($0, base: first, other: replications)
        }.filter { !$0.metric.isOccasional || $0.baseMean != nil || $0.otherMean != nil }
      )
    }
  }
}
