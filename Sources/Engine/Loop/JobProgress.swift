import SimulationKernel
import Workload

/// What each job has left to do, where runs can be cut short and continued:
/// kept only for queues that preempt and for jobs with checkpoints.
///
/// A run first repeats or restarts (overhead), then works; with a plan it
/// writes a checkpoint after each interval of work except the last. Where that
/// takes as long as others leave it, see ``SharedWrites``.
final class JobProgress {
  /// How a run that was cut short divides: repeated, restarted or saved; done
  /// for good; the rest of it is lost.
  struct Split {
    var overhead: Int64
    var kept: Int64
  }

  /// How fast work is done, where that depends on the place; nil: a nanosecond
  /// of work takes one.
  let speeds: JobSpeeds?
  /// By job, ns: work left (at the speed of its present run, or at its best
  /// one while it waits), overhead due at the next start, run time so far,
  /// and when the present run started.
  private let work: Column<Int64>
  private let due: Column<Int64>
  /// By job, ns: what its present run does before anything else, and the next
  /// one not again; empty where nothing ever is.
  private let setup: Column<Int64>
  private let attainedBefore: Column<Int64>
  private let since: Column<Int64>
  private let plans: [CheckpointPlan]
  /// By job: 1 + the number of its plan, or 0.
  private let planOf: Column<UInt8>
  /// Kept where checkpoints share a bandwidth.
  let writes: SharedWrites?

  init(_ jobs: JobTable, speeds: JobSpeeds?, hasSetups: Bool = false, writes: SharedWrites? = nil) {
    self.writes = writes
    self.speeds = speeds
    work = Column(jobs.duration.map(\.nanoseconds))
    if let speeds { for job in 0..<jobs.count { work[job] = speeds.bestLength(job) } }
    due = Column(repeating: 0, count: jobs.count)
    setup = Column(repeating: 0, count: hasSetups ? jobs.count : 0)
    attainedBefore = Column(repeating: 0, count: jobs.count)
    since = Column(repeating: 0, count: jobs.count)
    plans = jobs.checkpointPlans
    planOf = Column(jobs.checkpoint.isEmpty ? Array(repeating: 0, count: jobs.count) : jobs.checkpoint)
  }

  private func plan(_ job: Int) -> CheckpointPlan? { planOf[job] == 0 ? nil : plans[Int(planOf[job]) - 1] }

  /// The run that begins does so much before anything else.
  func setSetup(_ job: Int, _ span: Int64) {
    if setup.count > 0 { setup[job] = span }
  }

  /// And so much more, as it has turned out.
  func addSetup(_ job: Int, _ span: Int64) { setup[job] += span }

  /// What it does so before anything else, as far as is known, ns.
  func setup(_ job: Int) -> Int64 { setup.count > 0 ? setup[job] : 0 }

  /// What the present run, or the next, does before it works, ns.
  func lead(_ job: Int) -> Int64 { setup.count > 0 ? due[job] + setup[job] : due[job] }

  /// A run begins to work at an instant that may still lie ahead.
  func started(_ job: Int, at now: Int64) {
    since[job] = now
    if let speeds { work[job] = speeds.length(job) }
  }

  /// How long a run from now to the job's end takes, ns.
  func runLength(_ job: Int) -> Int64 { runLength(job, due: lead(job), work: work[job]) }

  /// How long a run from now lasts until so much more work is done, ns.
  func runLength(_ job: Int, toWork span: Int64) -> Int64 { runLength(job, due: lead(job), work: span) }

  private func runLength(_ job: Int, due: Int64, work: Int64) -> Int64 {
    guard let plan = plan(job), work > 0 else { return due + work }
    let writes = (work - 1) / plan.interval.nanoseconds
    let (time, overflow) = writes.multipliedReportingOverflow(by: plan.write.nanoseconds)
    let (sum, overflows) = (due + work).addingReportingOverflow(time)
    return overflow || overflows ? .max : sum
  }

  /// Work left at the start of the present run, or of the next, ns.
  func workLeft(_ job: Int) -> Int64 { work[job] }

