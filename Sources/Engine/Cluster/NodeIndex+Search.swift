/// Searches.
extension NodeIndex {
  /// The first node in (key, rank) order on which the request fits, or -1.
  func first(_ request: Request) -> Int {
    if request.slice >= 0 { return firstInstance(request).node }
    precondition(ordersNodes, "a search for nodes where all requests are for instances")
    var bestKey = Int64.max
    var bestRank = Int32.max
    var best = -1
    for t in 0..<kinds.count where idle.count(kind: t) > 0 {
      guard kinds[t].holds(request), let position = firstIdle(kind: t, request) else { continue }
      let n = Int(nodeAtRank[position])
      let key = entries[n].key
      if (key, Int32(position)) < (bestKey, bestRank) {
        (bestKey, bestRank, best) = (key, Int32(position), n)
      }
    }
    var left = groups & ~((1 << UInt64(classes.index(request.need))) - 1)
    while left != 0 {
      let group = left.trailingZeroBitCount
      left &= left - 1
      var from = 0
      if order == .leastFree {
        let gpu = max(classes.leastFreeMilli(group), request.takenMilli)
        let least = freeKey(cpu: request.cpu, gpu: gpu)
        if least > bestKey { continue }
        from = bucket(least)
      }
      let last = best < 0 ? NodeIndex.bucketCount - 1 : bucket(bestKey)
      var at = nextOccupied(group, from: from)
      while at <= last {
        let head = heads[group * NodeIndex.bucketCount + at]
        var n = head.cpu < request.cpu ? -1 : Int(head.node)
        var found = false
        while n >= 0 {
          let entry = entries.pointer(from: n)
          if entry.pointee.cpu < request.cpu { break }
          if entry.pointee.fits(request) && isOpen(n, request) {
            found = true
            let key = entry.pointee.key
            if key < bestKey || (key == bestKey && entry.pointee.rank < bestRank) {
              bestKey = key
              bestRank = entry.pointee.rank
              best = n
            }
          }
          n = Int(entry.pointee.next)
        }
        if found { break }
        at = nextOccupied(group, from: at + 1)
      }
    }
    return best
  }

  /// Where a MIG instance for the request goes.
  func firstInstance(_ request: Request) -> Placement {
    mig!.first(request) { n in
      entries[n].cpu >= request.cpu && entries[n].memory >= request.memory && isOpen(n, request)
    }
  }

  /// Whether no rule between jobs closes the node to the request.
  @inline(__always)
  private func isOpen(_ n: Int, _ request: Request) -> Bool {
    request.obeys == 0 || closedBy[n] & request.obeys == 0
  }

  /// The lowest rank among the idle nodes of this kind that are open to the
  /// request.
  ///
  /// - Complexity: O(1) without rules; with them it walks past closed nodes.
  @inline(__always)
  private func firstIdle(kind: Int, _ request: Request) -> Int? {
    var position = idle.first(kind: kind)
    while let p = position, !isOpen(Int(nodeAtRank[p]), request) {
      position = idle.next(kind: kind, after: p)
    }
    return position
  }

  /// Whether any node that is up, of an accepted class, offers the GPUs asked,
  /// whatever CPU and memory it has left.
  func offersGPUs(_ request: Request) -> Bool {
    if request.slice >= 0 { return mig!.offers(request) }
    return capabilities.offers(atLeast: request.need, classes: request.classes & nodeClasses)
  }

  /// The largest capability of a node that is up, whatever its class; -1: none
  /// is.
  var largestCapability: Int32 { capabilities.largest(classes: nodeClasses) }

  /// The first bucket of the group with nodes, at or after this one.
  @inline(__always)
  private func nextOccupied(_ group: Int, from bucket: Int) -> Int {
    guard bucket < NodeIndex.bucketCount else { return Int.max }
    let base = group * NodeIndex.wordCount
    let word = bucket >> 6
    let bits = occupied[base + word] & (UInt64.max << UInt64(bucket & 63))
    if bits != 0 { return word * 64 + bits.trailingZeroBitCount }
    let words = word == 63 ? 0 : occupiedWords[group] & (UInt64.max << UInt64(word + 1))
    guard words != 0 else { return Int.max }
    let next = words.trailingZeroBitCount
    return next * 64 + occupied[base + next].trailingZeroBitCount
  }
}
