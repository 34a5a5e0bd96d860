/// Who went first, and when a turn comes though nothing happens.
extension WaitingLines {
  /// Jobs that arrived after this one and started in this pass because their
  /// tenants had a smaller share.
  func overtakers(of job: Int32) -> [Int32] {
    guard case .fairShare(let shares) = order else { return [] }
    let tenant = shares.tenant(job)
    return shares.started.filter { $0 > job && shares.tenant($0) != tenant }
  }

  /// Whether ``timedFor`` has changed with this pass.
  func wantsTimer() -> Bool {
    let before = timedFor
    timedFor = nextHead ?? .max
    return timedFor != before
  }

  /// When another job will come to the head although nothing happens, ns:
  /// where waiting gains up to a limit and the head is refused.
  private var nextHead: Int64? {
    guard blocksAll, case .ageing(let ageing, let priorities) = order, let first = firstTurn() else {
      return nil
    }
    let ahead = priorities[Int(groupOf[Int(first.line)])]
    return (0..<lines.activeCount).compactMap { position in
      let line = lines.activeRequest(at: position)
      let job = Int(lines.head(of: line))
      return ageing.passes(ahead, from: priorities[Int(groupOf[line])], arrival: arrival[job].nanoseconds)
    }.min()
  }
}
