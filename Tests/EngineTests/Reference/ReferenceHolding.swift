import Engine
import Outcome
import Workload

/// Gangs that hold places before they start: every waiting job is tried in
/// every pass, in the order of the queue.
extension ReferenceSimulator {
  /// A gang that holds, or is admitted.
  struct Holder {
    var since: Int64
    /// Workers without a place, and groups of them that must share a node.
    var left: Int
    var groups: [Int]
    var parts: [(piece: Piece, group: Int, since: Int64)] = []
  }

  /// Waiting jobs that neither hold nor stand outside the queue.
  var standing: [Int] { waiting.filter { holders[$0] == nil && away[$0] == nil } }

  var isByQuota: Bool { if case .quota = input.gangs { true } else { false } }

  /// When a time-out or a return is due.
  var holdTimer: Int64? {
    let timeout = input.gangs.holding?.timeout?.nanoseconds
    // Where nothing else happens any more, gangs do not take turns for ever.
    let waiters = Array(holders.keys) + Array(away.keys)
    if events.isEmpty, waiters.allSatisfy({ timeouts[$0, default: 0] >= 16 }) { return nil }
    return (away.values + holders.values.compactMap { holder in timeout.map { holder.since + $0 } }).min()
  }

  mutating func holdingPass(_ now: Int64) {
    giveUp(now)
    for j in away.keys.sorted() where away[j]! <= now {
      away[j] = nil
      if standing.first == j { refusedHead = nil }
    }
    if isByQuota {
      refusedHead = nil
      refusedShapes = []
    }
    refusedShapes = refusedShapes.filter { shape in
      guard let j = standing.first(where: { shapeNow($0) == shape }) else { return false }
      return !freed.contains { isWorthTrying(j, on: $0) }
    }
    if let head = refusedHead, freed.contains(where: { isWorthTrying(head, on: $0) }) { refusedHead = nil }
    keepsFreed = false
    var isLineHeldUp = false
    for j in waiting where away[j] == nil {
      if let holder = holders[j] {
        let more = laid(more: holder, of: j, now)
        if more.left == 0 {
          startHolder(j, more, now)
        } else {
          holders[j] = more
          if blocks && !isByQuota {
            keepsFreed = true
            return
          }
        }
      } else if isByQuota, !blocks, refusedShapes.contains(shapeNow(j)) {
        // Equal requests are refused together in a pass, though a gang that starts in it ends a promise.
        continue
      } else if !isLineHeldUp, let cause = attempt(j, now) {
        if blocks {
          refusedHead = j
          freed = []
          if !isByQuota { return }
          isLineHeldUp = true
        } else {
          refusedShapes.insert(shapeNow(j))
        }
      } else if holders[j] != nil, blocks, !isByQuota {
        keepsFreed = true
        return
      }
    }
  }

  /// Starts the job, makes it hold, or says why not.
  private mutating func attempt(_ j: Int, _ now: Int64) -> WaitCause? {
    let r = requests[j]
    if isByQuota, r.count > 0 {
      let up = nodes.filter { $0.condition == .up && $0.accepts(r) }
      let free = up.reduce(0) { $0 + $1.gpuFree }
      let promised = holders.reduce(0) { sum, entry in
        let other = requests[entry.key]
        let meets = r.models.map { own in other.models.map { !own.isDisjoint(with: $0) } ?? true } ?? true
        return meets ? sum + entry.value.left * other.taken : sum
      }
      if free - promised < r.takenByAll {
        let wouldFit = r.workers > 1 || nodes.contains { $0.fits(r) }
        return free >= r.takenByAll && wouldFit ? .reservation : cause(j)
      }
    }
    if r.workers == 1 { return tryToStart(j, now) ? nil : cause(j) }
    let holder = laid(more: Holder(since: now, left: r.workers, groups: groups(r)), of: j, now)
    if holder.left == 0 {
      startHolder(j, holder, now)
      return nil
    }
    if holder.parts.isEmpty && !isByQuota { return cause(j) }
    holders[j] = holder
    let shape = shapeNow(j)
    if !standing.contains(where: { shapeNow($0) == shape }) { refusedShapes.remove(shape) }
    return nil
  }

