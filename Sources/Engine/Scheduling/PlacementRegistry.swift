import SimulationKernel

/// A placement policy as people see it.
public struct PlacementPolicy: Sendable {
  /// The name in scenarios and on the command line.
  public let name: String
  /// What it prefers, one line.
  public let summary: String
  /// Where it comes from.
  public let source: String
  /// Takes `resources` in a scenario.
  public let takesResources: Bool
  /// Takes `shape` in a scenario.
  public let takesShape: Bool
  let make: Make

  enum Make: Sendable {
    /// The node index's own order decides; cannot be weighted with others.
    case ordered(NodeOrder)
    /// Integer scores.
    case scored(@Sendable (ScoreSpec, ScoreContext) -> any ScoreFactory)
  }
}

/// What a score may need when it is made.
struct ScoreContext {
  var seed: UInt64
  /// The FGD measure of the run's mix; made only for policies that need it.
  var tracker: () -> FragmentationTracker
}

/// Makes the search of one score with its concrete type, so that the compiler
/// specialises the loop over nodes.
protocol ScoreFactory {
  var score: any NodeScore { get }
  func search(ranks: [Int32], shapeCount: Int, randomTies: RandomStream?) -> any PlacementSearch
}

struct ConcreteScore<Score: NodeScore>: ScoreFactory {
  let concrete: Score
  init(_ concrete: Score) { self.concrete = concrete }
  var score: any NodeScore { concrete }

  func search(ranks: [Int32], shapeCount: Int, randomTies: RandomStream?) -> any PlacementSearch {
    ScoredSearch(concrete, ranks: ranks, shapeCount: shapeCount, randomTies: randomTies)
  }
}

/// All placement policies. Adding one: a file with its ``NodeScore`` and a row
/// here.
public enum PlacementRegistry {
  public static let policies: [PlacementPolicy] = [
    row("first-fit", "the first node that fits, in tie-break order", "classic", .ordered(.rank)),
    row(
      "best-fit",
      "the node with the least free CPU and GPU, compared exactly",
      "classic",
      .ordered(.leastFree)
    ),
    row(
      "worst-fit",
      "the node with the most free CPU and GPU, compared exactly",
      "classic",
      .ordered(.mostFree)
    ),
    row("random", "any node that fits, uniformly", "FGD artifact: Random") {
      ConcreteScore(RandomScore(seed: $1.seed))
    },
    row("best-fit-percent", "best fit in whole percent, with many ties", "FGD artifact: BestFit") { _, _ in
      ConcreteScore(BestFitPercentScore())
    },
    row("dot-product", "the smallest product of free and requested CPU and GPU", "FGD artifact: DotProd") {
      _,
      _ in
      ConcreteScore(DotProductScore())
    },
    row("gpu-clustering", "nodes that run jobs of the same kind", "FGD artifact: GpuClustering") { _, _ in
      ConcreteScore(GPUClusteringScore())
    },
    row(
      "gpu-packing",
      "GPUs in use, then nodes in use, then the smallest idle node",
      "FGD artifact: GpuPacking"
    ) {
      _,
      _ in ConcreteScore(GPUPackingScore())
    },
    row("fgd", "the least growth of expected fragmentation", "FGD, USENIX ATC 2023") {
      ConcreteScore(FGDScore($1.tracker()))
    },
    row("gpu-best-fit", "the node with the fewest idle GPUs", "PAI simulator: bestfit") { _, _ in
      ConcreteScore(IdleGPUScore(prefersMost: false))
    },
    row("gpu-worst-fit", "the node with the most idle GPUs", "PAI simulator: worstfit") { _, _ in
      ConcreteScore(IdleGPUScore(prefersMost: true))
    },
    row("least-utilized", "the lowest mean of GPU and CPU use, whole percent", "PAI simulator: bal") { _, _ in
      ConcreteScore(LeastUtilizedScore())
    },
    row("least-allocated", "the emptiest node", "kube-scheduler NodeResourcesFit", resources: true) {
      spec,
      _ in
      ConcreteScore(LeastAllocatedScore(resources: WeightedResource.list(spec)))
    },
    row("most-allocated", "the fullest node", "kube-scheduler NodeResourcesFit", resources: true) { spec, _ in
      ConcreteScore(MostAllocatedScore(resources: WeightedResource.list(spec)))
    },
    row(
      "requested-to-capacity-ratio",
      "a shape over utilisation",
      "kube-scheduler NodeResourcesFit",
      resources: true,
      shape: true
    ) { spec, _ in ConcreteScore(RequestedToCapacityRatioScore(spec)) },
    row("balanced-allocation", "nodes whose resources fill evenly", "kube-scheduler", resources: true) {
      spec,
      _ in
      ConcreteScore(BalancedAllocationScore(resources: WeightedResource.list(spec)))
    },
  ]

