import Engine
import Outcome

/// What comparisons keep of a replication: its columns are dropped, so that
/// many replications fit in memory.
public struct MeasuredReplication: Hashable, Sendable {
  public var seed: UInt64
  public var inputs: InputPrints
  /// All metrics of ``OutcomeMetrics``.
  public var metrics: [Metric]

  public init(seed: UInt64, inputs: InputPrints, metrics: [Metric]) {
    self.seed = seed
    self.inputs = inputs
    self.metrics = metrics
  }

  /// The metric's value; nil when the replication has none.
  public func value(_ name: String, _ scope: String) -> Double? {
    metrics.first { $0.name == name && $0.scope == scope }?.value
  }
}

/// Simulates the replications of several arms.
public enum ArmRuns {
  /// Makes the input of a replication; called on the thread that simulates it.
  public typealias Make = @Sendable (Int) throws -> SimulationInput

  /// The replications of each arm, in order; equal whatever the number of
  /// threads.
  ///
  /// - Parameters:
  ///   - observer: may cancel; serves all replications.
  ///   - finished: called after each replication, from its thread.
  /// - Throws: the error of the first replication that failed.
  public static func run(
    arms: [Make],
    replications: Int,
    threads: Int,
    observer: (any RunObserver & Sendable)? = nil,
    finished: @Sendable () -> Void = {}
  ) throws -> [[MeasuredReplication]] {
    let all = try ParallelMap.map(count: arms.count * replications, threads: threads) { piece in
      if observer?.isCancelled == true { throw SimulationError.cancelled }
      let input = try arms[piece / replications](piece % replications)
      let outcome = try Simulation.run(input, observer: observer)
      let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
      finished()
      return MeasuredReplication(seed: input.seed, inputs: InputPrints(input), metrics: metrics)
    }
    return arms.indices.map { Array(all[$0 * replications..<($0 + 1) * replications]) }
  }
}
