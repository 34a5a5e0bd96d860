import SimulationKernel
import Workload

extension OutcomeMetrics {
  /// Jobs by state, waits and completion times: overall, by class, by tenant
  /// and by size.
  static func tallies(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    var groups = JobGroups(jobs, killsForMemory: outcome.jobs.oomKills.contains { $0 > 0 })
    let held = outcome.heldBeforeNanoseconds
    // Kept work of earlier runs, where speeds depend on the place.
    let kept = outcome.jobs.rate.isEmpty ? [:] : outcome.keptBeforeNanoseconds
    var started: [Sample] = []
    var finished: [Sample] = []
    var slowed: [Sample] = []
    for job in 0..<jobs.count where inWindow(job, outcome, jobs) {
      let state = outcome.jobs.state[job]
      guard state != .unseen else { continue }
      let counted = state != .rejected
      let ran = Int128(held[JobID(rawValue: Int32(job))] ?? 0) + Int128(lastRun(job, outcome))
      let preempted = outcome.jobs.preemptions.isEmpty ? 0 : Int64(outcome.jobs.preemptions[job])
      let deadline = metDeadline(job, outcome, jobs)
      groups.update(job) { tally in
        tally.states[Int(state.rawValue)] += 1
        if counted { tally.counted += 1 }
        tally.interruptions += Int64(outcome.jobs.interruptions[job])
        tally.preemptions += Int64(outcome.jobs.preemptions[job])
        tally.failures += Int64(outcome.jobs.interruptions[job]) - preempted
        tally.ran += ran
        if let deadline {
          tally.deadlines += 1
          tally.deadlinesMet += deadline ? 1 : 0
        }
        if !outcome.jobs.relaxed.isEmpty {
          tally.relaxed =
            (tally.relaxed ?? 0)
            + (outcome.jobs.startNanoseconds[job] >= 0 && outcome.jobs.relaxed[job] > 0 ? 1 : 0)
        }
        if !outcome.jobs.oomKills.isEmpty {
          tally.oomKills = (tally.oomKills ?? 0) + Int64(outcome.jobs.oomKills[job])
        }
        if !outcome.jobs.rate.isEmpty, state == .completed, jobs.kind[job] == .batch {
          let overhead = outcome.jobs.overheadNanoseconds.isEmpty ? 0 : outcome.jobs.overheadNanoseconds[job]
          let last = lastRun(job, outcome) - overhead - outcome.jobs.wipe(job)
          tally.worked += Int128((kept[JobID(rawValue: Int32(job))] ?? 0) + last)
          tally.ideal += Int128(jobs.duration[job].nanoseconds)
        }
      }
      guard counted else { continue }
      let arrival = jobs.arrival[job].nanoseconds
      let start = outcome.jobs.startNanoseconds[job]
      if start >= 0 {
        let wait =
          start - (outcome.jobs.eligible(job, arrival: arrival) ?? arrival)
          - (held[JobID(rawValue: Int32(job))] ?? 0)
        started.append(Sample(span: wait, job: Int32(job)))
      }
      if state == .completed, jobs.kind[job] == .batch {
        finished.append(Sample(span: outcome.jobs.endNanoseconds[job] - arrival, job: Int32(job)))
        if outcome.jobs.used(job) != nil {
          let ratio =
            Int128(outcome.jobs.endNanoseconds[job] - start) * 1_000_000
            / Int128(jobs.duration[job].nanoseconds)
          slowed.append(Sample(span: Int64(clamping: ratio), job: Int32(job)))
        } else if let length = outcome.jobs.lengthOnInstance(job) {
          slowed.append(Sample(span: length, job: Int32(job)))
        }
      }
    }
    // One sort serves every grouping: dealing the samples out in ascending
    // order leaves each group's list sorted.
    started.sort { $0.span < $1.span }
    for sample in started { groups.update(Int(sample.job)) { $0.waits.append(sample.span) } }
    finished.sort { $0.span < $1.span }
    for sample in finished { groups.update(Int(sample.job)) { $0.completionTimes.append(sample.span) } }
    slowed.sort { $0.span < $1.span }
    for sample in slowed { groups.update(Int(sample.job)) { $0.slowdowns.append(sample.span) } }
    return groups.metrics
  }

