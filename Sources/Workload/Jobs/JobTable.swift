import SimulationKernel

/// What one job asks: a gang of equal workers, placed all or none.
@frozen
public struct JobShape: Hashable, Sendable, BitwiseCopyable {
  /// Thousandths of a vCPU of one worker.
  public var cpuMilli: Int32
  /// MiB of host memory of one worker.
  public var memoryMiB: Int32
  /// GPUs of one worker; 0 for a job that needs none.
  public var gpuCount: Int32
  /// Thousandths of each GPU, 1 ... 1000; below 1000 only when `gpuCount` is
  /// 1; 0 when `gpuCount` is 0.
  public var milliGPUPerDevice: Int32
  /// Accepted GPU models.
  public var models: ModelSetID
  /// Equal workers that start and end together, at least 1.
  public var workers: Int32
  /// Where they may lie.
  public var wish: PlacementWish
  /// How the wish is relaxed: 1 + a position in ``JobTable/relaxations``, 0:
  /// never.
  public var relaxation: UInt16
  /// Which nodes the job accepts and prefers.
  public var constraints: ConstraintsID
  /// What it asks of the inside of a GPU: a position in
  /// ``JobTable/deviceDemands``, 0: nothing.
  public var device: UInt16
  /// What its pods may use at most: a position in ``JobTable/podLimits``, 0:
  /// nothing said.
  public var limits: UInt16

  @inlinable
  public init(
    cpuMilli: Int32,
    memoryMiB: Int32,
    gpuCount: Int32,
    milliGPUPerDevice: Int32,
    models: ModelSetID = .any,
    workers: Int32 = 1,
    wish: PlacementWish = .anywhere,
    relaxation: UInt16 = 0,
    constraints: ConstraintsID = .none,
    device: UInt16 = 0,
    limits: UInt16 = 0
  ) {
    self.cpuMilli = cpuMilli
    self.memoryMiB = memoryMiB
    self.gpuCount = gpuCount
    self.milliGPUPerDevice = milliGPUPerDevice
    self.models = models
    self.workers = workers
    self.wish = wish
    self.relaxation = relaxation
    self.constraints = constraints
    self.device = device
    self.limits = limits
  }

  /// Thousandths of a GPU of all workers.
  @inlinable
  public var milliGPU: Int64 { Int64(gpuCount) * Int64(milliGPUPerDevice) * Int64(workers) }
}

/// When a job ends, once it has started.
@frozen
public enum JobKind: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Ends its duration after its start.
  case batch = 0
  /// A replica of a service: wanted from its arrival until arrival + duration,
  /// whenever it starts; still waiting by then, it is withdrawn.
  case service = 1
}

/// How the jobs of a table are named.
public enum JobNames: Hashable, Sendable {
  /// One name a job, in table order.
  case listed([String])
  /// `prefix` followed by the job's index: no storage per job.
  case numbered(prefix: String)
}

/// All jobs of a run as columns of equal length, sorted by arrival (equal
/// arrivals: the order of the trace).
///
/// Shapes, tenants, classes and model sets are interned: a job holds indices.
/// About 30 bytes a job.
public struct JobTable: Hashable, Sendable {
  public var names: JobNames = .numbered(prefix: "job-")
  /// Non-decreasing.
  public var arrival: [SimTime] = []
  /// At least ``SimDuration/tick``.
  public var duration: [SimDuration] = []
  public var shape: [ShapeID] = []
  public var tenant: [TenantID] = []
  public var jobClass: [JobClassID] = []
  /// Higher is more important.
  public var priority: [Int32] = []
  /// Share of the allocated GPU time that the job keeps busy, thousandths.
  public var busyMilli: [UInt16] = []
  public var kind: [JobKind] = []
  /// What the user or a predictor expects each duration to be; empty: the
  /// durations themselves.
  public var estimate: [SimDuration] = []

  /// Jobs that nothing may preempt; empty: none.
  public var isProtected: [Bool] = []
  /// How each job saves its work: 1 + its position in ``checkpointPlans``, 0
  /// when it does not; empty: none does.
  public var checkpoint: [UInt8] = []

  /// How long a run of each job may last from its start, after which it is
  /// killed; zero: as long as it likes; empty: all of them.
  public var timeLimit: [SimDuration] = []
  /// By when each job should be done, counted from its arrival; zero: at any
  /// time; empty: all of them.
  public var deadline: [SimDuration] = []
  /// How each job is started again after failures: 1 + its position in
  /// ``retryRules``, 0: as often as it takes, at once; empty: all of them.
  public var retry: [UInt16] = []
  /// Where the attempts of each job fail of themselves, in turn: each a
  /// ``FailureShare`` of the work that the attempt began with. The attempt
  /// after the last of them completes.
  public var failures = JobLists()
  /// The jobs that must have completed before each job may stand in the queue.
  public var after = JobLists()

