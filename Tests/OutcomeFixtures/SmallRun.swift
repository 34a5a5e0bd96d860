import Hardware
import Outcome
import SimulationKernel
import Workload

/// A run made by hand: three nodes, two tenants, twelve jobs, ten hours. The
/// ledger balances, and every job state and most wait causes occur.
public enum SmallRun {
  static let hour: Int64 = 3_600_000_000_000

  public static let fleet: Fleet = {
    var fleet = Fleet(
      gpuModels: ["H100-SXM", "L40S"],
      nodes: [
        NodeSpec(
          name: "big-0",
          cpuMilli: 96_000,
          memoryMiB: 1_048_576,
          gpuCount: 8,
          gpuModel: GPUModelID(rawValue: 0)
        ),
        NodeSpec(
          name: "big-1",
          cpuMilli: 96_000,
          memoryMiB: 1_048_576,
          gpuCount: 8,
          gpuModel: GPUModelID(rawValue: 0)
        ),
        NodeSpec(
          name: "small-0",
          cpuMilli: 32_000,
          memoryMiB: 262_144,
          gpuCount: 2,
          gpuModel: GPUModelID(rawValue: 1)
        ),
        NodeSpec(name: "cpu-0", cpuMilli: 64_000, memoryMiB: 524_288, gpuCount: 0, gpuModel: nil),
      ]
    )
    fleet.nodes[2].labels = [NodeLabel("zone", "a")]
    fleet.nodes[2].taints = [NodeTaint(key: "dedicated", value: "serving", effect: .preferNoSchedule)]
    return fleet
  }()

  /// Twelve jobs; job i arrives at i x 30 min.
  public static var jobs: JobTable {
    var table = JobTable()
    table.names = .numbered(prefix: "job-")
    table.tenants = ["research", "serving"]
    table.classes = ["train", "infer"]
    table.modelSets = ["", "H100-SXM"]
    table.shapes = [
      JobShape(cpuMilli: 8000, memoryMiB: 65_536, gpuCount: 1, milliGPUPerDevice: 1000),
      JobShape(
        cpuMilli: 64_000,
        memoryMiB: 524_288,
        gpuCount: 8,
        milliGPUPerDevice: 1000,
        models: ModelSetID(rawValue: 1)
      ),
      JobShape(cpuMilli: 2000, memoryMiB: 8192, gpuCount: 1, milliGPUPerDevice: 250),
      JobShape(cpuMilli: 4000, memoryMiB: 4096, gpuCount: 0, milliGPUPerDevice: 0),
    ]
    for job in 0..<12 {
      table.arrival.append(SimTime(nanoseconds: Int64(job) * hour / 2))
      table.duration.append(SimDuration(nanoseconds: 2 * hour))
      table.shape.append(ShapeID(rawValue: Int32(job % 4)))
      table.tenant.append(TenantID(rawValue: UInt16(job % 2)))
      table.jobClass.append(JobClassID(rawValue: UInt16(job % 2)))
      table.priority.append(Int32(job % 3))
      table.busyMilli.append(750)
      table.kind.append(job % 4 == 2 ? .service : .batch)
    }
    return table
  }

  /// The outcome of replication `number`; the number shifts a few figures.
  public static func outcome(replication number: Int = 0) -> RunOutcome {
    var outcome = RunOutcome()
    outcome.seed = 42
    outcome.replication = number
    outcome.end = SimTime(nanoseconds: 10 * hour)
    outcome.bucket = SimDuration(nanoseconds: hour)
    outcome.eventCount = 60 + Int64(number)
    outcome.fingerprint = 0x00C0_FFEE_0000_0001 + UInt64(number)
    outcome.jobs = columns(replication: number)
    outcome.waits = waits(of: outcome)
    outcome.causes = causes
    outcome.nodes = nodes(replication: number)
    outcome.ledgerByModel = [LedgerTotals(), LedgerTotals()]
    for (node, totals) in zip(fleet.nodes, outcome.nodes) {
      guard let model = node.gpuModel else { continue }
      outcome.ledgerByModel[Int(model.rawValue)] += totals.ledger
      outcome.ledger += totals.ledger
    }
    outcome.tenants = tenants(of: outcome.ledger)
    outcome.series = series(replication: number)
    outcome.interruptedAttempts = [
      InterruptedAttempt(
        job: JobID(rawValue: 8),
        startNanoseconds: 4 * hour,
        endNanoseconds: 5 * hour,
        node: NodeID(rawValue: 1),
        gpuMask: 1
      )
    ]
    outcome.snapshot.largestJobOnOneNode = 4
    outcome.snapshot.largestGang = 6
    outcome.snapshot.fgdMilliGPU = 1250.5
    outcome.snapshot.freeMilliGPU = 7250
    return outcome
  }

