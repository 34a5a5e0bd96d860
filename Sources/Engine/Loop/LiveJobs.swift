import Hardware
import Outcome
import SimulationKernel
import Workload

/// What the loop knows of each job; becomes ``JobColumns``.
///
/// 32 bytes a job, two to a cache line: a job's end comes at random and reads
/// or writes all of them, so that columns cost seven lines an end.
struct LiveJobs: ~Copyable {
  /// Not `fileprivate`: the compiler needs it where a loop is torn down.
  struct Row: BitwiseCopyable {
    var start: Int64 = -1
    var end: Int64 = -1
    var shape = ShapeID(rawValue: 0)
    var node: Int32 = -1
    var interruptions: UInt32 = 0
    var gpuMask: UInt16 = 0
    var state = JobState.unseen.rawValue
    var cause = WaitCause.none.rawValue
  }

  /// One field of all jobs, written as a column is; valid while the rows live.
  struct Field<Element: BitwiseCopyable> {
    private let base: UnsafeMutableRawPointer
    private let count: Int

    fileprivate init(_ rows: borrowing Column<Row>, _ field: PartialKeyPath<Row>) {
      base = UnsafeMutableRawPointer(rows.pointer()) + MemoryLayout<Row>.offset(of: field)!
      count = rows.count
    }

    @inline(__always)
    subscript(job: Int) -> Element {
      get { element(job).pointee }
      nonmutating _modify { yield &element(job).pointee }
    }

    @inline(__always)
    private func element(_ job: Int) -> UnsafeMutablePointer<Element> {
      assert(job >= 0 && job < count, "column index out of range")
      return (base + job * MemoryLayout<Row>.stride).assumingMemoryBound(to: Element.self)
    }

    /// A copy of all elements, changed.
    fileprivate func map<Result>(_ change: (Element) -> Result) -> [Result] {
      (0..<count).map { change(self[$0]) }
    }
  }

  private let rows: Column<Row>
  let shape: Field<ShapeID>
  let state: Field<UInt8>
  let start: Field<Int64>
  let end: Field<Int64>
  let node: Field<Int32>
  let gpuMask: Field<UInt16>
  let cause: Field<UInt8>
  let interruptions: Field<UInt32>
  /// Where each gang lies; without entries when the run has no gangs.
  let firstPiece: Column<Int32>
  let pieceCount: Column<Int32>
  /// Without entries when nothing preempts.
  let preemptions: Column<UInt32>

  /// The end of job 0's graceful period; those of the other jobs follow.
  let firstStop: UInt32

  init(shapes: [ShapeID], hasGangs: Bool, preempts: Bool, firstStop: UInt32) {
    self.firstStop = firstStop
    rows = Column(repeating: Row(), count: shapes.count)
    shape = Field(rows, \.shape)
    state = Field(rows, \.state)
    start = Field(rows, \.start)
    end = Field(rows, \.end)
    node = Field(rows, \.node)
    gpuMask = Field(rows, \.gpuMask)
    cause = Field(rows, \.cause)
    interruptions = Field(rows, \.interruptions)
    let count = shapes.count
    preemptions = Column(repeating: 0, count: preempts ? count : 0)
    firstPiece = Column(repeating: 0, count: hasGangs ? count : 0)
    pieceCount = Column(repeating: 0, count: hasGangs ? count : 0)
    for (job, id) in shapes.enumerated() { shape[job] = id }
  }

  @inline(__always)
  func isIn(_ job: Int, _ wanted: JobState) -> Bool { state[job] == wanted.rawValue }

  /// Tells which pending events still stand; valid while the rows live.
  struct Liveness {
    let interruptions: Field<UInt32>
    let state: Field<UInt8>
    let firstStop: UInt32
    /// The newest timer of the queue.
    let timer: UInt32
    /// By node, see ``MaintenanceProgress/turn``.
    let turns: UnsafeMutablePointer<UInt32>
    /// nil where nobody shares a GPU with clients that slow one another.
    let devices: UnsafeMutablePointer<DeviceSharing.Device>?

    /// The next end on a device stands unless the device has another; a job's end stands unless the job was interrupted after it was
    /// scheduled, or ended otherwise; of the queue's timers the newest stands; the
    /// limit of a drain stands while the node drains; the end of a graceful period
    /// or a return to the queue stands while the job has not ended or been
    /// interrupted since; a wish is relaxed while the job waits as it did then;
    /// entries of the fleet's timeline always do.
    @inline(__always)
    func isLive(_ entry: CalendarEntry) -> Bool {
      if entry.payload < EventLoop.fleetChangeBase {
        if entry.payload >= EventLoop.deviceBase {
          return devices![Int(entry.payload - EventLoop.deviceBase)].generation == entry.generation
        }
        let job = Int(entry.payload)
        return interruptions[job] == entry.generation && state[job] <= JobState.running.rawValue
      }
      if entry.payload == EventLoop.timerPayload { return entry.generation == timer }
      guard entry.payload >= MaintenanceProgress.base else {
        guard entry.payload >= firstStop else { return true }
        let job = Int(entry.payload - firstStop)
        return interruptions[job] == entry.generation
          && (state[job] == JobState.running.rawValue || state[job] == JobState.waiting.rawValue)
      }
      if entry.payload >= TenancyState.base { return true }
      if entry.payload >= EventLoop.relaxationBase {
        let job = Int(entry.payload - EventLoop.relaxationBase)
        return interruptions[job] == entry.generation && state[job] == JobState.waiting.rawValue
      }
      let (step, node) = MaintenanceProgress.meaning(entry.payload)
      return step != .limit || turns[node] == entry.generation
    }
  }

  func liveness(
    timer: UInt32,
    _ turns: borrowing Column<UInt32>,
    devices: UnsafeMutablePointer<DeviceSharing.Device>?
  ) -> Liveness {
    Liveness(
      interruptions: interruptions,
      state: state,
      firstStop: firstStop,
      timer: timer,
      turns: turns.pointer(),
      devices: devices
    )
  }

  func columns() -> JobColumns {
    var result = JobColumns()
    result.state = state.map { JobState(rawValue: $0)! }
    result.startNanoseconds = start.map { $0 }
    result.endNanoseconds = end.map { $0 }
    result.node = node.map { NodeID(rawValue: $0) }
    result.gpuMask = gpuMask.map { $0 }
    result.cause = cause.map { WaitCause(rawValue: $0)! }
    result.firstStartNanoseconds = result.startNanoseconds
    result.interruptions = interruptions.map { $0 }
    result.preemptions =
      preemptions.count > 0 ? preemptions.array() : Array(repeating: 0, count: rows.count)
    result.firstPiece = firstPiece.array()
    result.pieceCount = pieceCount.array()
    return result
  }
}
