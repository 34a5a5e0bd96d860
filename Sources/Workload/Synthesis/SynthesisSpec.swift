import SimulationKernel

/// What to synthesise: classes of jobs over a span of simulated time.
///
/// Pure data with no file positions; ``SynthesisError`` names the offending
/// value by its key path (`classes[2].demand[0].weight`), so that whoever
/// parsed the file can add the line.
///
/// ## Topics
/// - ``JobClassSpec``: one kind of job, batch or service.
/// - ``ArrivalProcess``: when batch jobs arrive.
/// - ``RateCurve``: how a service's request rate moves.
public struct SynthesisSpec: Equatable, Sendable {
  /// Jobs arrive in `0 ..< horizon`; replicas of services end there.
  public var horizon: SimDuration
  /// At least one; names are unique. Their order breaks ties of arrival.
  public var classes: [JobClassSpec]
  /// Share of the fleet's GPU capacity (1 = all of it) that all batch classes
  /// together offer: their rates are multiplied by one common factor. Services
  /// are not counted. nil: rates as they stand. A spec that states this may not
  /// state ``BatchSpec/offeredLoad`` as well.
  public var offeredLoad: Double?

  public init(horizon: SimDuration, classes: [JobClassSpec], offeredLoad: Double? = nil) {
    self.horizon = horizon
    self.classes = classes
    self.offeredLoad = offeredLoad
  }
}

/// One class of jobs: what they ask for, who owns them, when they come.
///
/// Each class draws from random streams of its own name, so changing one
/// class leaves the draws of the others as they were.
public struct JobClassSpec: Equatable, Sendable {
  /// Unique in the spec, not empty.
  public var name: String
  /// Jobs that come and end, or replicas that follow a curve.
  public var kind: ClassKind
  /// What one job asks for, by weight; at least one.
  public var demand: [DemandOption]
  /// Who owns a job, by weight; empty: the one tenant `default`.
  public var tenants: [TenantShare]
  /// Higher is more important.
  public var priority: Int32
  /// Share of its GPU time that a job keeps busy; a draw outside 0 ... 1 is
  /// clamped, then rounded to thousandths.
  public var busyFraction: Variate
  /// By what a job's duration is multiplied to give the estimate of its user,
  /// drawn for each job; nil: every estimate is the duration itself. Estimates
  /// are kept within one tick and ``SimTime/latest``. For batch classes only.
  public var estimateFactor: Variate?
  /// Whether jobs of higher priority may stop these.
  public var isPreemptible: Bool
  /// How many of them may be stopped at a time; nil: any number.
  public var disruptionBudget: DisruptionBudget?
  /// How fast a job runs by where it lies; nil: at full speed everywhere. For
  /// batch classes only.
  public var speed: PlacementSpeed?
  /// Limits, failures, retries and deadlines. For batch classes only.
  public var life = LifeSpec()
  /// The class is a stage of a pipeline; nil: its jobs stand alone.
  public var stage: StageSpec?

  public init(
    name: String,
    kind: ClassKind,
    demand: [DemandOption],
    tenants: [TenantShare] = [],
    priority: Int32 = 0,
    busyFraction: Variate,
    estimateFactor: Variate? = nil,
    isPreemptible: Bool = true,
    disruptionBudget: DisruptionBudget? = nil
  ) {
    self.name = name
    self.kind = kind
    self.demand = demand
    self.tenants = tenants
    self.priority = priority
    self.busyFraction = busyFraction
    self.estimateFactor = estimateFactor
    self.isPreemptible = isPreemptible
    self.disruptionBudget = disruptionBudget
  }
}

/// Whether the jobs of a class end by themselves.
public enum ClassKind: Equatable, Sendable {
  /// Jobs arrive, run for their duration and end.
  case batch(BatchSpec)
  /// Replicas stay, and their number follows a request-rate curve.
  case service(ServiceSpec)
}

