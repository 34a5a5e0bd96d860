import Outcome
import SimulationKernel

/// Nodes go that are empty, drifted or underused: one command at a time, in
/// Karpenter's order. Underused ones: see ``consolidate(_:at:)``.
extension EventLoop {
  /// The node has other contents than before.
  mutating func noteUse(_ n: Int, _ autoNodes: Provisioner) {
    let now = feed.now.time.nanoseconds
    autoNodes.book?.touch(n)
    // What the buffer is kept on may differ from now on.
    if !autoNodes.spec.buffer.isEmpty { scheduleReview(autoNodes, at: now) }
    let from = autoNodes.noteUse(n, isIdle: cluster.isIdle(n), at: now)
    if let autoscaler = autoNodes.autoscaler {
      // Also of a node that neither comes nor goes: work may move to it.
      if autoscaler.spec.scalesDown || !queue.isEmpty { scheduleScan(autoNodes, autoscaler, at: now) }
    } else if let from {
      scheduleReview(autoNodes, at: from)
    } else if autoNodes.stage(n) == .none, autoNodes.spec.consolidatesUnderused {
      // Work of underused nodes may move to one that neither comes nor goes.
      scheduleReview(autoNodes, at: now)
    }
  }

  /// At the next full interval of looks; one at this instant has been.
  mutating func scheduleReview(_ autoNodes: Provisioner, at instant: Int64) {
    if let autoscaler = autoNodes.autoscaler { return scheduleScan(autoNodes, autoscaler, at: instant) }
    let earliest = max(instant, feed.now.time.nanoseconds + 1)
    guard earliest <= SimTime.latest.nanoseconds else { return }
    let at = (earliest + AutoNodes.poll - 1) / AutoNodes.poll * AutoNodes.poll
    guard at < autoNodes.nextReview else { return }
    autoNodes.nextReview = at
    push(.review, 0, at: at)
  }

  mutating func reviewNodes(_ autoNodes: Provisioner, at now: Int64) {
    // One that was superseded by an earlier look.
    guard autoNodes.nextReview <= now else { return }
    autoNodes.nextReview = Provisioner.never
    if autoNodes.pending != nil { return scheduleReview(autoNodes, at: now + AutoNodes.validation) }
    if !autoNodes.spec.buffer.isEmpty { reserveForBuffer(autoNodes) }
    let (chosen, next) = autoNodes.choose(at: now)
    for node in chosen {
      push(.validate, node, at: now + AutoNodes.validation, generation: autoNodes.turn[node])
    }
    if let next { scheduleReview(autoNodes, at: next) }
    guard autoNodes.spec.evictsWork else { return }
    if autoNodes.validatesEmpty { return scheduleReview(autoNodes, at: now + AutoNodes.validation) }
    if replaceDrifted(autoNodes, at: now) { return scheduleReview(autoNodes, at: now) }
    if autoNodes.spec.consolidatesUnderused { consolidate(autoNodes, at: now) }
  }

  // MARK: - Drift

  /// What exists of the group is not as it should be any more.
  mutating func drift(group: Int, _ autoNodes: Provisioner, at now: Int64) {
    autoNodes.hasDrifted = true
    for n in autoNodes.spec.groups[group].nodes {
      switch autoNodes.stage(n) {
      case .starting, .up, .cordoned, .draining, .failed: autoNodes.isDrifted[n] = true
      case .none, .gone, .terminating: break
      }
    }
    scheduleReview(autoNodes, at: now)
  }

  /// Replaces the first drifted node whose work has somewhere to go, by as many
  /// nodes as that needs; returns whether there was one.
  private mutating func replaceDrifted(_ autoNodes: Provisioner, at now: Int64) -> Bool {
    guard autoNodes.hasDrifted else { return false }
    let drifted = candidates(autoNodes, at: now) { autoNodes.isDrifted[$0] }
    if drifted.isEmpty { return false }
    let allowed = autoNodes.allowances(.drifted, at: now)
    let view = view(autoNodes, at: now)
    // The oldest first.
    for node in drifted.map(\.node).sorted(by: { (autoNodes.created[$0], $0) < (autoNodes.created[$1], $1) })
    where allowed[autoNodes.group(node).pool] > 0 {
      let group = Int(autoNodes.groupOf[node])
      if autoNodes.spec.groups[group].replicas != nil {
        guard autoNodes.room(group, at: now) > 0 else { continue }
        carryOut(Provisioner.Command(removal: .drifted, nodes: [node], claims: [[group]]), autoNodes, at: now)
        return true
      }
      let result = outcome(of: [node], view, autoNodes)
      guard result.isWhole else { continue }
      let command = Provisioner.Command(removal: .drifted, nodes: [node], claims: result.claims)
      carryOut(command, autoNodes, at: now)
      return true
    }
    lookAgain(autoNodes, at: now)
    return false
  }

  // MARK: - What is decided is done

  /// What is to come is launched; then the nodes take no new work, and they go
  /// when all of it is up.
  mutating func carryOut(_ command: Provisioner.Command, _ autoNodes: Provisioner, at now: Int64) {
    let number = autoNodes.commands.count
    var command = command
    var launched: [Int] = []
    for claim in command.claims {
      let group = claim.filter { autoNodes.room($0, at: now) > 0 }.min {
        let (a, b) = (autoNodes.spec.groups[$0], autoNodes.spec.groups[$1])
        return (a.purchase.preference, a.marginalPrice, $0) < (b.purchase.preference, b.marginalPrice, $1)
      }
      guard let group, let node = launch(group, autoNodes, at: now) else {
        // The nodes stay; what has been launched for them comes all the same.
        return lookAgain(autoNodes, at: now)
      }
      launched.append(node)
    }
    command.awaited = launched.count
    autoNodes.commands.append(command)
    for node in launched { autoNodes.replaces[node] = Int32(number) }
    func price(_ nodes: [Int]) -> Double {
      nodes.reduce(0) { $0 + autoNodes.group($1).marginalPrice }
    }
    autoNodes.disruptions.append(
      NodeDisruption(
        atNanoseconds: now,
        removal: command.removal,
        nodes: command.nodes.map(Int32.init),
        replacements: launched.map(Int32.init),
        pricePerHour: price(command.nodes),
        replacementPricePerHour: price(launched)
      )
    )
    for node in command.nodes {
      autoNodes.cordon(node, command.removal, at: now)
      autoNodes.commandOf[node] = Int32(number)
      setCondition(.clearing, node)
    }
    if launched.isEmpty {
      for node in command.nodes { beginToDrain(node, for: command.removal, autoNodes, at: now) }
    }
  }
}
