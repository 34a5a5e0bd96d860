/// What a run keeps where priorities preempt.
final class PreemptionState {
  var running: RunningByPriority
  /// Victims within their graceful period and for whom; and how many such
  /// each preemptor waits for.
  var stopFor: [Int: Int] = [:]
  var stopsAwaited: [Int: Int] = [:]
  /// The nodes that a waiting preemptor was laid on in its trial: nothing of
  /// lower priority starts there meanwhile.
  var nominated: [Int: [Int]] = [:]
  /// The nodes of the last trial that succeeded.
  var trialNodes: [Int] = []
  /// Nominated nodes that are hidden for the candidate at hand.
  var hidden: [ReservedNode] = []
  /// Where kube-scheduler's dry runs start next.
  var firstNode = 0
  /// Jobs started so far; for those that are refused together, by
  /// ``WaitingJobs/refusalNumber(_:request:)``: which job was refused last, and
  /// how many had started by then.
  var startCount: Int64 = 0
  var startsAtRefusal: [Int64]
  var refusedJob: [Int32]
  /// Somebody was preempted in this pass.
  var hasPreempted = false
  /// Chosen for the gang that is being laid: off the cluster for the moment.
  var chosen: Set<Int> = []
  /// Jobs put back on the node that is being tried.
  var keptBack: [ResidentLists.Entry] = []

  /// nil: no class has a disruption budget.
  var budgets: DisruptionBudgets?

  init(_ running: RunningByPriority, refusals: Int, _ budgets: DisruptionBudgets?) {
    self.running = running
    self.budgets = budgets
    startsAtRefusal = Array(repeating: 0, count: refusals)
    refusedJob = Array(repeating: -1, count: refusals)
  }
}
