import Hardware
import SimulationKernel
import Workload

/// An input that has been checked and resolved against its fleet.
struct PreparedRun {
  let input: SimulationInput
  /// By shape; then the pieces of consolidated gangs, see ``Gang``.
  let requests: [Request]
  /// By shape.
  let gangs: [Gang]
  /// By shape: the same if the job accepted every model.
  let gangsOfAnyModel: [Gang]
  /// By shape: what a node that was freed must hold before a refused job of
  /// the shape is worth trying again.
  let probes: [Request]
  /// Whether any job has several workers.
  var hasGangs: Bool { gangs.contains { $0.workers > 1 } }
  /// How wishes are relaxed; nil: none is.
  let ladders: WishLadders?
  /// Racks and NVLink domains; nil where nothing depends on them.
  let topology: Topology?
  /// By job: the fleet could never hold it.
  let isImpossible: [Bool]
  /// Place of each job in the queue's order; nil: the order of arrival.
  let places: [Int32]?
  /// A permutation: rank of each node.
  let ranks: [Int32]
  /// The mix's typical requests, for stranding and for gangs.
  let typicalWithMemory: [TypicalJob]
  /// The same without memory, for the FGD measure; nil when it is not kept.
  let typicalForFragmentation: [TypicalJob]?
  let bucket: SimDuration

  /// The share of jobs that the typical requests cover, percent (FGD artifact).
  static let typicalCoverage: Int64 = 95

  init(_ given: SimulationInput) throws {
    try PreparedRun.check(given)
    var copy = given.withShapesByModel()
    let ladders = copy.jobs.shapes.contains { $0.relaxation > 0 } ? WishLadders(&copy.jobs) : nil
    self.ladders = ladders
    let input = copy
    self.input = input
    let fleet = input.fleet
    let ranks = try PreparedRun.ranks(input)
    self.ranks = ranks
    let jobs = input.jobs
    let resolve = { (shape: JobShape) in
      Request(shape, modelNames: jobs.modelNames(shape.models), fleet: fleet, sharing: input.sharing)
    }
    let workers = jobs.shapes.map(resolve)
    let counts = PreparedRun.machineCounts(fleet)
    let topology = PreparedRun.needsTopology(jobs) ? Topology(fleet, ranks: ranks) : nil
    self.topology = topology
    let machines = topology == nil ? [] : fleet.nodes.map(MachineKind.init)
    let shapeIsImpossible = zip(workers, jobs.shapes).map { request, shape in
      let isForOneGroup = request.workers > 1 && shape.wish.isForOneGroup
      return !Gang.isPossible(request, shape.wish, counts)
        || isForOneGroup && !topology!.holds(request, shape.wish, machines: machines)
    }
    var pieces: [Request] = []
    let gangs = workers.indices.map { position in
      var gang = Gang(
        workers[position],
        jobs.shapes[position].wish,
        isPossible: !shapeIsImpossible[position],
        machines: counts.map(\.kind),
        firstPieceShape: workers.count,
        pieces: &pieces
      )
      gang.narrower = ladders?.narrower[position] ?? -1
      return gang
    }
    let requests = workers + pieces
    // Asked whether they would fit, and never placed.
    var unused: [Request] = []
    gangsOfAnyModel = workers.indices.map { position in
      guard workers[position].models != .max else { return gangs[position] }
      var any = workers[position]
      any.models = .max
      return Gang(
        any,
        jobs.shapes[position].wish,
        isPossible: !shapeIsImpossible[position],
        machines: counts.map(\.kind),
        firstPieceShape: 0,
        pieces: &unused
      )
    }
    self.gangs = gangs
    self.requests = requests
    probes = gangs.indices.map { gangs[$0].probe(workers[$0], requests) }
    let impossible = jobs.shape.map { shape in
      shapeIsImpossible[ladders?.widest(Int(shape.rawValue)) ?? Int(shape.rawValue)]
    }
    isImpossible = impossible
    if !input.rejectsImpossibleJobs, impossible.contains(true) {
      let bad = impossible.indices.filter { impossible[$0] }
      throw SimulationError.impossibleJobs(
        names: bad.prefix(3).map { jobs.name(JobID(rawValue: Int32($0))) },
        count: bad.count,
        asks: PreparedRun.asks(jobs.shapes[Int(jobs.shape[bad[0]].rawValue)], jobs),
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
    let mix = input.mix ?? WorkloadMix(jobsOf: jobs)
    let modelText = { (shape: JobShape) in jobs.modelSets[Int(shape.models.rawValue)] }
    typicalWithMemory = mix.typical(
      coveringPercent: PreparedRun.typicalCoverage,
      ignoringMemory: false,
      resolve: resolve,
      modelText: modelText
    )
    let isKept = input.tracksFragmentation || input.placement.scores.contains { $0.policy == "fgd" }
    typicalForFragmentation =
      isKept
      ? mix.typical(
        coveringPercent: PreparedRun.typicalCoverage,
        ignoringMemory: true,
        resolve: resolve,
        modelText: modelText
      )
      : nil
    bucket = input.bucket ?? PreparedRun.defaultBucket(input)
  }

  /// Whether anything depends on racks or NVLink domains.
  private static func needsTopology(_ jobs: JobTable) -> Bool {
    jobs.hasSpeeds || jobs.shapes.contains { $0.workers > 1 && $0.wish.isForOneGroup }
  }

  /// Machines of each kind, in the order of first appearance.
  private static func machineCounts(_ fleet: Fleet) -> [(kind: MachineKind, count: Int64)] {
    var position: [NodeSpec: Int] = [:]
    var result: [(kind: MachineKind, count: Int64)] = []
    for node in fleet.nodes {
      var unnamed = node
      unnamed.name = ""
      unnamed.place = .unstated
      if let known = position[unnamed] {
        result[known].count += 1
      } else {
        position[unnamed] = result.count
        result.append((MachineKind(unnamed), 1))
      }
    }
    return result
  }

  /// The cluster at the start: nodes whose first change is to join are absent.
  func cluster() -> ClusterState {
    let cluster = ClusterState(input.fleet, isPooled: input.sharing == .pooled)
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
  private static func defaultBucket(_ input: SimulationInput) -> SimDuration {
    let span = latestEnd(input).nanoseconds - input.measuredFrom.nanoseconds
    return SimDuration(nanoseconds: max(1_000_000_000, span / 240))
  }
}
