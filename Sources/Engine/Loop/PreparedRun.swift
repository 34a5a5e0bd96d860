import Hardware
import SimulationKernel
import Workload

/// An input that has been checked and resolved against its fleet.
struct PreparedRun {
  let input: SimulationInput
  let nodeClasses: NodeClasses
  /// Shapes of the job table as it was given.
  let givenShapeCount: Int
  /// By shape; then the preferences of shapes, see ``tiers``; then the pieces
  /// of consolidated gangs, see ``Gang``.
  let requests: [Request]
  /// By shape: what it accepts, by reason.
  let acceptances: [Acceptance]
  /// By shape: the numbers of the requests that it tries before its own, best
  /// first; empty when no shape has any.
  let tiers: [[Int32]]
  let ruleBook: RuleBook
  /// By shape, then by preference.
  let gangs: [Gang]
  /// By shape: the same if models, or constraints, excluded no nodes.
  let gangsByCause: [Gang.Unbound]
  /// By shape: what a node that was freed must hold before a refused job of
  /// the shape is worth trying again.
  let probes: [Request]
  /// Whether any job has several workers.
  var hasGangs: Bool { gangs.contains { $0.workers > 1 } }
  /// Which jobs may leave their home sites, and as what; nil: none may.
  let burst: BurstPlan?
  /// How wishes are relaxed; nil: none is.
  let ladders: WishLadders?
  /// Racks and NVLink domains; nil where nothing depends on them.
  let topology: Topology?
  /// By job: the fleet could never hold it, or its virtual cluster never takes it.
  let isImpossible: [Bool]
  /// By job: the latter; empty: none.
  let isRefusedByCluster: [Bool]
  /// Place of each job in the queue's order; nil: the order of arrival.
  let places: [Int32]?
  /// A permutation: rank of each node.
  let ranks: [Int32]
  /// The mix's typical requests, for stranding and for gangs.
  let typicalWithMemory: [TypicalJob]
  /// The same without memory, for the FGD measure; nil when it is not kept.
  let typicalForFragmentation: [TypicalJob]?
  let bucket: SimDuration
  /// How GPUs are cut; nil in runs without MIG.
  let mig: MIGBook?

  /// The share of jobs that the typical requests cover, percent (FGD artifact).
  static let typicalCoverage: Int64 = 95

