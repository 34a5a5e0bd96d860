import Hardware
import SimulationKernel
import Workload

/// The jobs against which free capacity is judged: request shapes and how
/// many jobs have each.
public struct WorkloadMix: Hashable, Sendable {
  /// One request of the mix.
  public struct Entry: Hashable, Sendable {
    public var shape: JobShape
    /// Jobs of this shape, at least 1.
    public var count: Int64

    public init(shape: JobShape, count: Int64) {
      self.shape = shape
      self.count = count
    }
  }

  /// Most frequent first.
  public var entries: [Entry]

  public init(entries: [Entry]) { self.entries = entries }
}

/// Everything that one replication needs. Pure data: the same input gives the
/// same ``RunOutcome``, bit for bit.
public struct SimulationInput: Sendable {
  public var fleet: Fleet
  /// Accepted-model texts of the table are matched by name against
  /// `fleet.gpuModels`.
  public var jobs: JobTable
  public var seed: UInt64
  public var replication: Int = 0
  public var placement: PlacementSpec
  public var queue: QueueSpec = .fifo(headOfLineBlocking: true)
  /// Waiting jobs may preempt running ones of lower priority; nil: never. Only
  /// with the queue order `priority`.
  public var preemption: PriorityPreemption?
  /// How the workers of gangs come by their places. Modes in which gangs hold
  /// only with a queue in which jobs stand in line, and without preemption.
  public var gangs: GangMode = .placement
  public var sharing: SharingMode = .fractions
  /// How instances come and go; for ``SharingMode/mig`` only.
  public var mig = MIGSpec()
  /// What jobs on one GPU do to one another: needed for time-slicing and MPS,
  /// possible for fractions; nil: each works as if it were alone.
  public var contention: ContentionSpec?
  /// How long it takes to wipe the memory of a GPU, or of a MIG instance, when
  /// the next tenant on it is another than the last; zero: nothing is wiped.
  public var wipe: SimDuration = .zero
  /// The run ends here; nil: when the last job has ended.
  public var horizon: SimTime?
  /// Statistics start here (warm-up before it is simulated, not counted).
  public var measuredFrom: SimTime = .zero
  /// Length of a series bucket; nil: the measured window / 240, at least a second.
  public var bucket: SimDuration?
  /// nil: the mix of the run's own jobs.
  public var mix: WorkloadMix?
  /// Sorted by time.
  public var fleetChanges: [FleetChange] = []
  /// Nodes of one may not be in another that runs at the same time: their turn
  /// in it is passed over.
  public var maintenances: [RollingMaintenance] = []
  /// Nodes that come when jobs wait and go when they are empty; nil: none do.
  public var autoNodes: AutoNodes?
  /// When waiting jobs may leave their home site for others; nil: nodes of all
  /// sites are alike to them.
  public var burst: Bursting?
  /// What runs fetch before they work; nil: nothing.
  public var storage: StorageSpec?
  /// Virtual clusters and namespaces of tenants; nil: there are none.
  public var tenancy: Tenancy?
  /// Reject jobs that no node can ever hold; false: that is an input error.
  public var rejectsImpossibleJobs = false
  /// Rank of each node for ties, a permutation; nil: from the tie-break.
  /// Studies that bring their own ranking set it.
  public var nodeRanks: [Int32]?
  /// Record fleet totals after each arrival (``RunOutcome/filling``); for
  /// ``QueueSpec/none`` only.
  public var recordsFilling = false
  /// Keep the FGD measure of the fleet during the run even if the policy does
  /// not need it.
  public var tracksFragmentation = false
  /// Habits of studied tools; none elsewhere.
  public var quirks: StudyQuirks = []
  /// Where its parts were stated, for messages.
  public var places = InputPlaces()
  /// Check every invariant at each event.
  public var verify = false

  public init(fleet: Fleet, jobs: JobTable, seed: UInt64, placement: PlacementSpec) {
    self.fleet = fleet
    self.jobs = jobs
    self.seed = seed
    self.placement = placement
  }
}
