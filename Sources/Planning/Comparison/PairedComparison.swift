import Outcome
import SimulationKernel

/// What a paired comparison says of one metric.
public enum PairedVerdict: String, Hashable, Sendable, CaseIterable {
  case better
  case worse
  /// The interval of the difference holds 0.
  case notSignificant = "not significant"
  /// Every pair is exactly equal.
  case identical
  /// No replication has the metric in both arms.
  case noFigures = "no figures"
}

/// One metric of two arms, replication by replication.
///
/// Both arms draw from the same random streams, so a replication of one is
/// compared with the same replication of the other: Student's t interval of
/// the differences (Law, "Simulation Modeling and Analysis", section 10.2.1).
/// Only replications that have the metric in both arms make pairs.
public struct PairedComparison: Equatable, Sendable {
  public let metric: ComparedMetric
  public let scope: String
  /// One value a replication; nil where it has none.
  public let base: [Double?]
  public let other: [Double?]
  /// Over the pairs; over all values of the arm when there are no pairs; nil
  /// without values.
  public let baseMean: Double?
  public let otherMean: Double?
  /// Replications that have both values.
  public let pairs: Int
  /// Of `other - base`, 95 %; nil below two pairs.
  public let difference: ConfidenceInterval?
  public let verdict: PairedVerdict

  /// - Precondition: as many values on both sides.
  public init(
    _ metric: ComparedMetric,
    scope: String = "fleet",
    better: MetricDirection? = nil,
    base: [Double?],
    other: [Double?]
  ) {
    precondition(base.count == other.count, "paired observations must come in pairs")
    self.metric = metric
    self.scope = scope
    self.base = base
    self.other = other
    let both = zip(base, other).compactMap { base, other in
      base.flatMap { base in other.map { (base: base, other: $0) } }
    }
    pairs = both.count
    baseMean = Self.mean(both.isEmpty ? base.compactMap(\.self) : both.map(\.base))
    otherMean = Self.mean(both.isEmpty ? other.compactMap(\.self) : both.map(\.other))
    difference = ConfidenceInterval.pairedDifference(
      both.map(\.other),
      both.map(\.base),
      level: MetricEstimate.level
    )
    verdict =
      if both.isEmpty {
        .noFigures
      } else if both.allSatisfy({ $0.base == $0.other }) {
        .identical
      } else if let difference, difference.lower > 0 || difference.upper < 0 {
        (difference.mean > 0) == ((better ?? metric.better) == .higher) ? .better : .worse
      } else {
        .notSignificant
      }
  }

  /// One metric of two measured arms.
  public init(
    _ metric: ComparedMetric,
    scope: String = "fleet",
    better: MetricDirection? = nil,
    base: [MeasuredReplication],
    other: [MeasuredReplication]
  ) {
    self.init(
      metric,
      scope: scope,
      better: better,
      base: base.map { $0.value(metric.name, scope) },
      other: other.map { $0.value(metric.name, scope) }
    )
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
