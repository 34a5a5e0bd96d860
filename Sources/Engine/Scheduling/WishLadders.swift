import SimulationKernel
import Workload

/// How the wishes of a run's gangs are relaxed while they wait.
///
/// A relaxed job is a job of another shape: each step of a ladder is a row of
/// its own behind the table's shapes, so that a refusal as first wished says
/// nothing about the wider wish. Such a shape tries the narrower wishes first.
final class WishLadders {
  /// By shape: the next step's shape, and the one before it, or -1.
  private(set) var wider: [Int32]
  private(set) var narrower: [Int32]
  /// By shape, ns: how long a job waits before it takes the next step.
  private var after: [Int64]
  /// Waiting jobs of other shapes than the table's, where each shape has a log
  /// of causes; some may run by now.
  var relaxed: [Int32] = []

  /// Appends the steps of all ladders to the table's shapes.
  init(_ jobs: inout JobTable) {
    let own = jobs.shapes.count
    wider = Array(repeating: -1, count: own)
    narrower = wider
    after = Array(repeating: 0, count: own)
    for shape in 0..<own {
      var last = shape
      for step in jobs.relaxation(of: jobs.shapes[shape]) {
        var relaxed = jobs.shapes[shape]
        relaxed.wish = step.to
        relaxed.relaxation = 0
        wider[last] = Int32(jobs.shapes.count)
        after[last] = step.after.nanoseconds
        narrower.append(Int32(last))
        wider.append(-1)
        after.append(0)
        last = jobs.shapes.count
        jobs.shapes.append(relaxed)
      }
    }
  }

  /// The shape as which a job of the table's shape begins to wait: steps that
  /// take no time are taken.
  func begin(_ shape: Int) -> Int {
    wider[shape] >= 0 && after[shape] == 0 ? Int(wider[shape]) : shape
  }

  /// The widest shape that a job of this one comes to.
  func widest(_ shape: Int) -> Int {
    var last = shape
    while wider[last] >= 0 { last = Int(wider[last]) }
    return last
  }

  /// How many steps up the shape is.
  func level(_ shape: Int) -> UInt8 {
    var last = shape
    var level: UInt8 = 0
    while narrower[last] >= 0 {
      last = Int(narrower[last])
      level += 1
    }
    return level
  }

  /// When a job that came to this shape takes its next step, after so long as
  /// it has waited by then; nil: never.
  func delay(_ shape: Int, waited: Int64) -> Int64? { wider[shape] < 0 ? nil : after[shape] - waited }

  /// How long a job has waited that has just come to this shape.
  func waited(_ shape: Int) -> Int64 { narrower[shape] < 0 ? 0 : after[Int(narrower[shape])] }
}

/// Jobs that wait make do with wider wishes.
extension EventLoop {
  /// Payloads at and above this are jobs whose wish is due to be relaxed.
  static let relaxationBase = MaintenanceProgress.payload(.review, 0) + 1 << 20
  /// A run whose wishes are relaxed has at most so many jobs.
  static let mostRelaxable = Int(TenancyState.base - relaxationBase)

  /// The job begins to wait: it wishes as at first. Out of the queue it does so
  /// until it returns.
  mutating func resetWish(_ job: Int, at now: SimTime, isInQueue: Bool = true) {
    guard let ladders else { return }
    shapes[job] = ShapeID(rawValue: Int32(ladders.begin(Int(input.jobs.shape[job].rawValue))))
    guard isInQueue else { return }
    if shapes[job] != input.jobs.shape[job] { noteRelaxed(job, ladders) }
    scheduleRelaxation(job, ladders, at: now)
  }

  /// Where jobs of one shape share a log of causes, the next pass finds the
  /// job's own, even if it does not try it.
  private mutating func noteRelaxed(_ job: Int, _ ladders: WishLadders) {
    guard backfill == nil && ranked == nil && !queue.isLine else { return }
    ladders.relaxed.append(Int32(job))
    waits.reviewedState = -1
  }

  /// The job has waited for as long as its wish may cost it.
  mutating func relax(_ job: Int, at now: SimTime) {
    guard let ladders else { return }
    let old = Int(shapes[job].rawValue)
    let new = Int(ladders.wider[old])
    shapes[job] = ShapeID(rawValue: Int32(new))
    if backfill == nil && ranked == nil { queue.change(Int32(job), from: old, to: new) }
    noteRelaxed(job, ladders)
    isPassPending = true
    scheduleRelaxation(job, ladders, at: now)
  }

  /// At most one such event is pending for a job; it no longer stands once the
  /// job has started.
  private mutating func scheduleRelaxation(_ job: Int, _ ladders: WishLadders, at now: SimTime) {
    let shape = Int(shapes[job].rawValue)
    guard let delay = ladders.delay(shape, waited: ladders.waited(shape)),
      delay <= (SimTime.latest - now).nanoseconds
    else { return }
    feed.push(
      EventKey(time: now + SimDuration(nanoseconds: delay), phase: Phase.timer),
      payload: EventLoop.relaxationBase + UInt32(job),
      generation: live.interruptions[job]
    )
  }
}
