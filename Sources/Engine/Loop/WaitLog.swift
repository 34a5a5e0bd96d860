import Outcome
import Workload

/// What keeps jobs waiting, and since when.
///
/// Like requests fail alike, so they share a log: a class is a shape where
/// jobs may pass one another, a demand where a queue ranks, and one for all
/// where a queue is a line or goes in rounds. A job that waits for something
/// of its own has entries of its own.
///
/// **For whoever adds a reason to wait**, two calls suffice:
///
/// - ``note(job:_:at:)``: from now on this job waits because of this, whatever
///   its class does; `.none` gives it back to its class. An interruption
///   does that by itself.
/// - ``note(class:_:at:)``: from now on all waiting jobs of the class do.
///
/// Both cost nothing while the cause stays the same, and of several changes at
/// an instant the last one stands. Nothing else needs to be told: when the run
/// ends, each wait is divided by these logs (``WaitBooks``). A cause that
/// follows from the state of the cluster belongs into
/// ``EventLoop/refusalCause(_:)`` instead.
///
/// 9 bytes a change of a class, 13 a change of a job, 1 a job.
final class WaitLog {
  let classOfShape: [Int32]
  private var classes: [CauseLog]
  /// By class: the cause that holds.
  private let current: Column<UInt8>

  // Own causes, in the order of their instants.
  private var ownTimes: [Int64] = []
  private var ownJobs: [Int32] = []
  private var ownCauses: [WaitCause] = []
  /// By job: the own cause that holds, and in the top bit the window in which
  /// it was confirmed.
  private let ownNow: Column<UInt8>
  private static let windowBit: UInt8 = 0x80

  /// Jobs at the front of the queue whose causes are found job by job.
  private(set) var window: [Int32] = []
  private var nextWindow: [Int32] = []
  private var turn: UInt8 = 0

  /// By shape: the cause that was found in this state of the cluster.
  private let found: Column<UInt8>
  private let foundIn: Column<Int64>
  /// By shape: a node of another model on which it fitted, or -1.
  let witness: Column<Int32>
  /// Changes whenever the cluster does.
  var state: Int64 = 1
  /// The state in which all causes were looked at last.
  var reviewedState: Int64 = 0
  /// Shapes refused in this pass.
  var fresh: [Int32] = []
  /// What decides most causes at a glance.
  var totals: FreeTotals
  /// Looks that reviews may still take, and where the next one goes on.
  var credit = EventLoop.savedLooks
  var position = 0
  /// Nodes that have failed, are in maintenance, or drain: their return is
  /// what a job may wait for. In no order that matters.
  private(set) var down: [Int32] = []

  /// - Parameters:
  ///   - classOfShape: by shape of the job table.
  ///   - cause: of each class, before anything is noted.
  ///   - requests: by shape.
  ///   - isPooled: GPUs are pools.
  init(
    classOfShape: [Int32],
    initially cause: WaitCause,
    jobs: Int,
    requests: [Request],
    isPooled: Bool
  ) {
    self.classOfShape = classOfShape
    let shapes = requests.count
    totals = FreeTotals(requests, isPooled: isPooled)
    let count = Int(classOfShape.max() ?? 0) + 1
    classes = Array(repeating: cause == .none ? CauseLog() : CauseLog(always: cause), count: count)
    current = Column(repeating: cause.rawValue, count: count)
    ownNow = Column(repeating: 0, count: jobs)
    found = Column(repeating: 0, count: shapes)
    foundIn = Column(repeating: 0, count: shapes)
    witness = Column(repeating: -1, count: shapes)
  }

  /// From now on the jobs of the class wait because of this.
  @inline(__always)
  func note(class number: Int, _ cause: WaitCause, at now: Int64) {
    if current[number] == cause.rawValue { return }
    current[number] = cause.rawValue
    classes[number].append(cause, at: now)
  }

  /// From now on the job waits because of this, or with `none` because of what
  /// its class waits for.
  @inline(__always)
  func note(job: Int, _ cause: WaitCause, at now: Int64) {
    if ownNow[job] & ~Self.windowBit == cause.rawValue { return }
    ownNow[job] = ownNow[job] & Self.windowBit | cause.rawValue
    ownTimes.append(now)
    ownJobs.append(Int32(job))
    ownCauses.append(cause)
  }

  /// The cause that is noted of the job alone.
  func ownCause(of job: Int) -> WaitCause { WaitCause(rawValue: ownNow[job] & ~Self.windowBit)! }

  /// The cause that is noted of the shape's class.
  @inline(__always)
  func cause(ofShape shape: Int) -> WaitCause { WaitCause(rawValue: current[Int(classOfShape[shape])])! }

  // MARK: - The front of a queue

  /// Begins to say anew whose causes are found job by job.
  func beginWindow() { turn ^= Self.windowBit }

  /// The job is one of them.
  func keep(_ job: Int, _ cause: WaitCause, at now: Int64) {
    note(job: job, cause, at: now)
    ownNow[job] = cause.rawValue | turn
    nextWindow.append(Int32(job))
  }

  /// All others wait for what their class waits for.
  func endWindow(at now: Int64, isWaiting: (Int) -> Bool) {
    for job in window where ownNow[Int(job)] & Self.windowBit != turn && isWaiting(Int(job)) {
      note(job: Int(job), .none, at: now)
    }
    swap(&window, &nextWindow)
    nextWindow.removeAll(keepingCapacity: true)
  }

  // MARK: - Causes found

  /// What was found for the shape since the cluster changed last.
  @inline(__always)
  func known(_ shape: Int) -> WaitCause? {
    foundIn[shape] == state ? WaitCause(rawValue: found[shape])! : nil
  }

  func remember(_ cause: WaitCause, _ shape: Int) {
    found[shape] = cause.rawValue
    foundIn[shape] = state
  }

  func setDown(_ node: Int, _ isDown: Bool) {
    let position = down.firstIndex(of: Int32(node))
    if isDown && position == nil { down.append(Int32(node)) }
    if !isDown, let position { down.remove(at: position) }
  }

  // MARK: - The end

  /// The logs, own causes sorted by job.
  func history(jobs: Int) -> CauseHistory {
    var result = CauseHistory()
    result.classOfShape = classOfShape
    result.classes = classes
    guard !ownTimes.isEmpty else { return result }
    var start = [Int32](repeating: 0, count: jobs + 1)
    for job in ownJobs { start[Int(job) + 1] += 1 }
    for job in 0..<jobs { start[job + 1] += start[job] }
    result.own.nanoseconds = Array(repeating: 0, count: ownTimes.count)
    result.own.causes = Array(repeating: .none, count: ownTimes.count)
    var next = start
    for (entry, job) in ownJobs.enumerated() {
      let place = Int(next[Int(job)])
      next[Int(job)] += 1
      result.own.nanoseconds[place] = ownTimes[entry]
      result.own.causes[place] = ownCauses[entry]
    }
    result.firstOwn = start
    return result
  }
}
