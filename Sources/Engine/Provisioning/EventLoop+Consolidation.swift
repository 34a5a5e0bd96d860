import Outcome

/// Underused nodes go.
extension EventLoop {
  /// What a look at underused nodes needs to know beside the nodes themselves.
  private struct Look {
    var trial: DisruptionTrial
    /// Work that waits or leaves its node, in the order in which it is placed.
    var pending: [DisruptionTrial.Item]
    /// The same by request; of work for which no node could come nothing.
    var demand: [ConsolidationBook.Content]
    /// What gangs that leave a node free on others.
    var lifted: [(node: Int, room: NodeRoom)]
    var leavingGangs: [Int]
  }

  /// Decides which underused nodes go; it is done when that still holds a while later.
  mutating func consolidate(_ autoNodes: Provisioner, at now: Int64) {
    guard let book = autoNodes.book, let command = consolidation(book, autoNodes, at: now) else {
      return lookAgain(autoNodes, at: now)
    }
    autoNodes.pending = command
    push(.judge, 0, at: now + AutoNodes.validation)
    scheduleReview(autoNodes, at: now + AutoNodes.validation)
  }

  /// The command that Karpenter would choose now: nodes together, else one.
  private mutating func consolidation(_ book: ConsolidationBook, _ autoNodes: Provisioner, at now: Int64)
    -> Provisioner.Command?
  {
    let allowed = autoNodes.allowances(.underused, at: now)
    guard allowed.contains(where: { $0 > 0 }) else { return nil }
    sync(book, autoNodes, at: now)
    let before = autoNodes.unseenPools
    let command = search(book, autoNodes, allowed: allowed, at: now)
    if verifier != nil, cluster.nodeCount <= 64 || book.searches % 64 == 0 {
      let slow = slowConsolidation(autoNodes, allowed: allowed, unseen: before, at: now)
      if slow != command {
        book.fault =
          "underused nodes at \(now): \(String(describing: command)), slowly \(String(describing: slow))"
      }
    }
    return command
  }

  private mutating func search(
    _ book: ConsolidationBook,
    _ autoNodes: Provisioner,
    allowed: [Int],
    at now: Int64
  ) -> Provisioner.Command? {
    let trialTime = autoNodes.spec.trialTime.nanoseconds
    let possible = book.takePossible()
    // Where trials take time all count; and where gangs leave, more room is free
    // than is booked.
    let looksAtAll = trialTime > 0 || jobsThatLeave(autoNodes, at: now).contains { workers(of: $0) > 1 }
    let first = book.front(2, allowed: allowed).map(\.node)
    // What two cannot do more cannot either.
    let mayTogether =
      first.count > 1
      && (looksAtAll || book.gangNodes > 0 || book.mayGo(first, useful: usefulToAny(first, book)))
    if !mayTogether && possible.isEmpty && !looksAtAll { return nil }
    let look = look(book, autoNodes, at: now)
    let rule = Consolidation(spotToSpot: autoNodes.spec.spotToSpot, balance: balance(book, autoNodes))
    let offers = look.trial.offers
    if mayTogether {
      let found = rule.together(
        book.front(AutoNodes.mostTogether + 1, allowed: allowed),
        offers,
        mostTrials: Consolidation.mostTrials(each: trialTime, within: AutoNodes.longestTogether)
      ) { trial(of: $0, look, book, autoNodes) }
      if let found { return Provisioner.Command(found.nodes, found.decision) }
    }
    let pools = autoNodes.spec.turns(after: autoNodes.unseenPools)
    let turns = looksAtAll ? book.inTurns(pools: pools) : book.inTurns(possible, pools: pools)
    let single = rule.alone(
      turns,
      allowed: allowed,
      offers,
      mostTrials: Consolidation.mostTrials(each: trialTime, within: AutoNodes.longestAlone)
    ) { trial(of: [$0], look, book, autoNodes) }
    guard let node = single.node else {
      autoNodes.unseenPools = single.unseen
      // The search goes on at the next look, whatever changes.
      if single.isCutShort { scheduleReview(autoNodes, at: now) }
      return nil
    }
    return Provisioner.Command([node], single.decision)
  }

  /// By group: whether one of its nodes might come in place of these and others.
  private func usefulToAny(_ nodes: [Int], _ book: ConsolidationBook) -> [Bool] {
    book.kinds.indices.map { offer in
      !nodes.contains { n in
        let kind = book.kinds[Int(book.groupOf[n])]
        return kind.type == book.kinds[offer].type && kind.price <= book.kinds[offer].price
      }
    }
  }

  private func balance(_ book: ConsolidationBook, _ autoNodes: Provisioner) -> Consolidation.Balance? {
    autoNodes.spec.balance.map { threshold in
      let prices = autoNodes.poolPrices()
      return Consolidation.Balance(
        threshold: threshold,
        totals: prices.indices.map { .init(price: prices[$0], cost: book.totalCost[$0]) }
      )
    }
  }

  // MARK: - Trials

