import Hardware
import Outcome
import SimulationKernel

/// What the loop knows of each job, as columns; becomes ``JobColumns``.
///
/// 28 bytes a job, 36 with gangs.
struct LiveJobs: ~Copyable {
  let state: Column<UInt8>
  let start: Column<Int64>
  let end: Column<Int64>
  let node: Column<Int32>
  let gpuMask: Column<UInt16>
  let cause: Column<UInt8>
  let interruptions: Column<UInt32>
  /// Where each gang lies; without entries when the run has no gangs.
  let firstPiece: Column<Int32>
  let pieceCount: Column<Int32>

  /// Without entries when nothing preempts.
  let preemptions: Column<UInt32>

  init(count: Int, hasGangs: Bool, preempts: Bool) {
    state = Column(repeating: JobState.unseen.rawValue, count: count)
    start = Column(repeating: -1, count: count)
    end = Column(repeating: -1, count: count)
    node = Column(repeating: -1, count: count)
    gpuMask = Column(repeating: 0, count: count)
    cause = Column(repeating: WaitCause.none.rawValue, count: count)
    interruptions = Column(repeating: 0, count: count)
    preemptions = Column(repeating: 0, count: preempts ? count : 0)
    firstPiece = Column(repeating: 0, count: hasGangs ? count : 0)
    pieceCount = Column(repeating: 0, count: hasGangs ? count : 0)
  }

  @inline(__always)
  func isIn(_ job: Int, _ wanted: JobState) -> Bool { state[job] == wanted.rawValue }

  /// Reads states while other parts of the loop change; valid while the
  /// columns live.
  struct StateReader {
    let state: UnsafePointer<UInt8>

    @inline(__always)
    func isRunning(_ job: Int32) -> Bool { state[Int(job)] == JobState.running.rawValue }
  }

  var stateReader: StateReader { StateReader(state: state.pointer()) }

  /// Tells which pending ends still stand; valid while the columns live.
  struct Liveness {
    let interruptions: UnsafePointer<UInt32>
    /// The newest timer of the queue.
    let timer: UInt32

    /// A job's end stands unless the job was interrupted after it was
    /// scheduled; of the queue's timers the newest stands; entries of the
    /// fleet's timeline always do.
    @inline(__always)
    func isLive(_ entry: CalendarEntry) -> Bool {
      if entry.payload < EventLoop.fleetChangeBase {
        return interruptions[Int(entry.payload)] == entry.generation
      }
      return entry.payload != EventLoop.timerPayload || entry.generation == timer
    }
  }

  func liveness(timer: UInt32) -> Liveness {
    Liveness(interruptions: interruptions.pointer(), timer: timer)
  }

  func columns() -> JobColumns {
    var result = JobColumns()
    result.state = state.array().map { JobState(rawValue: $0)! }
    result.startNanoseconds = start.array()
    result.endNanoseconds = end.array()
    result.node = node.array().map { NodeID(rawValue: $0) }
    result.gpuMask = gpuMask.array()
    result.cause = cause.array().map { WaitCause(rawValue: $0)! }
    result.firstStartNanoseconds = result.startNanoseconds
    result.interruptions = interruptions.array()
    result.preemptions =
      preemptions.count > 0 ? preemptions.array() : Array(repeating: 0, count: interruptions.count)
    result.firstPiece = firstPiece.array()
    result.pieceCount = pieceCount.array()
    return result
  }
}
