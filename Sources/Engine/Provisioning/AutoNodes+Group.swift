import SimulationKernel

extension AutoNodes {
  /// How nodes are paid for.
  public enum Purchase: String, Hashable, Sendable, CaseIterable {
    /// Bought: once they have come they stay, and are paid either way.
    case owned
    /// Paid for the whole run, whether they exist or not, so that using them
    /// costs nothing more.
    case reserved
    /// Paid while they exist.
    case onDemand
    /// The same, and the provider may take them back.
    case spot

    /// Among types that serve, the lower is taken: Karpenter's preference for
    /// reserved, then spot, then on-demand capacity.
    var preference: Int {
      switch self {
      case .owned: 0
      case .reserved: 1
      case .spot: 2
      case .onDemand: 3
      }
    }

    /// Whether a node costs the same if it does not exist.
    var isCommitted: Bool { self == .owned || self == .reserved }
  }

  /// Equal nodes of one instance type: the nodes of the fleet in this range.
  /// They are the most that there can be; those that do not exist are absent.
  public struct Group: Equatable, Sendable {
    /// Unique; names its random streams and its rows in the results.
    public var name: String
    public var nodes: Range<Int>
    /// Its node pool: a position in ``AutoNodes/pools``.
    public var pool: Int
    public var purchase = Purchase.onDemand
    /// USD for an hour of one node, from its launch until it is gone.
    public var pricePerHour: Double
    /// The first so many nodes are up when the run begins.
    public var atStart: Int
    /// So many are kept, whatever waits or is empty; nil: as jobs need them.
    public var replicas: Int?
    /// A cluster-autoscaler takes none away where no more than these would stay.
    public var least = 0
    /// So many empty nodes are kept up beside what runs: others come when work
    /// comes to one, and no more of those that are empty go.
    public var warm = 0
    /// Seconds from the request to a machine that runs, from there to a node
    /// of the cluster, and from there to GPUs that can be handed out.
    public var launch: Variate
    public var join: Variate
    public var gpuStack: Variate
    /// Share of the launches that find no capacity.
    public var stockOut: Double
    /// Share of the machines that never join the cluster: given up at the
    /// time-out of registration.
    public var neverJoins = 0.0
    /// A node is given up when its machine does not run, or has not joined, so
    /// long after the request; nil: never. Karpenter: 5 and 15 minutes.
    public var launchTimeout: SimDuration?
    public var registrationTimeout: SimDuration?
    /// How often the provider takes a node back, for an hour of it.
    public var interruptionsPerHour = 0.0
    /// A node goes when it is so old; nil: never.
    public var expireAfter: SimDuration?
    /// At each of these instants the nodes of before are no longer as they
    /// should be, and are replaced.
    public var driftsAt: [SimTime] = []
    /// How its machines fail, from when they are up until they go; those without a
    /// rate or a repair time as ``FailureCause`` says.
    public var failures: [FailureCause] = []
    /// Its nodes are machines of the host on loan; nil: they are bought by the
    /// hour, or stand ready.
    public var source: Source?

    public init(
      name: String,
      nodes: Range<Int>,
      pool: Int,
      pricePerHour: Double = 0,
      atStart: Int = 0,
      launch: Variate = .constant(90),
      join: Variate = .constant(30),
      gpuStack: Variate = .constant(180),
      stockOut: Double = 0
    ) {
      self.name = name
      self.nodes = nodes
      self.pool = pool
      self.pricePerHour = pricePerHour
      self.atStart = atStart
      self.launch = launch
      self.join = join
      self.gpuStack = gpuStack
      self.stockOut = stockOut
    }

    /// USD that an hour of one more node costs.
    var marginalPrice: Double { purchase.isCommitted ? 0 : pricePerHour }
    /// Whether its nodes may go because they are not needed.
    var isDynamic: Bool { replicas == nil && purchase != .owned }
    /// Whether work may have to leave its nodes, but for consolidation.
    var losesNodes: Bool {
      interruptionsPerHour > 0 || expireAfter != nil || !driftsAt.isEmpty || !failures.isEmpty
    }
  }

  /// Groups among which the cheapest is taken.
  public struct Pool: Hashable, Sendable {
    public var name: String
    /// A pool of more weight is asked first.
    public var weight: Int
    /// It has no more nodes and GPUs than these, in whatever stage; nil: no
    /// limit.
    public var mostNodes: Int?
    public var mostGPUs: Int?

    public init(name: String, weight: Int = 0, mostNodes: Int? = nil, mostGPUs: Int? = nil) {
      self.name = name
      self.weight = weight
      self.mostNodes = mostNodes
      self.mostGPUs = mostGPUs
    }
  }

  /// How long nodes take to come, where nothing else is known.
  public enum Delays: String, Hashable, Sendable, CaseIterable {
    /// Five minutes to a node that takes work, as users of Karpenter report for
    /// a node and its first pod; how they divide is an estimate.
    case cloud
    /// Machines that stand in the hall: an industry paper aims at less than 15
    /// minutes of provisioning; boot, scripts of the first boot and drivers
    /// come on top (estimates).
    case bareMetal
    /// Servers that have to be bought: 8 to 12 weeks for Hopper in 2026, three
    /// days to put them up and burn them in (an estimate).
    case procurement

    public var launch: Variate {
      switch self {
      case .cloud: .constant(90)
      case .bareMetal: .constant(15 * 60)
      case .procurement: .uniform(low: 8 * 604_800, high: 12 * 604_800)
      }
    }

    public var join: Variate {
      switch self {
      case .cloud: .constant(30)
      case .bareMetal: .constant(10 * 60)
      case .procurement: .constant(3 * 86_400)
      }
    }

    public var gpuStack: Variate {
      switch self {
      case .cloud: .constant(3 * 60)
      case .bareMetal: .constant(5 * 60)
      case .procurement: .constant(3600)
      }
    }

    /// Karpenter's time-outs suit a cloud only.
    public var launchTimeout: SimDuration? {
      self == .cloud ? SimDuration(nanoseconds: 300_000_000_000) : nil
    }
    public var registrationTimeout: SimDuration? {
      self == .cloud ? SimDuration(nanoseconds: 900_000_000_000) : nil
    }
  }
}
