import Hardware
import Outcome
import SimulationKernel
import Workload

/// Books what jobs asked, waited for and held: everything that follows from
/// the job columns alone, after the loop has ended.
struct JobAccounts {
  private let input: SimulationInput
  private let from: Int64
  private let end: Int64
  private let bucket: Int64
  private(set) var tenants: [TenantTotals]
  private var heldOfNode: [HeldTime]
  private var heldByTenant: [HeldTime]
  /// Allocated thousandths x ns of GPU g of node n at n * places + g.
  private var heldOfGPU: [Int128]
  private let places: Int
  /// Model of each node, read without touching its specification.
  private let modelOfNode: [Int32]
  /// Series that hold anything, and where each key's stands, or -1. A flat
  /// table, since several keys are looked up for every job.
  private var integrals: [BucketedIntegral] = []
  private var position: [Int32]
  private let modelCount: Int

  /// One series: kind, tenant, and set of accepted models or model.
  private struct Key {
    enum Kind: Int, CaseIterable { case offered, waiting, served, busy, queue }
    var kind: Kind
    var tenant: Int
    var model: Int
  }

  init(_ input: SimulationInput, from: Int64, end: Int64, bucket: Int64) {
    self.input = input
    self.from = from
    self.end = end
    self.bucket = bucket
    tenants = Array(repeating: TenantTotals(), count: input.jobs.tenants.count)
    heldOfNode = Array(repeating: HeldTime(), count: input.fleet.nodes.count)
    heldByTenant = Array(repeating: HeldTime(), count: tenants.count)
    places = input.fleet.nodes.map(\.gpuCount).max() ?? 0
    heldOfGPU = Array(repeating: 0, count: input.fleet.nodes.count * places)
    modelOfNode = input.fleet.nodes.map { Int32($0.gpuModel?.rawValue ?? 0) }
    modelCount = max(input.jobs.modelSets.count, input.fleet.gpuModels.count, 1)
    position = Array(repeating: -1, count: Key.Kind.allCases.count * input.jobs.tenants.count * modelCount)
  }

