import Hardware
import SimulationKernel

/// What had become of a job when the run ended.
public enum JobState: UInt8, Hashable, Sendable, CaseIterable {
  /// In the queue at the end.
  case waiting = 0
  /// On a node at the end.
  case running = 1
  case completed = 2
  /// A service replica whose time passed while it waited.
  case withdrawn = 3
  /// Not admitted: no node of the fleet could ever hold it (only where the
  /// scenario asks for rejection instead of an error), or dropped by a
  /// filling study.
  case rejected = 4
  /// Arrives after the horizon: not part of the run.
  case unseen = 5
}

/// Why a job waited: the filters' answer when it was last refused.
///
/// Precedence, when several hold: gpuModel, nodeConstraint, capacity, priority, then for a job
/// of one worker fragmentation, cpu, memory, and for a gang those if not even
/// one worker fits, else gang, else placementWish.
public enum WaitCause: UInt8, Hashable, Sendable, CaseIterable {
  /// Did not wait.
  case none = 0
  /// Never refused itself: jobs ahead of it had to go first.
  case headOfLine = 1
  /// It would have fitted on a GPU of a model that it does not accept.
  case gpuModel = 2
  /// Fewer free GPU thousandths in the whole fleet (of its models) than it asks.
  case capacity = 3
  /// Enough free GPU in sum, but no node has it in the form asked.
  case fragmentation = 4
  /// A node has the GPUs, none has them together with the CPU.
  case cpu = 5
  /// A node has GPUs and CPU, none has them together with the memory.
  case memory = 6
  /// Jobs that a preemptive queue ranks ahead of it hold the GPUs.
  case priority = 7
  /// Some workers would fit, not all of them at once.
  case gang = 8
  /// All workers would fit, but not as its placement wish asks.
  case placementWish = 9
  /// It would fit, and delay a job ahead of it that holds a reservation.
  case reservation = 10
  /// It would have fitted on a node of an accepted model that its selector,
  /// affinity, tolerations or rules towards other jobs exclude.
  case nodeConstraint = 11
}

/// What happened to each job: columns parallel to the run's job table.
public struct JobColumns: Hashable, Sendable {
  public var state: [JobState] = []
  /// The last start; -1 when it never started.
  public var startNanoseconds: [Int64] = []
  /// The first start; -1 when it never started.
  public var firstStartNanoseconds: [Int64] = []
  /// Completion or withdrawal; -1 when there was none.
  public var endNanoseconds: [Int64] = []
  /// Where it last ran (a gang: its first workers); ``NodeID/none`` when it
  /// never started.
  public var node: [NodeID] = []
  /// Bit g: GPU g of that node.
  public var gpuMask: [UInt16] = []
  public var cause: [WaitCause] = []
  /// How often it was stopped (preempted, or a node failed or left) and
  /// queued again.
  public var interruptions: [UInt32] = []
  /// How many of the interruptions were preemptions.
  public var preemptions: [UInt32] = []
  /// What the last run did over again or spent on restarting, ns; empty when
  /// no run of the replication did.
  public var overheadNanoseconds: [Int64] = []
  /// Where the workers of each gang last lay: so many pieces from this
  /// position of ``RunOutcome/pieces``; both empty when no job is a gang, 0
  /// pieces for a job of one worker.
  public var firstPiece: [Int32] = []
  public var pieceCount: [Int32] = []

  public init() {}
}

/// The workers of a gang that lie on one node.
public struct GangPiece: Hashable, Sendable, BitwiseCopyable {
  public var node: Int32
  /// Bit g: GPU g of that node.
  public var gpuMask: UInt16
  /// At least 1.
  public var workers: UInt16

  public init(node: Int32, gpuMask: UInt16, workers: UInt16) {
    self.node = node
    self.gpuMask = gpuMask
    self.workers = workers
  }
}
