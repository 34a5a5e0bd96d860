import SimulationKernel
import Workload

extension OutcomeMetrics {
  /// Virtual clusters and namespaces, each in the scope `cluster:NAME`, and what
  /// they cost together. No rows where there are none.
  static func tenancy(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    guard !outcome.clusters.isEmpty else { return [] }
    let waits = WaitTotals(outcome, jobs)
    let rows = outcome.clusters.flatMap { cluster(outcome, jobs, $0, waits) }
    let cost = outcome.clusters.reduce(0) { $0 + $1.controlPlaneCost }
    return [
      Metric(name: "tenancy.control_plane_cost", scope: "fleet", unit: "USD", value: cost),
      Metric(
        name: "tenancy.freed",
        scope: "fleet",
        unit: "GPU_h",
        value: GPUTime.hours(outcome.clusters.reduce(0) { $0 + $1.freedMilliNanoseconds })
      ),
    ] + rows
  }

  private static func cluster(
    _ outcome: RunOutcome,
    _ jobs: JobTable,
    _ cluster: ClusterTotals,
    _ waits: WaitTotals
  ) -> [Metric] {
    let scope = "cluster:\(cluster.name)"
    func row(_ name: String, _ unit: String, _ value: Double) -> Metric {
      Metric(name: "tenancy." + name, scope: scope, unit: unit, value: value)
    }
    func hours(_ nanoseconds: Int128) -> Double { Double(nanoseconds) / 3.6e12 }
    let tenants = jobs.tenants.indices.filter { cluster.tenants.contains(jobs.tenants[$0]) }
    func waited(_ cause: WaitCause) -> Double {
      hours(
        waits.rows.filter { $0.cause == cause && tenants.contains($0.tenant) }.reduce(0) {
          $0 + $1.nanoseconds
        }
      )
    }
    let held = tenants.reduce(Int128(0)) { $0 + outcome.tenants[$1].ledger.allocated }
    let nodes = outcome.autoNodes.filter { cluster.groups.contains($0.name) }.reduce(0) { $0 + $1.cost }
    return [
      row("cost", "USD", cluster.controlPlaneCost + nodes),
      row("control_plane_cost", "USD", cluster.controlPlaneCost),
      row("nodes_cost", "USD", nodes),
      row("gpu_time", "GPU_h", GPUTime.hours(held)),
      row("wait_quota", "job_h", waited(.quota)),
      row("wait_mounting", "job_h", waited(.mounting)),
      row("wait_asleep", "job_h", waited(.asleep)),
      row("most_gpus", "GPU", Double(cluster.mostMilliGPU) / 1000),
      row("most_pods", "pods", Double(cluster.mostPods)),
      row("awake_time", "h", hours(cluster.awakeNanoseconds)),
      row("asleep_time", "h", hours(cluster.asleepNanoseconds)),
      row("waking_time", "h", hours(cluster.wakingNanoseconds)),
      row("creating_time", "h", hours(cluster.creatingNanoseconds)),
      row("sleeps", "times", Double(cluster.sleeps)),
      row("wakes.access", "times", Double(cluster.wakesByAccess)),
      row("wakes.noise", "times", Double(cluster.wakesByNoise)),
      row("wakes.schedule", "times", Double(cluster.wakesBySchedule)),
      row("noise", "times", Double(cluster.noises)),
      row("interrupted", "runs", Double(cluster.interrupted)),
      row("freed", "GPU_h", GPUTime.hours(cluster.freedMilliNanoseconds)),
    ]
      // Only where machines may be emptied: tables of other runs stay as they were.
      + (!cluster.mayEvict
        ? []
        : [
          row("drained", "machines", Double(cluster.drained)),
          row("evicted", "runs", Double(cluster.evicted)),
          row("evicted_lost", "GPU_h", GPUTime.hours(cluster.evictionLostMilliNanoseconds)),
        ])
  }
}
