import Hardware
import SimulationKernel

/// Nodes that go through maintenance in turn, a few at a time: a driver
/// rollout, a new kernel.
///
/// A node whose turn comes drains: it takes no new work, and goes down as soon
/// as what runs there has ended. When it returns, the next one's turn comes.
/// Nodes that are not up when their turn comes are passed over.
public struct RollingMaintenance: Hashable, Sendable {
  /// When the first nodes begin to drain, ns since the start of the run.
  public var startNanoseconds: Int64
  /// In the order of their turns.
  public var nodes: [NodeID]
  /// Nodes that drain or are down at a time, at least 1.
  public var atOnce: Int
  /// How long a node is down, above zero.
  public var duration: SimDuration
  /// How long what runs may go on before it is interrupted; zero: interrupted
  /// at once; nil: for ever.
  public var drainLimit: SimDuration?

  public init(
    startNanoseconds: Int64,
    nodes: [NodeID],
    atOnce: Int,
    duration: SimDuration,
    drainLimit: SimDuration?
  ) {
    self.startNanoseconds = startNanoseconds
    self.nodes = nodes
    self.atOnce = atOnce
    self.duration = duration
    self.drainLimit = drainLimit
  }
}

/// How far the rolling maintenances have come.
final class MaintenanceProgress {
  /// By maintenance: the next node in its list, and how many nodes are out.
  let next: Column<Int>
  let out: Column<Int>
  /// By node: the maintenance that it is in, or -1.
  let current: Column<Int32>
  /// By node: goes up whenever a pending limit or return no longer stands.
  let turn: Column<UInt32>

  init(_ count: Int, nodes: Int) {
    next = Column(repeating: 0, count: count)
    out = Column(repeating: 0, count: count)
    current = Column(repeating: -1, count: nodes)
    turn = Column(repeating: 0, count: nodes)
  }

  /// What an event of a maintenance says; part of its payload.
  enum Step: UInt32 {
    /// The maintenance of this number starts.
    case start = 0
    /// This node has drained for as long as it may.
    case limit = 1
    /// This node's time is over.
    case end = 2
    /// Layouts are looked at again.
    case review = 3
  }

  /// Payloads at and above this are steps of maintenances, below the queue's timer.
  static let base: UInt32 = 3 << 30

  static func payload(_ step: Step, _ subject: Int) -> UInt32 { base + step.rawValue << 20 + UInt32(subject) }

  static func meaning(_ payload: UInt32) -> (step: Step, subject: Int) {
    (Step(rawValue: (payload - base) >> 20)!, Int((payload - base) & 0xF_FFFF))
  }
}
