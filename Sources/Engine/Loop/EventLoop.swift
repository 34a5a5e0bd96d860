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
  /// By shape.
  let requests: Column<Request>
  /// By shape: why a job of it was refused last.
  let lastCause: Column<UInt8>
  var fingerprint = Fingerprint()
  var eventCount: Int64 = 0
  var attempts: [InterruptedAttempt] = []
  var filling = FillingColumns()
  var arrivedMilli: Int64 = 0
  var allocatedMilli: Int64 = 0
  /// Jobs on each node, as intrusive lists: needed only when a node is lost.
  let residents: ResidentLists
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
  private let isImpossible: Column<Bool>

  /// Payloads at and above this are positions in the fleet's timeline.
  static let fleetChangeBase: UInt32 = 1 << 31

  init(_ prepared: PreparedRun) {
    input = prepared.input
    let jobs = prepared.input.jobs
    refusesForGood = prepared.input.queue == .none
    jobCount = jobs.count
    arrival = Column(jobs.arrival)
    duration = Column(jobs.duration)
    kinds = Column(jobs.kind)
    requests = Column(prepared.requests)
    lastCause = Column(repeating: WaitCause.none.rawValue, count: prepared.requests.count)
    isImpossible = Column(prepared.isImpossible)
    bucket = prepared.bucket
    typicalWithMemory = prepared.typicalWithMemory
    let cluster = prepared.cluster()
    let tracker = prepared.typicalForFragmentation.map { FragmentationTracker($0, cluster) }
    search = input.placement.search(
      ranks: prepared.ranks,
      shapeCount: prepared.requests.count,
      context: ScoreContext(seed: input.seed, tracker: { tracker! })
    )
    self.tracker = tracker
    live = LiveJobs(shapes: jobs.shape)
    shapes = live.shape
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
    let needs = prepared.requests.map(\.need)
    index = NodeIndex(cluster, order: search.nodeOrder, ranks: prepared.ranks, needs: needs)
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
        [live = live.liveness] entry in
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

  // MARK: - Events

  private mutating func arrive(_ job: Int) {
    let shape = Int(shapes[job].rawValue)
    arrivedMilli += Int64(requests[shape].askedMilli)
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
    queue.insert(Int32(job), request: shape)
    if queue.mayPlaceAfterArrival { isPassPending = true }
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
      queue.withdraw(Int32(job), request: Int(shapes[job].rawValue))
    }
    if !queue.isEmpty { isPassPending = true }
  }

  mutating func vacate(_ job: Int) {
    let node = Int(live.node[job])
    let request = requests[Int(shapes[job].rawValue)]
    cluster.release(request, node: node, gpuMask: live.gpuMask[job])
    allocatedMilli -= Int64(request.takenMilli)
    residents.remove(job, node: node)
    verifier?.released(job, request, node: node, gpuMask: live.gpuMask[job])
    nodeChanged(node)
    queue.noteFreed(node)
  }

  mutating func nodeChanged(_ node: Int) {
    index.update(node, cluster)
    search.nodeChanged(node)
    accounts.nodeChanged(node)
    tracker?.nodeChanged(node, cluster)
  }

  private mutating func start(_ job: Int, _ placement: Placement, at now: SimTime) {
    let request = requests[Int(shapes[job].rawValue)]
    cluster.allocate(request, node: placement.node, gpuMask: placement.gpuMask)
    allocatedMilli += Int64(request.takenMilli)
    live.state[job] = JobState.running.rawValue
    live.start[job] = now.nanoseconds
    live.node[job] = Int32(placement.node)
    live.gpuMask[job] = placement.gpuMask
    if now > arrival[job] {
      explainUntried(job)
    } else {
      live.cause[job] = WaitCause.none.rawValue
    }
    if kinds[job] == .batch {
      schedule(end: now, after: duration[job], job)
    } else if refusesForGood {
      schedule(end: arrival[job], after: duration[job], job)
    }
    residents.insert(job, node: placement.node)
    verifier?.placed(job, request, placement)
    nodeChanged(placement.node)
    fingerprint.fold(UInt64(job) << 32 | UInt64(placement.node))
    fingerprint.fold(UInt64(placement.gpuMask))
  }

  // MARK: - Placement

  private mutating func pass(at now: SimTime) throws {
    queue.beginPass(requests, cluster)
    while true {
      let job = Int(queue.nextCandidate(requests, cluster))
      if job < 0 { break }
      let shape = Int(shapes[job].rawValue)
      let placement = search.place(requests[shape], shape: shape, cluster, index)
      if verifier != nil {
        try verifier!.decided(
          requests[shape],
          placement,
          cluster,
          order: search is OrderedSearch ? search.nodeOrder : nil
        )
      }
      if placement.node >= 0 {
        queue.took(request: shape)
        start(job, placement, at: now)
      } else if refusesForGood {
        queue.took(request: shape)
        live.state[job] = JobState.rejected.rawValue
        live.cause[job] = refusalCause(requests[shape]).rawValue
      } else {
        live.cause[job] = refusalCause(requests[shape]).rawValue
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
