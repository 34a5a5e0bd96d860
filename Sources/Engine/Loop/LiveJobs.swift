import Hardware
import Outcome
import SimulationKernel

/// What the loop knows of each job, as columns; becomes ``JobColumns``.
///
/// 26 bytes a job.
struct LiveJobs: ~Copyable {
  let state: Column<UInt8>
  let start: Column<Int64>
  let end: Column<Int64>
  let node: Column<Int32>
  let gpuMask: Column<UInt16>
  let cause: Column<UInt8>
  let interruptions: Column<UInt16>

  init(count: Int) {
    state = Column(repeating: JobState.unseen.rawValue, count: count)
    start = Column(repeating: -1, count: count)
    end = Column(repeating: -1, count: count)
    node = Column(repeating: -1, count: count)
    gpuMask = Column(repeating: 0, count: count)
    cause = Column(repeating: WaitCause.none.rawValue, count: count)
    interruptions = Column(repeating: 0, count: count)
  }

  @inline(__always)
  func isIn(_ job: Int, _ wanted: JobState) -> Bool { state[job] == wanted.rawValue }

  /// Tells which pending ends still stand; valid while the columns live.
  struct Liveness {
    let interruptions: UnsafePointer<UInt16>

    /// A job's end stands unless the job was interrupted after it was
    /// scheduled; entries of the fleet's timeline always stand.
    @inline(__always)
    func isLive(_ entry: CalendarEntry) -> Bool {
      entry.payload >= EventLoop.fleetChangeBase
        || UInt32(interruptions[Int(entry.payload)]) == entry.generation
    }
  }

  var liveness: Liveness { Liveness(interruptions: interruptions.pointer()) }

  func columns() -> JobColumns {
    var result = JobColumns()
    result.state = state.array().map { JobState(rawValue: $0)! }
    result.startNanoseconds = start.array()
    result.endNanoseconds = end.array()
    result.node = node.array().map { NodeID(rawValue: $0) }
    result.gpuMask = gpuMask.array()
    result.cause = cause.array().map { WaitCause(rawValue: $0)! }
    result.interruptions = interruptions.array()
    return result
  }
}
