import SimulationKernel

/// The columns about ends, deadlines and dependencies.
extension HeadroomTraceWriter {
  /// The columns that say something of some job.
  static func lifeColumns(_ jobs: JobTable) -> [String] {
    (jobs.timeLimit.isEmpty ? [] : ["time_limit_s"])
      + (jobs.deadline.isEmpty ? [] : ["deadline_s"])
      + (jobs.retry.isEmpty ? [] : ["retries"])
      + (holdsDelays(jobs) ? ["retry_delay_s", "retry_delay_max_s"] : [])
      + (jobs.failures.isEmpty ? [] : ["fails"])
      + (jobs.after.isEmpty ? [] : ["after"])
  }

  static func holdsDelays(_ jobs: JobTable) -> Bool { jobs.retryRules.contains { $0.delay > .zero } }

  static func appendLife(_ job: Int, of jobs: JobTable, holdsDelays: Bool, to buffer: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    func append(_ span: SimDuration, to buffer: inout [UInt8]) {
      buffer.append(comma)
      if span > .zero { Self.append(nanoseconds: span.nanoseconds, to: &buffer) }
    }
    if !jobs.timeLimit.isEmpty { append(jobs.timeLimit[job], to: &buffer) }
    if !jobs.deadline.isEmpty { append(jobs.deadline[job], to: &buffer) }
    if !jobs.retry.isEmpty {
      let rule = jobs.retryRule(of: job)
      buffer.append(comma)
      if let most = rule.most { Self.append(Int64(most), to: &buffer) }
      if holdsDelays {
        append(rule.delay, to: &buffer)
        append(rule.delay > .zero ? rule.longestDelay : .zero, to: &buffer)
      }
    }
    if !jobs.failures.isEmpty {
      let shares = jobs.failures[job].map(LifeColumns.text)
      buffer.append(contentsOf: ",".utf8)
      buffer.append(contentsOf: shares.joined(separator: ";").utf8)
    }
    if !jobs.after.isEmpty {
      buffer.append(comma)
      let names = jobs.after[job].map { jobs.name(JobID(rawValue: $0)) }
      buffer.append(contentsOf: quoted(names.joined(separator: ";")))
    }
  }

  /// A name that column `after` would need and cannot hold.
  static func unwritableName(_ jobs: JobTable) -> String? {
    if jobs.after.isEmpty { return nil }
    if case .numbered(let prefix) = jobs.names, !prefix.contains(";") { return nil }
    return jobs.after.values.lazy.map { jobs.name(JobID(rawValue: $0)) }.first { $0.contains(";") }
  }
}
