import Engine
import SimulationKernel
import Synchronization

/// The line on a terminal that counts finished runs.
final class CountLine: Sendable {
  private let label: String
  private let total: Int?
  private let isShown: Bool
  private let done = Mutex(0)

  init(label: String, total: Int?, isShown: Bool) {
    self.label = label
    self.total = total
    self.isShown = isShown
  }

  /// One more run is finished.
  func step() {
    guard isShown else { return }
    done.withLock { done in
      done += 1
      Terminal.writeError("\r\u{1B}[K\(label)  \(done)\(total.map { "/\($0)" } ?? "") runs")
    }
  }

  /// Removes the line.
  func clear() {
    if isShown { Terminal.writeError("\r\u{1B}[K") }
  }
}

/// Stops a run on Ctrl-C.
final class InterruptObserver: RunObserver, Sendable {
  func progress(simulated: SimTime, events: Int64, fractionDone: Double) {}
  var isCancelled: Bool { Interrupt.isRequested }
}
