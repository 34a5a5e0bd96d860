import Outcome
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

  func preemptionState() -> PreemptionState? {
    guard input.preemption != nil else { return nil }
    let running = RunningByPriority(input.jobs.priority, models: max(1, input.fleet.gpuModels.count))
    return PreemptionState(running, shapes: requests.count)
  }

  /// Classes of like requests, and what they wait for at first.
  func waitLog(_ ranked: RankedQueue?) -> WaitLog {
    let count = input.jobs.shapes.count
    var classOfShape = [Int32](repeating: 0, count: count)
    var cause = WaitCause.headOfLine
    switch input.queue {
    case .ordered(_, headOfLineBlocking: true), .backfill: break
    case .ordered(_, headOfLineBlocking: false), .none:
      classOfShape = (0..<Int32(count)).map { $0 }
      cause = .none
    case .preemptive:
      classOfShape = ranked?.demandOf ?? classOfShape
      cause = .priority
    case .rounds: cause = .roundBoundary
    }
    return WaitLog(
      classOfShape: classOfShape,
      initially: cause,
      jobs: input.jobs.count,
      requests: requests,
      isPooled: input.sharing == .pooled
    )
  }
}
