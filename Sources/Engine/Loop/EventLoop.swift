import Hardware
import Outcome
import SimulationKernel
import Workload

/// One run: takes events in their total order and lets each change the
/// cluster, the queue and the books.
struct EventLoop: ~Copyable {
  let input: SimulationInput
  var cluster: ClusterState
  var index: NodeIndex
  var feed: EventFeed
  var live: LiveJobs
  var accounts: FleetAccounts
  var queue: WaitingJobs
  let search: any PlacementSearch
  let tracker: FragmentationTracker?
  /// By shape, then the pieces of consolidated gangs.
  let requests: Column<Request>
  /// By shape.
  let gangs: Column<Gang>
  /// By shape: the requests that it tries before its own, on the nodes that it
  /// prefers; empty when no job prefers any.
  let tiers: [[Int32]]
  /// By shape: what it accepts, by reason.
  let acceptances: Column<Acceptance>
  /// Kept where jobs keep to rules about one another.
  let rules: RuleState?
  let probes: Column<Request>
  /// Where gangs lie or lay, run by run.
  var pieces: [GangPiece] = []
  /// Places GPUs by rank instead of by turn; nil for the other queues.
  var ranked: RankedQueue?
  /// The waiting jobs of a backfilling queue; nil for the others.
  let backfill: BackfillState?
  /// Shares and jobs of a queue in rounds; nil for the others.
  let rounds: RoundState?
  /// The waiting jobs where their order changes; and what tenants hold, where
  /// it goes by that. nil for the others.
  let lines: WaitingLines?
  let shares: TenantShares?
  /// Work left, where runs can be continued.
  let progress: JobProgress?
  /// By shape, ns: what a preemption costs.
  let preemptionCost: [Int64]
  /// Kept where jobs have limits, failures, retries or dependencies.
  let life: LifeState?
  /// Kept where jobs on one GPU slow one another.
  let sharing: DeviceSharing?
  /// Kept where priorities preempt.
  let preemption: PreemptionState?
  /// How wishes are relaxed; nil where none is.
  let ladders: WishLadders?
  /// Racks and NVLink domains; nil where nothing depends on them.
  let topology: Topology?
  /// Kept where gangs hold places before they start.
  let heldGangs: HeldGangs?
  /// The first piece of the trial under way.
  var trialFirst = 0
  /// Generation of the newest timer of the queue.
  var timer: UInt32 = 0
  /// A job has arrived or ended since the last pass.
  var hasNews = false
  let ranks: [Int32]
  let classCount: Int
  let givenShapeCount: Int
  /// How GPUs are cut; nil in runs without MIG.
  let mig: MIGBook?
  /// Kept where jobs on MIG instances say what their kernels fill.
  let instanceSpeeds: InstanceSpeeds?
  /// Kept where destroying MIG instances takes time.
  let removals: InstanceRemovals?
  /// Kept where memory is wiped between tenants.
  let wipes: WipeState?
  /// Kept where nodes are laid out anew.
  let relay: MIGRelay?
  /// Kept where nodes come and go.
  let autoNodes: Provisioner?
  /// Kept where jobs may leave their home sites.
  let burst: BurstState?
  /// Kept where runs fetch images or data before they work.
  let storage: TransferState?
  /// Kept where tenants have virtual clusters.
  let tenancy: TenancyState?
  var mounts = MountedMachines()
  /// Why jobs wait.
  let waits: WaitLog
  /// Causes of waiting are looked for job by job. A value of its own: asking
  /// whether `ranked` is nil copies the whole loop (3 KiB, 4 % of a run).
  let looksAtJobs: Bool
  /// By shape: as if nothing excluded nodes from the gang but this.
  let gangsByCause: Column<Gang.Unbound>
  var fingerprint = Fingerprint()
  var eventCount: Int64 = 0
  var attempts: [InterruptedAttempt] = []
  var filling = FillingColumns()
  var arrivedMilli: Int64 = 0
  var allocatedMilli: Int64 = 0
  /// Jobs on each node, as intrusive lists: needed only when a node is lost.
  var residents: ResidentLists
  let maintenance: MaintenanceProgress
  let bucket: SimDuration
  let typicalWithMemory: [TypicalJob]
  var verifier: Verifier?
  /// A job that does not fit is rejected instead of waiting.
  let refusesForGood: Bool
  var isPassPending = false
  private var cursor = 0

  // Columns of the job table, read without reference counting.
  private let jobCount: Int
  let arrival: Column<SimTime>
  let duration: Column<SimDuration>
  let shapes: LiveJobs.Field<ShapeID>
  let kinds: Column<JobKind>
  let isImpossible: Column<Bool>
  /// By job: its virtual cluster never takes it; without entries where all take theirs.
  let refusedByCluster: Column<Bool>

  /// Payloads at and above this are positions in the fleet's timeline.
  static let fleetChangeBase: UInt32 = 1 << 31
  /// The queue asks for a pass.
  static let timerPayload = UInt32.max

