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
/// Precedence, when several hold: gpuModel, capacity, fragmentation, cpu,
/// memory.
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
}

/// What happened to each job: columns parallel to the run's job table.
public struct JobColumns: Hashable, Sendable {
  public var state: [JobState] = []
  /// The last start; -1 when it never started.
  public var startNanoseconds: [Int64] = []
  /// Completion or withdrawal; -1 when there was none.
  public var endNanoseconds: [Int64] = []
  /// Where it last ran; ``NodeID/none`` when it never started.
  public var node: [NodeID] = []
  /// Bit g: GPU g of that node.
  public var gpuMask: [UInt16] = []
  public var cause: [WaitCause] = []
  /// How often it was interrupted (node failed or left) and queued again.
  public var interruptions: [UInt16] = []

  public init() {}
}
