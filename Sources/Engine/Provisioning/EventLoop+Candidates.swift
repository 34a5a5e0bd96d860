import Outcome
import Workload

/// What is booked of nodes that may go follows what becomes of them.
extension EventLoop {
  func makeBook(_ autoNodes: Provisioner) -> ConsolidationBook {
    ConsolidationBook(
      FreeRoom(nodes: cluster.nodeCount, shapes: requests.count),
      autoNodes.spec,
      idle: autoNodes.spec.groups.map { cluster.fleet.nodes[$0.nodes.lowerBound] },
      types: autoNodes.types
    )
  }

  /// Books what has changed until now.
  func sync(_ book: ConsolidationBook, _ autoNodes: Provisioner, at now: Int64) {
    if let budgets, book.setBlocked(input.jobs.classes.indices.map { budgets.allowance($0) == 0 }) {
      for group in autoNodes.spec.groups where group.isDynamic {
        for n in group.nodes { book.touch(n) }
      }
    }
    for entry in book.takeTouched() {
      let n = Int(entry)
      book.room.update(n, cluster)
      let group = Int(book.groupOf[n])
      if group < 0 { continue }
      if autoNodes.spec.balance != nil { book.setCost(n, autoNodes.isServing[n] ? costOfWork(on: n) : 0) }
      guard book.kinds[group].isDynamic, autoNodes.stage(n) == .up else { continue }
      let from = autoNodes.settledAt(n)
      if from > now { book.settles(n, at: from) } else { list(n, book, autoNodes, at: now) }
    }
    while let n = book.nextDue(by: now) { list(n, book, autoNodes, at: now) }
  }

  /// Lists a node that has been left alone for long enough, if its work may be told to
  /// leave.
  private func list(_ n: Int, _ book: ConsolidationBook, _ autoNodes: Provisioner, at now: Int64) {
    guard autoNodes.emptySince[n] < 0, !autoNodes.isChosen[n] else { return }
    var contents: [ConsolidationBook.Content] = []
    var hasGang = false
    var until = Int64.min
    var isBlocked = false
    residents.forEach(on: n) { entry in
      until = max(until, protectedUntil(entry.job, autoNodes))
      if !book.isBlocked.isEmpty && book.isBlocked[Int(input.jobs.jobClass[entry.job].rawValue)] {
        isBlocked = true
      }
      if entry.piece >= 0 {
        hasGang = true
        return
      }
      let shape = Int(shapes[entry.job].rawValue)
      let ask = book.room.ask(Int32(shape), cluster) { provisionersView(of: requests[shape]) }
      if let place = contents.firstIndex(where: { $0.ask == ask }) {
        contents[place].workers += 1
      } else {
        contents.append(ConsolidationBook.Content(ask: ask, workers: 1))
      }
    }
    if isBlocked { return }
    if until > now { return book.isProtected(n, until: until) }
    book.list(n, cost: costOfWork(on: n), contents, hasGang: hasGang)
  }

  /// The disruption cost of the node.
  func costOfWork(on n: Int) -> Double {
    var cost = Consolidation.cost(priorities: [])
    residents.forEach(on: n) { entry in
      let pods = entry.piece < 0 ? 1 : Int(pieces[entry.piece].workers)
      cost += Double(pods) * max(0, Consolidation.evictionCost(priority: input.jobs.priority[entry.job]))
    }
    return cost
  }

  /// The jobs of each class that run and that were stopped; nil: no class has a
  /// disruption budget.
  var budgets: DisruptionBudgets? { preemption?.budgets ?? autoNodes?.budgets }
}
