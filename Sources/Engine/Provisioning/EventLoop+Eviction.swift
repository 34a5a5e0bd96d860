import Outcome

/// Who may be told to leave a node, and when.
extension EventLoop {
  /// Until when the job may not be told to leave its node: `.max`: as long as it runs.
  func protectedUntil(_ job: Int, _ autoNodes: Provisioner) -> Int64 {
    let jobClass = Int(input.jobs.jobClass[job].rawValue)
    if autoNodes.isProtected[jobClass] { return .max }
    let span = autoNodes.protectedFor[jobClass]
    return span > 0 ? live.start[job] + span : .min
  }

  /// Whether the job is told by itself when its node goes, and not with all others.
  private func isAsked(_ job: Int, _ autoNodes: Provisioner) -> Bool {
    let jobClass = Int(input.jobs.jobClass[job].rawValue)
    return autoNodes.isProtected[jobClass] || autoNodes.protectedFor[jobClass] > 0
      || budgets?.allowance(jobClass) != nil
  }

  /// When the grace of a job that was told ends; nil: it was not.
  private func graceEnd(_ job: Int, _ autoNodes: Provisioner) -> Int64? {
    guard let told = autoNodes.told[job], told.start == live.start[job] else { return nil }
    return told.end
  }

  /// Whether a job on a node that drains, and whose grace is over, has to leave.
  func hasHadGrace(_ job: Int, _ autoNodes: Provisioner, at now: Int64) -> Bool {
    guard isAsked(job, autoNodes) else { return true }
    return graceEnd(job, autoNodes).map { $0 <= now } ?? false
  }

  /// Tells those jobs on a node that drains to leave that may be told now, as many of a
  /// class as its budget allows; the others are asked again: when their protection
  /// ends, or as often as evictions are tried again.
  mutating func tellWork(on node: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard residents.first(node: node) != nil else { return }
    var next = Int64.max
    var seen: Set<Int> = []
    for entry in residents.entries(on: node)
    where isAsked(entry.job, autoNodes) && seen.insert(entry.job).inserted {
      let job = entry.job
      if let end = graceEnd(job, autoNodes) {
        next = min(next, end)
        continue
      }
      let until = protectedUntil(job, autoNodes)
      if until > now {
        next = min(next, until)
      } else if budgets?.allowance(Int(input.jobs.jobClass[job].rawValue)) == 0 {
        next = min(next, now + AutoNodes.poll)
      } else {
        budgets?.stopped(job, isPreemption: false)
        autoNodes.told[job] = (live.start[job], now + autoNodes.grace[node])
        next = min(next, now + autoNodes.grace[node])
      }
    }
    if next < Int64.max { push(.evict, node, at: next, generation: autoNodes.life[node]) }
  }
}