  init(_ given: SimulationInput) throws {
    try PreparedRun.check(given)
    givenShapeCount = given.jobs.shapes.count
    var copy = given.withClusters().withShapesByModel().withShapesByGroup()
    let ladders = copy.jobs.shapes.contains { $0.relaxation > 0 } ? WishLadders(&copy.jobs) : nil
    self.ladders = ladders
    let burst = copy.burst.map { BurstPlan($0, &copy) }
    self.burst = burst
    let input = copy
    self.input = input
    let fleet = input.fleet
    let ranks = try PreparedRun.ranks(input)
    self.ranks = ranks
    let jobs = input.jobs
    let nodeClasses = try NodeClasses(fleet, jobs.constraints)
    self.nodeClasses = nodeClasses
    burst?.take(nodeClasses)
    let acceptance = { (shape: JobShape) in
      var result = nodeClasses.acceptance(of: shape, modelNames: jobs.modelNames(shape.models))
      result.byModel &= PreparedRun.classesThatHold(shape, input, nodeClasses)
      return result
    }
    var book = input.sharing == .mig ? try MIGBook(fleet, input.mig) : nil
    var sliceOf: [JobShape: Int16] = [:]
    if book != nil {
      for shape in jobs.shapes + (input.mix?.entries.map(\.shape) ?? []) {
        sliceOf[shape.ofOneWorker] = try book!.slice(shape, jobs.deviceDemand(of: shape))
      }
    }
    mig = book
    let resolve = { [sliceOf, book] (shape: JobShape) in
      var request = Request(
        shape,
        classes: acceptance(shape).both,
        sharing: input.sharing,
        replicaMilli: input.sharing.hasReplicas ? input.contention!.replicaMilli : 0,
        replicas: input.contention?.replicas(grantedTo: shape, input.sharing) ?? 1,
        isAlone: Isolation.needsWholeGPU(jobs.deviceDemand(of: shape), under: input.sharing)
      )
      let slice = sliceOf[shape.ofOneWorker] ?? -1
      if let book, slice >= 0 { request.ask(slice: slice, leastMilli: book.leastMilli(slice)) }
      return request
    }
    let acceptances = jobs.shapes.map(acceptance)
    self.acceptances = acceptances
    var workers = jobs.shapes.map(resolve)
    let ruleBook = try RuleBook(jobs, workers)
    self.ruleBook = ruleBook
    if !ruleBook.isEmpty { for shape in workers.indices { workers[shape].obeys = ruleBook.obeys[shape] } }
    let isAllowed = input.autoNodes?.allowed(fleet) ?? []
    let counts = PreparedRun.machineCounts(fleet, nodeClasses, book, isAllowed)
    let ruleRooms = RuleRooms(fleet, nodeClasses)
    let topology = PreparedRun.needsTopology(jobs) ? Topology(fleet, ranks: ranks) : nil
    self.topology = topology
    let machines =
      topology == nil
      ? []
      : fleet.nodes.indices.map {
        PreparedRun.machine($0, fleet.nodes[$0], nodeClasses.classOf[$0], book)
      }
    func isPossible(_ request: Request, _ wish: PlacementWish) -> Bool {
      guard Gang.isPossible(request, wish, counts) else { return false }
      guard request.workers > 1, wish.isForOneGroup else { return true }
      return topology!.holds(request, wish, machines: machines)
    }
    // A gang that may leave is laid at one site, never on all that it accepts.
    let isHeld = workers.indices.map { shape in
      !(burst.map { $0.sitesOf[shape] != 0 && workers[shape].workers > 1 } ?? false)
        && isPossible(workers[shape], jobs.shapes[shape].wish)
    }
    let preferred = PreparedRun.tiers(jobs, workers, nodeClasses, burst, isPossible)
    tiers = preferred.numbers
    try PreparedRun.checkConstraints(input, acceptances, hasTiers: !preferred.numbers.isEmpty)
    let shapeIsImpossible = workers.indices.map { shape in
      let rules = jobs.constraints[Int(jobs.shapes[shape].constraints.rawValue)].rules
      let isHeldSomewhere = isHeld[shape] || !(preferred.numbers.isEmpty || preferred.numbers[shape].isEmpty)
      return !isHeldSomewhere || !ruleRooms.isPossible(workers[shape], rules)
    }
    let shapeCount = workers.count
    workers += preferred.requests
    let wishes = jobs.shapes.map(\.wish) + preferred.wishes
    var pieces: [Request] = []
    let gangs = workers.indices.map { position in
      var gang = Gang(
        workers[position],
        wishes[position],
        isPossible: position >= shapeCount || isHeld[position],
        machines: counts.map(\.kind),
        firstPieceShape: workers.count,
        pieces: &pieces
      )
      if position < shapeCount { gang.narrower = ladders?.narrower[position] ?? -1 }
      return gang
    }
    let requests = workers + pieces
    // Asked whether they would fit, and never placed.
    var unused: [Request] = []
    func unbound(_ position: Int, to classes: UInt64) -> Gang {
      var other = workers[position]
      guard other.workers > 1, other.classes != classes else { return gangs[position] }
      other.classes = classes
      return Gang(
        other,
        wishes[position],
        isPossible: isPossible(other, wishes[position]),
        machines: counts.map(\.kind),
        firstPieceShape: 0,
        pieces: &unused
      )
    }
    gangsByCause = jobs.shapes.indices.map { position in
      Gang.Unbound(
        anyModel: unbound(position, to: acceptances[position].byConstraint),
        anyConstraint: unbound(position, to: acceptances[position].byModel)
      )
    }
    self.gangs = gangs
    self.requests = requests
    probes = PreparedRun.probes(input, gangs, requests)
    let impossible = jobs.shape.indices.map { job in
      let shape = Int(jobs.shape[job].rawValue)
      return shapeIsImpossible[ladders?.widest(shape) ?? burst?.widest(job, jobs) ?? shape]
    }
    isRefusedByCluster = try PreparedRun.refusedByClusters(input)
    isImpossible =
      isRefusedByCluster.isEmpty ? impossible : zip(impossible, isRefusedByCluster).map { $0 || $1 }
    if !input.rejectsImpossibleJobs, impossible.contains(true) {
      let bad = impossible.indices.filter { impossible[$0] }
      throw SimulationError.impossibleJobs(
        names: bad.prefix(3).map { jobs.name(JobID(rawValue: Int32($0))) },
        count: bad.count,
        asks: PreparedRun.asks(jobs.shapes[Int(jobs.shape[bad[0]].rawValue)], jobs)
          + (isAllowed.contains(false) ? " (within the limits of its node pools)" : ""),
        waiting: PreparedRun.waitingInVain(for: bad, jobs)
      )
    }
    switch input.queue {
    case .ordered(let order, _): places = order.places(jobs)
    case .ageing(let ageing, _):
      places = ageing.atMost == nil && input.preemption == nil ? ageing.places(jobs) : nil
    case .backfill(let spec): places = spec.ageing?.places(jobs) ?? spec.order.places(jobs)
    case .fairShare, .preemptive, .rounds, .none: places = nil
    }
    let mix = input.mix ?? WorkloadMix(jobsOf: burst == nil ? jobs : given.jobs)
    let modelText = { (shape: JobShape) in jobs.modelSets[Int(shape.models.rawValue)] }
    typicalWithMemory = mix.typical(
      coveringPercent: PreparedRun.typicalCoverage,
      ignoringMemory: false,
      resolve: resolve,
      acceptance: acceptance,
      modelText: modelText
    )
    let isKept =
      input.tracksFragmentation
      || input.sharing != .mig && input.placement.scores.contains { $0.policy == "fgd" }
    typicalForFragmentation =
      isKept
      ? mix.typical(
        coveringPercent: PreparedRun.typicalCoverage,
        ignoringMemory: true,
        resolve: resolve,
        acceptance: acceptance,
        modelText: modelText
      )
      : nil
    bucket = input.bucket ?? PreparedRun.defaultBucket(input)
  }

