import Engine
import Hardware
import SimulationKernel
import TestSupport
import Workload

/// Small inputs from a seed: each seed turns a random subset of features on,
/// so that rare combinations meet ("swarm testing", Groce et al., ISSTA 2012).
enum RandomScenario {
  /// All profiles whose outcome is a function of the input without draws.
  static let profiles: [[ScoreSpec]] = {
    let plain = [
      "first-fit", "best-fit", "worst-fit", "best-fit-percent", "dot-product", "gpu-clustering",
      "gpu-packing", "fgd",
      "gpu-best-fit", "gpu-worst-fit", "least-utilized",
      "least-allocated", "most-allocated", "requested-to-capacity-ratio", "balanced-allocation",
    ].map { [ScoreSpec(policy: $0)] }
    let three = ["cpu", "memory", "nvidia.com/gpu"].enumerated().map {
      ScoreSpec.ResourceWeight(resource: $1, weight: Int32(2 * $0 + 1))
    }
    let bent = [(0, 2), (30, 9), (70, 9), (100, 0)].map {
      ScoreSpec.ShapePoint(utilization: $0.0, score: $0.1)
    }
    return plain + [
      [ScoreSpec(policy: "least-allocated", resources: three)],
      [ScoreSpec(policy: "most-allocated", resources: three)],
      [ScoreSpec(policy: "balanced-allocation", resources: three)],
      [ScoreSpec(policy: "requested-to-capacity-ratio", resources: three, shape: bent)],
      [
        ScoreSpec(policy: "most-allocated", weight: 2, resources: three),
        ScoreSpec(policy: "balanced-allocation"),
      ],
      [ScoreSpec(policy: "fgd", weight: 3), ScoreSpec(policy: "gpu-packing", weight: 1)],
      [ScoreSpec(policy: "dot-product"), ScoreSpec(policy: "fgd", weight: 2)],
    ]
  }()

  /// A scenario with all features.
  static func input(
    seed: UInt64,
    profile: [ScoreSpec]? = nil,
    nodeCount: ClosedRange<Int> = 1...8,
    jobCount: ClosedRange<Int> = 1...60
  ) -> SimulationInput {
    var result = plain(seed: seed, profile: profile, nodeCount: nodeCount, jobCount: jobCount)
    addFeatures(to: &result, seed: seed)
    return result
  }

  /// A scenario of jobs with one worker in queues that do not preempt, on GPUs
  /// that are told apart.
  static func plain(
    seed: UInt64,
    profile: [ScoreSpec]? = nil,
    nodeCount: ClosedRange<Int> = 1...8,
    jobCount: ClosedRange<Int> = 1...60
  ) -> SimulationInput {
    var draws = SplitMix(seed: seed &* 0x9E37_79B9 &+ 17)
    let has = (0..<16).map { _ in Bool.random(using: &draws) }
    let nodes = self.nodes(
      &draws,
      nodeCount,
      mixed: has[0],
      models: has[1],
      cpuOnly: has[2],
      tight: has[3],
      large: has[14]
    )
    var jobs = self.jobs(&draws, has, jobCount)
    jobs.sort { $0.arrival < $1.arrival }
    var result = SimulationInput(
      fleet: fleet(nodes),
      jobs: table(jobs, tenants: 3),
      seed: seed,
      placement: PlacementSpec(scores: profile ?? profiles.randomElement(using: &draws)!)
    )
    result.verify = true
    result.rejectsImpossibleJobs = true
    result.sharing = has[9] ? .wholeGPU : .fractions
    let order = JobOrder.allCases.randomElement(using: &draws)!
    result.queue = [
      .ordered(order, headOfLineBlocking: true), .ordered(order, headOfLineBlocking: false), .none,
    ].randomElement(using: &draws)!
    for j in result.jobs.priority.indices {
      result.jobs.priority[j] = Int32.random(in: -1...2, using: &draws)
    }
    if has[10] { result.horizon = SimTime(nanoseconds: Int64.random(in: 1...60, using: &draws)) }
    if has[11] { result.nodeRanks = (0..<Int32(nodes.count)).shuffled(using: &draws) }
    if has[12] { result.fleetChanges = changes(&draws, nodes: nodes.count) }
    if has[13], result.horizon == nil {
      result.measuredFrom = SimTime(nanoseconds: Int64.random(in: 0...40, using: &draws))
    }
    result.bucket = SimDuration(nanoseconds: Int64.random(in: 1...30, using: &draws))
    return result
  }

