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

  /// Whether a run's length depends on where the job lies. In rounds it is
  /// planned by GPU model alone.
  var hasSpeeds: Bool {
    if case .rounds = input.queue { return false }
    return input.jobs.hasSpeeds
  }

  /// Work left, where runs can be continued.
  func progress() -> JobProgress? {
    let speeds = hasSpeeds ? JobSpeeds(input.jobs, fleet: input.fleet) : nil
    let hasData = input.storage != nil || input.burst?.hasData ?? false
    guard speeds != nil || costOfPreemption != nil || hasData || !input.jobs.checkpoint.isEmpty else {
      return nil
    }
    return JobProgress(input.jobs, speeds: speeds, hasSetups: hasData, writes: SharedWrites(input))
  }

  /// Kept where runs fetch images or data in a time that depends on others.
  func transfers() -> TransferState? {
    guard input.storage != nil || input.burst?.followsData ?? false else { return nil }
    return TransferState(input.storage ?? StorageSpec(), input, burst)
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

  /// - Parameter refusals: how many may stand at once.
  func preemptionState(refusals: Int) -> PreemptionState? {
    guard input.preemption != nil else { return nil }
    let running = RunningByPriority(input.jobs.priority, classes: nodeClasses.count)
    return PreemptionState(running, refusals: refusals, DisruptionBudgets(input.jobs))
  }

  func tenantShares() -> TenantShares? {
    guard case .fairShare(let spec, _) = input.queue else { return nil }
    return TenantShares(spec, input, requests)
  }

  /// Jobs in lines, where one order does not hold for all the time that they
  /// wait, or does not say who may preempt.
  func waitingLines(_ shares: TenantShares?) -> WaitingLines? {
    switch input.queue {
    case .ageing(let ageing, let blocks) where places == nil:
      let priorities = Set(input.jobs.priority).sorted()
      var position: [Int32: Int32] = [:]
      for (group, priority) in priorities.enumerated() { position[priority] = Int32(group) }
      return WaitingLines(
        .ageing(ageing, priorities),
        groups: input.jobs.priority.map { position[$0]! },
        blocks: blocks,
        preempts: input.preemption != nil,
        jobs: input.jobs
      )
    case .fairShare(_, let blocks):
      return WaitingLines(
        .fairShare(shares!),
        groups: input.jobs.tenant.map { Int32($0.rawValue) },
        blocks: blocks,
        preempts: false,
        jobs: input.jobs
      )
    default: return nil
    }
  }

  func heldGangs() -> HeldGangs? {
    guard hasGangs, let holding = input.gangs.holding, case .ordered(_, let blocks) = input.queue
    else { return nil }
    return HeldGangs(input.gangs, holding, blocks: blocks)
  }

  /// Classes of like requests, and what they wait for at first.
  func waitLog(_ ranked: RankedQueue?) -> WaitLog {
    let count = input.jobs.shapes.count
    var classOfShape = [Int32](repeating: 0, count: count)
    var cause = WaitCause.headOfLine
    switch input.queue {
    case .ordered(_, headOfLineBlocking: true), .ageing(_, headOfLineBlocking: true),
      .fairShare(_, headOfLineBlocking: true), .backfill:
      break
    case .ordered(_, headOfLineBlocking: false), .ageing(_, headOfLineBlocking: false),
      .fairShare(_, headOfLineBlocking: false), .none:
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
