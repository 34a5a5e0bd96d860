import Hardware
import SimulationKernel
import Workload

/// An input that has been checked and resolved against its fleet.
struct PreparedRun {
  let input: SimulationInput
  /// By shape.
  let requests: [Request]
  /// By job: no node could ever hold it.
  let isImpossible: [Bool]
  /// A permutation: rank of each node.
  let ranks: [Int32]
  /// The mix's typical requests, for stranding and for gangs.
  let typicalWithMemory: [TypicalJob]
  /// The same without memory, for the FGD measure; nil when it is not kept.
  let typicalForFragmentation: [TypicalJob]?
  let bucket: SimDuration

  /// The share of jobs that the typical requests cover, percent (FGD artifact).
  static let typicalCoverage: Int64 = 95

  init(_ input: SimulationInput) throws {
    try PreparedRun.check(input)
    self.input = input
    let fleet = input.fleet
    let jobs = input.jobs
    let resolve = { (shape: JobShape) in
      Request(shape, modelNames: jobs.modelNames(shape.models), fleet: fleet, sharing: input.sharing)
    }
    let requests = jobs.shapes.map(resolve)
    self.requests = requests
    let machines = Set(fleet.nodes.map { node in
      var unnamed = node
      unnamed.name = ""
      return unnamed
    }).map { MachineKind($0) }
    let shapeIsImpossible = requests.map { request in !machines.contains { $0.holds(request) } }
    let impossible = jobs.shape.map { shapeIsImpossible[Int($0.rawValue)] }
    isImpossible = impossible
    if !input.rejectsImpossibleJobs, impossible.contains(true) {
      let bad = impossible.indices.filter { impossible[$0] }
      throw SimulationError.impossibleJobs(
        names: bad.prefix(3).map { jobs.name(JobID(rawValue: Int32($0))) }, count: bad.count)
    }
    ranks = try PreparedRun.ranks(input)
    let mix = input.mix ?? WorkloadMix(jobsOf: jobs)
    let modelText = { (shape: JobShape) in jobs.modelSets[Int(shape.models.rawValue)] }
    typicalWithMemory = mix.typical(
      coveringPercent: PreparedRun.typicalCoverage, ignoringMemory: false, resolve: resolve, modelText: modelText)
    let isKept = input.tracksFragmentation || input.placement.scores.contains { $0.policy == "fgd" }
    typicalForFragmentation = isKept
      ? mix.typical(
        coveringPercent: PreparedRun.typicalCoverage, ignoringMemory: true, resolve: resolve, modelText: modelText)
      : nil
    bucket = input.bucket ?? PreparedRun.defaultBucket(input)
  }

  /// The cluster at the start: nodes whose first change is to join are absent.
  func cluster() -> ClusterState {
    let cluster = ClusterState(input.fleet)
    var hasChanged: Set<NodeID> = []
    for change in input.fleetChanges {
      for node in change.nodes where hasChanged.insert(node).inserted && change.action == .join {
        cluster.setCondition(.absent, Int(node.rawValue))
      }
    }
    return cluster
  }