  init(_ prepared: PreparedRun) {
    let input = prepared.input
    let jobs = input.jobs
    let cluster = prepared.cluster()
    let tracker = prepared.typicalForFragmentation.map { FragmentationTracker($0, cluster) }
    let search = input.placement.search(
      ranks: prepared.ranks,
      shapeCount: prepared.requests.count,
      isPooled: cluster.isPooled,
      isMIG: cluster.mig != nil,
      context: ScoreContext(seed: input.seed, tracker: { tracker! })
    )
    let needs = cluster.isPooled ? [] : prepared.requests.map(\.need)
    let index = NodeIndex(
      cluster,
      order: search.nodeOrder,
      ranks: prepared.ranks,
      needs: needs,
      hasRules: !prepared.ruleBook.isEmpty,
      ordersNodes: prepared.requests.contains { $0.slice < 0 },
      machine: prepared.machine
    )
    let accounts = FleetAccounts(
      prepared.typicalWithMemory,
      cluster,
      measuredFrom: input.measuredFrom.nanoseconds,
      bucket: prepared.bucket.nanoseconds
    )
    let verifier = input.verify ? Verifier(cluster, prepared.requests, prepared.ranks, prepared.mig) : nil
    let progress = prepared.progress()
    let shares = prepared.tenantShares()
    let lines = prepared.waitingLines(shares)
    let live = LiveJobs(
      shapes: jobs.shape,
      hasGangs: prepared.hasGangs,
      preempts: prepared.costOfPreemption != nil,
      firstStop: EventLoop.fleetChangeBase + UInt32(input.fleetChanges.count)
    )
    let shapes = live.shape
    let deviceCount = cluster.nodeCount * cluster.stride
    let wipes = prepared.wipeState(devices: deviceCount, stride: cluster.stride)
    let instanceSpeeds = prepared.instanceSpeeds(cluster.mig)
    let rankedQueue = prepared.rankedQueue(progress)
    let hasRank = rankedQueue != nil
    let backfillState = prepared.backfillState()
    let roundState = prepared.roundState()

    // Every field once, in one block, and nothing read from self: the
    // compiler (6.3.1) has freed columns twice where an initialiser of this
    // noncopyable value did otherwise.
    self.input = input
    self.cluster = cluster
    self.index = index
    self.live = live
    self.shapes = shapes
    self.accounts = accounts
    self.verifier = verifier
    self.search = search
    self.tracker = tracker
    self.progress = progress
    life = jobs.hasLives || input.contention != nil ? LifeState(jobs) : nil
    sharing = input.contention.map { DeviceSharing(prepared, $0, deviceCount: deviceCount) }
    refusesForGood = input.queue == .none
    jobCount = jobs.count
    arrival = Column(jobs.arrival)
    duration = Column(jobs.duration)
    kinds = Column(jobs.kind)
    requests = Column(prepared.requests)
    gangs = Column(prepared.gangs)
    tiers = prepared.tiers
    acceptances = Column(prepared.acceptances)
    rules = prepared.ruleState()
    probes = Column(prepared.probes)
    ranks = prepared.ranks
    classCount = prepared.nodeClasses.count
    givenShapeCount = prepared.givenShapeCount
    mig = prepared.mig
    self.instanceSpeeds = instanceSpeeds
    self.wipes = wipes
    removals = prepared.instanceRemovals()
    relay = prepared.relay()
    autoNodes = input.autoNodes.map { Provisioner($0, input) }
    burst = prepared.burst.map { BurstState($0, input) }
    storage = prepared.transfers()
    tenancy = input.tenancy.map { TenancyState($0, input) }
    waits = prepared.waitLog(rankedQueue)
    looksAtJobs = hasRank || backfillState != nil || roundState != nil
    gangsByCause = Column(prepared.gangsByCause)
    isImpossible = Column(prepared.isImpossible)
    refusedByCluster = Column(prepared.isRefusedByCluster)
    bucket = prepared.bucket
    typicalWithMemory = prepared.typicalWithMemory
    preemptionCost = prepared.preemptionCost
    ranked = rankedQueue
    backfill = backfillState
    rounds = roundState
    ladders = prepared.ladders
    topology = prepared.topology
    self.shares = shares
    self.lines = lines
    preemption = prepared.preemptionState(refusals: max(prepared.requests.count, lines?.lineCount ?? 0))
    heldGangs = prepared.heldGangs()
    queue = WaitingJobs(
      input.queue,
      places: prepared.places,
      lines: lines,
      requests: prepared.requests.count,
      jobs: jobs.count,
      changesRequests: prepared.ladders != nil || prepared.burst != nil
    )
    residents = ResidentLists(
      nodes: input.fleet.nodes.count,
      jobs: jobs.count,
      isKept: !input.fleetChanges.isEmpty || input.preemption?.victims == .kubeScheduler
        || !input.maintenances.isEmpty || input.mig.relayout != nil || input.autoNodes?.evictsWork ?? false
        || input.autoNodes?.emptiesMachines ?? false
    )
    maintenance = MaintenanceProgress(input.maintenances.count, nodes: input.fleet.nodes.count)
    feed = EventFeed(minimumCapacity: 4096)
  }