  /// Whether anything depends on racks or NVLink domains.
  private static func needsTopology(_ jobs: JobTable) -> Bool {
    jobs.hasSpeeds || jobs.shapes.contains { $0.workers > 1 && $0.wish.isForOneGroup }
  }

  /// Machines of each kind, in the order of first appearance; without those
  /// that the limits of node pools never allow.
  private static func machineCounts(
    _ fleet: Fleet,
    _ classes: NodeClasses,
    _ mig: MIGBook?,
    _ isAllowed: [Bool]
  ) -> [(kind: MachineKind, count: Int64)] {
    var position: [MachineKind: Int] = [:]
    var result: [(kind: MachineKind, count: Int64)] = []
    for (n, node) in fleet.nodes.enumerated() {
      if !isAllowed.isEmpty && !isAllowed[n] { continue }
      let machine = machine(n, node, classes.classOf[n], mig)
      if let known = position[machine] {
        result[known].count += 1
      } else {
        position[machine] = result.count
        result.append((machine, 1))
      }
    }
    return result
  }

  /// The cluster at the start: nodes whose first change is to join are absent.
  func cluster() -> ClusterState {
    var cluster = ClusterState(
      input.fleet,
      classes: nodeClasses,
      isPooled: input.sharing == .pooled,
      mig: migFleet()
    )
    cluster.spreadsParts = input.contention?.devicePolicy == .spread
    for group in input.autoNodes?.groups ?? [] {
      for n in group.nodes.dropFirst(group.atStart) { cluster.setCondition(.absent, n) }
      // Nothing waits yet: what is of most use to the mix.
      for n in group.nodes.prefix(group.atStart) where cluster.mig?.choosesLayouts(n) ?? false {
        cluster.mig!.chooseLayouts(n, gpus: Int(cluster.nodes[n].gpuCount), holding: MIGPacking.Counts())
        cluster.summarise(n)
      }
    }
    var hasChanged: Set<NodeID> = []
    for change in input.fleetChanges {
      for node in change.nodes where hasChanged.insert(node).inserted && change.action == .join {
        cluster.setCondition(.absent, Int(node.rawValue))
      }
    }
    return cluster
  }

