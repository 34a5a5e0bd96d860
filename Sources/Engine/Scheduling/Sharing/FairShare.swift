import SimulationKernel

/// Which tenant's job goes next: one of the tenant with the smallest share
/// whose job fits. Running jobs are left alone.
///
/// The share of a tenant is what it holds of the fleet, divided by its weight:
/// GPUs; or its dominant share, the largest of its parts of the fleet's GPUs,
/// CPU and memory (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011,
/// algorithm 1; Volcano's drf). The fleet is counted as it is listed, whatever
/// is down or not there yet.
///
/// With a half-life the share is a mean over time in which the past counts for
/// less, by half for each half-life (Slurm's classic fair share; Kueue's
/// admission fair sharing), taken ``outlook`` ahead as if nothing changed:
///
///     (1 - A) x mean until now + A x held now, A = 1 - 2^(-outlook / halfLife)
///
/// which is Kueue's usage at its next sampling, with the penalty that it puts
/// on what was admitted since the last. Without a half-life A is 1.
///
/// Equal shares go by the earlier job. The choice is made anew after each
/// start. A tenant whose job does not fit holds up no other tenant.
public struct FairShare: Hashable, Sendable {
  public enum Resource: String, Hashable, Sendable, CaseIterable {
    case gpu
    /// The largest part of GPUs, CPU and memory.
    case dominant
  }
  /// What a tenant is entitled to, against the others.
  public struct Weight: Hashable, Sendable {
    public var tenant: String
    /// 1 ... 1,000,000.
    public var weight: Int32

    public init(tenant: String, weight: Int32) {
      self.tenant = tenant
      self.weight = weight
    }
  }

  /// Tenants that are not named have weight 1.
  public var weights: [Weight]
  public var resource: Resource
  public var halfLife: SimDuration?
  /// Kueue's default time between samples; at most 16 half-lives.
  public var outlook: SimDuration

  public init(
    weights: [Weight] = [],
    resource: Resource = .gpu,
    halfLife: SimDuration? = nil,
    outlook: SimDuration = .seconds(300)
  ) {
    self.weights = weights
    self.resource = resource
    self.halfLife = halfLife
    self.outlook = outlook
  }

  /// What does not go together, or nil.
  func problem(tenants: [String]) -> String? {
    for (position, entry) in weights.enumerated() {
      if !(1...1_000_000).contains(entry.weight) { return "a tenant's weight must be 1 ... 1,000,000" }
      if weights[..<position].contains(where: { $0.tenant == entry.tenant }) {
        return "tenant '\(entry.tenant)' has two weights"
      }
      if !tenants.contains(entry.tenant) { return "a weight names '\(entry.tenant)', which is no tenant" }
    }
    guard let halfLife else { return nil }
    if halfLife < .tick || halfLife > SimTime.latest - .zero {
      return "a half-life must be above zero, below 36 years"
    }
    if outlook.nanoseconds < 0 || outlook.nanoseconds / 16 > halfLife.nanoseconds {
      return "the outlook must be 0 ... 16 half-lives"
    }
    return nil
  }
}
