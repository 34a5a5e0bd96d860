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

  func heldGangs() -> HeldGangs? {
    guard hasGangs, let holding = input.gangs.holding, case .ordered(_, let blocks) = input.queue
    else { return nil }
    return HeldGangs(input.gangs, holding, blocks: blocks)
  }

  func preemptionState() -> PreemptionState? {
    guard input.preemption != nil else { return nil }
    let running = RunningByPriority(input.jobs.priority, models: max(1, input.fleet.gpuModels.count))
    return PreemptionState(running, shapes: requests.count, DisruptionBudgets(input.jobs))
  }
}