  private static func nodes(
    _ draws: inout SplitMix,
    _ count: ClosedRange<Int>,
    mixed: Bool,
    models: Bool,
    cpuOnly: Bool,
    tight: Bool,
    large: Bool
  ) -> [NodeSketch] {
    var one = NodeSketch(gpus: Int.random(in: 1...4, using: &draws))
    return (0..<Int.random(in: count, using: &draws)).map { _ in
      if mixed { one.gpus = (large ? [1, 2, 4, 8, 9, 16] : [1, 2, 3, 4, 8]).randomElement(using: &draws)! }
      if mixed || tight { one.cpu = [8_000, 12_000, 16_000].randomElement(using: &draws)! }
      if mixed || tight { one.memory = [300, 500, 900].randomElement(using: &draws)! }
      if models { one.model = ["A", "B", "C"].randomElement(using: &draws)! }
      var node = one
      if cpuOnly && Int.random(in: 0..<4, using: &draws) == 0 { node.gpus = 0 }
      return node
    }
  }

  private static func jobs(
    _ draws: inout SplitMix,
    _ has: [Bool],
    _ count: ClosedRange<Int>
  ) -> [JobSketch] {
    let parts: [Int32] = [1, 100, 250, 300, 500, 501, 999]
    let span = Int64([5, 20, 40].randomElement(using: &draws)!)
    let longest = Int64([3, 10, 30].randomElement(using: &draws)!)
    return (0..<Int.random(in: count, using: &draws)).map { _ in
      var job = JobSketch(
        arrival: Int64.random(in: 0...span, using: &draws),
        duration: Int64.random(in: 1...longest, using: &draws)
      )
      let kind = Int.random(in: 0..<8, using: &draws)
      if has[4] && kind < 4 { job.milli = parts.randomElement(using: &draws)! }
      if has[5] && kind == 4 { job.gpus = [2, 3, 4, 8, 10].randomElement(using: &draws)! }
      if has[6] && kind >= 6 { job.gpus = 0 }
      if has[7] { job.cpu = [0, 100, 1_000, 3_000, 8_000, 12_000].randomElement(using: &draws)! }
      if has[3] { job.memory = [0, 50, 100, 300, 500].randomElement(using: &draws)! }
      if has[1] { job.models = ["", "", "A", "B", "A|C", "C|A", "A|unknown"].randomElement(using: &draws)! }
      if has[8] && Int.random(in: 0..<3, using: &draws) == 0 { job.kind = .service }
      job.tenant = Int.random(in: 0..<3, using: &draws)
      job.busy = has[15] ? [0, 333, 800, 1000].randomElement(using: &draws)! : 1000
      return job
    }
  }

  private static func changes(_ draws: inout SplitMix, nodes: Int) -> [FleetChange] {
    (0..<Int.random(in: 1...12, using: &draws)).map { _ in
      let those = (0..<nodes).filter { _ in Int.random(in: 0..<3, using: &draws) == 0 }
      return FleetChange(
        atNanoseconds: Int64.random(in: 0...50, using: &draws),
        action: FleetChange.Action.allCases.randomElement(using: &draws)!,
        nodes: those.map { NodeID(rawValue: Int32($0)) }
      )
    }.sorted { $0.atNanoseconds < $1.atNanoseconds }
  }
}
