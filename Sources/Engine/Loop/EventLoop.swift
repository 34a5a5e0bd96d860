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
  let probes: Column<Request>
  /// Where gangs lie or lay, run by run.
  var pieces: [GangPiece] = []
  /// Places GPUs by rank instead of by turn; nil for the other queues.
  var ranked: RankedQueue?
  /// Generation of the newest timer of the queue.
  var timer: UInt32 = 0
  /// A job has arrived or ended since the last pass.
  var hasNews = false
  let ranks: [Int32]
  let modelCount: Int
  /// By shape: why a job of it was refused last.
  let lastCause: Column<UInt8>
  var fingerprint = Fingerprint()
  var eventCount: Int64 = 0
  var attempts: [InterruptedAttempt] = []
  var filling = FillingColumns()
  var arrivedMilli: Int64 = 0
  var allocatedMilli: Int64 = 0
  /// Jobs on each node, as intrusive lists: needed only when a node is lost.
  var residents: ResidentLists
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
  let shapes: Column<ShapeID>
  let kinds: Column<JobKind>
  private let isImpossible: Column<Bool>

  /// Payloads at and above this are positions in the fleet's timeline.
  static let fleetChangeBase: UInt32 = 1 << 31
  /// The queue asks for a pass.
  static let timerPayload = UInt32.max

  init(_ prepared: PreparedRun) {
    input = prepared.input
    let jobs = prepared.input.jobs
    refusesForGood = prepared.input.queue == .none
    jobCount = jobs.count
    arrival = Column(jobs.arrival)
    duration = Column(jobs.duration)
    shapes = Column(jobs.shape)
    kinds = Column(jobs.kind)
    requests = Column(prepared.requests)
    gangs = Column(prepared.gangs)
    probes = Column(prepared.probes)
    ranks = prepared.ranks
    modelCount = max(1, prepared.input.fleet.gpuModels.count)
    lastCause = Column(repeating: WaitCause.none.rawValue, count: prepared.requests.count)
    isImpossible = Column(prepared.isImpossible)
    bucket = prepared.bucket
    typicalWithMemory = prepared.typicalWithMemory
    let cluster = prepared.cluster()
    let tracker = prepared.typicalForFragmentation.map { FragmentationTracker($0, cluster) }
    search = input.placement.search(
      ranks: prepared.ranks,
      shapeCount: prepared.requests.count,
      isPooled: cluster.isPooled,
      context: ScoreContext(seed: input.seed, tracker: { tracker! })
    )
    self.tracker = tracker
    live = LiveJobs(count: jobs.count, hasGangs: prepared.hasGangs)
    if case .preemptive(let spec) = prepared.input.queue {
      ranked = RankedQueue(spec, quirks: prepared.input.quirks, jobs: jobs, requests: prepared.requests)
    }
    queue = WaitingJobs(
      input.queue,
      places: prepared.places,
      requests: prepared.requests.count,
      jobs: jobs.count
    )
    residents = ResidentLists(
      nodes: input.fleet.nodes.count,
      jobs: jobs.count,
      isKept: !input.fleetChanges.isEmpty
    )
    feed = EventFeed(minimumCapacity: 4096)
    index = NodeIndex(cluster, order: search.nodeOrder, ranks: prepared.ranks)
    accounts = FleetAccounts(
      prepared.typicalWithMemory,
      cluster,
      measuredFrom: input.measuredFrom.nanoseconds,
      bucket: prepared.bucket.nanoseconds
    )
    verifier = input.verify ? Verifier(cluster, prepared.requests, prepared.ranks) : nil
    self.cluster = cluster
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
    let horizon = input.horizon ?? .latest
    let stop = EventKey(time: horizon, phase: 7)
    var untilReport = 65_536
    while true {
      let arrivalKey =
        cursor < jobCount ? EventKey(time: arrival[cursor], phase: Phase.arrival) : EventKey.distantFuture
      let passKey = isPassPending ? EventKey(time: feed.now.time, phase: Phase.placement) : stop
      let before = feed.now.time
      // A job's end stands as long as the job has not been interrupted since.
      let next = feed.next(arrivalKey: arrivalKey, before: min(passKey, stop)) {
        [live = live.liveness(timer: timer)] entry in
        live.isLive(entry)
      }
      if feed.now.time > before && accounts.hasChanges {
        accounts.settle(at: before.nanoseconds, cluster)
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
        try pass(at: passKey.time)
      case .arrival:
        fingerprint.fold(arrivalKey.bits)
        arrive(cursor)
        cursor += 1
      case .entry(let entry):
        fingerprint.fold(entry.key.bits)
        fingerprint.fold(UInt64(entry.payload))
        if entry.payload < EventLoop.fleetChangeBase {
          finish(Int(entry.payload), at: entry.key.time)
        } else if entry.payload == EventLoop.timerPayload {
          isPassPending = true
        } else {
          change(input.fleetChanges[Int(entry.payload - EventLoop.fleetChangeBase)], at: entry.key.time)
        }
      }
      eventCount += 1
      if verifier != nil { try verifier!.check(cluster, index, tracker) }
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

  private var lastInstant: SimTime { feed.now.time }
  /// Jobs that have arrived so far.
  var arrivedCount: Int { cursor }

  // MARK: - Events

  private mutating func arrive(_ job: Int) {
    let shape = Int(shapes[job].rawValue)
    arrivedMilli += requests[shape].askedByAll
    if isImpossible[job] {
      live.state[job] = JobState.rejected.rawValue
      if input.recordsFilling { recordFilling() }
      return
    }
    live.state[job] = JobState.waiting.rawValue
    if kinds[job] == .service && !refusesForGood {
      // The replica is wanted until then, whether it runs or waits.
      schedule(end: arrival[job], after: duration[job], job)
    }
    enqueue(job, shape)
  }

  /// The job waits from now on.
  private mutating func enqueue(_ job: Int, _ shape: Int) {
    if ranked != nil {
      ranked!.arrive(Int32(job))
      isPassPending = true
      hasNews = true
    } else {
      queue.insert(Int32(job), request: shape)
      if queue.mayPlaceAfterArrival { isPassPending = true }
    }
  }

  /// An end beyond the latest instant never comes: the job runs to the end.
  mutating func schedule(end from: SimTime, after span: SimDuration, _ job: Int) {
    guard span <= SimTime.latest - from else { return }
    feed.push(
      EventKey(time: from + span, phase: Phase.release),
      payload: UInt32(job),
      generation: UInt32(live.interruptions[job])
    )
  }

  /// A job ends, or a replica's time passes while it waits.
  private mutating func finish(_ job: Int, at now: SimTime) {
    let wasRunning = live.isIn(job, .running)
    live.end[job] = now.nanoseconds
    live.state[job] = (wasRunning ? JobState.completed : .withdrawn).rawValue
    if wasRunning {
      vacate(job)
    } else {
        explainUntried(job)
      if ranked == nil { queue.withdraw(Int32(job), request: Int(shapes[job].rawValue)) }
    }
    if !queue.isEmpty || ranked != nil { isPassPending = true }
    hasNews = true
  }

  mutating func vacate(_ job: Int) {
    let request = requests[Int(shapes[job].rawValue)]
    allocatedMilli -= request.takenByAll
    if request.workers > 1 {
      vacateGang(job, request)
      return
    }
    let node = Int(live.node[job])
    cluster.release(request, node: node, gpuMask: live.gpuMask[job])
    residents.remove(job, node: node)
    verifier?.released(request, node: node, gpuMask: live.gpuMask[job])
    nodeChanged(node)
    queue.noteFreed(node)
  }

  mutating func nodeChanged(_ node: Int) {
    index.update(node, cluster)
    search.nodeChanged(node)
    accounts.nodeChanged(node)
    tracker?.nodeChanged(node, cluster)
  }

  /// Places the job if it fits now, and starts it.
  mutating func tryToStart(_ job: Int, at now: SimTime) throws -> Bool {
    let shape = Int(shapes[job].rawValue)
    let request = requests[shape]
    if request.workers > 1 {
      let first = pieces.count
      guard layGang(shape) else {
        if verifier != nil { try verifier!.refusedGang(request, gangs[shape], cluster) }
        return false
      }
      settleGang(job, request, from: first)
    } else {
      let placement = search.place(request, shape: shape, cluster, index)
      if verifier != nil {
        try verifier!.decided(
          request,
          placement,
          cluster,
          order: search is OrderedSearch ? search.nodeOrder : nil
        )
      }
      guard placement.node >= 0 else { return false }
      cluster.allocate(request, node: placement.node, gpuMask: placement.gpuMask)
      live.node[job] = Int32(placement.node)
      live.gpuMask[job] = placement.gpuMask
      residents.insert(job, node: placement.node)
      verifier?.placed(request, placement)
      nodeChanged(placement.node)
      fingerprint.fold(UInt64(job) << 32 | UInt64(placement.node))
      fingerprint.fold(UInt64(placement.gpuMask))
    }
    begin(job, request, at: now)
    return true
  }

  /// The job runs from now on.
  private mutating func begin(_ job: Int, _ request: Request, at now: SimTime) {
    allocatedMilli += request.takenByAll
    live.state[job] = JobState.running.rawValue
    live.start[job] = now.nanoseconds
    if now > arrival[job] {
      explainUntried(job)
    } else {
      live.cause[job] = WaitCause.none.rawValue
    }
    if kinds[job] == .batch {
      schedule(end: now, after: ranked?.runLength(Int32(job)) ?? duration[job], job)
    } else if refusesForGood {
      schedule(end: arrival[job], after: duration[job], job)
    }
  }

  // MARK: - Placement

  private mutating func pass(at now: SimTime) throws {
    if ranked != nil { return try rankedPass(at: now) }
    if input.quirks.contains(.newcomersBySize), try passOfNewcomers(at: now) { return }
    queue.beginPass(probes, cluster)
    while true {
      let job = Int(queue.nextCandidate(probes, cluster))
      if job < 0 { break }
      let shape = Int(shapes[job].rawValue)
      if try tryToStart(job, at: now) {
        queue.took(request: shape)
      } else if refusesForGood {
        queue.took(request: shape)
        live.state[job] = JobState.rejected.rawValue
        live.cause[job] = refusalCause(shape).rawValue
      } else {
        live.cause[job] = refusalCause(shape).rawValue
        lastCause[shape] = live.cause[job]
        queue.refused(request: shape)
      }
      if input.recordsFilling { recordFilling() }
    }
    queue.endPass()
  }

  private mutating func recordFilling() {
    filling.arrivedMilliGPU.append(arrivedMilli)
    filling.allocatedMilliGPU.append(allocatedMilli)
    filling.fragmentedMilliGPU.append(tracker?.fleetMilliGPU ?? 0)
  }
}
