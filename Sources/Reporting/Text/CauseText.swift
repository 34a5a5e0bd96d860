import Outcome

extension WaitCause {
  /// What tables call it.
  var label: String {
    switch self {
    case .none: "nothing"
    case .headOfLine: "jobs ahead"
    case .gpuModel: "GPU model"
    case .capacity: "capacity"
    case .fragmentation: "fragmentation"
    case .cpu: "CPU"
    case .memory: "memory"
    case .priority: "jobs of higher rank"
    case .gang: "room for the whole gang"
    case .placementWish: "placement wish"
    case .reservation: "reservation of a job ahead"
    case .dependency: "jobs that it depends on"
    case .nodeConstraint: "labels, taints or rules"
    case .requeue: "return to the queue"
    case .fairShare: "tenants with a smaller share"
    case .failure: "nodes that are down"
    case .roundBoundary: "end of the round"
    case .provisioning: "a node that comes"
    case .stockOut: "no capacity to buy"
    case .burstRule: "leave to burst"
    case .quota: "quota"
    case .mounting: "nodes that are mounted"
    case .asleep: "a cluster that sleeps"
    }
  }
}

extension WaitText {
  /// What the jobs of a scope waited for, the longest first.
  static func causes(_ report: RunReport, _ scope: String) -> [(
    cause: WaitCause, jobs: Double, hours: Double, gpuHours: Double
  )] {
    WaitCause.allCases.filter { $0 != .none }.map { cause in
      (
        cause: cause, jobs: report.mean("waited.\(cause.name)", scope),
        hours: report.mean("wait_time.\(cause.name)", scope),
        gpuHours: report.mean("wait_gpu_time.\(cause.name)", scope)
      )
    }.filter { $0.jobs > 0 }.sorted { ($0.hours, $1.cause.rawValue) > ($1.hours, $0.cause.rawValue) }
  }
}
