import Engine
import SimulationKernel
import Synchronization

/// How far a set of replications is.
public struct RunProgress: Hashable, Sendable {
  /// Of all replications, 0 ... 1.
  public var fractionDone: Double
  /// Events of all replications so far.
  public var events: Int64
  /// The latest simulated instant that any unfinished replication has reached.
  public var simulated: SimTime
  public var replicationsDone: Int
  public var replications: Int
}

/// Gathers the progress of replications that run at the same time, and passes
/// on the wish to stop.
public final class ProgressBoard: Sendable {
  private struct Lane {
    var fraction = 0.0
    var events: Int64 = 0
    var simulated = SimTime.zero
    var isDone = false
  }

  private let lanes: Mutex<[Lane]>
  private let stop: @Sendable () -> Bool
  private let report: @Sendable (RunProgress) -> Void

  /// - Parameters:
  ///   - isCancelled: asked often, from any thread.
  ///   - report: called a few times a second by each running replication, from
  ///     its thread.
  public init(
    replications: Int,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    lanes = Mutex(Array(repeating: Lane(), count: replications))
    stop = isCancelled
    self.report = report
  }

  public var isCancelled: Bool { stop() }

  func update(_ replication: Int, fraction: Double, events: Int64, simulated: SimTime) {
    change(replication) { $0 = Lane(fraction: fraction, events: events, simulated: simulated) }
  }

  func finished(_ replication: Int, events: Int64, at end: SimTime) {
    change(replication) { $0 = Lane(fraction: 1, events: events, simulated: end, isDone: true) }
  }

  private func change(_ replication: Int, _ body: (inout Lane) -> Void) {
    let progress = lanes.withLock { lanes in
      body(&lanes[replication])
      let running = lanes.filter { !$0.isDone }
      return RunProgress(
        fractionDone: lanes.map(\.fraction).reduce(0, +) / Double(lanes.count),
        events: lanes.map(\.events).reduce(0, +),
        simulated: (running.isEmpty ? lanes : running).map(\.simulated).max() ?? .zero,
        replicationsDone: lanes.count - running.count,
        replications: lanes.count
      )
    }
    report(progress)
  }
}

/// One replication's line to the board.
final class ReplicationObserver: RunObserver {
  private let board: ProgressBoard
  private let replication: Int

  init(board: ProgressBoard, replication: Int) {
    self.board = board
    self.replication = replication
  }

  func progress(simulated: SimTime, events: Int64, fractionDone: Double) {
    board.update(replication, fraction: fractionDone, events: events, simulated: simulated)
  }

  var isCancelled: Bool { board.isCancelled }
}
