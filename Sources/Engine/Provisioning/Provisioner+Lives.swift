import Outcome
import SimulationKernel

/// The lives of nodes, stage by stage, and their books.
extension Provisioner {
  /// A node that was launched.
  struct Launch {
    var node: Int
    /// When it is up; or when it is given up, and why.
    var ready: Int64
    var isGivenUp: NodeRemoval?
  }

  /// Launches a node of the group, or returns nil where there is no capacity.
  func launch(_ group: Int, at now: Int64) -> Launch? {
    let spec = spec.groups[group]
    launches[group] += 1
    let number = launches[group]
    func uniform(_ what: String) -> Double { draw(what, group, number) }
    if spec.stockOut > 0, uniform("stock-out") < spec.stockOut {
      if now >= from { totals[group].stockOuts += 1 }
      pausedUntil[group] = now + self.spec.stockOutPause.nanoseconds
      return nil
    }
    func end(_ delay: Variate, _ what: String, after start: Int64) -> Int64 {
      let span = delay.quantile(uniform(what)) * 1e9
      return span < Double(SimTime.latest.nanoseconds - start) ? start + Int64(max(0, span)) : Self.never
    }
    let n = Int(absent[group].removeFirst()!)
    life[n] &+= 1
    stages[n] = Stage.starting.rawValue
    created[n] = now
    since[n] = now
    removal[n] = -1
    isDrifted[n] = false
    deadline[n] = Self.never
    running[n] =
      spec.source.map { source in
        source.legs.reduce(now) { $0 == Self.never ? $0 : end($1.delay, $1.name, after: $0) }
      } ?? end(spec.launch, "launch", after: now)
    let fails = spec.neverJoins > 0 && uniform("never-joins") < spec.neverJoins
    joined[n] = fails || running[n] == Self.never ? Self.never : end(spec.join, "join", after: running[n])
    ready[n] = joined[n] == Self.never ? Self.never : end(spec.gpuStack, "gpu-stack", after: joined[n])
    starting.insert(Int32(n), at: starting.firstIndex { $0 > n } ?? starting.count)
    existing[group] += 1
    totals[group].most = max(totals[group].most, existing[group])
    if now >= from { totals[group].launched += 1 }
    note(n, .launching, at: now)
    return launch(n, spec, at: now)
  }

  private func launch(_ n: Int, _ spec: AutoNodes.Group, at now: Int64) -> Launch {
    if let limit = spec.launchTimeout, running[n] - now > limit.nanoseconds {
      return Launch(node: n, ready: now + limit.nanoseconds, isGivenUp: .launchTimeout)
    }
    if let limit = spec.registrationTimeout, joined[n] - now > limit.nanoseconds {
      return Launch(node: n, ready: now + limit.nanoseconds, isGivenUp: .registrationTimeout)
    }
    return Launch(node: n, ready: ready[n], isGivenUp: nil)
  }

  private func draw(_ what: String, _ group: Int, _ number: UInt64) -> Double {
    RandomStream(
      seed: seed,
      stream: StreamName("auto-nodes/\(what)/\(spec.groups[group].name)"),
      entity: number
    ).uniform(0)
  }

  /// How long a node that is up from now on is left by its provider, ns; nil:
  /// for ever. Interruptions come at a constant rate.
  func untilInterruption(_ n: Int) -> Int64? {
    let group = Int(groupOf[n])
    let rate = spec.groups[group].interruptionsPerHour
    guard rate > 0 else { return nil }
    let number = UInt64(life[n]) << 20 | UInt64(n)
    let hours = Variate.exponential(mean: 1 / rate).quantile(draw("interruption", group, number))
    let span = hours * 3.6e12
    return span < Double(SimTime.latest.nanoseconds) ? max(1, Int64(span)) : nil
  }

  func becameReady(_ n: Int, at now: Int64) {
    bookStart(n, until: now)
    enter(n, .up, at: now)
    starting.removeAll { $0 == n }
    isServing[n] = true
    serving[Int(groupOf[n])] += 1
  }

  /// The node takes no new work: it is to go.
  func cordon(_ n: Int, _ reason: NodeRemoval, at now: Int64) {
    removal[n] = Int8(reason.rawValue)
    closeStage(n, at: now)
    enter(n, .cordoned, at: now)
    leaving[Int(groupOf[n])] += 1
    clearing.append(Int32(n))
    emptySince[n] = -1
    isChosen[n] = false
    turn[n] &+= 1
  }

