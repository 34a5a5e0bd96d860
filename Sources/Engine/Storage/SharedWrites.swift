import SimulationKernel
import Workload

/// What runs have done whose checkpoints share a bandwidth: each works for an
/// interval of its plan, stops until its checkpoint is written, and works on; or
/// works on at once, and stops only where the next checkpoint is due before the
/// last one is written.
///
/// How long a write takes is not known when the run begins, so that the run is
/// followed stretch by stretch. After the last stretch nothing is written.
final class SharedWrites {
  /// What follows the end of a stretch of work.
  enum Step: Equatable {
    /// The run is done.
    case ends
    /// It writes, or waits until it can.
    case writes, waits
    /// It writes, and works on for so long.
    case writesAndWorks(Int64)
  }

  private enum Doing: UInt8 {
    /// Fetching, or restarting.
    case nothing, work, wait
  }

  /// By job: its plan's interval, ns; 0: its checkpoints take the time of the
  /// plan.
  private let interval: Column<Int64>
  private let isInBackground: Column<Bool>
  /// By job, ns of its present run: work still to do after the present stretch
  /// began, work of the stretches before, saved, and on its way to be (-1:
  /// nothing is), and time in which it waited for writes.
  private let left: Column<Int64>
  private let worked: Column<Int64>
  private let savedWork: Column<Int64>
  private let underWay: Column<Int64>
  private let waited: Column<Int64>
  /// By job: what it does, and since when; and since when it writes.
  private let doing: Column<UInt8>
  private let since: Column<Int64>
  private let writesSince: Column<Int64>

  /// nil: no checkpoint shares a bandwidth.
  init?(_ input: SimulationInput) {
    let jobs = input.jobs
    guard let storage = input.storage, !jobs.checkpoint.isEmpty else { return nil }
    let terms = jobs.classes.map { storage.classes[$0] ?? StorageSpec.ClassTerms() }
    guard terms.contains(where: { $0.checkpointBytes > 0 }) else { return nil }
    interval = Column(
      (0..<jobs.count).map { job in
        guard jobs.checkpoint[job] > 0, terms[Int(jobs.jobClass[job].rawValue)].checkpointBytes > 0 else {
          return 0
        }
        return jobs.checkpointPlans[Int(jobs.checkpoint[job]) - 1].interval.nanoseconds
      }
    )
    isInBackground = Column(jobs.jobClass.map { terms[Int($0.rawValue)].writesInBackground })
    left = Column(repeating: 0, count: jobs.count)
    worked = Column(repeating: 0, count: jobs.count)
    savedWork = Column(repeating: 0, count: jobs.count)
    underWay = Column(repeating: -1, count: jobs.count)
    waited = Column(repeating: 0, count: jobs.count)
    doing = Column(repeating: Doing.nothing.rawValue, count: jobs.count)
    since = Column(repeating: 0, count: jobs.count)
    writesSince = Column(repeating: 0, count: jobs.count)
  }

  func isShared(_ job: Int) -> Bool { interval[job] > 0 }

  /// A run begins: it does not work yet.
  func begins(_ job: Int) {
    doing[job] = Doing.nothing.rawValue
    worked[job] = 0
    savedWork[job] = 0
    underWay[job] = -1
    waited[job] = 0
  }

  /// It works from this instant on, which may lie ahead; `toDo`: how much, ns.
  /// Returns the length of the first stretch.
  func works(_ job: Int, from instant: Int64, toDo: Int64) -> Int64 {
    left[job] = toDo
    return stretch(job, from: instant)
  }

  private func stretch(_ job: Int, from instant: Int64) -> Int64 {
    doing[job] = Doing.work.rawValue
    since[job] = instant
    return min(interval[job], left[job])
  }

  /// A stretch of work ends.
  func endsStretch(_ job: Int, at now: Int64) -> Step {
    if left[job] <= interval[job] { return .ends }
    left[job] -= interval[job]
    worked[job] += interval[job]
    if underWay[job] < 0 {
      beginsToWrite(job, at: now)
      if isInBackground[job] { return .writesAndWorks(stretch(job, from: now)) }
    }
    doing[job] = Doing.wait.rawValue
    since[job] = now
    return writesSince[job] == now ? .writes : .waits
  }

  private func beginsToWrite(_ job: Int, at now: Int64) {
    underWay[job] = worked[job]
    writesSince[job] = now
  }

  /// The checkpoint is written, so long after it began. Returns the length of
  /// the stretch that begins; nil: one is under way. `writesAgain`: the next
  /// checkpoint is due, too.
  func wrote(_ job: Int, at now: Int64) -> (span: Int64, stretch: Int64?, writesAgain: Bool) {
    let span = now - writesSince[job]
    savedWork[job] = underWay[job]
    underWay[job] = -1
    guard doing[job] == Doing.wait.rawValue else { return (span, nil, false) }
    waited[job] += now - since[job]
    if isInBackground[job] { beginsToWrite(job, at: now) }
    return (span, stretch(job, from: now), isInBackground[job])
  }

  /// Work of the run that it has saved, ns.
  func saved(_ job: Int) -> Int64 { savedWork[job] }

  /// And that it has done since, ns.
  func unsaved(_ job: Int, at now: Int64) -> Int64 {
    let atWork = doing[job] == Doing.work.rawValue ? max(0, now - since[job]) : 0
    return worked[job] - savedWork[job] + atWork
  }

  /// Time in which the run has waited for its checkpoints by then, ns.
  func waiting(_ job: Int, until now: Int64) -> Int64 {
    waited[job] + (doing[job] == Doing.wait.rawValue ? now - since[job] : 0)
  }
}
