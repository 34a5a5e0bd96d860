import Outcome

/// Which nodes may go.
extension Provisioner {
  /// The node has other contents than before; returns when it may go, if that
  /// has to be looked at.
  func noteUse(_ n: Int, isIdle: Bool, at now: Int64) -> Int64? {
    guard stages[n] == Stage.up.rawValue else { return nil }
    let after = spec.consolidateAfter?.nanoseconds
    let isWatched = spec.consolidatesUnderused || hasDrifted
    changedAt[n] = now
    guard isIdle != (emptySince[n] >= 0) else { return isWatched ? now + (after ?? 0) : nil }
    turn[n] &+= 1
    isChosen[n] = false
    emptySince[n] = isIdle ? now : -1
    bookWarm(Int(groupOf[n]), at: now)
    if isIdle && after != nil { empties.append(Int32(n)) }
    return isWatched || isIdle && after != nil ? now + (after ?? 0) : nil
  }

  /// Chooses the empty nodes that may go, by budget, and in the order of the
  /// fleet; and says when others may be chosen, if there are any.
  func choose(at now: Int64) -> (chosen: [Int], next: Int64?) {
    guard let after = spec.consolidateAfter else { return ([], nil) }
    empties.sort()
    var last: Int32 = -1
    empties.removeAll { n in
      defer { last = n }
      return n == last || emptySince[Int(n)] < 0 || stages[Int(n)] != Stage.up.rawValue
        || !group(Int(n)).isDynamic
    }
    if empties.isEmpty { return ([], nil) }
    var allowed = allowances(.empty, at: now)
    // Those that are kept empty do not go.
    var spare = spec.groups.indices.map { number in
      spec.groups[number].warm > 0 ? spareNodes(number, at: now) - spec.groups[number].warm : Int.max
    }
    for n in empties where isChosen[Int(n)] {
      allowed[group(Int(n)).pool] -= 1
      spare[Int(groupOf[Int(n)])] -= 1
    }
    var chosen: [Int] = []
    var next: Int64?
    for entry in empties {
      let n = Int(entry)
      if isChosen[n] { continue }
      let pool = group(n).pool
      let from = max(now + 1, emptySince[n] + after.nanoseconds, nominatedUntil[n])
      if from == now + 1 && spare[Int(groupOf[n])] <= 0 { continue }
      guard from == now + 1, allowed[pool] > 0 else {
        next = min(next ?? .max, from)
        continue
      }
      allowed[pool] -= 1
      spare[Int(groupOf[n])] -= 1
      isChosen[n] = true
      chosen.append(n)
    }
    return (chosen, next)
  }

  /// By pool: how many of its nodes may begin to go now for the reason.
  func allowances(_ reason: NodeRemoval, at now: Int64) -> [Int] {
    spec.pools.indices.map { pool in
      var total = 0
      var going = 0
      for group in spec.groups.indices where spec.groups[group].pool == pool {
        total += serving[group]
        going += leaving[group]
      }
      going += unreadyCount(pool: pool)
      return spec.allowed(reason, pool: pool, total: total, leaving: going, at: now)
    }
  }

  /// By pool: what its nodes cost an hour.
  func poolPrices() -> [Double] {
    spec.pools.indices.map { pool in
      spec.groups.indices.reduce(0) {
        spec.groups[$1].pool == pool ? $0 + Double(serving[$1]) * spec.groups[$1].marginalPrice : $0
      }
    }
  }

  /// Whether an empty node waits for its validation.
  var validatesEmpty: Bool { empties.contains { isChosen[Int($0)] } }

  /// When the node may go, because nothing has changed on it for long enough.
  func settledAt(_ n: Int) -> Int64 {
    max(changedAt[n] + (spec.consolidateAfter?.nanoseconds ?? 0), nominatedUntil[n])
  }
}