  private static func columns(replication: Int) -> JobColumns {
    let states: [JobState] = [
      .completed, .completed, .completed, .completed, .completed, .running, .withdrawn, .completed,
      .completed,
      .waiting, .rejected, .unseen,
    ]
    let causes: [WaitCause] = [
      .none, .none, .none, .capacity, .headOfLine, .fragmentation, .cpu, .none, .memory, .gpuModel, .none,
      .none,
    ]
    var columns = JobColumns()
    for (job, (state, cause)) in zip(states, causes).enumerated() {
      let arrival = Int64(job) * hour / 2
      let starts = state == .completed || state == .running
      let wait = cause == .none ? 0 : Int64(job) * 600_000_000_000 + Int64(replication) * 60_000_000_000
      let start = starts ? arrival + wait : -1
      columns.state.append(state)
      columns.cause.append(cause)
      columns.startNanoseconds.append(start)
      columns.firstStartNanoseconds.append(job == 8 ? 4 * hour : start)
      columns.endNanoseconds.append(
        state == .completed ? start + 2 * hour : state == .withdrawn ? arrival + 2 * hour : -1
      )
      columns.node.append(starts ? NodeID(rawValue: Int32(job % 3)) : .none)
      columns.gpuMask.append(starts && job % 4 != 3 ? 1 << UInt16(job % 2) : 0)
      columns.interruptions.append(job == 8 ? 1 : 0)
      columns.preemptions.append(0)
    }
    return columns
  }

  /// Every wait has the one cause of its job, but for five minutes of job 8.
  private static func waits(of outcome: RunOutcome) -> JobWaits {
    var waits = JobWaits()
    for (job, state) in outcome.jobs.state.enumerated() {
      let start = outcome.jobs.startNanoseconds[job]
      let until = start >= 0 ? start : outcome.jobs.endNanoseconds[job]
      let arrival = Int64(job) * hour / 2
      var sums = [Int64](repeating: 0, count: WaitCause.places)
      let span = (until >= 0 ? until : outcome.end.nanoseconds) - arrival - (job == 8 ? hour : 0)
      let isKnown = state != .rejected && state != .unseen
      if isKnown { sums[Int(outcome.jobs.cause[job].rawValue)] = max(0, span) }
      sums[0] = 0
      if job == 8 {
        sums[Int(WaitCause.fragmentation.rawValue)] = hour / 12
        sums[Int(WaitCause.memory.rawValue)] -= hour / 12
      }
      waits.append(sums)
    }
    return waits
  }

  /// Shapes 0 and 1 have logs of their own; job 8 waited for memory five
  /// minutes after its node had failed.
  private static var causes: CauseHistory {
    var causes = CauseHistory()
    causes.classOfShape = [0, 1, 0, 0]
    causes.classes = [CauseLog(always: .capacity), CauseLog(always: .gpuModel)]
    causes.classes[0].append(.fragmentation, at: 2 * hour)
    causes.own.append(.memory, at: 5 * hour + hour / 12)
    causes.firstOwn = (0...12).map { $0 > 8 ? 1 : 0 }
    return causes
  }

  /// Ten hours of each GPU, dealt out over the leaves in milliGPU x ns; odd
  /// nanoseconds keep the exact storing honest.
  private static func nodes(replication: Int) -> [NodeTotals] {
    fleet.nodes.enumerated().map { index, node in
      var totals = NodeTotals()
      totals.starts = Int64(index + 1)
      guard node.gpuCount > 0 else { return totals }
      let perGPU = Int128(10 * hour) * 1000
      let capacity = perGPU * Int128(node.gpuCount)
      let share = capacity / 100
      totals.ledger[.goodput] = share * Int128(50 + index + replication % 10) + 7
      totals.ledger[.idle] = share * 15 + 1_234_567_891
      totals.ledger[.lost] = share * 2
      totals.ledger[.downFault] = share
      totals.ledger[.strandedCPU] = share * 8
      totals.ledger[.strandedRemainder] = share * 3 + 11
      totals.ledger[.freePlaceable] = capacity - totals.ledger.capacity
      totals.allocatedPerGPU = Array(
        repeating: totals.ledger.allocated / Int128(node.gpuCount),
        count: node.gpuCount
      )
      return totals
    }
  }

  private static func tenants(of ledger: LedgerTotals) -> [TenantTotals] {
    var research = TenantTotals()
    var serving = TenantTotals()
    for leaf in [LedgerLeaf.goodput, .lost, .overhead, .idle, .rounding] {
      research.ledger[leaf] = ledger[leaf] / 3
      serving.ledger[leaf] = ledger[leaf] - research.ledger[leaf]
    }
    research.submitted = 5
    research.completed = 4
    research.offered = research.ledger.allocated + 1
    serving.submitted = 6
    serving.completed = 3
    serving.offered = serving.ledger.allocated * 2
    serving.waiting = serving.ledger.allocated
    return [research, serving]
  }

  private static func series(replication: Int) -> [Series] {
    func level(_ milli: (Int) -> Int) -> [Int128] { (0..<10).map { Int128(milli($0)) * Int128(hour) + 5 } }
    let big = level { min(16_000, 2000 * $0 + 500 * replication) }
    let small = level { 2000 - 150 * $0 }
    return [
      Series(name: "served", tenant: "research", gpuModel: "H100-SXM", unit: "milliGPU_ns", values: big),
      Series(name: "served", tenant: "serving", gpuModel: "L40S", unit: "milliGPU_ns", values: small),
      Series(name: "offered", tenant: "research", gpuModel: "", unit: "milliGPU_ns", values: big),
      Series(name: "queue", tenant: "", gpuModel: "", unit: "job_ns", values: level { $0 / 3 }),
    ]
  }
}