  /// It stays after all. One that is down meanwhile stays down.
  func uncordon(_ n: Int, at now: Int64) {
    removal[n] = -1
    leaving[Int(groupOf[n])] -= 1
    clearing.removeAll { $0 == n }
    commandOf[n] = -1
    guard stage(n) != .failed else { return }
    closeStage(n, at: now)
    enter(n, .up, at: now)
  }

  /// What runs on a cordoned node has to go.
  func drains(_ n: Int, _ reason: NodeRemoval, at now: Int64) {
    removal[n] = Int8(reason.rawValue)
    closeStage(n, at: now)
    enter(n, .draining, at: now)
  }

  /// Nothing runs on the node any more, and it goes.
  func leaves(_ n: Int, at now: Int64) {
    if stage(n) == .up {
      removal[n] = Int8(NodeRemoval.empty.rawValue)
      leaving[Int(groupOf[n])] += 1
    } else {
      clearing.removeAll { $0 == n }
    }
    closeStage(n, at: now)
    enter(n, .terminating, at: now)
    emptySince[n] = -1
    isChosen[n] = false
  }

  /// A node that starts is given up.
  func givesUp(_ n: Int, _ reason: NodeRemoval, at now: Int64) {
    bookStart(n, until: now)
    removal[n] = Int8(reason.rawValue)
    enter(n, .terminating, at: now)
    starting.removeAll { $0 == n }
    abandoned[Int(groupOf[n])] += 1
  }

  /// The node was to go, and stays.
  func spare(_ n: Int) { isChosen[n] = false }

  func isGone(_ n: Int, at now: Int64) {
    let group = Int(groupOf[n])
    book(n, .terminating, since[n], now)
    stages[n] = Stage.gone.rawValue
    note(n, nil, at: now)
    if isServing[n] {
      serving[group] -= 1
      leaving[group] -= 1
    } else {
      abandoned[group] -= 1
    }
    isServing[n] = false
    health?.forget(n)
    existing[group] -= 1
    life[n] &+= 1
    commandOf[n] = -1
    replaces[n] = -1
    absent[group].insert(Int32(n))
    if now >= from {
      totals[group].removed += 1
      totals[group].removedBy[Int(removal[n])] += 1
    }
  }

  /// A run on the node was stopped because the node goes; `attempt`: its place
  /// among the runs that were cut short.
  func noteEviction(_ n: Int, attempt: Int, lostMilliNanoseconds lost: Int128, at now: Int64) {
    evictions.append(
      NodeEviction(attempt: Int32(attempt), node: Int32(n), removal: NodeRemoval(rawValue: Int(removal[n]))!)
    )
    guard now >= from else { return }
    let group = Int(groupOf[n])
    totals[group].evictions[Int(removal[n])] += 1
    totals[group].lostMilliNanoseconds[Int(removal[n])] += lost
  }

  /// Closes the books.
  func close(at end: Int64) -> [AutoNodeTotals] {
    for (number, group) in spec.groups.enumerated() {
      for n in group.nodes {
        if stage(n) == .starting { bookStart(n, until: end) } else { closeStage(n, at: end) }
      }
      if group.purchase.isCommitted, end > from {
        totals[number].committedNanoseconds = Int128(end - from) * Int128(group.nodes.count)
        var paid = noTime
        paid.add(Int64(group.nodes.count), from: from, to: end)
        totals[number].committedByBucket = paid.values
      }
      totals[number].byBucket = byBucket[number].values
      bookWarm(number, at: end)
    }
    return totals
  }

  func enter(_ n: Int, _ stage: Stage, at now: Int64) {
    stages[n] = stage.rawValue
    since[n] = now
    note(n, Self.booked(stage), at: now)
  }

  /// Books a stage other than those of starting.
  func closeStage(_ n: Int, at now: Int64) {
    if let stage = Self.booked(stage(n)) { book(n, stage, since[n], now) }
  }

  private static func booked(_ stage: Stage) -> AutoNodeTotals.Stage? {
    switch stage {
    case .up: .up
    case .cordoned: .cordoned
    case .draining: .draining
    case .terminating: .terminating
    case .failed: .failed
    case .none, .gone, .starting: nil
    }
  }

  private func bookStart(_ n: Int, until now: Int64) {
    book(n, .launching, since[n], min(running[n], now))
    book(n, .joining, running[n], min(joined[n], now))
    // A node without delays is up a tick after its launch.
    book(n, .gpuStack, joined[n], now)
  }

  private func book(_ n: Int, _ stage: AutoNodeTotals.Stage, _ start: Int64, _ end: Int64) {
    guard end > max(start, from) else { return }
    totals[Int(groupOf[n])].nodeNanoseconds[stage.rawValue] += Int128(end - max(start, from))
    byBucket[Int(groupOf[n])].add(1, from: start, to: end)
  }
}
