import SimulationKernel

/// Nodes are drained and laid out anew.
extension EventLoop {
  /// How much of a wish of ``MIGRelay`` is not served yet: instances, or whole
  /// GPUs.
  private struct Wanted {
    var wish: Int
    var units: Int32
  }

  /// Jobs of a shape come to wait, or no longer do.
  func noteWaiting(_ job: Int, by count: Int32, at now: Int64) {
    if count > 0 { autoNodes?.arrivals.append(Int32(job)) }
    relay?.change(shape: Int(shapes[job].rawValue), by: count, at: now)
  }

  /// Looks, after a pass, whether a node should get other layouts.
  mutating func reviewLayouts(_ relay: MIGRelay, at now: SimTime) {
    let instant = now.nanoseconds
    var due = Int64.max
    var wanted: [Wanted] = []
    for s in 0..<relay.waiting.count where relay.waiting[s] > 0 {
      let ripe = relay.since[s] + relay.spec.after.nanoseconds
      if ripe <= instant {
        wanted.append(Wanted(wish: s, units: relay.waiting[s]))
      } else {
        due = min(due, ripe)
      }
    }
    // What nodes that are out will bring is not wanted twice.
    for n in 0..<(wanted.isEmpty || relay.out == 0 ? 0 : cluster.nodeCount) where relay.isOut[n] {
      guard let layouts = relay.targets[n] else { continue }
      wanted = left(of: wanted, after: layouts, on: n, relay)
    }
    var begins = false
    while wanted.contains(where: { $0.units > 0 }) {
      let may = relay.mayBegin(at: instant)
      guard may.now else {
        if let from = may.from { due = min(due, from) }
        break
      }
      guard let choice = choose(wanted, relay, at: instant, due: &due) else { break }
      wanted = left(of: wanted, after: choice.layouts, on: choice.node, relay)
      relay.begin(choice.node, choice.layouts, at: instant)
      takeOut(choice.node, relay, at: now)
      begins = true
    }
    if begins {
      explainDemands(at: instant)
      reviewCauses(at: now)
    }
    guard due != relay.nextReview, due > instant, due <= SimTime.latest.nanoseconds else { return }
    relay.nextReview = due
    feed.push(
      EventKey(time: SimTime(nanoseconds: due), phase: Phase.fault),
      payload: MaintenanceProgress.payload(.review, 0)
    )
  }

  /// The node with the least in use that could serve any of what is wanted, and
  /// the layouts that serve most of it.
  private func choose(
    _ wanted: [Wanted],
    _ relay: MIGRelay,
    at now: Int64,
    due: inout Int64
  ) -> (node: Int, layouts: [Int])? {
    var best: (used: Int32, rank: Int32, node: Int, layouts: [Int])?
    for n in 0..<cluster.nodeCount where cluster.isUp(n) && !relay.isOut[n] {
      let used = cluster.nodes[n].gpuCount * 1000 - cluster.nodes[n].gpuFreeSum
      if let best, (used, ranks[n]) >= (best.used, best.rank) { continue }
      if relay.returned[n] != .min, relay.returned[n] + relay.spec.cooldown.nanoseconds > now {
        due = min(due, relay.returned[n] + relay.spec.cooldown.nanoseconds)
        continue
      }
      guard let layouts = layouts(for: wanted, on: n, relay) else { continue }
      best = (used, ranks[n], n, layouts)
    }
    return best.map { ($0.node, $0.layouts) }
  }

  /// The layouts that a node gets for what is wanted; nil: none would change.
  ///
  /// Whole GPUs count only where a worker gets as many as it needs on one node.
  private func layouts(for wanted: [Wanted], on n: Int, _ relay: MIGRelay) -> [Int]? {
    var wanted = wanted
    while true {
      guard let chosen = bestLayouts(for: wanted, on: n, relay) else { return nil }
      let whole = chosen.indices.count { g in
        mig!.kindOf[n][g] < 0 || relay.states.leavesWhole(mig!.kindOf[n][g], layout: chosen[g])
      }
      let before = wanted.count
      wanted.removeAll { relay.wishes[$0.wish].gpus > whole }
      if wanted.count == before { return chosen }
    }
  }

