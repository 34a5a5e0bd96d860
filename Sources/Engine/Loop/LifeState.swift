import Outcome
import SimulationKernel
import Workload

/// What a run keeps where jobs have time limits, fail of themselves, are
/// started again by rules, or wait for one another.
///
/// - Complexity: O(1) a start, an end or a failure, and O(1) for each
///   dependency in the whole run.
final class LifeState {
  /// How a run will end unless something cuts it short.
  enum RunEnd: UInt8 {
    case completes, timesOut, fails
  }

  private let jobs: JobTable
  /// By job: how its present run will end; and where its present attempt fails,
  /// as work done since the job's first start, ns (-1: not found yet).
  let end: Column<UInt8>
  private let failurePoint: Column<Int64>
  /// By job: failures of its own, and of its nodes too.
  let ownFailures: Column<UInt32>
  private let allFailures: Column<UInt32>
  /// By job: work lost in its last run, ns.
  let lost: Column<Int64>

  /// By job: jobs that it still waits for; one of them will never complete.
  private let awaited: Column<Int32>
  private let isDoomed: Column<Bool>
  /// The jobs that wait for each job.
  private let dependents: JobLists
  /// By job: when it came to stand in the queue; -1: not yet.
  let eligible: Column<Int64>
  /// By job: when it joined the queue last; out of it: -1.
  let joined: Column<Int64>

  init(_ jobs: JobTable) {
    self.jobs = jobs
    let n = jobs.count
    end = Column(repeating: RunEnd.completes.rawValue, count: n)
    failurePoint = Column(repeating: -1, count: n)
    ownFailures = Column(repeating: 0, count: n)
    allFailures = Column(repeating: 0, count: n)
    lost = Column(repeating: 0, count: n)
    eligible = Column(repeating: -1, count: n)
    joined = Column(repeating: -1, count: n)
    awaited = Column((0..<n).map { Int32(jobs.after[$0].count) })
    isDoomed = Column(repeating: false, count: n)
    dependents = jobs.after.isEmpty ? JobLists() : LifeState.inverse(jobs.after)
  }

  private static func inverse(_ lists: JobLists) -> JobLists {
    var result = [[Int32]](repeating: [], count: lists.count)
    for job in 0..<lists.count {
      for other in lists[job] { result[Int(other)].append(Int32(job)) }
    }
    return JobLists(result)
  }

  // MARK: - Runs

  /// Plans a run that would complete the job `left` ns after its start if
  /// nothing happened: returns how long it will last.
  ///
  /// - Parameters:
  ///   - done: work done before it, ns; 0 where runs begin from zero.
  ///   - ignoresLimit: the time limit is kept by other means, because the
  ///     run's length is not known yet.
  ///   - length: how long a run lasts until so much more work is done, ns.
  func plan(
    _ job: Int,
    left: Int64,
    done: Int64,
    ignoresLimit: Bool = false,
    length: (_ work: Int64) -> Int64
  ) -> Int64 {
    var span = left
    var fate = RunEnd.completes
    let shares = jobs.failures[job]
    if Int(ownFailures[job]) < shares.count {
      if failurePoint[job] < 0 {
        let share = shares[shares.startIndex + Int(ownFailures[job])]
        failurePoint[job] = done + FailureShare.part(share, of: jobs.duration[job].nanoseconds - done)
      }
      // A run that fails at once lasts a tick, so that time goes on.
      span = min(span, max(1, length(failurePoint[job] - done)))
      fate = .fails
    }
    if !ignoresLimit, let limit = jobs.limit(of: job), limit.nanoseconds < span {
      span = limit.nanoseconds
      fate = .timesOut
    }
    end[job] = fate.rawValue
    return span
  }

  /// The present attempt is over: the next one fails elsewhere.
  func failed(_ job: Int) {
    ownFailures[job] += 1
    failurePoint[job] = -1
  }

  /// Counts a failure, of the job itself or of its node: the delay until it may
  /// be started again, or nil when it may not.
  func retry(_ job: Int) -> SimDuration? {
    allFailures[job] += 1
    let rule = jobs.retryRule(of: job)
    if let most = rule.most, allFailures[job] > UInt32(most) { return nil }
    return rule.delay(afterFailures: Int(allFailures[job]))
  }

  // MARK: - Dependencies

  /// Whether the job waits for others that have not completed.
  func isHeld(_ job: Int) -> Bool { awaited[job] > 0 }

  /// Whether the job waits for one that never completes.
  func isLost(_ job: Int) -> Bool { isDoomed[job] }

  /// The jobs that now wait for none any more, since this one has completed.
  func released(by job: Int) -> [Int] {
    if dependents.isEmpty { return [] }
    var result: [Int] = []
    for other in dependents[job] {
      awaited[Int(other)] -= 1
      if awaited[Int(other)] == 0 { result.append(Int(other)) }
    }
    return result
  }

  /// The jobs that wait for this one in vain, and were not known to until now.
  func doomed(by job: Int) -> [Int] {
    if dependents.isEmpty { return [] }
    return dependents[job].map(Int.init).filter { other in
      defer { isDoomed[other] = true }
      return !isDoomed[other]
    }
  }

  // MARK: - Results

  /// Adds what only this state knows to the run's columns.
  func complete(_ columns: inout JobColumns) {
    if !jobs.after.isEmpty { columns.eligibleNanoseconds = eligible.array() }
    if !jobs.failures.isEmpty { columns.failures = ownFailures.array() }
    let vain = lost.array()
    if vain.contains(where: { $0 > 0 }) { columns.lostNanoseconds = vain }
  }
}

extension JobTable {
  /// Whether some job needs a ``LifeState``.
  var hasLives: Bool {
    !timeLimit.isEmpty || !retry.isEmpty || !failures.isEmpty || !after.isEmpty
  }
}
