import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import Workload

/// Nodes that come and go under work and failures of which the theory is known:
/// each gives some quantities in a run, and their exact values.
struct ElasticModel: Sendable {
  struct Quantity: Sendable {
    var name: String
    var formula: String
    var exact: Double
    /// The half width of its interval must be less, as a share of the value.
    var bound: Double
  }

  static let seeds: ClosedRange<UInt64> = 1...20

  #if DEBUG
    static let shortening = 12.5
    static let widening = 4.0
  #else
    static let shortening = 1.0
    static let widening = 1.0
  #endif

  var quantities: [Quantity]
  var observe: @Sendable (UInt64) throws -> [Double]

  /// The 99.9 % t intervals over the seeds.
  func intervals() throws -> [ConfidenceInterval] {
    let values = try Self.seeds.map(observe)
    return quantities.indices.map { number in
      ConfidenceInterval(of: values.map { $0[number] }, level: 0.999)!
    }
  }

  static let all = [mended, replaced, eitherWay, infinite]

  // MARK: - Availability

  /// The ratio of the textbook case: 100 to 4.
  private static let mended = ElasticModel(
    quantities: [
      Quantity(
        name: "auto nodes that fail every 10 h and are mended in 24 min: share of time up",
        formula: "MTBF / (MTBF + MTTR)",
        exact: 100.0 / 104,
        bound: 1e-3
      )
    ]
  ) { seed in
    try [shareUp(fails: 36_000, repair: .exponential(mean: 1_440), repairs: nil, seed)]
  }

  /// Nobody mends them: node repair replaces each after 30 minutes, and the next
  /// is up 5 minutes later.
  private static let replaced = ElasticModel(
    quantities: [
      Quantity(
        name: "the same every 5 h, never mended, replaced by node repair after 30 + 5 min",
        formula: "MTBF / (MTBF + detection + launch)",
        exact: 18_000.0 / (18_000 + 1_800 + 300),
        bound: 2e-3
      )
    ]
  ) { seed in
    try [shareUp(fails: 18_000, repair: .constant(1e9), repairs: AutoNodes.Repair(), seed)]
  }

  /// Mended in an hour on average, or replaced after 30 minutes: the mean time
  /// down is r (1 - e^(-D/r)) + e^(-D/r) L.
  private static let eitherWay = ElasticModel(
    quantities: [
      Quantity(
        name: "the same, mended in 1 h on average or replaced, whichever is sooner",
        formula: "MTBF / (MTBF + r (1 - q) + q launch), q = exp(-detection / r)",
        exact: 18_000 / (18_000 + 3_600 * (1 - exp(-0.5)) + 300 * exp(-0.5)),
        bound: 2e-3
      )
    ]
  ) { seed in
    try [shareUp(fails: 18_000, repair: .exponential(mean: 3_600), repairs: AutoNodes.Repair(), seed)]
  }

  /// Ten nodes are kept; there is room for others beside those that go, and
  /// repair is never suspended.
  private static func shareUp(
    fails mean: Double,
    repair: Variate,
    repairs: AutoNodes.Repair?,
    _ seed: UInt64
  ) throws -> Double {
    let (warmUp, span) = (20 * mean, 2_000 * mean / shortening)
    let outcome = try run([], nodes: 30, until: warmUp + span, measuredFrom: warmUp, seed) {
      $0.groups[0].atStart = 10
      $0.groups[0].replicas = 10
      $0.groups[0].failures = [FailureCause(name: "node", perNodeDay: 86_400 / mean, repair: repair)]
      $0.repair = repairs
      $0.repair?.suspendAbove = 1
    }
    let up = outcome.autoNodes[0].nodeNanoseconds[AutoNodeTotals.Stage.up.rawValue]
    return Double(up) / 1e9 / (10 * span)
  }

  // MARK: - Nodes without limit

  /// Jobs of up to 200 hours arrive, 6 in 100; each on a node of its own, which
  /// takes 10 hours to come and goes some 50 s after the job has ended: within
  /// 10 s (5 on average) it is looked at, 15 s later it goes, and takes 30 s.
  ///
  /// Jobs take turns at 36 kinds of nodes, one of each: were they all alike, a job
  /// that waits would take a node that another leaves, and not wait as long.
  private static let (rate, service, launch, going) = (6.0 / 360_000, 360_000.0, 36_000.0, 50.0)
  private static let kinds = 36