  /// GPU by GPU the layout that holds most of what is still wanted: the one that
  /// it has, or the first of those that hold more; nil: none would change.
  private func bestLayouts(for wanted: [Wanted], on n: Int, _ relay: MIGRelay) -> [Int]? {
    var rest = wanted
    var changes = false
    let chosen = mig!.kindOf[n].enumerated().map { g, kind -> Int in
      let present = relay.layouts[n][g]
      guard kind >= 0 else { return present }
      func served(_ layout: Int) -> Int32 {
        rest.reduce(0) {
          $0 + min(room($1.wish, n, g, layout, relay), $1.units * relay.milli[$1.wish])
        }
      }
      var best = (milli: served(present), layout: present)
      for layout in 0..<relay.states.layoutCount(kind) {
        let milli = served(layout)
        if milli > best.milli { best = (milli, layout) }
      }
      changes = changes || best.layout != present
      rest = left(of: rest, gpu: g, layout: best.layout, on: n, relay)
      return best.layout
    }
    return changes ? chosen : nil
  }

  /// Thousandths of the GPU in this layout that are of use for the wish.
  private func room(_ number: Int, _ n: Int, _ g: Int, _ layout: Int, _ relay: MIGRelay) -> Int32 {
    let wish = relay.wishes[number]
    guard wish.slice >= 0 else {
      return wish.classes & cluster.nodes[n].classBit != 0
        && relay.states.leavesWhole(mig!.kindOf[n][g], layout: layout) ? 1000 : 0
    }
    return cluster.mig!.usableMilli(
      Int(wish.slice),
      device: n * cluster.stride + g,
      layout: layout,
      relay.states
    )
  }

  private func left(
    of wanted: [Wanted],
    gpu g: Int,
    layout: Int,
    on n: Int,
    _ relay: MIGRelay
  ) -> [Wanted] {
    wanted.map { entry in
      let held = room(entry.wish, n, g, layout, relay) / max(1, relay.milli[entry.wish])
      return Wanted(wish: entry.wish, units: max(0, entry.units - held))
    }
  }

  private func left(of wanted: [Wanted], after layouts: [Int], on n: Int, _ relay: MIGRelay) -> [Wanted] {
    mig!.kindOf[n].indices.filter { mig!.kindOf[n][$0] >= 0 }.reduce(wanted) {
      left(of: $0, gpu: $1, layout: layouts[$1], on: n, relay)
    }
  }

  /// The node takes no new work; with nothing on it, it is laid out at once.
  private mutating func takeOut(_ node: Int, _ relay: MIGRelay, at now: SimTime) {
    maintenance.turn[node] &+= 1
    setCondition(.clearing, node)
    guard residents.first(node: node) != nil else { return layOut(node, at: now) }
    guard let limit = relay.spec.drainLimit else { return }
    if limit == .zero { return interruptResidents(of: node, at: now) }
    pushRelayout(.limit, node, at: now, after: limit)
  }

  /// The last job has left the node.
  mutating func layOut(_ node: Int, at now: SimTime) {
    maintenance.turn[node] &+= 1
    setCondition(.changing, node)
    pushRelayout(.end, node, at: now, after: relay!.spec.duration)
  }

  /// The node's time is over, or it was given another fate meanwhile.
  mutating func endRelayout(_ node: Int, succeeds: Bool, at now: Int64) {
    guard let relay, relay.isOut[node] else { return }
    relay.end(node, succeeds: succeeds)
    if succeeds { cluster.mig!.layOut(node, relay.layouts[node], relay.states) }
    relay.returned[node] = now
    cluster.summarise(node)
    isPassPending = true
  }

  private mutating func pushRelayout(
    _ step: MaintenanceProgress.Step,
    _ node: Int,
    at now: SimTime,
    after span: SimDuration
  ) {
    guard span <= SimTime.latest - now else { return }
    feed.push(
      EventKey(time: now + span, phase: step == .end ? Phase.repair : Phase.fault),
      payload: MaintenanceProgress.payload(step, node),
      generation: maintenance.turn[node]
    )
  }
}
