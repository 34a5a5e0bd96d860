import Hardware
import Outcome
import SimulationKernel
import Workload

/// Books what jobs asked, waited for and held: everything that follows from
/// the job columns alone, after the loop has ended.
struct JobAccounts {
  let input: SimulationInput
  let from: Int64
  private let end: Int64
  private let bucket: Int64
  private(set) var tenants: [TenantTotals]
  var heldOfNode: [HeldTime]
  var heldByTenant: [HeldTime]
  /// Allocated thousandths x ns of GPU g of node n at n * places + g.
  var heldOfGPU: [Int128]
  let places: Int
  /// Model of each node, read without touching its specification.
  let modelOfNode: [Int32]
  /// Series that hold anything, and where each key's stands, or -1. A flat
  /// table, since several keys are looked up for every job.
  private(set) var integrals: [BucketedIntegral] = []
  private(set) var position: [Int32]
  let modelCount: Int
  /// What instances take; nil in runs without MIG.
  let mig: MIGFleet?
  /// Nil where instances slow nobody.
  let instanceSpeeds: InstanceSpeeds?

  /// One series: kind, tenant, and set of accepted models or model.
  struct Key {
    enum Kind: Int, CaseIterable { case offered, waiting, served, busy, queue }
    var kind: Kind
    var tenant: Int
    var model: Int
  }

  init(
    _ input: SimulationInput,
    mig: MIGFleet?,
    instanceSpeeds: InstanceSpeeds?,
    from: Int64,
    end: Int64,
    bucket: Int64
  ) {
    self.input = input
    self.mig = mig
    self.instanceSpeeds = instanceSpeeds
    self.from = from
    self.end = end
    self.bucket = bucket
    tenants = Array(repeating: TenantTotals(), count: input.jobs.tenants.count)
    heldOfNode = Array(repeating: HeldTime(), count: input.fleet.nodes.count)
    heldByTenant = Array(repeating: HeldTime(), count: tenants.count)
    places = input.sharing == .pooled ? 0 : input.fleet.nodes.map(\.gpuCount).max() ?? 0
    heldOfGPU = Array(repeating: 0, count: input.fleet.nodes.count * places)
    modelOfNode = input.fleet.nodes.map { Int32($0.gpuModel?.rawValue ?? 0) }
    modelCount = max(input.jobs.modelSets.count, input.fleet.gpuModels.count, 1)
    position = Array(repeating: -1, count: Key.Kind.allCases.count * input.jobs.tenants.count * modelCount)
  }

  /// One run of a job: what it held, and how its time divides.
  struct Run {
    var job: Int
    var node: Int
    var mask: UInt16
    var pieces: ArraySlice<GangPiece>
    var start: Int64
    var stop: Int64
    /// First so long for repeating and restarting, then so long for good; the
    /// rest was lost.
    var overhead: Int64
    var kept: Int64
    /// Thousandths x ns that it used of its GPU; nil: its busy share of the
    /// time that it held it.
    var used: Int128?
    /// How long it wiped first, ns: before the rest of what is said here.
    var wipe: Int64
    /// How its MIG instance slowed it; nil: not at all.
    var slowing: InstanceSpeeds.Slowing?
  }

  /// Books every job; adds the allocated leaves to the nodes' totals.
  mutating func book(
    _ columns: JobColumns,
    attempts: [InterruptedAttempt],
    pieces: [GangPiece],
    requests: [Request],
    into nodes: inout [NodeTotals]
  ) {
    let jobs = input.jobs
    for j in 0..<jobs.count where columns.state[j] != .unseen {
      let shape = jobs.shapes[Int(jobs.shape[j].rawValue)]
      let asked = shape.milliGPU
      let tenant = Int(jobs.tenant[j].rawValue)
      let arrival = jobs.arrival[j].nanoseconds
      if arrival >= from { tenants[tenant].submitted += 1 }
      if columns.state[j] == .completed && columns.endNanoseconds[j] >= from {
        tenants[tenant].completed += 1
      }
      let start = columns.startNanoseconds[j]
      let isOnNode = columns.state[j].hasLastRun
      let stop = columns.endNanoseconds[j] >= 0 ? columns.endNanoseconds[j] : end
      if isOnNode {
        let first = columns.firstPiece.isEmpty ? 0 : Int(columns.firstPiece[j])
        let count = columns.pieceCount.isEmpty ? 0 : Int(columns.pieceCount[j])
        hold(
          Run(
            job: j,
            node: Int(columns.node[j].rawValue),
            mask: columns.gpuMask[j],
            pieces: pieces[first..<first + count],
            start: start,
            stop: stop,
            overhead: columns.overheadNanoseconds.isEmpty ? 0 : columns.overheadNanoseconds[j],
            kept: keptOfLastRun(j, columns, start: start, stop: stop),
            used: columns.used(j),
            wipe: columns.wipe(j)
          ),
          requests[Int(jobs.shape[j].rawValue)]
        )
      }
      guard asked > 0 || columns.state[j] != .rejected else { continue }
      // What never stood in the queue was never wanted.
      guard let eligible = columns.eligible(j, arrival: arrival) else { continue }
      let set = Int(shape.models.rawValue)
      let wanted = eligible + min(jobs.duration[j].nanoseconds, SimTime.latest.nanoseconds - eligible)
      add(Key(kind: .offered, tenant: tenant, model: set), asked, eligible, wanted)
      tenants[tenant].offered += Int128(asked) * Int128(clipped(eligible, wanted))
      if columns.state[j] != .rejected {
        let waitedUntil = isOnNode ? start : stop
        if columns.interruptions[j] == 0 && waitedUntil > eligible {
          wait(tenant, set, asked, eligible, waitedUntil)
        }
      }
    }
    bookInterrupted(columns, attempts, pieces, requests)
    for n in nodes.indices {
      heldOfNode[n].add(to: &nodes[n].ledger)
      nodes[n].starts = heldOfNode[n].starts
      let gpus = places == 0 ? 0 : input.fleet.nodes[n].gpuCount
      nodes[n].allocatedPerGPU = Array(heldOfGPU[n * places..<n * places + gpus])
    }
    for t in tenants.indices { heldByTenant[t].add(to: &tenants[t].ledger) }
  }

