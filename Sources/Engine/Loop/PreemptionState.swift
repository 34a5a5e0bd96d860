/// What a run keeps where priorities preempt.
final class PreemptionState {
  var running: RunningByPriority
  /// Victims within their graceful period and for whom; and how many such
  /// each preemptor waits for.
  var stopFor: [Int: Int] = [:]
  var stopsAwaited: [Int: Int] = [:]
  /// Where kube-scheduler's dry runs start next.
  var firstNode = 0
  /// Jobs started so far; by shape: when a job of it was refused last.
  var startCount: Int64 = 0
  var startsAtRefusal: [Int64]
  /// Somebody was preempted in this pass.
  var hasPreempted = false
  /// Chosen for the gang that is being laid: off the cluster for the moment.
  var chosen: Set<Int> = []
  /// Jobs put back on the node that is being tried.
  var keptBack: [ResidentLists.Entry] = []

  init(_ running: RunningByPriority, shapes: Int) {
    self.running = running
    startsAtRefusal = Array(repeating: 0, count: shapes)
  }
}