  /// What jobs do in steps, where their speed depends on the GPUs that they
  /// get; nil: durations alone count.
  public var stepWork: StepWork?
  /// How fast each job runs by where it lies: 1 + its position in ``speeds``,
  /// 0: at full speed everywhere; empty: all do. Without effect on jobs that
  /// count steps.
  public var speed: [UInt8] = []
  /// At most 255.
  public var speeds: [PlacementSpeed] = []

  /// At most 255.
  public var checkpointPlans: [CheckpointPlan] = []
  /// At most 65,535.
  public var retryRules: [RetryRule] = []
  public var shapes: [JobShape] = []
  /// How wishes are relaxed, step by step; each of at least one step.
  public var relaxations: [[WishRelaxation]] = []
  public var tenants: [String] = []
  public var classes: [String] = []
  /// By class: how many of its jobs may be stopped at a time; empty: no class
  /// says.
  public var disruptionBudgets: [DisruptionBudget?] = []
  /// Accepted GPU models as the trace spells them, joined with `|`; index 0
  /// is the empty text, which accepts any.
  public var modelSets: [String] = [""]
  /// What jobs ask of nodes beside size and GPU model; index 0 asks nothing.
  public var constraints = [JobConstraints()]
  /// What jobs ask of the inside of a GPU; index 0 asks nothing; at most
  /// 65,535.
  public var deviceDemands = [DeviceDemand.none]
  /// What pods may use at most; index 0 says nothing; at most 65,535.
  public var podLimits = [PodLimits.none]
  /// Services whose requests are counted: at most one a class.
  public var services: [ServiceLoad] = []

  public init() {}

  /// The expected duration of a job: never longer than its time limit.
  public func expectedDuration(_ job: Int) -> SimDuration {
    let expected = estimate.isEmpty ? duration[job] : estimate[job]
    guard let limit = limit(of: job) else { return expected }
    return min(expected, limit)
  }

  /// How long a run of the job may last; nil: as long as it likes.
  public func limit(of job: Int) -> SimDuration? {
    timeLimit.isEmpty || timeLimit[job] == .zero ? nil : timeLimit[job]
  }

  /// By when the job should be done; nil: at any time. A deadline beyond the
  /// latest instant counts as that.
  public func due(of job: Int) -> SimTime? {
    guard !deadline.isEmpty, deadline[job] > .zero else { return nil }
    return deadline[job] > SimTime.latest - arrival[job] ? .latest : arrival[job] + deadline[job]
  }

  /// How the job is started again after failures.
  public func retryRule(of job: Int) -> RetryRule {
    retry.isEmpty || retry[job] == 0 ? RetryRule() : retryRules[Int(retry[job]) - 1]
  }

  /// GPUs of all workers of a job, parts counted as wholes.
  public func gpus(of job: Int) -> Int64 {
    let shape = shapes[Int(shape[job].rawValue)]
    return Int64(shape.gpuCount) * Int64(shape.workers)
  }

  /// Whether some run's length depends on where the job lies.
  public var hasSpeeds: Bool {
    speed.contains { $0 > 0 } || stepWork?.steps.contains { $0 > 0 } ?? false
  }

  /// The number of jobs.
  public var count: Int { arrival.count }

  /// The name of a job.
  public func name(_ job: JobID) -> String {
    switch names {
    case .listed(let names): names[Int(job.rawValue)]
    case .numbered(let prefix): prefix + String(job.rawValue)
    }
  }

  /// The number by which shapes name these steps: 0 for none; new ones are
  /// added to ``relaxations``.
  mutating func relaxation(_ steps: [WishRelaxation]) -> UInt16 {
    if steps.isEmpty { return 0 }
    let known = relaxations.firstIndex(of: steps)
    if known == nil { relaxations.append(steps) }
    return UInt16((known ?? relaxations.count - 1) + 1)
  }

  /// How the wish of a shape is relaxed; empty: never.
  public func relaxation(of shape: JobShape) -> [WishRelaxation] {
    shape.relaxation == 0 ? [] : relaxations[Int(shape.relaxation) - 1]
  }

  /// The accepted model names of a set; empty means any.
  public func modelNames(_ set: ModelSetID) -> [String] {
    modelSets[Int(set.rawValue)].split(separator: "|").map(String.init)
  }
}