  // MARK: - The loop

  /// Runs to the horizon or to the last event; returns the end.
  mutating func run(observer: (any RunObserver)?) throws -> SimTime {
    for (position, change) in input.fleetChanges.enumerated() {
      let phase = change.action == .join || change.action == .repair ? Phase.repair : Phase.fault
      feed.push(
        EventKey(time: SimTime(nanoseconds: change.atNanoseconds), phase: phase),
        payload: EventLoop.fleetChangeBase + UInt32(position)
      )
    }
    scheduleMaintenances()
    closeNodesAtStart()
    beginAutoNodes()
    beginTenancy()
    explainDemands(at: 0)
    let horizon = input.horizon ?? .latest
    let stop = EventKey(time: horizon, phase: 7)
    var untilReport = 65_536
    while true {
      let arrivalKey =
        cursor < jobCount ? EventKey(time: arrival[cursor], phase: Phase.arrival) : EventKey.distantFuture
      let passKey = isPassPending ? EventKey(time: feed.now.time, phase: Phase.placement) : stop
      let before = feed.now.time
      if let sharing, !isPassPending, !sharing.dirty.isEmpty { try retimeDevices(sharing, at: before) }
      // A job's end stands as long as the job has not been interrupted since.
      let next = feed.next(arrivalKey: arrivalKey, before: min(passKey, stop)) {
        [live = liveness] entry in
        live.isLive(entry)
      }
      if feed.now.time > before && accounts.hasChanges {
        accounts.settle(at: before.nanoseconds, cluster)
        if let mig = cluster.mig, mig.placeability.isChanged {
          mig.placeability.settle(at: before.nanoseconds)
        }
      }
      switch next {
      case .end:
        if !isPassPending {
          let end = input.horizon ?? lastInstant
          accounts.settle(at: feed.now.time.nanoseconds, cluster)
          return end
        }
        isPassPending = false
        fingerprint.fold(passKey.bits)
        autoNodes?.autoscaler?.passedAt = passKey.time.nanoseconds
        try pass(at: passKey.time)
        if let relay { reviewLayouts(relay, at: passKey.time) }
        if let autoNodes { reviewPending(autoNodes, at: passKey.time.nanoseconds) }
      case .arrival:
        fingerprint.fold(arrivalKey.bits)
        arrive(cursor)
        cursor += 1
      case .entry(let entry):
        fingerprint.fold(entry.key.bits)
        fingerprint.fold(UInt64(entry.payload))
        if entry.payload < EventLoop.deviceBase {
          finish(Int(entry.payload), at: entry.key.time)
        } else if entry.payload < EventLoop.fleetChangeBase {
          if let removals {
            endRemoval(removals, at: entry.key.time)
          } else {
            deviceComesDue(Int(entry.payload - EventLoop.deviceBase), at: entry.key.time)
          }
        } else if entry.payload == EventLoop.timerPayload {
          isPassPending = true
        } else if entry.payload >= Provisioner.base {
          autoNodeStep(entry.payload, generation: entry.generation, at: entry.key.time)
        } else if entry.payload >= TenancyState.base {
          tenancyStep(entry.payload, generation: entry.generation, at: entry.key.time)
        } else if entry.payload == EventLoop.burstReview {
          reviewBudget(at: entry.key.time)
        } else if entry.payload > EventLoop.burstReview {
          transferStep(entry.payload, generation: entry.generation, at: entry.key.time)
        } else if entry.payload >= EventLoop.relaxationBase {
          relax(Int(entry.payload - EventLoop.relaxationBase), at: entry.key.time)
        } else if entry.payload >= MaintenanceProgress.base {
          maintain(entry, at: entry.key.time)
        } else {
          let position = Int(entry.payload - EventLoop.fleetChangeBase)
          if position < input.fleetChanges.count {
            change(input.fleetChanges[position], at: entry.key.time)
          } else {
            stopOrReturn(position - input.fleetChanges.count, at: entry.key.time)
          }
        }
      }
      eventCount += 1
      if verifier != nil {
        try verifier!.check(cluster, index, tracker)
        try verifyTenancy()
        if let fault = autoNodes?.book?.fault { throw SimulationError.invariantBroken(fault) }
      }
      untilReport -= 1
      if untilReport == 0, let observer {
        untilReport = 65_536
        observer.progress(
          simulated: feed.now.time,
          events: eventCount,
          fractionDone: Double(cursor) / Double(max(1, jobCount))
        )
        if observer.isCancelled { throw SimulationError.cancelled }
      } else if untilReport == 0 {
        untilReport = 65_536
      }
    }
  }

  /// Tells which pending events still stand.
  var liveness: LiveJobs.Liveness {
    live.liveness(timer: timer, maintenance.turn, devices: sharing?.devices.pointer())
  }

  private var lastInstant: SimTime { feed.now.time }
  /// Jobs that have arrived so far.
  var arrivedCount: Int { cursor }
}
