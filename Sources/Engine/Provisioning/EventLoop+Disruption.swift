import Outcome
import SimulationKernel

/// Nodes go that are empty, drifted or underused: one command at a time, in
/// Karpenter's order.
extension EventLoop {
  /// The node has other contents than before.
  mutating func noteUse(_ n: Int, _ autoNodes: Provisioner) {
    let now = feed.now.time.nanoseconds
    // What the buffer is kept on may differ from now on.
    if !autoNodes.spec.buffer.isEmpty { scheduleReview(autoNodes, at: now) }
    let from = autoNodes.noteUse(n, isIdle: cluster.isIdle(n), at: now)
    if let autoscaler = autoNodes.autoscaler {
      // Also of a node that neither comes nor goes: work may move to it.
      if autoscaler.spec.scalesDown || !queue.isEmpty { scheduleScan(autoNodes, autoscaler, at: now) }
    } else if let from {
      scheduleReview(autoNodes, at: from)
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

  // MARK: - Consolidation

  private mutating func consolidate(_ autoNodes: Provisioner, at now: Int64) {
    guard let command = consolidation(autoNodes, at: now) else { return lookAgain(autoNodes, at: now) }
    autoNodes.pending = command
    push(.judge, 0, at: now + AutoNodes.validation)
    scheduleReview(autoNodes, at: now + AutoNodes.validation)
  }

  /// The command that Karpenter would choose now: nodes together, else one.
  private mutating func consolidation(_ autoNodes: Provisioner, at now: Int64) -> Provisioner.Command? {
    var allowed = autoNodes.allowances(.underused, at: now)
    guard allowed.contains(where: { $0 > 0 }) else { return nil }
    let settled = candidates(autoNodes, at: now) {
      autoNodes.settledAt($0) <= now && autoNodes.emptySince[$0] < 0 && autoNodes.group($0).isDynamic
    }
    let ordered = Consolidation.ordered(settled)
    if ordered.isEmpty { return nil }
    let view = view(autoNodes, at: now)
    let rule = Consolidation(spotToSpot: autoNodes.spec.spotToSpot)
    var together: [Consolidation.Candidate] = []
    let single = allowed
    for candidate in ordered where allowed[autoNodes.group(candidate.node).pool] > 0 {
      allowed[autoNodes.group(candidate.node).pool] -= 1
      together.append(candidate)
    }
    let found = rule.together(together, view.trial.offers) { nodes in
      outcome(of: nodes.map(\.node), view, autoNodes)
    }
    if let found { return command(found.nodes, found.decision) }
    var hopes = Hopes()
    for candidate in ordered where single[autoNodes.group(candidate.node).pool] > 0 {
      guard mayGo(candidate, view, &hopes) else { continue }
      let decision = rule.decide(
        [candidate],
        outcome(of: [candidate.node], view, autoNodes),
        view.trial.offers
      )
      if decision != .stay { return command([candidate], decision) }
    }
    return nil
  }

  private func command(_ nodes: [Consolidation.Candidate], _ decision: Consolidation.Decision)
    -> Provisioner.Command
  {
    var command = Provisioner.Command(removal: .underused, nodes: nodes.map(\.node), claims: [])
    if case .replace(let offers) = decision { command.claims = [offers] }
    return command
  }

  /// The decision of some time ago is carried out if all its nodes may still go
  /// and the same can be done with them.
  mutating func judge(_ autoNodes: Provisioner, at now: Int64) {
    guard let command = autoNodes.pending else { return }
    autoNodes.pending = nil
    let allowed = autoNodes.allowances(command.removal, at: now)
    let nodes = candidates(autoNodes, at: now) {
      command.nodes.contains($0) && autoNodes.settledAt($0) <= now && autoNodes.emptySince[$0] < 0
    }
    guard nodes.count == command.nodes.count else { return lookAgain(autoNodes, at: now) }
    var wanted = Array(repeating: 0, count: allowed.count)
    for node in command.nodes { wanted[autoNodes.group(node).pool] += 1 }
    guard zip(wanted, allowed).allSatisfy({ $0 <= $1 }) else { return lookAgain(autoNodes, at: now) }
    let result = outcome(of: command.nodes, view(autoNodes, at: now), autoNodes)
    let isStill =
      result.isWhole && result.claims.count == command.claims.count
      && zip(command.claims, result.claims).allSatisfy { Set($0).isSubset(of: $1) }
    guard isStill else { return lookAgain(autoNodes, at: now) }
    carryOut(command, autoNodes, at: now)
    scheduleReview(autoNodes, at: now)
  }

  /// When something may be possible that is not now, though nothing changes.
  private mutating func lookAgain(_ autoNodes: Provisioner, at now: Int64) {
    var next = autoNodes.spec.nextBudgetChange(after: now) ?? Int64.max
    for group in autoNodes.spec.groups where autoNodes.spec.consolidatesUnderused && group.isDynamic {
      for n in group.nodes where autoNodes.stage(n) == .up {
        let from = autoNodes.settledAt(n)
        if from > now { next = min(next, from) }
      }
    }
    if next < Int64.max { scheduleReview(autoNodes, at: next) }
  }

  // MARK: - What is decided is done

  /// What is to come is launched; then the nodes take no new work, and they go
  /// when all of it is up.
  private mutating func carryOut(_ command: Provisioner.Command, _ autoNodes: Provisioner, at now: Int64) {
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
