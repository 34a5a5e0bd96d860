import Workload

/// What sharing modes can give jobs that want other tenants kept away.
///
/// An instance of MIG is behind a border in hardware. Where a share of a GPU
/// does not isolate as much as a job demands, it gets the whole GPU: the rest is
/// rounding, the price of isolation. A node of the tenant's own is a rule
/// between jobs: see ``RuleBook``.
enum Isolation {
  /// Whether a job with this demand gets a whole GPU instead of a part.
  static func needsWholeGPU(_ demand: DeviceDemand, under sharing: SharingMode) -> Bool {
    // On a node of the tenant's own every neighbour is the tenant's.
    if demand.isolation == .node { return false }
    return sharing == .mig ? demand.isolation == .gpu : demand.isolation != .none
  }

  /// Why some job cannot have what it demands, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    for shape in input.jobs.shapes {
      let demand = input.jobs.deviceDemand(of: shape)
      if let problem = problem(demand.isolation, under: input.sharing, isContended: input.contention != nil) {
        return problem
      }
    }
    return nil
  }

  private static func problem(
    _ isolation: IsolationLevel,
    under sharing: SharingMode,
    isContended: Bool
  ) -> String? {
    if isolation == .none || isolation == .node { return nil }
    if isContended || sharing == .pooled {
      return "GPUs that are \(sharing.rawValue) isolate nobody; a job demands isolation \(isolation.name)"
    }
    return nil
  }
}
