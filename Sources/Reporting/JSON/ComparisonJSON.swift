import Planning
import SimulationKernel

extension ReportJSON {
  /// Several arms against the first.
  public static func text(_ comparison: Comparison) throws -> String {
    try encode(ComparisonDocument(comparison))
  }
}

/// A paired difference.
struct DifferenceDocument: Encodable {
  var mean: Double
  var ci95HalfWidth: Double

  init(_ interval: ConfidenceInterval) {
    mean = interval.mean
    ci95HalfWidth = interval.halfWidth
  }
}

private struct ComparisonDocument: Encodable {
  struct Arm: Encodable {
    var file: String
    var scenario: String
    var policy: String
    /// `key.path=value`, of `--vary`.
    var varied: [String]

    init(_ arm: Comparison.Arm) {
      file = arm.file
      scenario = arm.scenario
      policy = arm.policy
      varied = arm.varied
    }
  }

  struct Contrast: Encodable {
    var arm: Arm
    var sameWorkload: Bool
    var metrics: [Figure]
  }

  struct Figure: Encodable {
    var name: String
    var unit: String
    var better: String
    var verdict: String
    var baseMean: Double?
    var mean: Double?
    /// `mean - baseMean`; absent below two pairs.
    var difference: DifferenceDocument?
    var baseValues: [Double?]
    var values: [Double?]
  }

  var format = "headroom-compare/1"
  var seed: UInt64
  var replications: Int
  var base: Arm
  var contrasts: [Contrast]

  init(_ comparison: Comparison) {
    seed = comparison.seed
    replications = comparison.replications
    base = Arm(comparison.base)
    contrasts = comparison.contrasts.map { contrast in
      Contrast(
        arm: Arm(contrast.arm),
        sameWorkload: contrast.isSameWorkload,
        metrics: contrast.metrics.map {
          Figure(
            name: $0.metric.name,
            unit: $0.metric.unit,
            better: $0.metric.better.rawValue,
            verdict: $0.verdict.rawValue,
            baseMean: $0.baseMean,
            mean: $0.otherMean,
            difference: $0.difference.map(DifferenceDocument.init),
            baseValues: $0.base,
            values: $0.other
          )
        }
      )
    }
  }
}
