import Hardware
import SimulationKernel
import Workload

extension PreparedRun {
  /// Why nodes cannot come and go in this run, or nil.
  static func autoNodesProblem(_ input: SimulationInput) -> String? {
    guard let spec = input.autoNodes else { return nil }
    if let problem = spec.problem(input.fleet) { return problem }
    if let stranger = spec.doNotDisrupt.subtracting(input.jobs.classes).min() {
      return "no class of jobs is called '\(stranger)', which must not be disturbed"
    }
    if input.horizon == nil { return "nodes that come and go need a horizon" }
    let policies = AutoNodes.problem(
      queue: input.queue,
      preemption: input.preemption,
      gangs: input.gangs,
      sharing: input.sharing,
      mayBeCut: input.burst == nil && input.storage == nil
    )
    if let policies { return policies }
    if let problem = spec.problem(input.fleet, input.sharing, input.mig) { return problem }
    let isAuto = { (node: Int) in spec.groups.contains { $0.nodes.contains(node) } }
    for change in input.fleetChanges where change.nodes.contains(where: { isAuto(Int($0.rawValue)) }) {
      return
        "nodes that come and go do not fail or change by a list: state the failures of their group"
    }
    for plan in input.maintenances where plan.nodes.contains(where: { isAuto(Int($0.rawValue)) }) {
      return "nodes that come and go have no rolling maintenance: they are replaced where their group drifts"
    }
    if let problem = mountProblem(spec, input) { return problem }
    for shape in input.jobs.shapes {
      if shape.workers > 1 && shape.wish != .anywhere {
        return
          "gangs with placement \(shape.wish.name) do not go with nodes that come and go; accepted: anywhere"
      }
      if shape.relaxation > 0 { return "wishes are not relaxed where nodes come and go" }
      if !input.jobs.constraints[Int(shape.constraints.rawValue)].rules.isEmpty {
        return "rules between jobs do not go with nodes that come and go"
      }
    }
    return nil
  }
}

extension AutoNodes {
  /// By node of the fleet: whether it could exist. Of a group in a pool with
  /// limits only so many can as these allow it alone; empty: all can.
  func allowed(_ fleet: Fleet) -> [Bool] {
    guard pools.contains(where: { $0.mostNodes != nil || $0.mostGPUs != nil }) else { return [] }
    var allowed = Array(repeating: true, count: fleet.nodes.count)
    for group in groups {
      let gpus = fleet.nodes[group.nodes.lowerBound].gpuCount
      let byGPUs = pools[group.pool].mostGPUs.map { gpus > 0 ? $0 / gpus : .max } ?? .max
      let most = max(group.atStart, min(pools[group.pool].mostNodes ?? .max, byGPUs))
      for n in group.nodes.dropFirst(most) { allowed[n] = false }
    }
    return allowed
  }

  /// Why nodes cannot come and go under these policies; nil: they can.
  ///
  /// - Parameter mayBeCut: nothing else in the run keeps GPUs from being cut by
  ///   MIG.
  public static func problem(
    queue: QueueSpec,
    preemption: PriorityPreemption?,
    gangs: GangMode,
    sharing: SharingMode,
    mayBeCut: Bool = false
  ) -> String? {
    switch queue {
    case .ordered: break
    case .ageing(let ageing, _) where ageing.atMost == nil: break
    default:
      return
        "nodes come and go only with queues in which jobs keep their places: no fair shares, backfill, preemptive "
        + "orders or rounds"
    }
    if let preemption, preemption.gracefulPeriod > .zero || preemption.requeueDelay > .zero {
      return "preemption has no graceful period and no delay before the queue where nodes come and go"
    }
    if preemption != nil, case .ageing = queue {
      return "priorities that age do not preempt where nodes come and go"
    }
    if gangs.holding != nil { return "gangs do not hold places where nodes come and go" }
    if sharing == .pooled { return "pooled nodes do not come and go" }
    return sharing == .mig && !mayBeCut
      ? "GPUs are not cut by MIG where jobs leave their sites, or fetch images and data" : nil
  }
}
