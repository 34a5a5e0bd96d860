/// What became of a virtual cluster, within the measured window.
public struct ClusterTotals: Hashable, Sendable {
  public var name: String
  public var isNamespace = false
  /// Names of its tenants.
  public var tenants: [String] = []
  /// Its groups of nodes that come and go.
  public var groups: [String] = []
  /// Ns in each stage.
  public var creatingNanoseconds: Int128 = 0
  public var awakeNanoseconds: Int128 = 0
  public var asleepNanoseconds: Int128 = 0
  public var wakingNanoseconds: Int128 = 0
  /// Ns for which its control plane is paid.
  public var billedNanoseconds: Int128 = 0
  public var controlPlanePerYear = 0.0
  public var sleeps: Int64 = 0
  public var wakesByAccess: Int64 = 0
  public var wakesByNoise: Int64 = 0
  public var wakesBySchedule: Int64 = 0
  /// Accesses that nobody meant.
  public var noises: Int64 = 0
  /// Runs that sleep interrupted.
  public var interrupted: Int64 = 0
  /// GPUs that jobs held when sleep began x the time until the cluster was awake
  /// again or they would have ended, thousandths x ns.
  public var freedMilliNanoseconds: Int128 = 0
  /// The most that counted against its quota at a time, in the whole run.
  public var mostMilliGPU: Int64 = 0
  public var mostPods: Int64 = 0

  /// Whether machines of the host may be emptied for it.
  public var mayEvict = false
  /// Machines of the host that were emptied for it.
  public var drained: Int64 = 0
  /// Runs on the host that were stopped for that, and the work that they lost,
  /// thousandths of a GPU x ns.
  public var evicted: Int64 = 0
  public var evictionLostMilliNanoseconds: Int128 = 0

  public init(name: String) { self.name = name }

  /// USD for its control plane.
  public var controlPlaneCost: Double {
    Double(billedNanoseconds) / (8760 * 3.6e12) * controlPlanePerYear
  }
}
