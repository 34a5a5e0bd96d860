import Hardware
import Outcome
import SimulationKernel
import Workload

/// Runs simulations.
public enum Simulation {
  /// Simulates one replication.
  ///
  /// The same input gives an equal outcome, bit for bit, in any process and on
  /// any thread.
  ///
  /// - Parameters:
  ///   - input: fleet, jobs and policies.
  ///   - observer: told of progress, and may cancel.
  /// - Throws: ``SimulationError``.
  /// - Complexity: O(log n) an event plus placement (see ``NodeIndex`` and
  ///   ``ScoredSearch``).
  public static func run(_ input: SimulationInput, observer: (any RunObserver)? = nil) throws -> RunOutcome {
    var loop = EventLoop(try prepared(input))
    let end = try loop.run(observer: observer)
    return try loop.outcome(end: end)
  }

  /// Looks at what ``run(_:observer:)`` refuses before it begins, and begins
  /// nothing.
  ///
  /// - Throws: ``SimulationError``.
  public static func check(_ input: SimulationInput) throws { _ = try prepared(input) }

  /// What is refused on the way without a place is about the run as a whole.
  private static func prepared(_ input: SimulationInput) throws -> PreparedRun {
    do {
      return try PreparedRun(input)
    } catch SimulationError.invalidInput(let text) {
      throw SimulationError.invalidInput(input.places.located(text))
    } catch let error as SimulationError where input.places != InputPlaces() {
      throw SimulationError.invalidInput(input.places.located("\(error)", about: .workload))
    }
  }
}

extension EventLoop {
  /// Closes the books.
  consuming func outcome(end: SimTime) throws -> RunOutcome {
    var result = RunOutcome()
    let input = self.input
    result.seed = input.seed
    result.replication = input.replication
    result.end = end
    result.measuredFrom = min(input.measuredFrom, end)
    result.bucket = bucket
    result.eventCount = eventCount
    result.fingerprint = fingerprint.value
    result.interruptedAttempts = attempts
    result.filling = input.recordsFilling ? filling : nil
    result.snapshot = snapshot()

    sharing?.close(at: end.nanoseconds)
    let freeAndDown = accounts.finish(at: end.nanoseconds, cluster)
    let stateSeries = accounts.stateSeries(at: end.nanoseconds, models: input.fleet.gpuModels)
    result.nodes = freeAndDown.enumerated().map { n, ledger in
      var totals = NodeTotals()
      totals.ledger = ledger
      return totals
    }
    if let storage {
      let totals = closeTransfers(storage, at: end.nanoseconds)
      if input.storage != nil { result.storage = totals }
    }
    var columns = jobColumns(end: end.nanoseconds)
    result.causes = waits.history(jobs: input.jobs.count)
    result.waits = try WaitBooks(input, result.causes, end: end.nanoseconds).book(&columns, attempts)
    result.causes = result.causes.spelledOut(input, shapes: givenShapeCount, end: end.nanoseconds)
    result.pieces = pieces
    result.budgetViolations = preemption?.budgets?.violations ?? []
    if let autoNodes {
      result.autoNodes = autoNodes.close(at: end.nanoseconds)
      result.nodeStages = autoNodes.changes
      result.nodeDisruptions = autoNodes.disruptions
      result.nodeEvictions = autoNodes.evictions
    }
    if let burst { result.bursts = closeBursts(burst, columns, at: end.nanoseconds) }
    if let tenancy { result.clusters = tenancy.close(at: end.nanoseconds) }
    if let heldGangs {
      result.gangsHold = true
      result.deadlock = closeHolds(heldGangs, at: end.nanoseconds)
      result.gangHolds = heldGangs.holds
    }
    var books = JobAccounts(
      input,
      mig: cluster.mig,
      instanceSpeeds: instanceSpeeds,
      from: result.measuredFrom.nanoseconds,
      end: end.nanoseconds,
      bucket: result.bucket.nanoseconds
    )
    books.book(result.gangHolds, requests: requests.array())
    if let removals {
      removals.close(at: end.nanoseconds)
      books.book(removals)
    }
    books.book(
      columns,
      attempts: result.interruptedAttempts,
      pieces: pieces,
      requests: requests.array(),
      into: &result.nodes
    )
    result.jobs = columns
    if let fleet = cluster.mig {
      mig!.nameInstances(input.jobs, requests.array(), instanceSpeeds, fleet, in: &result)
    }
    result.tenants = books.tenants
    result.series = stateSeries + books.series + result.autoNodes.flatMap(\.series)
    if let mig = cluster.mig {
      let placeable = mig.placeability.finish(at: end.nanoseconds, names: input.fleet.gpuModels)
      result.placeability = placeable.totals
      result.series += placeable.series
    }
    result.ledgerByModel = Array(repeating: LedgerTotals(), count: input.fleet.gpuModels.count)
    for (n, totals) in result.nodes.enumerated() {
      result.ledger += totals.ledger
      if let model = input.fleet.nodes[n].gpuModel {
        result.ledgerByModel[Int(model.rawValue)] += totals.ledger
      }
    }
    return result
  }

  /// The job columns with what the attempts and the queue know.
  private func jobColumns(end: Int64) -> JobColumns {
    var columns = live.columns()
    var hasFirst: Set<JobID> = []
    for attempt in attempts where hasFirst.insert(attempt.job).inserted {
      columns.firstStartNanoseconds[Int(attempt.job.rawValue)] = attempt.startNanoseconds
    }
    life?.complete(&columns)
    columns.wipeNanoseconds = wipes?.spans ?? []
    if let progress {
      // Overhead is counted from the instant at which a run began to work.
      let begun = columns.startNanoseconds.indices.map { job in
        let start = columns.startNanoseconds[job]
        let stop = columns.endNanoseconds[job] < 0 ? end : columns.endNanoseconds[job]
        return start < 0 ? start : min(stop, start + columns.wipe(job))
      }
      columns.overheadNanoseconds =
        progress.overheads(start: begun, stop: columns.endNanoseconds, end: end) ?? []
    }
    if let speeds = progress?.speeds {
      columns.rate = speeds.presentRates
      columns.bestRate = speeds.bestRates
    }
    if let sharing { sharing.complete(&columns) }
    if let ladders {
      columns.relaxed = columns.state.indices.map { ladders.level(Int(shapes[$0].rawValue)) }
    }
    return columns
  }

  /// How much fits at the end.
  private func snapshot() -> FleetSnapshot {
    var result = FleetSnapshot()
    let worker = commonOneGPURequest()
    for n in 0..<cluster.nodeCount where cluster.isUp(n) {
      result.freeMilliGPU += Int64(cluster.nodes[n].gpuFreeSum)
      var fitting = Int(cluster.nodes[n].wholeFree)
      if let worker {
        if cluster.nodes[n].classBit & worker.classes == 0 { continue }
        if worker.cpu > 0 { fitting = min(fitting, Int(cluster.nodes[n].cpuFree / worker.cpu)) }
        if worker.memory > 0 { fitting = min(fitting, Int(cluster.nodes[n].memoryFree / worker.memory)) }
      }
      result.largestJobOnOneNode = max(result.largestJobOnOneNode, fitting)
      result.largestGang += fitting
    }
    result.fgdMilliGPU = tracker?.fleetMilliGPU ?? 0
    return result
  }

  /// The most frequent typical request for one whole GPU.
  private func commonOneGPURequest() -> Request? {
    typicalWithMemory.first { $0.request.gpuCount == 1 && $0.request.milli == 1000 }?.request
  }
}
