import Workload

/// Workers of a gang that held their GPUs on one node while the gang waited
/// for the rest of its workers. The time is idle in the ledger.
public struct GangHold: Hashable, Sendable {
  /// How it ended.
  public enum Ending: UInt8, Hashable, Sendable, CaseIterable {
    /// The gang was complete and ran on from there.
    case started = 0
    /// The gang gave up all it held.
    case timedOut = 1
    /// The node failed, left or was drained.
    case lost = 2
    /// A replica whose time passed.
    case withdrawn = 3
    /// It was held at the end of the run.
    case atEnd = 4
    /// The same, and the gang could never have started: see ``GangDeadlock``.
    case stuck = 5
  }

  public var job: JobID
  public var piece: GangPiece
  public var startNanoseconds: Int64
  public var endNanoseconds: Int64
  public var ending: Ending

  public init(
    job: JobID,
    piece: GangPiece,
    startNanoseconds: Int64,
    endNanoseconds: Int64,
    ending: Ending
  ) {
    self.job = job
    self.piece = piece
    self.startNanoseconds = startNanoseconds
    self.endNanoseconds = endNanoseconds
    self.ending = ending
  }
}

/// Gangs that hold GPUs at the end of a run and could never start, even if all
/// that runs ended: each waits for what others of them hold, or for nodes that
/// are gone.
public struct GangDeadlock: Hashable, Sendable {
  public var gangs: Int
  /// What they hold, thousandths of a GPU.
  public var milliGPU: Int64
  /// When the last of them took its last place.
  public var sinceNanoseconds: Int64

  public init(gangs: Int, milliGPU: Int64, sinceNanoseconds: Int64) {
    self.gangs = gangs
    self.milliGPU = milliGPU
    self.sinceNanoseconds = sinceNanoseconds
  }
}