  /// The same for a running job, as of `now`; where speeds differ, at the
  /// job's best one, so that a slow place makes no job longer than others.
  func remaining(_ job: Int, at now: Int64) -> Int64 {
    guard let speeds else { return max(0, runLength(job) - (now - since[job])) }
    let elapsed = now - since[job]
    let repeated = min(elapsed, lead(job))
    var atWork = elapsed - repeated
    if let plan = plan(job) {
      let cycle = plan.interval.nanoseconds + plan.write.nanoseconds
      atWork = atWork / cycle * plan.interval.nanoseconds + min(atWork % cycle, plan.interval.nanoseconds)
    }
    return runLength(
      job,
      due: lead(job) - repeated,
      work: speeds.bestLength(job, ifDone: min(atWork, work[job]))
    )
  }

  /// Run time so far of a running job.
  func attained(_ job: Int, at now: Int64) -> Int64 { attainedBefore[job] + max(0, now - since[job]) }

  /// How the present run divides if it ends early. `savesFirst`: the job is
  /// told in time to save what it has done, as a preempted one is; otherwise it
  /// falls back to its last checkpoint, or to where this run began.
  func split(_ job: Int, at now: Int64, savesFirst: Bool) -> Split {
    let elapsed = max(0, now - since[job])
    let repeated = min(elapsed, lead(job))
    let rest = elapsed - repeated
    var split = Split(overhead: repeated, kept: 0)
    if let writes, writes.isShared(job) {
      split.overhead += writes.waiting(job, until: now)
      split.kept = writes.saved(job) + (savesFirst ? writes.unsaved(job, at: now) : 0)
    } else if let plan = plan(job) {
      let interval = plan.interval.nanoseconds
      let cycles = rest / (interval + plan.write.nanoseconds)
      let within = rest % (interval + plan.write.nanoseconds)
      let saved = min(work[job], cycles * interval)
      split.overhead += cycles * plan.write.nanoseconds + max(0, within - interval)
      split.kept = savesFirst ? min(work[job], saved + min(within, interval)) : saved
    } else if savesFirst {
      split.kept = min(rest, work[job])
    }
    return split
  }

  /// The present run ends early, and the job goes on later. `extra` is added
  /// to what the next run repeats.
  func stop(_ job: Int, at now: Int64, savesFirst: Bool, extra: Int64) -> Split {
    let split = split(job, at: now, savesFirst: savesFirst)
    let elapsed = max(0, now - since[job])
    // Without a plan the next run begins where this one began.
    let setUp = lead(job) - due[job]
    var restart = savesFirst ? due[job] - min(max(0, elapsed - setUp), due[job]) : due[job]
    if let plan = plan(job) { restart = (savesFirst ? restart : 0) + plan.restart.nanoseconds }
    attainedBefore[job] += elapsed
    work[job] = speeds?.bestLength(job, after: split.kept) ?? work[job] - split.kept
    due[job] = restart + extra
    return split
  }

  /// Time to write the job's checkpoint, ns; nil without a plan.
  func writeTime(_ job: Int) -> Int64? { plan(job)?.write.nanoseconds }

  /// Run time that would be lost if the running job were stopped now, ns.
  func loss(_ job: Int, at now: Int64, savesFirst: Bool) -> Int64 {
    if savesFirst { return 0 }
    let rest = max(0, now - since[job] - lead(job))
    guard let plan = plan(job) else { return rest }
    return rest % (plan.interval.nanoseconds + plan.write.nanoseconds)
  }

  /// What the last run of each job that ended, or still runs at `end`, spent
  /// on repeating, restarting and saving; nil when nothing did.
  func overheads(start: [Int64], stop: [Int64], end: Int64) -> [Int64]? {
    var result = [Int64](repeating: 0, count: start.count)
    var hasAny = false
    for job in start.indices where start[job] >= 0 && (lead(job) > 0 || planOf[job] > 0) {
      let elapsed = (stop[job] >= 0 ? stop[job] : end) - start[job]
      var overhead = min(elapsed, lead(job))
      if let writes, writes.isShared(job) {
        overhead += writes.waiting(job, until: start[job] + elapsed)
      } else if let plan = plan(job) {
        let rest = elapsed - overhead
        let cycle = plan.interval.nanoseconds + plan.write.nanoseconds
        overhead += rest / cycle * plan.write.nanoseconds + max(0, rest % cycle - plan.interval.nanoseconds)
      }
      result[job] = overhead
      hasAny = hasAny || overhead > 0
    }
    return hasAny ? result : nil
  }
}
