import Outcome
import Planning
import Results

/// A run as reports see it: its figures with means and intervals over the
/// replications.
public struct RunReport: Sendable {
  public let figures: RunFigures
  public let estimates: [MetricEstimate]
  private let index: [Key: Int]

  private struct Key: Hashable {
    var name: String
    var scope: String
  }

  public init(_ figures: RunFigures) {
    self.figures = figures
    let estimates = MetricEstimate.estimates(of: figures.replications.map(\.metrics))
    self.estimates = estimates
    index = Dictionary(
      uniqueKeysWithValues: estimates.indices.map {
        (Key(name: estimates[$0].name, scope: estimates[$0].scope), $0)
      }
    )
  }

  /// The metric over the replications; nil when no replication has it.
  public func estimate(_ name: String, _ scope: String = "fleet") -> MetricEstimate? {
    index[Key(name: name, scope: scope)].map { estimates[$0] }
  }

  /// The mean over the replications; 0 when no replication has it.
  func mean(_ name: String, _ scope: String = "fleet") -> Double { estimate(name, scope)?.mean ?? 0 }

  /// Names that occur in scopes `kind:NAME`, in the order of the metrics.
  func scopes(of kind: String, having name: String = "jobs.counted") -> [String] {
    estimates.filter { $0.name == name && $0.scope.hasPrefix(kind + ":") }
      .map { String($0.scope.dropFirst(kind.count + 1)) }
  }

  var gpus: Int { figures.fleet.map(\.gpus).reduce(0, +) }
  var nodes: Int { figures.fleet.map(\.nodes).reduce(0, +) }

  /// Allocated share of the fleet in each bucket of the first replication,
  /// percent.
  public var allocationPercent: [Double] {
    guard let first = figures.replications.first, gpus > 0 else { return [] }
    let window = Int128(first.end.nanoseconds - first.measuredFrom.nanoseconds)
    let bucket = Int128(first.bucket.nanoseconds)
    return first.allocated.enumerated().map { number, integral in
      let length = min(bucket, window - Int128(number) * bucket)
      return length <= 0 ? 0 : 100 * Double(integral) / (1000 * Double(gpus) * Double(length))
    }
  }
}
