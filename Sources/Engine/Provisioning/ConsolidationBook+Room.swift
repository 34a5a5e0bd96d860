import Hardware

/// Which candidates there is too little room for.
extension ConsolidationBook {
  /// Nodes of a group that cannot go as long as a request finds less room than each
  /// needs.
  struct Watch {
    var ask: Int
    /// What a cheaper node would bring.
    var extra: Int
    /// The need (28 bits), the node (20) and the end of its version (16).
    var waiting = MinHeap<UInt64>()
    var size = 0
  }

  /// Workers of this request that fit where all these lie.
  func workers(of ask: Int, in contents: [Content]) -> Int {
    contents.reduce(0) { $0 + $1.workers * room.multiples[$1.ask][ask] }
  }

  /// A request for which there is too little room without the node.
  private func shortfall(_ n: Int) -> (watch: Int, need: Int)? {
    if hasGang[n] { return nil }
    for content in contents[n] where room.asks[content.ask].isCounted {
      let need = workers(of: content.ask, in: contents[n]) + Int(room.asks[content.ask].capacity[n])
      let watch = watch(Int(groupOf[n]), content.ask)
      // More is not noted, and a node that needs as much is tried.
      if need > room.asks[content.ask].total + watches[watch].extra, need < 1 << 28 { return (watch, need) }
    }
    return nil
  }

  private func watch(_ group: Int, _ ask: Int) -> Int {
    while watchOf[group].count <= ask { watchOf[group].append(-1) }
    if watchOf[group][ask] < 0 {
      watchOf[group][ask] = Int32(watches.count)
      let cheaper = kinds.indices.filter { kinds[$0].price < kinds[group].price }
      watches.append(Watch(ask: ask, extra: cheaper.map { room.count(ask, onIdle: idle[$0]) }.max() ?? 0))
    }
    return Int(watchOf[group][ask])
  }

  /// Puts a candidate behind what keeps it, or among those that may be possible.
  func place(_ n: Int) {
    guard let (watch, need) = shortfall(n) else {
      if !isPossible[n] { possible.append(Int32(n)) }
      isPossible[n] = true
      return
    }
    isPossible[n] = false
    watches[watch].waiting.insert(
      UInt64(need) << 36 | UInt64(n) << 16 | UInt64(truncatingIfNeeded: version[n]) & 0xFFFF
    )
    watches[watch].size += 1
    if watches[watch].size > 2 * room.nodeCount + 64 { tidy(watch) }
  }

  /// The candidate that waits so; nil: it is void.
  private func node(_ entry: UInt64) -> Int? {
    let n = Int(entry >> 16 & 0xF_FFFF)
    let isCurrent = UInt16(truncatingIfNeeded: entry) == UInt16(truncatingIfNeeded: version[n])
    return isListed[n] && isCurrent ? n : nil
  }

  /// Drops what is void.
  private func tidy(_ watch: Int) {
    var kept = MinHeap<UInt64>()
    var size = 0
    for entry in watches[watch].waiting.unordered where node(entry) != nil {
      kept.insert(entry)
      size += 1
    }
    watches[watch].waiting = kept
    watches[watch].size = size
  }

  /// Candidates that may be possible, in no order that matters.
  func takePossible() -> [Int] {
    searches += 1
    for watch in watches.indices {
      let available = room.asks[watches[watch].ask].total + watches[watch].extra
      while let first = watches[watch].waiting.first, Int(first >> 36) <= available {
        _ = watches[watch].waiting.removeFirst()
        watches[watch].size -= 1
        if let n = node(first) { place(n) }
      }
    }
    var before: [Int] = []
    for entry in possible where isPossible[Int(entry)] {
      isPossible[Int(entry)] = false
      before.append(Int(entry))
    }
    possible.removeAll(keepingCapacity: true)
    for n in before { place(n) }
    return possible.map(Int.init)
  }

  /// Whether these nodes might go together, of which none has a gang on it.
  ///
  /// - Parameters:
  ///   - useful: by group: one of it may come in their place.
  ///   - pending: work that takes room beside theirs, where nothing may come.
  ///   - onStarting: what nodes that start take of a request, where nothing may come.
  func mayGo(
    _ nodes: [Int],
    useful: [Bool],
    pending: [Content] = [],
    onStarting: (Int) -> Int = { _ in 0 }
  ) -> Bool {
    if nodes.contains(where: { hasGang[$0] }) { return true }
    var all: [Content] = []
    for n in nodes {
      for content in contents[n] {
        if let place = all.firstIndex(where: { $0.ask == content.ask }) {
          all[place].workers += content.workers
        } else {
          all.append(content)
        }
      }
    }
    let comes = useful.indices.filter { useful[$0] }
    for content in all where room.asks[content.ask].isCounted {
      let ask = content.ask
      let need = workers(of: ask, in: all)
      let other = nodes.reduce(room.asks[ask].total) { $0 - Int(room.asks[ask].capacity[$1]) }
      if need > other + (comes.map { room.count(ask, onIdle: idle[$0]) }.max() ?? 0) { return false }
      if !pending.isEmpty && comes.isEmpty
        && need + workers(of: ask, in: pending) > other + onStarting(ask)
      {
        return false
      }
    }
    return true
  }
}
