import Hardware
import SimulationKernel
import Workload

/// One series: the integral of a level over each bucket of time.
public struct Series: Hashable, Sendable {
  /// What is counted: `offered`, `served`, `waiting` (GPU demand), `allocated`,
  /// `busy`, `free`, `stranded`, `down` (GPU state), `queue` (jobs),
  /// `largest_instance` (memory slots of the largest MIG profile placeable).
  public var name: String
  /// Tenant name, or empty for all.
  public var tenant: String
  /// GPU model (served, states) or accepted models (offered, waiting); empty
  /// for all.
  public var gpuModel: String
  /// `milliGPU_ns`, `job_ns` or `slot_ns`.
  public var unit: String
  /// One integral a bucket; the last bucket may be shorter.
  public var values: [Int128]

  public init(name: String, tenant: String, gpuModel: String, unit: String, values: [Int128]) {
    self.name = name
    self.tenant = tenant
    self.gpuModel = gpuModel
    self.unit = unit
    self.values = values
  }
}

/// Totals of one node over the measured window.
public struct NodeTotals: Hashable, Sendable {
  public var ledger = LedgerTotals()
  /// Jobs started on it.
  public var starts: Int64 = 0
  /// Allocated thousandths x ns of each GPU.
  public var allocatedPerGPU: [Int128] = []

  public init() {}
}

/// Totals of one tenant over the measured window.
public struct TenantTotals: Hashable, Sendable {
  /// Allocated leaves only; the others stay 0.
  public var ledger = LedgerTotals()
  /// Demand as if every job had started on arrival, thousandths x ns.
  public var offered: Int128 = 0
  /// Demand of waiting jobs, thousandths x ns.
  public var waiting: Int128 = 0
  public var submitted: Int64 = 0
  public var completed: Int64 = 0

  public init() {}
}

/// How full the fleet is at the end, in the terms of fragmentation.
public struct FleetSnapshot: Hashable, Sendable {
  /// Largest job of whole GPUs on one node that fits now.
  public var largestJobOnOneNode: Int = 0
  /// Whole free GPUs in the fleet: the largest gang of one-GPU workers that fits now, CPU and memory
  /// of the mix's most common one-GPU request counted.
  public var largestGang: Int = 0
  /// The FGD measure (expected unusable free GPU thousandths) against the mix.
  public var fgdMilliGPU: Double = 0
  /// Free GPU thousandths.
  public var freeMilliGPU: Int64 = 0

  public init() {}
}

/// The fleet after each arrival, for filling studies: columns parallel to the
/// arrivals.
public struct FillingColumns: Hashable, Sendable {
  /// GPU thousandths that have arrived so far, refused ones included.
  public var arrivedMilliGPU: [Int64] = []
  /// GPU thousandths in use.
  public var allocatedMilliGPU: [Int64] = []
  /// The FGD measure of the fleet: expected unusable free thousandths.
  public var fragmentedMilliGPU: [Double] = []

  public init() {}
}

/// One run of a job that was cut short: what it held, and for how long.
public struct InterruptedAttempt: Hashable, Sendable {
  public var job: JobID
  public var startNanoseconds: Int64
  public var endNanoseconds: Int64
  /// A gang: where its first workers lay.
  public var node: NodeID
  public var gpuMask: UInt16
  /// Preempted by the queue.
  public var isPreemption = false
  /// The job failed of itself; where neither holds a node failed or left, or a
  /// round ended.
  public var isFailure = false
  /// How long the job stays out of the queue after it, ns: its retry delay.
  public var backoffNanoseconds: Int64 = 0
  /// Work that later runs need not repeat, ns.
  public var keptNanoseconds: Int64 = 0
  /// Restarting and repeating, ns, at the start of this run.
  public var overheadNanoseconds: Int64 = 0
  /// How long it waited at first until what other tenants left was wiped, ns.
  public var wipeNanoseconds: Int64 = 0
  /// The speed of this run as in ``JobColumns/rate``; 0 where speeds depend on
  /// nothing.
  public var rate: Int64 = 0
  /// Use of its GPU within the measured window, thousandths x ns, where jobs on
  /// one GPU slow one another; nil elsewhere: its busy share of the time.
  public var usedMilliNanoseconds: Int128?
  /// A gang's pieces in ``RunOutcome/pieces``; 0 of them for one worker.
  public var firstPiece: Int32 = 0
  public var pieceCount: Int32 = 0

