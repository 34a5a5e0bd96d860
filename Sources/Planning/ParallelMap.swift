import Dispatch
import Synchronization

/// Runs independent pieces of work on several threads and returns their
/// results in order.
///
/// The results do not depend on the number of threads: pieces are claimed in
/// order, each is computed alone, and when some fail the error of the first
/// of them is thrown.
public enum ParallelMap {
  /// The results of `body(0)` to `body(count - 1)`.
  ///
  /// - Parameter threads: at most this many pieces are under way at a time.
  public static func map<Value: Sendable>(
    count: Int,
    threads: Int,
    _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let board = Board<Value>(count: count)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while let piece = board.claim() {
        board.record(Result { try body(piece) }, of: piece)
      }
    }
    return try board.values()
  }

  /// Which pieces are taken and what came of them.
  private final class Board<Value: Sendable>: Sendable {
    private struct State {
      var next = 0
      var hasFailed = false
      var results: [Result<Value, any Error>?]
    }

    private let state: Mutex<State>

    init(count: Int) {
      state = Mutex(State(results: Array(repeating: nil, count: count)))
    }

    /// The next piece; nil when none is left, or when one has failed. Every
    /// piece before a failed one had been claimed by then, so the first error
    /// is the same however the threads run.
    func claim() -> Int? {
      state.withLock { state in
        guard !state.hasFailed, state.next < state.results.count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    func record(_ result: Result<Value, any Error>, of piece: Int) {
      state.withLock { state in
        if case .failure = result { state.hasFailed = true }
        state.results[piece] = result
      }
    }

    func values() throws -> [Value] {
      try state.withLock { state in
        try state.results.compactMap { try $0?.get() }
      }
    }
  }
}
