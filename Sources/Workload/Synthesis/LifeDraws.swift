import SimulationKernel

/// Draws what ends the jobs of one class before their time.
struct LifeDraws {
  /// Which columns the table keeps: those that some class needs.
  struct Columns {
    var limits = false
    var deadlines = false
    var retries = false
    var failures = false

    init(_ specs: [LifeSpec]) {
      limits = specs.contains { $0.timeLimit != nil }
      deadlines = specs.contains { $0.deadline != nil }
      retries = specs.contains { $0.retry != nil }
      failures = specs.contains { $0.failure != nil }
    }
  }

  private let spec: LifeSpec
  private let seed: UInt64
  private let failureStream: StreamName
  private let deadlineStream: StreamName

  init(_ spec: LifeSpec, className: String, seed: UInt64) {
    self.spec = spec
    self.seed = seed
    failureStream = StreamName("failures/\(className)")
    deadlineStream = StreamName("deadlines/\(className)")
  }

  /// Fills in the row of the job whose duration stands last in the table.
  func append(_ job: Int, _ columns: Columns, to table: inout JobTable) {
    if columns.limits { table.timeLimit.append(spec.timeLimit ?? .zero) }
    if columns.deadlines { table.deadline.append(deadline(job, of: table)) }
    if columns.retries { table.appendRetry(spec.retry) }
    if columns.failures { table.failures.append(failures(job)) }
  }

  private func deadline(_ job: Int, of table: JobTable) -> SimDuration {
    switch spec.deadline {
    case nil: return .zero
    case .after(let span)?: return span
    case .factor(let factor)?:
      let duration = table.duration[table.duration.count - 1].seconds
      let u = RandomStream(seed: seed, stream: deadlineStream, entity: UInt64(job)).uniform(0)
      let seconds = min(max(duration * factor.quantile(u), 0), SimTime.latest.seconds)
      return max(SimDuration(seconds: seconds) ?? .tick, .tick)
    }
  }

  /// Attempt n of a job draws numbers 2 n (whether it fails) and 2 n + 1
  /// (when), whatever became of the job in a run.
  private func failures(_ job: Int) -> [Int32] {
    guard let failure = spec.failure else { return [] }
    let stream = RandomStream(seed: seed, stream: failureStream, entity: UInt64(job))
    // Attempts beyond those that may be started are never seen.
    let most = spec.retry?.most.map { Int($0) + 1 } ?? .max
    var shares: [Int32] = []
    while shares.count < most, stream.uniform(UInt64(2 * shares.count)) < failure.probability {
      let u = stream.uniform(UInt64(2 * shares.count + 1))
      shares.append(FailureShare.billionths(failure.share.quantile(u)))
    }
    return shares
  }
}

extension JobTable {
  /// Notes how the next job is started again; nil: as often as it takes, at
  /// once.
  ///
  /// - Precondition: at most 65,535 different rules.
  mutating func appendRetry(_ rule: RetryRule?) {
    guard let rule, rule != RetryRule() else { return retry.append(0) }
    let known = retryRules.firstIndex(of: rule)
    if known == nil { retryRules.append(rule) }
    retry.append(UInt16((known ?? retryRules.count - 1) + 1))
  }
}