  private static func check(_ input: SimulationInput) throws {
    func fail(_ text: String) -> SimulationError { .invalidInput(text) }
    if input.fleet.nodes.isEmpty { throw fail("the fleet has no nodes") }
    if input.fleet.nodes.count > IdlePools.maximumNodes { throw fail("a fleet has at most 262,144 nodes") }
    if input.fleet.gpuModels.count > Fleet.maximumGPUModels { throw fail("a fleet has at most \(Fleet.maximumGPUModels) GPU models") }
    for node in input.fleet.nodes {
      if let model = node.gpuModel, !input.fleet.gpuModels.indices.contains(Int(model.rawValue)) {
        throw fail("node '\(node.name)' has a GPU model that the fleet does not list")
      }
      if node.gpuCount < 0 || node.gpuCount > Fleet.maximumGPUsPerNode || node.cpuMilli < 0 || node.memoryMiB < 0 {
        throw fail("node '\(node.name)' has an impossible size")
      }
      if (node.gpuCount == 0) != (node.gpuModel == nil) { throw fail("node '\(node.name)' needs GPUs and their model together") }
    }
    if let problem = input.placement.problem { throw fail(problem) }
    let jobs = input.jobs
    let n = jobs.count
    guard jobs.duration.count == n, jobs.shape.count == n, jobs.tenant.count == n, jobs.jobClass.count == n,
      jobs.priority.count == n, jobs.busyMilli.count == n, jobs.kind.count == n
    else { throw fail("the job table's columns differ in length") }
    if n >= Int(EventLoop.fleetChangeBase) { throw fail("a run has at most 2,147,483,647 jobs") }
    for (a, b) in zip(jobs.arrival, jobs.arrival.dropFirst()) where b < a { throw fail("jobs are not sorted by arrival") }
    if let first = jobs.arrival.first, first < .zero { throw fail("a job arrives before the start of the run") }
    if let last = jobs.arrival.last, last > .latest { throw fail("a job arrives later than 36 years after the start") }
    if jobs.duration.contains(where: { $0 < .tick }) { throw fail("a job's duration is below one nanosecond") }
    if jobs.duration.contains(where: { $0 > SimTime.latest - .zero }) { throw fail("a job's duration is above 36 years") }
    if jobs.busyMilli.contains(where: { $0 > 1000 }) { throw fail("a job's busy share is above 1000 thousandths") }
    if jobs.shape.contains(where: { !jobs.shapes.indices.contains(Int($0.rawValue)) })
      || jobs.tenant.contains(where: { !jobs.tenants.indices.contains(Int($0.rawValue)) })
      || jobs.jobClass.contains(where: { !jobs.classes.indices.contains(Int($0.rawValue)) })
    {
      throw fail("a job names a shape, tenant or class that its table does not list")
    }
    if let mix = input.mix, mix.entries.contains(where: { $0.count < 1 }) { throw fail("an entry of the mix counts no jobs") }
    for shape in jobs.shapes + (input.mix?.entries.map(\.shape) ?? []) {
      if !jobs.modelSets.indices.contains(Int(shape.models.rawValue)) {
        throw fail("a job's shape names a set of GPU models that its table does not list")
      }
      let whole = shape.milliGPUPerDevice == 1000
      if shape.cpuMilli < 0 || shape.memoryMiB < 0 || shape.gpuCount < 0
        || (shape.gpuCount == 0) != (shape.milliGPUPerDevice == 0)
        || !(0...1000).contains(shape.milliGPUPerDevice) || (shape.gpuCount > 1 && !whole)
        || shape.milliGPU > Int64(Int32.max)
      {
        throw fail("a job asks for an impossible shape: \(shape)")
      }
    }
    for (a, b) in zip(input.fleetChanges, input.fleetChanges.dropFirst()) where b.atNanoseconds < a.atNanoseconds {
      throw fail("fleet changes are not sorted by time")
    }
    for change in input.fleetChanges {
      if !(0...SimTime.latest.nanoseconds).contains(change.atNanoseconds) {
        throw fail("a fleet change lies outside the 36 years of a run")
      }
      for node in change.nodes where !input.fleet.nodes.indices.contains(Int(node.rawValue)) {
        throw fail("a fleet change names a node that does not exist")
      }
    }
    if input.measuredFrom < .zero { throw fail("the warm-up ends before the start of the run") }
    if let horizon = input.horizon, horizon > .latest { throw fail("the horizon is later than 36 years after the start") }
    if let horizon = input.horizon, horizon <= input.measuredFrom { throw fail("the horizon is not after the warm-up") }
    if let bucket = input.bucket, bucket.nanoseconds <= 0 { throw fail("a series bucket must be longer than zero") }
    if let bucket = input.bucket, bucket > SimTime.latest - .zero { throw fail("a series bucket is above 36 years") }
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

  /// A 240th of the time until the last job could end without waiting, at
  /// least a second.
  private static func defaultBucket(_ input: SimulationInput) -> SimDuration {
    var end = input.measuredFrom
    if let horizon = input.horizon {
      end = horizon
    } else {
      for (arrival, duration) in zip(input.jobs.arrival, input.jobs.duration) {
        end = max(end, arrival + duration)
      }
    }
    let span = end.nanoseconds - input.measuredFrom.nanoseconds
    return SimDuration(nanoseconds: max(1_000_000_000, span / 240))
  }
}
