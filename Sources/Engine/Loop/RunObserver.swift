import SimulationKernel

/// Watches a run from outside, a few times a second; cannot change it.
public protocol RunObserver: AnyObject {
  /// Called every 65,536 events with simulated time, events so far, and the
  /// share of the trace that has arrived, 0 ... 1.
  func progress(simulated: SimTime, events: Int64, fractionDone: Double)
  /// True stops the run with ``SimulationError/cancelled``.
  var isCancelled: Bool { get }
}
