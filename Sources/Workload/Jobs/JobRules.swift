/// How the workers of a job keep to those of other jobs on the fleet's nodes.
///
/// A rule counts the workers of the jobs that state the same rule and belong
/// together by its scope. A domain is a single node, or all nodes with the same
/// value of a label.
public struct JobRules: Hashable, Sendable {
  /// Which workers a rule counts.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Those of the job's class.
    case jobClass = "class"
    /// Those of the job's tenant.
    case tenant
    /// Those of the job itself.
    case gang
  }

  /// Workers that keep apart, or together.
  public struct Affinity: Hashable, Sendable {
    public var scope: Scope
    /// `node`, or the key of a label.
    public var topology: String

    public init(scope: Scope, topology: String) {
      self.scope = scope
      self.topology = topology
    }
  }

  /// Workers of the job's class spread evenly over the domains (Kubernetes:
  /// topologySpreadConstraints with whenUnsatisfiable DoNotSchedule).
  public struct Spread: Hashable, Sendable {
    /// `node`, or the key of a label.
    public var key: String
    /// At least 1: by how many workers a domain may be ahead of the one that
    /// has fewest.
    public var maxSkew: Int32

    public init(key: String, maxSkew: Int32) {
      self.key = key
      self.maxSkew = maxSkew
    }
  }

  /// The topology in which each node is a domain.
  public static let node = "node"

  /// No domain holds two of the workers.
  public var apart: Affinity?
  /// Once a worker runs, the others go to domains that hold one.
  public var together: Affinity?
  public var spread: Spread?

  public init() {}

  public var isEmpty: Bool { self == JobRules() }
}
