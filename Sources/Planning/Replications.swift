import Engine
import Outcome
import Results

/// Simulates the replications of one run: the same scenario and policy, each
/// with its own seed.
public enum Replications {
  /// Simulates `count` replications on up to `threads` threads.
  ///
  /// - Parameters:
  ///   - board: is told how far each replication is, and may cancel all.
  ///   - make: the input of a replication, 0 ..< count; called on the thread
  ///     that simulates it.
  /// - Returns: outcomes with their metrics, in order of their number; equal
  ///   whatever the number of threads.
  /// - Throws: the error of the first replication that failed.
  public static func run(
    count: Int,
    threads: Int,
    board: ProgressBoard? = nil,
    make: @Sendable (Int) throws -> SimulationInput
  ) throws -> [ReplicationRecord] {
    try ParallelMap.map(count: count, threads: threads) { number in
      if board?.isCancelled == true { throw SimulationError.cancelled }
      let input = try make(number)
      let observer = board.map { ReplicationObserver(board: $0, replication: number) }
      var outcome = try Simulation.run(input, observer: observer)
      outcome.replication = number
      board?.finished(number, events: outcome.eventCount, at: outcome.end)
      return ReplicationRecord(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
    }
  }
}
