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

  /// Whether a run's length depends on where the job lies. In rounds it is
  /// planned by GPU model alone.
  var hasSpeeds: Bool {
    if case .rounds = input.queue { return false }
    return input.jobs.hasSpeeds
  }

  /// Work left, where runs can be continued.
  func progress() -> JobProgress? {
    let speeds = hasSpeeds ? JobSpeeds(input.jobs, fleet: input.fleet) : nil
    guard speeds != nil || costOfPreemption != nil || !input.jobs.checkpoint.isEmpty else { return nil }
    return JobProgress(input.jobs, speeds: speeds)
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

  func preemptionState() -> PreemptionState? {
    guard input.preemption != nil else { return nil }
    let running = RunningByPriority(input.jobs.priority, models: max(1, input.fleet.gpuModels.count))
    return PreemptionState(running, shapes: requests.count)
  }
}
