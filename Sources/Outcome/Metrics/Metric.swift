/// One number of a run, tidy: the row of the `metric` table.
public struct Metric: Hashable, Sendable {
  /// Dotted lower-case name, for example `allocation`, `wait.p95`.
  public var name: String
  /// `fleet`, `tenant:NAME`, `class:NAME`, `model:NAME` or `size:NAME` (see
  /// ``JobSize``).
  public var scope: String
  /// `percent`, `s`, `GPU_h`, `jobs`, `GPU`, ...
  public var unit: String
  public var value: Double

  public init(name: String, scope: String, unit: String, value: Double) {
    self.name = name
    self.scope = scope
    self.unit = unit
    self.value = value
  }
}
