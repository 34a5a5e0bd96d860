/// What is counted of one group of jobs: all, a class, a tenant or a size.
struct JobTally {
  /// Arrived within the measured window and admitted.
  var counted: Int64 = 0
  /// By final state, of the counted jobs; refused ones stand apart.
  var states = [Int64](repeating: 0, count: JobState.allCases.count)
  var interruptions: Int64 = 0
  /// How many of the interruptions were preemptions.
  var preemptions: Int64 = 0
  /// Jobs whose deadline was met or missed, and those that met it.
  var deadlines: Int64 = 0
  var deadlinesMet: Int64 = 0
  /// Interruptions that no queue asked for, and all time that the jobs ran, ns.
  var failures: Int64 = 0
  var ran: Int128 = 0
  /// Time spent waiting until the last start, of the counted jobs that started.
  var waits = OrderStatistics()
  /// Jobs whose placement had been relaxed when they last started; nil: none
  /// ever is.
  var relaxed: Int64?
  /// Of the completed batch jobs, where speeds depend on the place: time in
  /// which they did work that stayed, and what it would have been at best, ns.
  var worked: Int128 = 0
  var ideal: Int128 = 0
  /// Of the completed jobs that shared a GPU, where jobs on one GPU slow one
  /// another: length of the last run by that of a run alone, millionths.
  var slowdowns = OrderStatistics()
  /// Kills for want of GPU memory; nil: nobody shares GPUs so.
  var oomKills: Int64?
  /// Arrival to completion, of the counted batch jobs that completed.
  var completionTimes = OrderStatistics()

  private static let waitPercentiles = [50, 90, 95, 99]
  private static let completionPercentiles = [50, 95]

  /// The rows of this group. A figure without a value (no job started) has no
  /// row.
  ///
  /// - Parameter states: the final states that the run's jobs may come to.
  func metrics(scope: String, states shown: [JobState]) -> [Metric] {
    var rows: [Metric] = []
    func add(_ name: String, _ unit: String, _ value: Double?) {
      guard let value else { return }
      rows.append(Metric(name: name, scope: scope, unit: unit, value: value))
    }
    add("jobs.counted", "jobs", Double(counted))
    for state in shown {
      add("jobs.\(state.name)", "jobs", Double(states[Int(state.rawValue)]))
    }
    add("jobs.started", "jobs", Double(waits.count))
    add("jobs.interruptions", "times", Double(interruptions))
    add("jobs.preemptions", "times", Double(preemptions))
    add("jobs.relaxed", "jobs", relaxed.map(Double.init))
    add("slowdown", "ratio", ideal == 0 ? nil : Double(worked) / Double(ideal))
    add("slowdown_mean", "ratio", slowdowns.mean.map { $0 / 1e6 })
    add("slowdown_p95", "ratio", slowdowns.percentile(95).map { Double($0) / 1e6 })
    add("oom_kills", "times", oomKills.map(Double.init))
    add("interruptions.mean_time", "s", failures == 0 ? nil : Double(ran) / Double(failures) / 1e9)
    add("jobs.deadlines", "jobs", deadlines == 0 ? nil : Double(deadlines))
    add("deadlines_met", "percent", deadlines == 0 ? nil : 100 * Double(deadlinesMet) / Double(deadlines))
    add("wait.mean", "s", waits.mean.map { $0 / 1e9 })
    for percent in Self.waitPercentiles {
      add("wait.p\(percent)", "s", waits.percentile(percent).map { Double($0) / 1e9 })
    }
    add("wait.max", "s", waits.maximum.map { Double($0) / 1e9 })
    add("jct.mean", "s", completionTimes.mean.map { $0 / 1e9 })
    for percent in Self.completionPercentiles {
      add("jct.p\(percent)", "s", completionTimes.percentile(percent).map { Double($0) / 1e9 })
    }
    return rows
  }
}