  /// Of the last run, less its overhead: all but what was lost at its end.
  private func keptOfLastRun(_ j: Int, _ columns: JobColumns, start: Int64, stop: Int64) -> Int64 {
    guard !columns.lostNanoseconds.isEmpty, columns.lostNanoseconds[j] > 0 else { return .max }
    let overhead = columns.overheadNanoseconds.isEmpty ? 0 : columns.overheadNanoseconds[j]
    return max(0, stop - start - columns.wipe(j)) - overhead - columns.lostNanoseconds[j]
  }

  /// Jobs that were interrupted wait between their runs.
  private mutating func bookInterrupted(
    _ columns: JobColumns,
    _ attempts: [InterruptedAttempt],
    _ pieces: [GangPiece],
    _ requests: [Request]
  ) {
    let jobs = input.jobs
    var freeSince: [Int32: Int64] = [:]
    var order: [Int32] = []
    for attempt in attempts {
      let j = Int(attempt.job.rawValue)
      let first = Int(attempt.firstPiece)
      hold(
        Run(
          job: j,
          node: Int(attempt.node.rawValue),
          mask: attempt.gpuMask,
          pieces: pieces[first..<first + Int(attempt.pieceCount)],
          start: attempt.startNanoseconds,
          stop: attempt.endNanoseconds,
          overhead: attempt.overheadNanoseconds,
          kept: attempt.keptNanoseconds,
          used: attempt.usedMilliNanoseconds,
          wipe: attempt.wipeNanoseconds
        ),
        requests[Int(jobs.shape[j].rawValue)]
      )
      if freeSince[attempt.job.rawValue] == nil { order.append(attempt.job.rawValue) }
      waitOf(
        j,
        from: freeSince[attempt.job.rawValue]
          ?? columns.eligible(j, arrival: jobs.arrival[j].nanoseconds)!,
        to: attempt.startNanoseconds
      )
      freeSince[attempt.job.rawValue] = attempt.endNanoseconds + attempt.backoffNanoseconds
    }
    for job in order {
      let j = Int(job)
      // In a loss system it was refused at the instant of its interruption.
      if columns.state[j] == .rejected { continue }
      let isOnNode = columns.state[j].hasLastRun
      let until =
        isOnNode
        ? columns.startNanoseconds[j] : columns.endNanoseconds[j] >= 0 ? columns.endNanoseconds[j] : end
      waitOf(j, from: freeSince[job]!, to: until)
    }
  }

  private mutating func waitOf(_ j: Int, from start: Int64, to stop: Int64) {
    // The run may end while the job stays out of the queue.
    guard start < stop else { return }
    let shape = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)]
    wait(Int(input.jobs.tenant[j].rawValue), Int(shape.models.rawValue), shape.milliGPU, start, stop)
  }

  private mutating func wait(_ tenant: Int, _ set: Int, _ asked: Int64, _ start: Int64, _ stop: Int64) {
    add(Key(kind: .waiting, tenant: tenant, model: set), asked, start, stop)
    add(Key(kind: .queue, tenant: tenant, model: 0), 1, start, stop)
    tenants[tenant].waiting += Int128(asked) * Int128(clipped(start, stop))
  }

  func clipped(_ start: Int64, _ stop: Int64) -> Int64 { max(0, min(stop, end) - max(start, from)) }

  mutating func add(_ key: Key, _ level: Int64, _ start: Int64, _ stop: Int64) {
    guard level > 0 else { return }
    let cell = (key.kind.rawValue * tenants.count + key.tenant) * modelCount + key.model
    if position[cell] < 0 {
      position[cell] = Int32(integrals.count)
      integrals.append(BucketedIntegral(from: from, end: end, bucket: bucket))
    }
    integrals[Int(position[cell])].add(level, from: start, to: stop)
  }
}