  private static func ranks(_ input: SimulationInput) throws -> [Int32] {
    let n = input.fleet.nodes.count
    if let given = input.nodeRanks {
      guard given.sorted() == Array(0..<Int32(n)) else {
        throw SimulationError.invalidInput("node ranks are not a permutation of 0 ..< \(n)")
      }
      return given
    }
    var order = Array(0..<n)
    switch input.placement.tieBreak {
    case .name, .random:
      order.sort { input.fleet.nodes[$0].name < input.fleet.nodes[$1].name }
    case .seededRank:
      var draws = RandomStream(seed: input.seed, stream: "placement/rank")
      for i in stride(from: n - 1, to: 0, by: -1) { order.swapAt(i, Int(draws.nextBelow(UInt64(i + 1)))) }
    }
    var ranks = [Int32](repeating: 0, count: n)
    for (position, node) in order.enumerated() { ranks[node] = Int32(position) }
    return ranks
  }

  /// How many possible jobs wait, directly or not, for one of these.
  private static func waitingInVain(for impossible: [Int], _ jobs: JobTable) -> Int {
    if jobs.after.isEmpty { return 0 }
    var dependents = [[Int]](repeating: [], count: jobs.count)
    for job in 0..<jobs.count { for other in jobs.after[job] { dependents[Int(other)].append(job) } }
    var reached = Set(impossible)
    var next = impossible
    while let job = next.popLast() {
      for other in dependents[job] where reached.insert(other).inserted { next.append(other) }
    }
    return reached.count - impossible.count
  }

  /// A request in words.
  private static func asks(_ shape: JobShape, _ jobs: JobTable) -> String {
    var parts: [String] = []
    if shape.gpuCount > 0 {
      let models = jobs.modelNames(shape.models)
      let kind = models.isEmpty ? "any model" : models.joined(separator: " or ")
      let part =
        shape.milliGPUPerDevice < 1000
        ? "\(Double(shape.milliGPUPerDevice) / 1000) of a GPU" : "\(shape.gpuCount) GPUs"
      parts.append("\(part) (\(kind))")
    }
    parts.append("\(Double(shape.cpuMilli) / 1000) vCPU")
    parts.append("\(shape.memoryMiB) MiB")
    let constraints = jobs.constraints[Int(shape.constraints.rawValue)].text
    if !constraints.isEmpty { parts.append(constraints) }
    let each = parts.joined(separator: ", ")
    return shape.workers == 1
      ? each : "\(shape.workers) workers (\(shape.wish.name)), each \(each)"
  }

  /// When the last job could end without waiting, or the horizon.
  static func latestEnd(_ input: SimulationInput) -> SimTime {
    if let horizon = input.horizon { return horizon }
    var end = input.measuredFrom
    for (arrival, duration) in zip(input.jobs.arrival, input.jobs.duration) {
      end = max(end, arrival + duration)
    }
    return end
  }

  /// A 240th of the time until then, at least a second.
  static func defaultBucket(_ input: SimulationInput) -> SimDuration {
    let span = latestEnd(input).nanoseconds - input.measuredFrom.nanoseconds
    return SimDuration(nanoseconds: max(1_000_000_000, span / 240))
  }
}
