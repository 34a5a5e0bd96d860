/// Which refusals stand.
extension WaitingJobs {
  /// Whether the jobs stand in one line, of which only the head is tried.
  var isLine: Bool { passing == .strict }
  /// A line's head, if its refusal stands; or -1.
  var refusedHead: Int32 { isHeadRefused && strict.head >= 0 ? job(at: strict.head) : -1 }

  /// The requests that jobs wait with, where they may pass one another.
  var activeRequestCount: Int { byRequest.activeCount }
  func activeRequest(at position: Int) -> Int { byRequest.activeRequest(at: position) }
  func isRefused(request: Int) -> Bool { isRefused[request] }

  /// The first job of each request whose refusal stands.
  var refusedHeads: [Int32] {
    if let lines { return lines.refusedHeads }
    if passing == .strict { return isHeadRefused ? [job(at: strict.head)] : [] }
    return (0..<byRequest.activeCount).map { byRequest.activeRequest(at: $0) }.filter { isRefused[$0] }
      .map { job(at: byRequest.head(of: $0)) }
  }

  /// Whether any refusal stands. Not for jobs in lines.
  var hasRefusals: Bool {
    if passing == .strict { return isHeadRefused && strict.head >= 0 }
    return (0..<byRequest.activeCount).contains { isRefused[byRequest.activeRequest(at: $0)] }
  }

  /// Every job whose refusal stands, in no order that matters. Not for jobs in
  /// lines.
  ///
  /// - Complexity: O(jobs that wait).
  var refusedJobs: [Int32] {
    if passing == .strict { return refusedHeads }
    // One list, filled in place: nodes are planned for it at every look.
    var jobs: [Int32] = []
    var kept = 0
    for position in 0..<byRequest.activeCount {
      let request = byRequest.activeRequest(at: position)
      guard isRefused[request] else { continue }
      byRequest.appendPlaces(of: request, to: &jobs)
      for position in kept..<jobs.count {
        let place = jobs[position]
        if isWithdrawn[Int(place)] || stale.contains(UInt64(place) << 32 | UInt64(request)) { continue }
        jobs[kept] = job(at: place)
        kept += 1
      }
      jobs.removeSubrange(kept...)
    }
    return jobs
  }

  /// Strict order: the place of a head whose refusal stands.
  var refusedPlace: Int32? { passing == .strict && isHeadRefused ? strict.head : nil }

  /// Jobs that are refused together have the same number: that of their
  /// request, or of their line.
  func refusalNumber(_ job: Int32, request: Int) -> Int { lines?.line(of: job) ?? request }

  /// The refusal of the job's request no longer stands.
  mutating func reconsider(_ job: Int32, request: Int) {
    if let lines { return lines.reconsider(job) }
    reconsider(request: request)
  }

  /// The refusal of the request no longer stands. Not for jobs in lines.
  mutating func reconsider(request: Int) {
    if passing == .strict {
      isHeadRefused = false
    } else {
      isRefused[request] = false
      addCandidate(request)
    }
  }
}