  /// Books every job; adds the allocated leaves to the nodes' totals.
  mutating func book(
    _ columns: JobColumns,
    attempts: [InterruptedAttempt],
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
      let isOnNode = columns.state[j] == .running || columns.state[j] == .completed
      let stop = columns.endNanoseconds[j] >= 0 ? columns.endNanoseconds[j] : end
      if isOnNode {
        hold(
          j,
          node: Int(columns.node[j].rawValue),
          mask: columns.gpuMask[j],
          start: start,
          stop: stop,
          kept: true,
          requests[Int(jobs.shape[j].rawValue)]
        )
      }
      guard asked > 0 || columns.state[j] != .rejected else { continue }
      let set = Int(shape.models.rawValue)
      let wanted = arrival + min(jobs.duration[j].nanoseconds, SimTime.latest.nanoseconds - arrival)
      add(Key(kind: .offered, tenant: tenant, model: set), asked, arrival, wanted)
      tenants[tenant].offered += Int128(asked) * Int128(clipped(arrival, wanted))
      if columns.state[j] != .rejected {
        let waitedUntil = isOnNode ? start : stop
        if columns.interruptions[j] == 0 && waitedUntil > arrival {
          wait(tenant, set, asked, arrival, waitedUntil)
        }
      }
    }
    bookInterrupted(columns, attempts, requests)
    for n in nodes.indices {
      heldOfNode[n].add(to: &nodes[n].ledger)
      nodes[n].starts = heldOfNode[n].starts
      nodes[n].allocatedPerGPU = Array(heldOfGPU[n * places..<n * places + input.fleet.nodes[n].gpuCount])
    }
    for t in tenants.indices { heldByTenant[t].add(to: &tenants[t].ledger) }
  }

  /// Jobs that were interrupted wait between their runs; what they had done
  /// is lost.
  private mutating func bookInterrupted(
    _ columns: JobColumns,
    _ attempts: [InterruptedAttempt],
    _ requests: [Request]
  ) {
    let jobs = input.jobs
    var freeSince: [Int32: Int64] = [:]
    var order: [Int32] = []
    for attempt in attempts {
      let j = Int(attempt.job.rawValue)
      hold(
        j,
        node: Int(attempt.node.rawValue),
        mask: attempt.gpuMask,
        start: attempt.startNanoseconds,
        stop: attempt.endNanoseconds,
        kept: false,
        requests[Int(jobs.shape[j].rawValue)]
      )
      if freeSince[attempt.job.rawValue] == nil { order.append(attempt.job.rawValue) }
      waitOf(
        j,
        from: freeSince[attempt.job.rawValue] ?? jobs.arrival[j].nanoseconds,
        to: attempt.startNanoseconds
      )
      freeSince[attempt.job.rawValue] = attempt.endNanoseconds
    }
    for job in order {
      let j = Int(job)
      // In a loss system it was refused at the instant of its interruption.
      if columns.state[j] == .rejected { continue }
      let isOnNode = columns.state[j] == .running || columns.state[j] == .completed
      let until =
        isOnNode
        ? columns.startNanoseconds[j] : columns.endNanoseconds[j] >= 0 ? columns.endNanoseconds[j] : end
      waitOf(j, from: freeSince[job]!, to: until)
    }
  }

  private mutating func waitOf(_ j: Int, from start: Int64, to stop: Int64) {
    let shape = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)]
    wait(Int(input.jobs.tenant[j].rawValue), Int(shape.models.rawValue), shape.milliGPU, start, stop)
  }

  private mutating func wait(_ tenant: Int, _ set: Int, _ asked: Int64, _ start: Int64, _ stop: Int64) {
    add(Key(kind: .waiting, tenant: tenant, model: set), asked, start, stop)
    add(Key(kind: .queue, tenant: tenant, model: 0), 1, start, stop)
    tenants[tenant].waiting += Int128(asked) * Int128(clipped(start, stop))
  }

  private mutating func hold(
    _ j: Int,
    node: Int,
    mask: UInt16,
    start: Int64,
    stop: Int64,
    kept: Bool,
    _ request: Request
  ) {
    if start >= from { heldOfNode[node].starts += 1 }
    guard request.gpuCount > 0 else { return }
    let span = Int128(clipped(start, stop))
    let jobs = input.jobs
    let tenant = Int(jobs.tenant[j].rawValue)
    let busyMilli = Int64(jobs.busyMilli[j])
    if span > 0 {
      let askedTime = Int128(request.askedMilli) * span
      // Most jobs keep their GPUs busy all the time; a 128-bit division costs as much as the rest.
      let busyTime = busyMilli == 1000 ? askedTime : askedTime * Int128(busyMilli) / 1000
      let rounding = Int128(request.takenMilli - request.askedMilli) * span
      heldOfNode[node].add(busy: busyTime, idle: askedTime - busyTime, rounding: rounding, kept: kept)
      heldByTenant[tenant].add(busy: busyTime, idle: askedTime - busyTime, rounding: rounding, kept: kept)
      var left = mask
      while left != 0 {
        heldOfGPU[node * places + left.trailingZeroBitCount] += Int128(request.milli) * span
        left &= left - 1
      }
    }
    let model = Int(modelOfNode[node])
    add(Key(kind: .served, tenant: tenant, model: model), Int64(request.takenMilli), start, stop)
    add(Key(kind: .busy, tenant: tenant, model: model), Int64(request.askedMilli) * busyMilli, start, stop)
  }

  private func clipped(_ start: Int64, _ stop: Int64) -> Int64 { max(0, min(stop, end) - max(start, from)) }

  private mutating func add(_ key: Key, _ level: Int64, _ start: Int64, _ stop: Int64) {
    guard level > 0 else { return }
    let cell = (key.kind.rawValue * tenants.count + key.tenant) * modelCount + key.model
    if position[cell] < 0 {
      position[cell] = Int32(integrals.count)
      integrals.append(BucketedIntegral(from: from, end: end, bucket: bucket))
    }
    integrals[Int(position[cell])].add(level, from: start, to: stop)
  }

  /// `offered`, `waiting`, `served`, `busy` and `queue`, by tenant and model.
  var series: [Series] {
    position.indices.filter { position[$0] >= 0 }.map { cell in
      let key = Key(
        kind: Key.Kind(rawValue: cell / modelCount / tenants.count)!,
        tenant: cell / modelCount % tenants.count,
        model: cell % modelCount
      )
      let values = integrals[Int(position[cell])].values
      let tenant = input.jobs.tenants[key.tenant]
      switch key.kind {
      case .offered, .waiting:
        let name = key.kind == .offered ? "offered" : "waiting"
        return Series(
          name: name,
          tenant: tenant,
          gpuModel: input.jobs.modelSets[key.model],
          unit: "milliGPU_ns",
          values: values
        )
      case .served:
        return Series(
          name: "served",
          tenant: tenant,
          gpuModel: input.fleet.gpuModels[key.model],
          unit: "milliGPU_ns",
          values: values
        )
      case .busy:
        return Series(
          name: "busy",
          tenant: tenant,
          gpuModel: input.fleet.gpuModels[key.model],
          unit: "milliGPU_ns",
          values: values.map { $0 / 1000 }
        )
      case .queue:
        return Series(name: "queue", tenant: tenant, gpuModel: "", unit: "job_ns", values: values)
      }
    }
  }
}