  private static let infinite = ElasticModel(
    quantities: [
      Quantity(
        name: "M/G/infinity on auto nodes, load 6: busy nodes on average",
        formula: "arrivals x service",
        exact: rate * service,
        bound: 0.025
      ),
      Quantity(name: "their variance", formula: "that of Poisson", exact: rate * service, bound: 0.1),
    ]
      + levels.map { level in
        Quantity(
          name: "share of time with \(level) busy",
          formula: "Poisson",
          exact: exp(Double(level) * log(6) - 6 - lgamma(Double(level) + 1)),
          bound: 0.12
        )
      } + [
        Quantity(
          name: "nodes in any stage on average, 10 h to come",
          formula: "arrivals x (launch + service + going)",
          exact: rate * (launch + service + going),
          bound: 0.025
        )
      ]
  ) { seed in
    let (warmUp, span) = (10 * service, 600 * service / shortening)
    var arrivals = RandomStream(seed: seed, stream: "arrivals")
    var services = RandomStream(seed: seed, stream: "services")
    var jobs: [(at: Double, length: Double)] = []
    var time = 0.0
    while true {
      time += arrivals.nextExponential(mean: 1 / rate)
      if time > warmUp + span { break }
      // Half short, half long.
      let law = Variate.hyperexponential([
        .init(weight: 0.5, mean: 180_000), .init(weight: 0.5, mean: 540_000),
      ])
      jobs.append((time, max(1, law.next(from: &services))))
    }
    let outcome = try run(
      jobs,
      nodes: kinds,
      ofOwnKind: true,
      until: warmUp + span,
      measuredFrom: warmUp,
      seed
    ) {
      for kind in $0.groups.indices {
        $0.groups[kind].launch = .exponential(mean: launch)
        ($0.groups[kind].join, $0.groups[kind].gpuStack) = (.constant(0), .constant(0))
      }
      $0.batchIdle = .zero
      $0.budget = 1
    }
    let shares = shareOfTime(outcome)
    let mean = shares.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    let square = shares.enumerated().reduce(0) { $0 + Double($1.offset * $1.offset) * $1.element }
    let all = outcome.autoNodes.reduce(0) { $0 + Double($1.allNodeNanoseconds) / 1e9 } / span
    return [mean, square - mean * mean] + levels.map { shares[$0] } + [all]
  }

  private static let levels = [3, 6, 9]

  /// By number of jobs that run: the share of the measured time.
  private static func shareOfTime(_ outcome: RunOutcome) -> [Double] {
    let (from, end) = (outcome.measuredFrom.nanoseconds, outcome.end.nanoseconds)
    var steps: [(time: Int64, change: Int)] = []
    for (start, stop) in zip(outcome.jobs.startNanoseconds, outcome.jobs.endNanoseconds) where start >= 0 {
      steps.append((start, 1))
      if stop >= 0 { steps.append((stop, -1)) }
    }
    steps.sort { $0.time < $1.time }
    var time = Array(repeating: Int64(0), count: 200)
    var (level, since) = (0, from)
    for step in steps {
      if step.time > since {
        time[level] += step.time - since
        since = step.time
      }
      level += step.change
    }
    time[level] += end - since
    return time.map { Double($0) / Double(end - from) }
  }

  // MARK: - A run

  /// Jobs of one GPU on nodes of one GPU. Where each node is of a kind of its own,
  /// so are the jobs, in turn. Times are seconds.
  private static func run(
    _ work: [(at: Double, length: Double)],
    nodes: Int,
    ofOwnKind: Bool = false,
    until end: Double,
    measuredFrom: Double,
    _ seed: UInt64,
    _ change: (inout AutoNodes) -> Void
  ) throws -> RunOutcome {
    let kinds = ofOwnKind ? nodes : 1
    var fleet = Fleet()
    var jobs = JobTable()
    jobs.modelSets = (0..<kinds).map { "gpu-\($0)" }
    jobs.shapes = (0..<kinds).map {
      JobShape(
        cpuMilli: 0,
        memoryMiB: 0,
        gpuCount: 1,
        milliGPUPerDevice: 1000,
        models: ModelSetID(rawValue: Int32($0))
      )
    }
    fleet.nodes = (0..<nodes).map {
      let model = fleet.intern(gpuModel: "gpu-\($0 % kinds)")
      return NodeSpec(name: "n-\($0)", cpuMilli: 0, memoryMiB: 0, gpuCount: 1, gpuModel: model)
    }
    jobs.tenants = ["t"]
    jobs.classes = ["c"]
    for job in work {
      jobs.arrival.append(SimTime(seconds: job.at)!)
      jobs.duration.append(SimDuration(seconds: job.length)!)
    }
    jobs.shape = work.indices.map { ShapeID(rawValue: Int32($0 % kinds)) }
    jobs.tenant = Array(repeating: TenantID(rawValue: 0), count: work.count)
    jobs.jobClass = Array(repeating: JobClassID(rawValue: 0), count: work.count)
    jobs.priority = Array(repeating: 0, count: work.count)
    jobs.busyMilli = Array(repeating: 1000, count: work.count)
    jobs.kind = Array(repeating: .batch, count: work.count)
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: seed,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")])
    )
    input.queue = .fifo(headOfLineBlocking: false)
    input.horizon = SimTime(seconds: end)!
    input.measuredFrom = SimTime(seconds: measuredFrom)!
    var spec = AutoNodes(pools: [AutoNodes.Pool(name: "pool")], groups: [])
    for kind in 0..<kinds {
      let own = ofOwnKind ? kind..<kind + 1 : 0..<nodes
      spec.groups.append(AutoNodes.Group(name: "g-\(kind)", nodes: own, pool: 0))
    }
    change(&spec)
    input.autoNodes = spec
    return try Simulation.run(input)
  }
}