  /// Sizes of the groups that must share a node.
  private func groups(_ r: ReferenceRequest) -> [Int] {
    switch r.wish {
    case .anywhere, .nvlinkDomain, .rack: return []
    case .oneNode: return [r.workers]
    case .consolidated:
      let most = emptyNodes.map { $0.room(r) }.max()!
      return Array(repeating: most, count: r.workers / most)
        + (r.workers % most > 0 ? [r.workers % most] : [])
    }
  }

  /// The holder with as many more workers placed as go, in their order.
  private mutating func laid(more start: Holder, of j: Int, _ now: Int64) -> Holder {
    let r = requests[j]
    var holder = start
    if r.wish == .anywhere {
      while holder.left > 0, let n = choose(j, r, nodes) {
        let count = r.isPart ? 1 : min(holder.left, nodes[n].room(r))
        let all = count == 1 ? r : r.merged(count)
        let gpus = count == 1 ? scores.gpus(r, nodes[n]) : nodes[n].usualGPUs(all)
        var layout = Layout(nodes: nodes)
        layout.lay(j, all, workers: count, on: n, gpus: gpus)
        nodes = layout.nodes
        holder.parts.append((layout.pieces[0], -1, now))
        holder.left -= count
      }
      return holder
    }
    let sizes = groups(r)
    let placed = Set(holder.parts.map(\.group))
    for group in sizes.indices where !placed.contains(group) {
      guard let layout = lay(j, requests[j], together: [sizes[group]], Layout(nodes: nodes)) else {
        return holder
      }
      nodes = layout.nodes
      holder.parts += layout.pieces.map { ($0, group, now) }
      holder.left -= sizes[group]
    }
    return holder
  }

  private mutating func startHolder(_ j: Int, _ holder: Holder, _ now: Int64) {
    for part in holder.parts { note(j, part, now, .started) }
    laid[j] = holder.parts.map(\.piece)
    // What started last on a node is interrupted first.
    for n in Set(laid[j].map(\.node)) {
      let own = nodes[n].residents.filter { $0.job == j }
      nodes[n].residents.removeAll { $0.job == j }
      nodes[n].residents += own
    }
    holders[j] = nil
    timeouts[j] = nil
    hasStarted(j, now)
  }

  private mutating func note(
    _ j: Int,
    _ part: (piece: Piece, group: Int, since: Int64),
    _ now: Int64,
    _ ending: GangHold.Ending
  ) {
    guard now > part.since else { return }
    holds.append(Hold(job: j, piece: part.piece, start: part.since, end: now, ending: ending))
  }

  private mutating func giveUp(_ now: Int64) {
    guard let holding = input.gangs.holding, let timeout = holding.timeout?.nanoseconds else { return }
    for (j, holder) in holders.sorted(by: { $0.key < $1.key }) where holder.since + timeout <= now {
      leave(j, now, .timedOut)
      let count = timeouts[j, default: 0] + 1
      timeouts[j] = count
      var delay = holding.requeueDelay.nanoseconds
      for _ in 1..<count { delay = min(delay * 2, holding.longestDelay.nanoseconds) }
      away[j] = now + delay
    }
  }

  /// Everything that the gang holds is released.
  mutating func leave(_ j: Int, _ now: Int64, _ ending: GangHold.Ending) {
    guard let holder = holders.removeValue(forKey: j) else { return }
    for part in holder.parts {
      note(j, part, now, ending)
      nodes[part.piece.node].giveBack(j)
      freed.insert(part.piece.node)
    }
  }

  /// Workers that wait for the rest of their gangs leave the node. Returns
  /// whether there were any.
  mutating func dropHolders(_ n: Int, _ now: Int64) -> Bool {
    var hasDropped = false
    for j in holders.keys.sorted() {
      var holder = holders[j]!
      for part in holder.parts where part.piece.node == n {
        note(j, part, now, .lost)
        holder.left += part.piece.workers
        nodes[n].giveBack(j)
        freed.insert(n)
        hasDropped = true
      }
      let had = holder.parts.count
      holder.parts.removeAll { $0.piece.node == n }
      holders[j] = had > 0 && holder.parts.isEmpty && !isByQuota ? nil : holder
      if holders[j] == nil, standing.first == j { refusedHead = nil }
    }
    return hasDropped
  }

  mutating func closeHolds(_ now: Int64) {
    for (j, holder) in holders { for part in holder.parts { note(j, part, now, .atEnd) } }
  }
}