  /// Names in registry order.
  public static var names: [String] { policies.map(\.name) }

  /// The policy of this name, or nil.
  public static func policy(named name: String) -> PlacementPolicy? { policies.first { $0.name == name } }

  private static func row(_ name: String, _ summary: String, _ source: String, _ make: PlacementPolicy.Make)
    -> PlacementPolicy
  {
    PlacementPolicy(
      name: name,
      summary: summary,
      source: source,
      takesResources: false,
      takesShape: false,
      make: make
    )
  }

  private static func row(
    _ name: String,
    _ summary: String,
    _ source: String,
    resources: Bool = false,
    shape: Bool = false,
    _ make: @escaping @Sendable (ScoreSpec, ScoreContext) -> any ScoreFactory
  ) -> PlacementPolicy {
    PlacementPolicy(
      name: name,
      summary: summary,
      source: source,
      takesResources: resources,
      takesShape: shape,
      make: .scored(make)
    )
  }
}

extension PlacementSpec {
  /// Why this profile cannot be used, or nil.
  public var problem: String? {
    if scores.isEmpty { return "a placement needs at least one score" }
    for spec in scores {
      guard let policy = PlacementRegistry.policy(named: spec.policy) else {
        return
          "unknown placement policy '\(spec.policy)'; known: \(PlacementRegistry.names.joined(separator: ", "))"
      }
      if case .ordered = policy.make {
        if scores.count > 1 {
          return "'\(spec.policy)' orders nodes exactly and cannot be weighted with other scores"
        }
        if tieBreak == .random { return "'\(spec.policy)' needs tieBreak name or seededRank, not random" }
      }
      if spec.weight < 1 || spec.weight > 10_000 {
        return "a score's weight must be 1 ... 10000, found \(spec.weight)"
      }
      if !spec.resources.isEmpty && !policy.takesResources { return "'\(spec.policy)' takes no resources" }
      if !spec.shape.isEmpty && !policy.takesShape { return "'\(spec.policy)' takes no shape" }
      for item in spec.resources {
        if NodeResource(rawValue: item.resource) == nil {
          return "unknown resource '\(item.resource)'; known: "
            + NodeResource.allCases.map(\.rawValue).joined(separator: ", ")
        }
        if item.weight < 1 || item.weight > 100 {
          return "a resource's weight must be 1 ... 100, found \(item.weight)"
        }
      }
      for (a, b) in zip(spec.shape, spec.shape.dropFirst()) where a.utilization >= b.utilization {
        return "a shape's utilizations must increase, found \(a.utilization) before \(b.utilization)"
      }
      for point in spec.shape where !(0...100).contains(point.utilization) || !(0...10).contains(point.score)
      {
        return "a shape point needs utilization 0 ... 100 and score 0 ... 10"
      }
    }
    return nil
  }

  /// The search that this profile describes.
  ///
  /// - Precondition: ``problem`` is nil.
  func search(
    ranks: [Int32],
    shapeCount: Int,
    isPooled: Bool,
    isMIG: Bool,
    context: ScoreContext
  ) -> any PlacementSearch {
    // With MIG, `fgd` is about slices; whole GPUs go where the least is free.
    if isMIG && scores[0].policy == "fgd" { return OrderedSearch(.leastFree) }
    let policies = scores.map { PlacementRegistry.policy(named: $0.policy)! }
    if case .ordered(let order) = policies[0].make {
      return isPooled ? PooledOrderSearch(order, ranks: ranks) : OrderedSearch(order)
    }
    let factories = zip(scores, policies).map { spec, policy -> any ScoreFactory in
      guard case .scored(let make) = policy.make else {
        preconditionFailure("an exact order among weighted scores")
      }
      return make(spec, context)
    }
    let drawsTies = tieBreak == .random || policies.contains { $0.name == "random" }
    let ties = drawsTies ? RandomStream(seed: context.seed, stream: "placement/ties") : nil
    if factories.count == 1 {
      return factories[0].search(ranks: ranks, shapeCount: shapeCount, randomTies: ties)
    }
    let weighted = WeightedScore(parts: zip(factories, scores).map { ($0.score, $1.weight) })
    return ScoredSearch(weighted, ranks: ranks, shapeCount: shapeCount, randomTies: ties)
  }
}
