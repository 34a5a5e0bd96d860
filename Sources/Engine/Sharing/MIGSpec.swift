import Hardware
import SimulationKernel

/// Which of several starts on a GPU a new instance gets.
public enum MIGInstanceRule: String, Hashable, Sendable, CaseIterable {
  /// The lowest legal start.
  case lowestStart = "lowest-start"
  /// The longest run of free slots, then most surviving placements: see
  /// ``MIGPlacementRule/largestFreeRun``.
  case largestFreeRun = "largest-free-run"
  /// The least growth of what free slots cannot give to the mix of jobs: FGD
  /// carried over to memory slots; the lowest start among equals.
  case leastLoss = "least-loss"
}

/// How MIG instances come and go under ``SharingMode/mig``.
public struct MIGSpec: Hashable, Sendable {
  /// How one GPU is cut.
  public enum Cut: Hashable, Sendable {
    /// Instances are created for jobs and destroyed after them.
    case dynamic
    /// MIG is off: the GPU is handed out whole.
    case whole
    /// Just these instances, for the whole run: a position in
    /// ``MIGSpec/layouts``.
    case layout(Int)
    /// One of ``MIGSpec/layouts``, or whole, as is decided for what waits when
    /// its node is launched; it holds until the node is gone.
    case chosen
  }

  /// nil: `leastLoss` under the placement policy `fgd`, else
  /// `largestFreeRun`.
  public var instances: MIGInstanceRule?
  /// How long it takes to create an instance beside running ones, before its
  /// job can work: the driver's path. The slots are `changing` meanwhile.
  public var createTime: SimDuration
  /// How long it takes to destroy an instance after its job. The slots are
  /// `changing` meanwhile. Zero by default: no figure was published.
  public var destroyTime: SimDuration
  /// The layouts that ``cuts`` name.
  public var layouts: [[MIGInstance]]
  /// By node and GPU; empty: all dynamic. Without meaning for GPUs that have
  /// no MIG.
  public var cuts: [[Cut]]
  /// Nodes are laid out anew when waiting jobs need other instances; nil: never.
  /// Only where all GPUs with MIG have fixed layouts.
  public var relayout: MIGRelayout?

  /// 2 s: a mixed layout on an A100 took 2.15 s (one lab's log, a secondary
  /// source).
  public static let standardCreateTime = SimDuration(nanoseconds: 2_000_000_000)

  public init(
    instances: MIGInstanceRule? = nil,
    createTime: SimDuration = MIGSpec.standardCreateTime,
    destroyTime: SimDuration = .zero,
    layouts: [[MIGInstance]] = [],
    cuts: [[Cut]] = []
  ) {
    self.instances = instances
    self.createTime = createTime
    self.destroyTime = destroyTime
    self.layouts = layouts
    self.cuts = cuts
  }
}