  /// How long the job's last run was, ns.
  private static func lastRun(_ job: Int, _ outcome: RunOutcome) -> Int64 {
    let start = outcome.jobs.startNanoseconds[job]
    switch outcome.jobs.state[job] {
    case .running: return outcome.end.nanoseconds - start
    case .completed, .timedOut, .failed: return outcome.jobs.endNanoseconds[job] - start
    case .waiting, .withdrawn, .rejected, .unseen, .cancelled: return 0
    }
  }

  /// Whether the job met its deadline; nil: it has none, or may still meet it.
  private static func metDeadline(_ job: Int, _ outcome: RunOutcome, _ jobs: JobTable) -> Bool? {
    guard let due = jobs.due(of: job) else { return nil }
    switch outcome.jobs.state[job] {
    case .completed: return outcome.jobs.endNanoseconds[job] <= due.nanoseconds
    case .waiting, .running: return due < outcome.end ? false : nil
    case .withdrawn, .rejected, .unseen, .timedOut, .failed, .cancelled: return false
    }
  }

  /// Preemptions beyond a disruption budget, in all and by class. No rows where
  /// no class has one.
  static func budgetViolations(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    guard !outcome.budgetViolations.isEmpty else { return [] }
    func row(_ scope: String, _ count: Int64) -> Metric {
      Metric(name: "jobs.budget_violations", scope: scope, unit: "times", value: Double(count))
    }
    return [row("fleet", outcome.budgetViolations.reduce(0, +))]
      + zip(jobs.classes, outcome.budgetViolations).map { row("class:\($0)", $1) }
  }

  /// From the first counted arrival to the last completion of a counted job.
  static func makespan(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    var first: SimTime?
    var last: Int64?
    for job in 0..<jobs.count where isCounted(job, outcome, jobs) {
      first = first ?? jobs.arrival[job]
      guard outcome.jobs.state[job] == .completed else { continue }
      last = max(last ?? 0, outcome.jobs.endNanoseconds[job])
    }
    guard let first, let last else { return [] }
    return [
      Metric(name: "makespan", scope: "fleet", unit: "s", value: Double(last - first.nanoseconds) / 1e9)
    ]
  }

  /// A span and the job that it belongs to: 16 bytes, so that a million sort
  /// within the cache's reach.
  private struct Sample {
    var span: Int64
    var job: Int32
  }
}

/// The tallies of every group that a job belongs to.
private struct JobGroups {
  private let jobs: JobTable
  private let states: [JobState]
  private let sizes: [JobSize]
  private var all = JobTally()
  private var byClass: [JobTally]
  private var byTenant: [JobTally]
  private var bySize = [JobTally](repeating: JobTally(), count: JobSize.allCases.count)

  init(_ jobs: JobTable, killsForMemory: Bool) {
    self.jobs = jobs
    states = JobState.reachable(by: jobs, killsForMemory: killsForMemory)
    sizes = jobs.shapes.map(JobSize.init(of:))
    byClass = Array(repeating: JobTally(), count: jobs.classes.count)
    byTenant = Array(repeating: JobTally(), count: jobs.tenants.count)
  }

  mutating func update(_ job: Int, _ body: (inout JobTally) -> Void) {
    body(&all)
    body(&byClass[Int(jobs.jobClass[job].rawValue)])
    body(&byTenant[Int(jobs.tenant[job].rawValue)])
    body(&bySize[Int(sizes[Int(jobs.shape[job].rawValue)].rawValue)])
  }

  var metrics: [Metric] {
    all.metrics(scope: "fleet", states: states)
      + zip(jobs.classes, byClass).flatMap { $1.metrics(scope: "class:\($0)", states: states) }
      + zip(jobs.tenants, byTenant).flatMap { $1.metrics(scope: "tenant:\($0)", states: states) }
      + zip(JobSize.allCases, bySize).filter { $1.states.contains { $0 > 0 } }.flatMap {
        $1.metrics(scope: "size:\($0.name)", states: states)
      }
  }
}

extension JobState {
  /// The states that are told of a run of these jobs: those of limits, retries
  /// and dependencies only where some job has them.
  static func reachable(by jobs: JobTable, killsForMemory: Bool = false) -> [JobState] {
    allCases.filter { state in
      switch state {
      case .unseen: false
      case .timedOut: !jobs.timeLimit.isEmpty
      case .failed: !jobs.retry.isEmpty || !jobs.failures.isEmpty || killsForMemory
      case .cancelled: !jobs.after.isEmpty
      case .waiting, .running, .completed, .withdrawn, .rejected: true
      }
    }
  }
}
