import Foundation
import Planning
import Synchronization

/// The line on a terminal that says how far a run is.
final class ProgressLine: Sendable {
  private struct State {
    var lastDrawn: ContinuousClock.Instant?
    var isDrawn = false
  }

  private static let interval = Duration.milliseconds(100)
  private let started = ContinuousClock.now
  private let label: String
  private let isShown: Bool
  private let state = Mutex(State())

  /// - Parameter isShown: false when standard error is no terminal, or the
  ///   user wants it quiet.
  init(label: String, isShown: Bool) {
    self.label = label
    self.isShown = isShown
  }

  /// Draws the line, at most ten times a second.
  func show(_ progress: RunProgress) {
    guard isShown else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastDrawn, now - last < Self.interval { return }
      state.lastDrawn = now
      state.isDrawn = true
      Terminal.writeError("\r\u{1B}[K" + Self.text(label: label, progress, elapsed: now - started))
    }
  }

  /// Removes the line.
  func clear() {
    state.withLock { state in
      if state.isDrawn { Terminal.writeError("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  /// Simulated time, events a second, and when it will be done.
  static func text(label: String, _ progress: RunProgress, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let percent = Int(progress.fractionDone * 100)
    let days = progress.simulated.seconds / 86_400
    var text = "\(label)  \(percent) %  day \(Int(days * 10) / 10).\(Int(days * 10) % 10)"
    if seconds > 0 { text += "  \(rate(Double(progress.events) / seconds)) events/s" }
    if progress.fractionDone > 0.01 {
      let left = seconds / progress.fractionDone * (1 - progress.fractionDone)
      text += "  \(Int(left.rounded(.up))) s left"
    }
    if progress.replications > 1 {
      text += "  \(progress.replicationsDone)/\(progress.replications) replications"
    }
    return text
  }

  private static func rate(_ value: Double) -> String {
    switch value {
    case 1e6...: "\(Int(value / 1e5) / 10).\(Int(value / 1e5) % 10) M"
    case 1e3...: "\(Int(value / 1e3)) k"
    default: "\(Int(value))"
    }
  }
}