/// Arrivals and durations of a batch class.
public struct BatchSpec: Equatable, Sendable {
  public var arrivals: ArrivalProcess
  /// Seconds; without effect where jobs count steps.
  public var duration: Variate
  /// Steps of a job, rounded to whole ones, at least 1; nil: jobs have
  /// durations. Every demand needs a ``DemandOption/throughput``.
  public var steps: Variate?
  /// Seconds; draws outside are set to the nearer limit. nil: no limit other
  /// than one tick below and ``SimTime/latest`` above.
  public var durationLimits: ClosedRange<Double>?
  /// Share of the fleet's GPU capacity that this class offers, in the mean:
  /// the rates of `arrivals` are multiplied by one factor (the span of
  /// ``ArrivalProcess/count(_:span:)`` is divided by it), so only their ratios
  /// matter. Counts each job's whole duration, also beyond the horizon. Needs
  /// a finite mean duration and a demand for GPUs. nil: rates as they stand.
  public var offeredLoad: Double?

  public init(
    arrivals: ArrivalProcess,
    duration: Variate,
    durationLimits: ClosedRange<Double>? = nil,
    offeredLoad: Double? = nil
  ) {
    self.arrivals = arrivals
    self.duration = duration
    self.durationLimits = durationLimits
    self.offeredLoad = offeredLoad
  }
}

/// What a job may ask for, and how often: equal workers, one or a gang.
public struct DemandOption: Equatable, Sendable {
  /// Relative, above 0.
  public var weight: Double
  /// GPUs of one worker, 0 ... 16.
  public var gpuCount: Int
  /// Thousandths of each GPU: 1000, or 1 ... 1000 when `gpuCount` is 1, or 0
  /// when it is 0.
  public var milliGPUPerDevice: Int32
  /// Thousandths of a vCPU of one worker.
  public var cpuMilli: Int32
  /// MiB of host memory of one worker.
  public var memoryMiB: Int32
  /// Names of the accepted GPU models; empty: any.
  public var models: [String]
  /// Equal workers, started all or none: 1 ... ``JobShape/mostWorkers``.
  public var workers: Int32
  /// Where the workers may lie.
  public var wish: PlacementWish
  /// How the wish is relaxed while the job waits; empty: never.
  public var relaxation: [WishRelaxation] = []
  /// How a job saves its work; nil: it does not.
  public var checkpoint: CheckpointPlan?
  /// How fast its steps are; all of ``models`` have a row for its GPUs.
  public var throughput: ThroughputTable?
  /// Which nodes a job accepts and prefers beside its models.
  public var constraints = JobConstraints()
  /// What it asks of the inside of a GPU.
  public var device = DeviceDemand.none
  /// What one worker may use at most.
  public var limits = PodLimits.none

  /// GPUs of all workers.
  public var gpus: Int64 { Int64(gpuCount) * Int64(workers) }
  /// Its best speed on the accepted models, millionths of a step per second;
  /// nil: it counts no steps.
  public var bestMicrostepsPerSecond: Int64? { throughput?.best(gpus: gpus, on: models) }

  public init(
    weight: Double = 1,
    gpuCount: Int,
    milliGPUPerDevice: Int32 = 1000,
    cpuMilli: Int32,
    memoryMiB: Int32,
    models: [String] = [],
    workers: Int32 = 1,
    wish: PlacementWish = .anywhere
  ) {
    self.weight = weight
    self.gpuCount = gpuCount
    self.milliGPUPerDevice = milliGPUPerDevice
    self.cpuMilli = cpuMilli
    self.memoryMiB = memoryMiB
    self.models = models
    self.workers = workers
    self.wish = wish
  }

  /// Thousandths of a GPU of all workers.
  public var milliGPU: Int64 { Int64(gpuCount) * Int64(milliGPUPerDevice) * Int64(workers) }
}

/// A tenant and its share of a class's jobs.
public struct TenantShare: Equatable, Sendable {
  /// Not empty.
  public var name: String
  /// Relative, above 0.
  public var weight: Double

  public init(name: String, weight: Double = 1) {
    self.name = name
    self.weight = weight
  }
}
