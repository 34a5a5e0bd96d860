import SimulationKernel

extension AutoNodes {
  /// Nodes that have been down for too long are removed by force, as by
  /// Karpenter's node repair (alpha, feature gate `NodeRepair`).
  ///
  /// Sources: Karpenter core's node health controller and its design
  /// node-repair.md; the times are those of its provider for AWS. Owned nodes
  /// stay, and wait for their repair.
  public struct Repair: Hashable, Sendable {
    /// How long a node may be not ready, and how long its accelerators may be.
    public var notReady = SimDuration(nanoseconds: 1_800_000_000_000)
    public var accelerator = SimDuration(nanoseconds: 600_000_000_000)
    /// None is removed while more than this share of the nodes of its pool,
    /// rounded up, is down.
    public var suspendAbove = 0.2

    public init() {}

    /// How long a node that says so is left alone.
    func toleration(_ condition: FailureCause.Condition) -> SimDuration {
      condition == .accelerator ? accelerator : notReady
    }

    /// Whether a pool with so many nodes is well enough for one to be removed: one
    /// of three may be down.
    func mayAct(down: Int, of total: Int) -> Bool {
      // A product such as 0.2 x 15 may lie a little above 3.
      down <= Int((Double(total) * suspendAbove - 1e-9).rounded(.up))
    }
  }

  /// What is wrong with failures and repair, or nil.
  var healthProblem: String? {
    for group in groups where !group.failures.isEmpty {
      if Set(group.failures.map(\.name)).count < group.failures.count {
        return "group '\(group.name)' has two causes of failures of one name"
      }
      if group.source != nil { return "machines on loan do not fail" }
      for cause in group.failures {
        if !(cause.perNodeDay >= 0 && cause.perNodeDay.isFinite && cause.perGPUDay >= 0
          && cause.perGPUDay.isFinite)
        {
          return "the rates of failures of group '\(group.name)' must be 0 or more"
        }
        do { try cause.repair?.validate() } catch {
          return "group '\(group.name)' has an impossible time to repair: \(error)"
        }
      }
    }
    guard let repair else { return nil }
    if [repair.notReady, repair.accelerator].contains(where: Self.isNoSpan) {
      return "node repair waits 0 ... 36 years"
    }
    if !(0...1).contains(repair.suspendAbove) { return "node repair is suspended above a share of 0 ... 1" }
    return clusterAutoscaler == nil ? nil : "node repair is karpenter's: a cluster-autoscaler has none"
  }
}
