/// What left its home site for other sites, what that cost, and what stayed,
/// within the measured window.
public struct BurstTotals: Hashable, Sendable {
  /// What a rule asks of a job before it may leave, in the order in which it is
  /// looked at. The first that is lacking explains why a job stayed.
  public enum Condition: Int, Hashable, Sendable, CaseIterable {
    /// Its class never leaves.
    case compliance
    /// The rule is for other classes, or for other tenants.
    case jobClass
    case tenant
    case priority
    /// It is expected to run too long, or too briefly.
    case duration
    /// Estimates of its class are too far off.
    case predictability
    /// Its data would take too long to stage.
    case staging
    /// The rule is for jobs with a deadline, and it has none; or its deadline is
    /// not at risk yet.
    case deadline
    /// It has not waited for long enough.
    case wait
    /// The budget of the period did not suffice.
    case budget
  }

  /// What happened at one site.
  public struct Site: Hashable, Sendable {
    public var name: String
    /// Runs of jobs of other homes that began there.
    public var jobs: Int64 = 0
    /// Thousandths of a GPU x ns that such jobs held there.
    public var milliGPUNanoseconds: Int128 = 0
    /// USD for its nodes that come and go, agreements included.
    public var nodeCost = 0.0

    public init(name: String) { self.name = name }
  }

  public var sites: [Site]
  /// Time of runs that began in the window before their work, for data to come
  /// from another site, ns; and USD for that.
  public var stagingNanoseconds: Int128 = 0
  public var egressCost = 0.0
  /// By condition: jobs that arrived in the window, waited, and were never
  /// allowed to leave for lack of it.
  public var held: [Int64]
  /// USD that the permissions of all budget periods added up to: what the jobs
  /// were expected to cost.
  public var permittedCost = 0.0

  public init(sites: [Site]) {
    self.sites = sites
    held = Array(repeating: 0, count: Condition.allCases.count)
  }
}