  private mutating func look(_ book: ConsolidationBook, _ autoNodes: Provisioner, at now: Int64) -> Look {
    let leaving = jobsThatLeave(autoNodes, at: now)
    let gangs = leaving.filter { workers(of: $0) > 1 }
    var look = Look(
      trial: trial(autoNodes, at: now),
      pending: [],
      demand: [],
      lifted: roomWithout(gangs),
      leavingGangs: gangs
    )
    for job in waitingForNodes() + leaving.map(Int32.init) {
      look.pending.append(item(Int(job), book))
    }
    look.pending.sort()
    for item in look.pending {
      let request = book.room.asks[Int(item.ask)].request
      if let known = look.demand.firstIndex(where: { $0.ask == Int(item.ask) }) {
        if look.demand[known].workers > 0 { look.demand[known].workers += Int(item.workers) }
      } else {
        var claims = DisruptionTrial.Claims(look.trial)
        let workers = claims.open(request) ? Int(item.workers) : 0
        look.demand.append(ConsolidationBook.Content(ask: Int(item.ask), workers: workers))
      }
    }
    return look
  }

  private func workers(of job: Int) -> Int { Int(requests[Int(shapes[job].rawValue)].workers) }

  private func item(_ job: Int, _ book: ConsolidationBook) -> DisruptionTrial.Item {
    let shape = Int(shapes[job].rawValue)
    return DisruptionTrial.Item(
      job: Int32(job),
      ask: ask(shape, book),
      workers: requests[shape].workers,
      book.room
    )
  }

  private func ask(_ shape: Int, _ book: ConsolidationBook) -> Int {
    book.room.ask(Int32(shape), cluster) { provisionersView(of: requests[shape]) }
  }

  /// What nodes that are up have without these gangs, where they lie.
  private mutating func roomWithout(_ gangs: [Int]) -> [(node: Int, room: NodeRoom)] {
    if gangs.isEmpty { return [] }
    var nodes: Set<Int> = []
    for job in gangs {
      for position in 0..<partCount(job) { nodes.insert(part(of: job, position).node) }
      lift(job)
    }
    var result: [(node: Int, room: NodeRoom)] = []
    for n in nodes.sorted() where cluster.isUp(n) { result.append((n, NodeRoom(n, cluster))) }
    for job in gangs.reversed() { putBack(job) }
    return result
  }

  private mutating func trial(
    of nodes: [Consolidation.Candidate],
    _ look: Look,
    _ book: ConsolidationBook,
    _ autoNodes: Provisioner
  ) -> DisruptionTrial.Result {
    let useful = Consolidation.useful(nodes, look.trial.offers)
    let leaving = nodes.map(\.node)
    if look.lifted.isEmpty {
      let mayGo = book.mayGo(
        leaving,
        useful: useful,
        pending: look.demand,
        onStarting: { ask in
          autoNodes.starting.reduce(0) { $0 + book.room.count(ask, on: Int($1), cluster) }
        }
      )
      if !mayGo { return DisruptionTrial.Result(isWhole: false) }
    }
    var moved: [DisruptionTrial.Item] = []
    var gangs: [Int] = []
    for n in leaving {
      for entry in residents.entries(on: n) {
        if entry.piece >= 0 {
          if gangs.contains(entry.job) || look.leavingGangs.contains(entry.job) { continue }
          gangs.append(entry.job)
        }
        moved.append(item(entry.job, book))
      }
    }
    moved.sort()
    book.room.lifted = look.lifted + roomWithout(gangs)
    return look.trial.run(
      look.pending,
      moved,
      on: book.room,
      without: leaving,
      starting: autoNodes.starting
    ) { $0.contains { useful[$0] } }
  }

  /// The decision of some time ago is carried out if all its nodes may still go
  /// and the same can be done with them.
  mutating func judge(_ autoNodes: Provisioner, at now: Int64) {
    guard let command = autoNodes.pending, let book = autoNodes.book else { return }
    autoNodes.pending = nil
    let allowed = autoNodes.allowances(command.removal, at: now)
    sync(book, autoNodes, at: now)
    guard command.nodes.allSatisfy({ book.isListed[$0] }) else { return lookAgain(autoNodes, at: now) }
    var wanted = Array(repeating: 0, count: allowed.count)
    for node in command.nodes { wanted[autoNodes.group(node).pool] += 1 }
    guard zip(wanted, allowed).allSatisfy({ $0 <= $1 }) else { return lookAgain(autoNodes, at: now) }
    let nodes = command.nodes.map { book.candidate($0) }
    let result = trial(of: nodes, look(book, autoNodes, at: now), book, autoNodes)
    let isStill =
      result.isWhole && result.claims.count == command.claims.count
      && zip(command.claims, result.claims).allSatisfy { Set($0).isSubset(of: $1) }
    guard isStill else { return lookAgain(autoNodes, at: now) }
    carryOut(command, autoNodes, at: now)
    scheduleReview(autoNodes, at: now)
  }

  /// When something may be possible that is not now, though nothing changes.
  mutating func lookAgain(_ autoNodes: Provisioner, at now: Int64) {
    var next = autoNodes.spec.nextBudgetChange(after: now) ?? Int64.max
    if let book = autoNodes.book {
      sync(book, autoNodes, at: now)
      next = min(next, book.nextChange ?? .max)
    }
    if next < Int64.max { scheduleReview(autoNodes, at: next) }
  }
}

extension Provisioner.Command {
  init(_ nodes: [Consolidation.Candidate], _ decision: Consolidation.Decision) {
    self.init(removal: .underused, nodes: nodes.map(\.node), claims: [])
    if case .replace(let offers) = decision { claims = [offers] }
  }
}
