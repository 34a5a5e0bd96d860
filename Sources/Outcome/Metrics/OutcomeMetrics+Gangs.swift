import SimulationKernel
import Workload

extension OutcomeMetrics {
  /// What gangs held before they started: a part of `gpu_time.allocated.idle`.
  /// No rows where gangs do not hold.
  static func heldByGangs(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    guard outcome.gangsHold else { return [] }
    var all = HeldTally()
    var byClass = [HeldTally](repeating: HeldTally(), count: jobs.classes.count)
    var byTenant = [HeldTally](repeating: HeldTally(), count: jobs.tenants.count)
    for hold in outcome.gangHolds {
      let job = Int(hold.job.rawValue)
      all.add(hold, outcome, jobs)
      byClass[Int(jobs.jobClass[job].rawValue)].add(hold, outcome, jobs)
      byTenant[Int(jobs.tenant[job].rawValue)].add(hold, outcome, jobs)
    }
    var rows = all.metrics(scope: "fleet")
    rows += zip(jobs.classes, byClass).flatMap { $1.metrics(scope: "class:\($0)") }
    rows += zip(jobs.tenants, byTenant).flatMap { $1.metrics(scope: "tenant:\($0)") }
    let deadlock = outcome.deadlock
    rows.append(
      Metric(name: "gangs.stuck", scope: "fleet", unit: "jobs", value: Double(deadlock?.gangs ?? 0))
    )
    rows.append(
      Metric(
        name: "gangs.stuck_gpus",
        scope: "fleet",
        unit: "GPU",
        value: Double(deadlock?.milliGPU ?? 0) / 1000
      )
    )
    if let deadlock {
      rows.append(
        Metric(
          name: "gangs.stuck_since",
          scope: "fleet",
          unit: "s",
          value: SimTime(nanoseconds: deadlock.sinceNanoseconds).seconds
        )
      )
    }
    return rows
  }
}

/// What one group of gangs held.
private struct HeldTally {
  private var milliGPUNanoseconds: Int128 = 0
  private var gangs: Set<JobID> = []
  /// Times that a gang gave up: its job and when.
  private var timeouts: Set<TimeOut> = []

  private struct TimeOut: Hashable {
    var job: JobID
    var end: Int64
  }

  /// Time is cut to the measured window; gangs and time-outs count by their end.
  mutating func add(_ hold: GangHold, _ outcome: RunOutcome, _ jobs: JobTable) {
    let from = max(hold.startNanoseconds, outcome.measuredFrom.nanoseconds)
    guard hold.endNanoseconds > from else { return }
    let job = Int(hold.job.rawValue)
    let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
    let milli = Int128(shape.gpuCount) * Int128(shape.milliGPUPerDevice) * Int128(hold.piece.workers)
    milliGPUNanoseconds += milli * Int128(hold.endNanoseconds - from)
    gangs.insert(hold.job)
    if hold.ending == .timedOut { timeouts.insert(TimeOut(job: hold.job, end: hold.endNanoseconds)) }
  }

  func metrics(scope: String) -> [Metric] {
    [
      Metric(name: "gpu_time.held", scope: scope, unit: "GPU_h", value: GPUTime.hours(milliGPUNanoseconds)),
      Metric(name: "gangs.held", scope: scope, unit: "jobs", value: Double(gangs.count)),
      Metric(name: "gangs.timeouts", scope: scope, unit: "times", value: Double(timeouts.count)),
    ]
  }
}
