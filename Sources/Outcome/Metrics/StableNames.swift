/// The names that job states and wait causes bear in SQLite, JSON and tables.
/// Stored files hold them: a name is never changed, only added.
extension JobState {
  public var name: String {
    switch self {
    case .waiting: "waiting"
    case .running: "running"
    case .completed: "completed"
    case .withdrawn: "withdrawn"
    case .rejected: "rejected"
    case .unseen: "unseen"
    case .timedOut: "timed_out"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }
}

extension GangHold.Ending {
  public var name: String {
    switch self {
    case .started: "started"
    case .timedOut: "timed_out"
    case .lost: "lost"
    case .withdrawn: "withdrawn"
    case .atEnd: "at_end"
    case .stuck: "stuck"
    }
  }
}

extension WaitCause {
  public var name: String {
    switch self {
    case .none: "none"
    case .headOfLine: "head_of_line"
    case .gpuModel: "gpu_model"
    case .capacity: "capacity"
    case .fragmentation: "fragmentation"
    case .cpu: "cpu"
    case .memory: "memory"
    case .priority: "priority"
    case .gang: "gang"
    case .placementWish: "placement_wish"
    case .reservation: "reservation"
    case .dependency: "dependency"
    case .requeue: "requeue"
    case .fairShare: "fair_share"
    case .failure: "failure"
    case .roundBoundary: "round_boundary"
    case .nodeConstraint: "node_constraint"
    case .provisioning: "provisioning"
    case .stockOut: "stock_out"
    case .burstRule: "burst_rule"
    case .quota: "quota"
    case .mounting: "mounting"
    case .asleep: "asleep"
    }
  }
}
