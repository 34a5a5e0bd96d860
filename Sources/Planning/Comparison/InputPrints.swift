import Engine
import Hardware
import SimulationKernel
import Workload

/// What went into a replication beside its policy, as numbers that can be
/// compared: equal inputs have equal prints, and different ones have
/// different prints but for accidents (see `Fingerprint`).
public struct InputPrints: Hashable, Sendable {
  /// The jobs, all columns.
  public var jobs: UInt64
  /// The jobs against which free capacity is judged.
  public var mix: UInt64
  /// The nodes, and what happens to them.
  public var fleet: UInt64
  public var horizon: SimTime?
  public var measuredFrom: SimTime

  public init(_ input: SimulationInput) {
    jobs = Self.print { $0.fold(input.jobs) }
    mix = Self.print { $0.fold(input.mix) }
    fleet = Self.print {
      $0.fold(input.fleet)
      $0.fold(input.fleetChanges)
      $0.fold(input.maintenances)
    }
    horizon = input.horizon
    measuredFrom = input.measuredFrom
  }

  private static func print(_ body: (inout Fingerprint) -> Void) -> UInt64 {
    var fingerprint = Fingerprint()
    body(&fingerprint)
    return fingerprint.value
  }
}

extension Fingerprint {
  fileprivate mutating func fold(_ number: some BinaryInteger) { fold(UInt64(truncatingIfNeeded: number)) }

  fileprivate mutating func fold(_ text: String) {
    fold(text.utf8.count)
    for byte in text.utf8 { fold(byte) }
  }

  fileprivate mutating func fold(_ texts: [String]) {
    fold(texts.count)
    for text in texts { fold(text) }
  }

  fileprivate mutating func fold(_ shape: JobShape) {
    for part in [shape.cpuMilli, shape.memoryMiB, shape.gpuCount, shape.milliGPUPerDevice, shape.workers] {
      fold(part)
    }
    fold(Int32(shape.wish.rawValue))
    fold(shape.models.rawValue)
    // What is new is folded only where it is said, so that prints of older
    // inputs stand.
    if shape.relaxation > 0 { fold(shape.relaxation) }
    if shape.constraints != .none { fold(shape.constraints.rawValue) }
    if shape.device > 0 { fold(Int32(shape.device)) }
    if shape.limits > 0 { fold(Int32(shape.limits)) }
  }

  fileprivate mutating func fold(_ jobs: JobTable) {
    switch jobs.names {
    case .listed(let names): fold(names)
    case .numbered(let prefix): fold(prefix)
    }
    fold(jobs.count)
    for job in 0..<jobs.count {
      fold(jobs.arrival[job].nanoseconds)
      fold(jobs.duration[job].nanoseconds)
      fold(jobs.shape[job].rawValue)
      fold(jobs.tenant[job].rawValue)
      fold(jobs.jobClass[job].rawValue)
      fold(jobs.priority[job])
      fold(jobs.busyMilli[job])
      fold(jobs.kind[job].rawValue)
    }
    fold(jobs.shapes.count)
    for shape in jobs.shapes { fold(shape) }
    fold(jobs.tenants)
    fold(jobs.classes)
    fold(jobs.modelSets)
    fold(jobs.estimate.count)
    for estimate in jobs.estimate { fold(estimate.nanoseconds) }
    fold(jobs.isProtected.count)
    for isProtected in jobs.isProtected { fold(isProtected ? 1 : 0) }
    // Folded only where a class has one: prints of other workloads stay as they were.
    for budget in jobs.disruptionBudgets { fold(budget?.text ?? "") }
    fold(jobs.checkpoint.count)
    for plan in jobs.checkpoint { fold(plan) }
    fold(jobs.checkpointPlans.count)
    for plan in jobs.checkpointPlans {
      for span in [plan.interval, plan.write, plan.restart] { fold(span.nanoseconds) }
    }
    for steps in jobs.relaxations {
      fold(steps.count)
      for step in steps {
        fold(step.after.nanoseconds)
        fold(step.to.rawValue)
      }
    }
    for speed in jobs.speed { fold(speed) }
    for speed in jobs.speeds {
      for span in PlacementSpan.allCases { for fabric in Fabric.allCases { fold(speed[span, fabric]) } }
    }
    if let work = jobs.stepWork { fold(work) }
    foldLives(jobs)
    if jobs.constraints.count > 1 { fold(jobs.constraints.map(\.text)) }
    if jobs.deviceDemands.count > 1 { fold(jobs.deviceDemands.map(\.text)) }
    if jobs.podLimits.count > 1 { fold(jobs.podLimits.map(\.text)) }
  }

