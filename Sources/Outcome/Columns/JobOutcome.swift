import Hardware
import SimulationKernel

/// What had become of a job when the run ended.
public enum JobState: UInt8, Hashable, Sendable, CaseIterable {
  /// In the queue at the end.
  case waiting = 0
  /// On a node at the end.
  case running = 1
  case completed = 2
  /// A service replica whose time passed while it waited.
  case withdrawn = 3
  /// Not admitted: no node of the fleet could ever hold it (only where the
  /// scenario asks for rejection instead of an error), or dropped by a
  /// filling study.
  case rejected = 4
  /// Arrives after the horizon: not part of the run.
  case unseen = 5
  /// Killed when a run had lasted as long as its time limit.
  case timedOut = 6
  /// Failed, of itself or with its node, once more than its retries allow.
  case failed = 7
  /// Never ran: a job that it had to wait for ended otherwise than completed.
  case cancelled = 8

  /// The job has been on nodes until its end, or still is.
  public var hasLastRun: Bool {
    switch self {
    case .running, .completed, .timedOut, .failed: true
    case .waiting, .withdrawn, .rejected, .unseen, .cancelled: false
    }
  }
}

/// Why a job waits at an instant.
///
/// Every instant of every wait has one cause. When several hold, the first of
/// these is named; `docs/waiting.md` says what each queue does:
///
/// 1. it is not in the queue: dependency, requeue, quota, asleep;
/// 2. the queue does not look at the job: headOfLine, roundBoundary, priority;
/// 3. it would fit, and is held back: fairShare, reservation;
/// 4. it would fit if nodes that are down were up: failure; or if nodes that
///    come were up: provisioning; or on nodes that could not be had: stockOut;
/// 5. it would fit on GPUs of another model: gpuModel;
/// 6. it would fit on nodes of another site (burstRule), or on others that its
///    constraints exclude: nodeConstraint;
/// 7. capacity;
/// 8. for a job of one worker, and for a gang of which not even one worker
///    fits: fragmentation, cpu, memory; for other gangs: gang, placementWish.
public enum WaitCause: UInt8, Hashable, Sendable, CaseIterable {
  /// Did not wait.
  case none = 0
  /// Jobs ahead of it in the line have to go first.
  case headOfLine = 1
  /// It would fit on GPUs of a model that it does not accept.
  case gpuModel = 2
  /// Fewer free GPU thousandths in the whole fleet (of its models) than it asks.
  case capacity = 3
  /// Enough free GPU in sum, but no node has it in the form asked.
  case fragmentation = 4
  /// A node has the GPUs, none has them together with the CPU.
  case cpu = 5
  /// A node has GPUs and CPU, none has them together with the memory.
  case memory = 6
  /// The queue gives the GPUs to jobs that it ranks ahead.
  case priority = 7
  /// Some workers would fit, or hold their places, not all of them.
  case gang = 8
  /// All workers would fit, but not as its placement wish asks.
  case placementWish = 9
  /// It would fit, and delay a job ahead of it that holds a reservation, or
  /// use what an admitted gang still lacks.
  case reservation = 10
  /// Jobs that it has to wait for have not completed: it does not stand in the
  /// queue yet.
  case dependency = 11
  /// Failed, told to stop or given up a while ago, and not back in the queue
  /// yet.
  case requeue = 12
  /// It would fit, had not later jobs of tenants with a smaller share gone
  /// first.
  case fairShare = 13
  /// It would fit on nodes of an accepted model that its selector, affinity,
  /// tolerations or rules towards other jobs exclude.
  case nodeConstraint = 14
  /// It would fit if the nodes that have failed, are in maintenance or drain
  /// took work.
  case failure = 15
  /// The queue decides again only at the end of the round.
  case roundBoundary = 16
  /// The quota of its virtual cluster or namespace has no room for its pods.
  case quota = 17
  /// It would fit if the nodes that are coming took work.
  case provisioning = 18
  /// It would fit on nodes of a type of which there was no capacity, and which is not
  /// asked again yet.
  case stockOut = 19
  /// The node that it waits for is on its way from the shared pool.
  case mounting = 20
  /// Its virtual cluster sleeps, wakes up, or does not exist yet.
  case asleep = 21
  /// It would fit on nodes of another site that are up, and no rule lets it
  /// leave its home yet.
  case burstRule = 22

  /// Tables by raw value have so many places.
  public static let places = 1 + Int(allCases.map(\.rawValue).max()!)
}

