import Foundation
import Outcome
import Scenario
import SimulationKernel

/// What a suite gave when its figures were accepted: each replication's
/// metrics, and what they were made from.
///
/// Kept in a file that is reviewed like source: one line a figure, nothing in
/// it depends on when or where it was made.
public struct Baseline: Hashable, Sendable, Codable {
  /// What the figures of a cell are bound to: comparing over different inputs
  /// would say nothing of the policy.
  public struct Inputs: Hashable, Sendable, Codable {
    /// The jobs of all replications and the mix, in hexadecimal.
    public var workload: String
    /// Nodes and what happens to them, in hexadecimal.
    public var fleet: String
    /// Absent: until the last job has ended.
    public var horizonS: Double?
    public var measuredFromS: Double
    /// One a replication.
    public var seeds: [UInt64]
  }

  /// One metric of one scope.
  public struct Figure: Hashable, Sendable, Codable {
    public var metric: String
    public var scope: String
    public var unit: String
    /// One a replication; null where it has none.
    public var values: [Double?]
  }

  /// A scenario under one policy.
  public struct Cell: Hashable, Sendable, Codable {
    public var name: String
    public var scenario: String
    /// Recorded, not bound: changing it is what a check is for.
    public var policy: String
    public var inputs: Inputs
    public var figures: [Figure]

    /// The values of a figure; nil when the baseline does not hold it.
    public func values(_ metric: String, _ scope: String) -> [Double?]? {
      figures.first { $0.metric == metric && $0.scope == scope }?.values
    }
  }

  public static let format = "headroom-baseline/1"

  public var format = Baseline.format
  public var suite: String
  /// Of the program that made it; recorded, not bound.
  public var toolVersion: String
  public var cells: [Cell]

  /// The figures of a suite: all compared metrics of the fleet, and what its
  /// budgets name.
  public init(suite: LoadedSuite, measured: [[MeasuredReplication]], toolVersion: String) {
    self.suite = suite.name
    self.toolVersion = toolVersion
    var wanted = ComparedMetric.all.map { (metric: $0, scope: "fleet") }
    wanted += suite.budgets.filter { $0.scope != "fleet" }.map { ($0.metric, $0.scope) }
    cells = zip(suite.cells, measured).map { cell, replications in
      Cell(
        name: cell.name,
        scenario: cell.scenario.name,
        policy: cell.policy,
        inputs: Inputs(replications),
        figures: wanted.map { metric, scope in
          Figure(
            metric: metric.name,
            scope: scope,
            unit: metric.unit,
            values: replications.map { $0.value(metric.name, scope) }
          )
        }
      )
    }
  }

  /// The cell of this name; nil when there is none.
  public func cell(_ name: String) -> Cell? { cells.first { $0.name == name } }
}

extension Baseline.Inputs {
  init(_ replications: [MeasuredReplication]) {
    workload = Self.digest(replications.flatMap { [$0.inputs.jobs, $0.inputs.mix] })
    fleet = Self.digest(replications.prefix(1).map(\.inputs.fleet))
    horizonS = replications.first?.inputs.horizon?.seconds
    measuredFromS = replications.first?.inputs.measuredFrom.seconds ?? 0
    seeds = replications.map(\.seed)
  }

  /// What is not the same, in words; empty when all is. Other seeds bring
  /// another workload, which is then not told.
  func differences(from other: Self) -> [String] {
    [
      ("workload", seeds == other.seeds && workload != other.workload), ("fleet", fleet != other.fleet),
      ("horizon", horizonS != other.horizonS), ("warm-up", measuredFromS != other.measuredFromS),
      ("seeds", seeds != other.seeds),
    ].filter(\.1).map(\.0)
  }

  private static func digest(_ words: [UInt64]) -> String {
    var fingerprint = Fingerprint()
    for word in words { fingerprint.fold(word) }
    return fingerprint.description
  }
}