  public init(job: JobID, startNanoseconds: Int64, endNanoseconds: Int64, node: NodeID, gpuMask: UInt16) {
    self.job = job
    self.startNanoseconds = startNanoseconds
    self.endNanoseconds = endNanoseconds
    self.node = node
    self.gpuMask = gpuMask
  }
}

/// Everything that one simulated replication produced. No wall time in here:
/// two runs of the same input are equal values.
public struct RunOutcome: Hashable, Sendable {
  /// Seed and 0-based replication number.
  public var seed: UInt64 = 0
  public var replication: Int = 0
  /// End of the run.
  public var end: SimTime = .zero
  /// Statistics cover [measuredFrom, end].
  public var measuredFrom: SimTime = .zero
  /// Length of one series bucket.
  public var bucket: SimDuration = .zero
  public var eventCount: Int64 = 0
  /// 64-bit hash of every event.
  public var fingerprint: UInt64 = 0

  public var jobs = JobColumns()
  /// How long each job waited for which cause, and since when each cause held.
  public var waits = JobWaits()
  public var causes = CauseHistory()
  public var nodes: [NodeTotals] = []
  public var tenants: [TenantTotals] = []
  /// Sum over the nodes, by GPU model of the fleet.
  public var ledgerByModel: [LedgerTotals] = []
  public var ledger = LedgerTotals()
  public var series: [Series] = []
  public var snapshot = FleetSnapshot()
  /// Runs that were cut short, in the order of their ends.
  public var interruptedAttempts: [InterruptedAttempt] = []
  /// Where the workers of gangs lay, run by run.
  public var pieces: [GangPiece] = []
  /// By class: jobs that were preempted although the class had used up its
  /// disruption budget; empty where no class has one or nothing preempts.
  public var budgetViolations: [Int64] = []
  /// Gangs may hold GPUs before they start in this run.
  public var gangsHold = false
  /// What they held, in the order in which it ended.
  public var gangHolds: [GangHold] = []
  /// nil: there is none.
  public var deadlock: GangDeadlock?
  /// What GPUs cut by MIG could still take, by GPU model; empty in runs without
  /// MIG.
  public var placeability: [PlaceabilityTotals] = []
  /// Nodes that came and went, by group; empty where none do.
  public var autoNodes: [AutoNodeTotals] = []
  /// Their lives, and what was decided about them, in the order of time.
  public var nodeStages: [NodeStageChange] = []
  public var nodeDisruptions: [NodeDisruption] = []
  /// Runs that were stopped because their nodes went, in the order of time.
  public var nodeEvictions: [NodeEviction] = []
  /// Jobs that left their home site; nil where none may.
  public var bursts: BurstTotals?
  /// What runs fetched before they worked; nil where they fetch nothing.
  public var storage: StorageTotals?
  /// Virtual clusters, in the order in which they were stated.
  public var clusters: [ClusterTotals] = []
  /// Present when the input asked for it.
  public var filling: FillingColumns?

  public init() {}

  /// How long each interrupted job had run before its last wait, ns: time that
  /// is not waiting although it lies between arrival and last start.
  public var heldBeforeNanoseconds: [JobID: Int64] {
    interruptedAttempts.reduce(into: [:]) {
      $0[$1.job, default: 0] += $1.endNanoseconds - $1.startNanoseconds
    }
  }

  /// By job, how much of that was work that stayed, ns.
  public var keptBeforeNanoseconds: [JobID: Int64] {
    interruptedAttempts.reduce(into: [:]) { $0[$1.job, default: 0] += $1.keptNanoseconds }
  }
}