/// What happened to each job: columns parallel to the run's job table.
public struct JobColumns: Hashable, Sendable {
  public var state: [JobState] = []
  /// The last start; -1 when it never started.
  public var startNanoseconds: [Int64] = []
  /// The first start; -1 when it never started.
  public var firstStartNanoseconds: [Int64] = []
  /// The end, whichever it was: completion, withdrawal, time limit, failure for
  /// good, cancellation; -1 when there was none.
  public var endNanoseconds: [Int64] = []
  /// Where it last ran (a gang: its first workers); ``NodeID/none`` when it
  /// never started.
  public var node: [NodeID] = []
  /// Bit g: GPU g of that node.
  public var gpuMask: [UInt16] = []
  /// The MIG instance of the last or present run; empty in runs without MIG.
  public var instance: [MIGInstance?] = []
  /// How many times as long the work of the last run took as on a GPU of its
  /// own, in millionths, because its kernels fill more than its instance has; 0
  /// for a job that does not say what they fill, or lay on none. Empty where no
  /// job on an instance says so.
  public var lengthOnInstanceMillionths: [Int64] = []
  /// The cause of the greatest part of its wait (of equals the first of
  /// ``WaitCause``); why it was refused, for a rejected one. All causes stand
  /// in ``RunOutcome/waits``.
  public var cause: [WaitCause] = []
  /// How often it was stopped (preempted, a node failed or left, or it failed
  /// of itself) and queued again.
  public var interruptions: [UInt32] = []
  /// How many of the interruptions were preemptions.
  public var preemptions: [UInt32] = []
  /// How often it failed of itself, the last time included; empty when no job
  /// did.
  public var failures: [UInt32] = []
  /// When it came to stand in the queue: on arrival, or when the last job that
  /// it had to wait for completed; -1 when it never did; empty when no job
  /// waits for another.
  public var eligibleNanoseconds: [Int64] = []
  /// Work of the last run that was done in vain, because the job timed out or
  /// failed for good, ns: the last of the run; empty when there was none.
  public var lostNanoseconds: [Int64] = []
  /// What the last run did over again or spent on restarting, ns; empty when
  /// no run of the replication did.
  public var overheadNanoseconds: [Int64] = []
  /// How long the last run waited until what other tenants left was wiped, ns;
  /// empty where nothing was.
  public var wipeNanoseconds: [Int64] = []
  /// Where the workers of each gang last lay: so many pieces from this
  /// position of ``RunOutcome/pieces``; both empty when no job is a gang, 0
  /// pieces for a job of one worker.
  public var firstPiece: [Int32] = []
  public var pieceCount: [Int32] = []
  /// How many steps of its relaxation each job's wish had taken in its last
  /// wait; empty when no wish is relaxed.
  public var relaxed: [UInt8] = []
  /// The rate of each job's last run (0 if it never ran) and its largest
  /// possible one: millionths of full speed, or of a step per second. Both
  /// empty when no job's speed depends on where it lies.
  public var rate: [Int64] = []
  public var bestRate: [Int64] = []

  /// Use of the GPU in the last run, within the measured window, thousandths x
  /// ns; -1 for a job that shares none. And how often the job was killed for
  /// want of GPU memory. Both empty when jobs do not slow one another.
  public var usedMilliNanoseconds: [Int128] = []
  public var oomKills: [UInt32] = []

  /// The speed of a run at `rate`, in millionths of the job's best; nil: the
  /// job never ran, or speeds depend on nothing.
  public func speedMillionths(_ job: Int, rate: Int64) -> Int64? {
    bestRate.isEmpty || rate == 0 ? nil : Int64(Int128(rate) * 1_000_000 / Int128(bestRate[job]))
  }

  public init() {}

  /// What the last run used of its GPU; nil for a job that shares none.
  public func used(_ job: Int) -> Int128? {
    usedMilliNanoseconds.isEmpty || usedMilliNanoseconds[job] < 0 ? nil : usedMilliNanoseconds[job]
  }

  /// ``lengthOnInstanceMillionths``; nil: it says nothing.
  public func lengthOnInstance(_ job: Int) -> Int64? {
    lengthOnInstanceMillionths.isEmpty || lengthOnInstanceMillionths[job] == 0
      ? nil : lengthOnInstanceMillionths[job]
  }

  /// How long the job's last run wiped first, ns.
  public func wipe(_ job: Int) -> Int64 { wipeNanoseconds.isEmpty ? 0 : wipeNanoseconds[job] }

  /// What its last run spent on fetching, repeating, restarting and saving, ns.
  public func overhead(_ job: Int) -> Int64 { overheadNanoseconds.isEmpty ? 0 : overheadNanoseconds[job] }

  /// Since when a job that arrived at `arrival` (ns) has stood in the queue, or
  /// nil: it never did.
  public func eligible(_ job: Int, arrival: Int64) -> Int64? {
    if eligibleNanoseconds.isEmpty { return arrival }
    return eligibleNanoseconds[job] < 0 ? nil : eligibleNanoseconds[job]
  }
}

/// The workers of a gang that lie on one node.
public struct GangPiece: Hashable, Sendable, BitwiseCopyable {
  public var node: Int32
  /// Bit g: GPU g of that node.
  public var gpuMask: UInt16
  /// At least 1.
  public var workers: UInt16

  public init(node: Int32, gpuMask: UInt16, workers: UInt16) {
    self.node = node
    self.gpuMask = gpuMask
    self.workers = workers
  }
}
