import Outcome
import SimulationKernel
import Workload

extension CauseHistory {
  /// The history as whoever has the job table as it was given, with so many
  /// shapes, can read it: jobs that were given a shape of their class or tenant
  /// (``SimulationInput/withShapesByGroup()``) get what that waited for as
  /// entries of their own.
  func spelledOut(_ input: SimulationInput, shapes: Int, end: Int64) -> CauseHistory {
    let jobs = input.jobs
    guard jobs.shape.contains(where: { Int($0.rawValue) >= shapes }) else { return self }
    var result = self
    result.own = CauseLog()
    result.firstOwn = [0]
    for job in 0..<jobs.count {
      let shape = Int(jobs.shape[job].rawValue)
      if shape < shapes {
        result.own.nanoseconds += own.nanoseconds[ownRows(of: job)]
        result.own.causes += own.causes[ownRows(of: job)]
      } else {
        for stretch in stretches(of: job, shape: shape, from: jobs.arrival[job].nanoseconds, to: end) {
          result.own.nanoseconds.append(stretch.start)
          result.own.causes.append(stretch.cause)
        }
      }
      result.firstOwn.append(Int32(result.own.nanoseconds.count))
    }
    return result
  }
}

/// Divides every wait by its causes, after the loop has ended.
///
/// - Complexity: O(jobs log changes); the length of queues does not matter.
struct WaitBooks {
  private let input: SimulationInput
  private let history: CauseHistory
  /// By class.
  private let sums: [CauseSums]
  private let end: Int64

  init(_ input: SimulationInput, _ history: CauseHistory, end: Int64) {
    self.input = input
    self.history = history
    self.end = end
    sums = history.classes.map(CauseSums.init)
  }

  /// The waits of all jobs; ``JobColumns/cause`` becomes each one's main cause.
  ///
  /// - Throws: where `verify` is on and a wait has a part without a cause.
  func book(_ columns: inout JobColumns, _ attempts: [InterruptedAttempt]) throws -> JobWaits {
    var result = JobWaits()
    let jobs = input.jobs
    result.reserveCapacity(jobs: jobs.count)
    let runs = runsByJob(attempts, columns)
    var parts = [Int64](repeating: 0, count: WaitCause.places)
    for job in 0..<jobs.count {
      let state = columns.state[job]
      guard state != .unseen && state != .rejected else {
        result.appendNone()
        continue
      }
      let start = columns.startNanoseconds[job]
      let stop = columns.endNanoseconds[job]
      let isOnNode = state.hasLastRun
      let until = isOnNode ? start : stop >= 0 ? stop : end
      var since = jobs.arrival[job].nanoseconds
      guard until > since else {
        result.appendNone()
        continue
      }
      for cause in parts.indices { parts[cause] = 0 }
      let shape = Int(jobs.shape[job].rawValue)
      if columns.interruptions[job] > 0, let runs {
        for run in Int(runs.first[job])..<Int(runs.first[job + 1]) {
          let attempt = attempts[Int(runs.attempts[run])]
          divide(job, shape, since, attempt.startNanoseconds, &parts)
          since = attempt.endNanoseconds
        }
      }
      divide(job, shape, since, until, &parts)
      if input.verify, parts[0] > 0 {
        throw SimulationError.invariantBroken("job \(job) waited \(parts[0]) ns without a cause")
      }
      result.append(parts)
      columns.cause[job] = result.mainCause(of: job)
    }
    return result
  }

  private func divide(_ job: Int, _ shape: Int, _ start: Int64, _ end: Int64, _ parts: inout [Int64]) {
    let shared = sums[Int(history.classOfShape[shape])]
    guard !history.ownRows(of: job).isEmpty else {
      shared.add(from: start, to: end, into: &parts)
      return
    }
    history.eachOwn(job, from: start, to: end) { from, to, cause in
      if cause == .none {
        shared.add(from: from, to: to, into: &parts)
      } else {
        parts[Int(cause.rawValue)] += to - from
      }
    }
  }

  /// The attempts of each job in order: those of job j at
  /// `first[j] ..< first[j + 1]` of `attempts`.
  private func runsByJob(_ attempts: [InterruptedAttempt], _ columns: JobColumns)
    -> (first: [Int32], attempts: [Int32])?
  {
    guard !attempts.isEmpty else { return nil }
    var first = [Int32](repeating: 0, count: columns.state.count + 1)
    for attempt in attempts { first[Int(attempt.job.rawValue) + 1] += 1 }
    for job in columns.state.indices { first[job + 1] += first[job] }
    var next = first
    var order = [Int32](repeating: 0, count: attempts.count)
    for (number, attempt) in attempts.enumerated() {
      let job = Int(attempt.job.rawValue)
      order[Int(next[job])] = Int32(number)
      next[job] += 1
    }
    return (first, order)
  }
}
