import Hardware
import SimulationKernel
import Workload

/// Virtual clusters, or namespaces with a quota: who may bring how much work,
/// on which nodes, and when.
///
/// Sources: the ResourceQuota and LimitRange admission of Kubernetes, and
/// vCluster's worker models, sleep and policies (loft-sh/vcluster-docs, August
/// 2026). `docs/tenancy.md` states the rules.
public struct Tenancy: Equatable, Sendable {
  /// Where the pods of a cluster run.
  public enum Nodes: String, Hashable, Sendable, CaseIterable {
    /// On the host's nodes, beside those of others.
    case shared
    /// On nodes of the host that a label and a taint keep for it.
    case dedicated
    /// On nodes of its own, which have left the host.
    case `private`
  }

  /// What a set of tenants share.
  public struct Cluster: Equatable, Sendable {
    public var name: String
    /// Names of its tenants; each has one cluster at most.
    public var tenants: [String]
    /// A namespace of the host: no control plane, no nodes of its own, no sleep.
    public var isNamespace = false
    public var nodes = Nodes.shared
    /// Positions of its own nodes in the fleet; empty where they are shared.
    public var ownNodes: [Int] = []
    /// Groups of nodes that come and go for it alone.
    public var groups: [String] = []
    public var quota = ClusterQuota()
    public var limits = PodLimitRange()
    /// GPU models that its jobs may have; empty: all.
    public var gpuModels: [String] = []
    /// Positions of the nodes that they may have; nil: all.
    public var allowedNodes: [Int]?
    public var sleep: SleepRule?
    /// From the start of the run until its first pods can be created.
    public var creation = SimDuration.zero
    /// USD for a year of its control plane.
    public var controlPlanePerYear = 0.0

    public init(name: String, tenants: [String]) {
      self.name = name
      self.tenants = tenants
    }
  }

  public var clusters: [Cluster]
  /// How long after a pod of the cluster has ended refused ones are tried
  /// again. Controllers retry by a back-off; 0 is the best that one could do.
  public var quotaRetry = SimDuration.zero

  public init(clusters: [Cluster]) { self.clusters = clusters }

  /// USD for a year of a control plane: the placeholder of the platform's cost
  /// control (loft-sh/vcluster-docs: platform-configs/cost-control).
  public static let placeholderControlPlane = 900.0

  /// Whether any of them sleeps or comes into being during the run.
  var hasClocks: Bool { clusters.contains { $0.sleep != nil || $0.creation > .zero } }
}

/// When a virtual cluster sleeps, and what wakes it.
public struct SleepRule: Equatable, Sendable {
  /// What counts as activity beside new jobs and noise.
  public enum Activity: String, Hashable, Sendable, CaseIterable {
    /// Nothing: the platform sees requests to the API server and through the
    /// ingress, and pods that compute make none.
    case access
    /// Pods that run count too.
    case running
  }

  /// Sleeps when so long nothing was active; nil: never by that.
  public var afterInactivity: SimDuration?
  public var activity = Activity.access
  public var sleepAt: CronSchedule?
  public var wakeAt: CronSchedule?
  /// A new job of its tenants, or noise, wakes it.
  public var wakesOnAccess = true
  /// Accesses a second that nobody means: monitors that poll (loft#65).
  public var noisePerSecond = 0.0
  /// Seconds from what wakes it until its pods can be created.
  public var latency: Variate
  /// Whether the control plane sleeps too, and costs nothing meanwhile.
  public var stopsControlPlane = false

  /// Activity is looked at so often (vCluster: 5 minutes).
  public static let sampling: Int64 = 300_000_000_000

  public init(latency: Variate = .constant(0)) { self.latency = latency }

  /// What contradicts itself, or nil.
  public var problem: String? {
    if afterInactivity == nil && sleepAt == nil {
      return "never sleeps: it says neither after what time nor when"
    }
    if let after = afterInactivity, after <= .zero { return "sleeps after no time" }
    if wakeAt == nil && !wakesOnAccess { return "never wakes: neither access nor a schedule wakes it" }
    if let sleepAt, sleepAt == wakeAt { return "sleeps and wakes at the same times" }
    if !(noisePerSecond >= 0 && noisePerSecond.isFinite) { return "its noise is no rate" }
    do { try latency.validate() } catch { return "the time that it takes to wake: \(error)" }
    return nil
  }
}
