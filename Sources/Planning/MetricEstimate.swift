import Outcome
import SimulationKernel

/// A metric over the replications of a run.
public struct MetricEstimate: Hashable, Sendable {
  public var name: String
  public var scope: String
  public var unit: String
  /// One value a replication that has this metric, in order.
  public var values: [Double]
  public var mean: Double
  /// Half the width of the 95 % Student-t interval of the mean; nil with fewer
  /// than two values.
  public var halfWidth: Double?

  public init(name: String, scope: String, unit: String, values: [Double]) {
    self.name = name
    self.scope = scope
    self.unit = unit
    self.values = values
    if let interval = ConfidenceInterval(of: values, level: MetricEstimate.level) {
      mean = interval.mean
      halfWidth = interval.halfWidth
    } else {
      mean = values.first ?? 0
      halfWidth = nil
    }
  }

  /// The confidence level of all intervals.
  public static let level = 0.95

  /// The estimates of all metrics, in the order of the first replication;
  /// metrics that only later ones have come last.
  public static func estimates(of replications: [[Metric]]) -> [MetricEstimate] {
    struct Key: Hashable {
      var name: String
      var scope: String
    }
    var order: [(key: Key, unit: String)] = []
    var values: [Key: [Double]] = [:]
    for metric in replications.joined() {
      let key = Key(name: metric.name, scope: metric.scope)
      if values[key] == nil { order.append((key, metric.unit)) }
      values[key, default: []].append(metric.value)
    }
    return order.map { key, unit in
      MetricEstimate(name: key.name, scope: key.scope, unit: unit, values: values[key] ?? [])
    }
  }
}
