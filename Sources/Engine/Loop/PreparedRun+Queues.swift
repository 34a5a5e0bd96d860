import Workload

/// The state that the run's queue and policies need beside the usual one.
extension PreparedRun {
  /// What a preemption costs; nil where nothing preempts.
  var costOfPreemption: PreemptionCost? {
    if case .preemptive(let spec) = input.queue { return spec.cost }
    return input.preemption?.cost
  }

  /// The same by shape, ns.
  var preemptionCost: [Int64] {
    let cost = costOfPreemption
    return input.jobs.shapes.map { cost?.cost(milliGPU: $0.milliGPU).nanoseconds ?? 0 }
  }

  /// Work left, where runs can be continued.
  func progress() -> JobProgress? {
    costOfPreemption != nil || !input.jobs.checkpoint.isEmpty ? JobProgress(input.jobs) : nil
  }

  func rankedQueue(_ progress: JobProgress?) -> RankedQueue? {
    guard case .preemptive(let spec) = input.queue else { return nil }
    return RankedQueue(
      spec,
      quirks: input.quirks,
      jobs: input.jobs,
      requests: requests,
      tiers: tiers,
      progress: progress!
    )
  }

  func backfillState() -> BackfillState? {
    guard case .backfill(let spec) = input.queue else { return nil }
    return BackfillState(spec, places: places, jobs: input.jobs.count)
  }

  func roundState() -> RoundState? {
    guard case .rounds(let spec) = input.queue else { return nil }
    return RoundState(spec, input)
  }

  /// Who counts for rules between jobs; nil where there are none.
  func ruleState() -> RuleState? {
    ruleBook.isEmpty ? nil : RuleState(ruleBook, input.fleet, nodeClasses)
  }

  func preemptionState() -> PreemptionState? {
    guard input.preemption != nil else { return nil }
    let running = RunningByPriority(input.jobs.priority, classes: nodeClasses.count)
    return PreemptionState(running, shapes: requests.count)
  }
}
