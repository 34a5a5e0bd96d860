import Workload

/// The jobs of each class that run, and those that were stopped: what
/// disruption budgets are about.
final class DisruptionBudgets {
  private let budgets: [DisruptionBudget?]
  private let classOf: [JobClassID]
  /// By class.
  private var running: [Int]
  private var stopped: [Int]
  /// By job: it was stopped, or told to stop, and does not run again yet.
  private var isStopped: [Bool]
  /// By class: jobs that were stopped although the budget was used up.
  private(set) var violations: [Int64]

  /// nil: no class has a budget.
  init?(_ jobs: JobTable) {
    guard !jobs.disruptionBudgets.isEmpty else { return nil }
    budgets = jobs.disruptionBudgets
    classOf = jobs.jobClass
    running = Array(repeating: 0, count: budgets.count)
    stopped = running
    violations = Array(repeating: 0, count: budgets.count)
    isStopped = Array(repeating: false, count: jobs.count)
  }

  func group(_ job: Int) -> Int { Int(classOf[job].rawValue) }

  /// How many more of the class may be stopped now; nil: any number.
  func allowance(_ group: Int) -> Int? {
    budgets[group].map { max(0, $0.limit(of: running[group] + stopped[group]) - stopped[group]) }
  }

  func started(_ job: Int) {
    running[group(job)] += 1
    returned(job)
  }

  /// The job was stopped by whatever it was, or told to stop.
  func stopped(_ job: Int, isPreemption: Bool) {
    guard !isStopped[job] else { return }
    if isPreemption, allowance(group(job)) == 0 { violations[group(job)] += 1 }
    isStopped[job] = true
    stopped[group(job)] += 1
    running[group(job)] -= 1
  }

  /// It ended.
  func ended(_ job: Int) {
    if isStopped[job] { returned(job) } else { running[group(job)] -= 1 }
  }

  /// It runs again, or does not want to any more.
  func returned(_ job: Int) {
    guard isStopped[job] else { return }
    isStopped[job] = false
    stopped[group(job)] -= 1
  }
}