  private mutating func fold(_ work: StepWork) {
    for job in work.steps.indices {
      fold(work.steps[job])
      fold(work.table[job])
      fold(work.weight[job].bitPattern)
    }
    for table in work.tables {
      fold(table.name)
      for row in table.rows {
        fold(row.gpu)
        fold(row.gpus)
        fold(row.span.rawValue)
        fold(row.stepsPerSecond.bitPattern)
      }
    }
  }

  /// Nothing for jobs without limits, failures, retries, deadlines and
  /// dependencies: their print is what it was before there were any.
  private mutating func foldLives(_ jobs: JobTable) {
    func fold(_ name: String, _ numbers: some Collection<Int64>) {
      if numbers.isEmpty { return }
      self.fold(name)
      for number in numbers { self.fold(number) }
    }
    func lists(_ lists: JobLists) -> [Int64] {
      (0..<lists.count).flatMap { [Int64(lists[$0].count)] + lists[$0].map(Int64.init) }
    }
    fold("timeLimit", jobs.timeLimit.map(\.nanoseconds))
    fold("deadline", jobs.deadline.map(\.nanoseconds))
    fold("retry", jobs.retry.map(Int64.init))
    fold(
      "retryRules",
      jobs.retryRules.flatMap { [Int64($0.most ?? -1), $0.delay.nanoseconds, $0.longestDelay.nanoseconds] }
    )
    fold("failures", lists(jobs.failures))
    fold("after", lists(jobs.after))
  }

  fileprivate mutating func fold(_ mix: WorkloadMix?) {
    guard let mix else { return }
    fold(mix.entries.count)
    for entry in mix.entries {
      fold(entry.shape)
      fold(entry.count)
    }
  }

  fileprivate mutating func fold(_ fleet: Fleet) {
    fold(fleet.gpuModels)
    fold(fleet.nodes.count)
    for node in fleet.nodes {
      fold(node.name)
      fold(node.cpuMilli)
      fold(node.memoryMiB)
      fold(node.gpuCount)
      fold(node.gpuModel.map { Int($0.rawValue) } ?? -1)
      if !node.labels.isEmpty { fold(node.labels.flatMap { [$0.key, $0.value] }) }
      if !node.taints.isEmpty { fold(node.taints.map(\.text)) }
    }
    guard fleet.hasPlaces else { return }
    fold(fleet.racks)
    for node in fleet.nodes {
      fold(node.place.rack ?? -1)
      fold(node.place.nvlinkDomain ?? -1)
      fold(node.place.fabric.rawValue)
    }
  }

  fileprivate mutating func fold(_ maintenances: [RollingMaintenance]) {
    for plan in maintenances {
      for part in [plan.startNanoseconds, Int64(plan.atOnce), plan.duration.nanoseconds] { fold(part) }
      fold(plan.drainLimit?.nanoseconds ?? -1)
      for node in plan.nodes { fold(node.rawValue) }
    }
  }

  fileprivate mutating func fold(_ changes: [FleetChange]) {
    fold(changes.count)
    for change in changes {
      fold(change.atNanoseconds)
      fold(change.action.rawValue)
      fold(change.nodes.count)
      for node in change.nodes { fold(node.rawValue) }
    }
  }
}
