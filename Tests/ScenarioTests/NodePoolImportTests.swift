import Engine
import Foundation
import SimulationKernel
import TestSupport
import Testing

@testable import Scenario

/// The configuration of real provisioners: NodePools of Karpenter and flags of
/// the cluster-autoscaler.
struct NodePoolImportTests {
  private static let types = """
    version: 1
    name: sample
    horizon: 1d
    fleet:
      nodes:
        - name: p5.48xlarge
          count: 20
          gpu: h100-80gb-sxm
          gpusPerNode: 8
          cpu: 192
          memory: 2TiB
          labels: {topology.kubernetes.io/zone: a}
          auto: {price: 55.04}
        - name: p5-spot
          count: 20
          gpu: h100-80gb-sxm
          gpusPerNode: 8
          cpu: 192
          memory: 2TiB
          labels: {topology.kubernetes.io/zone: b, node.kubernetes.io/instance-type: p5.48xlarge}
          auto: {price: 20, purchase: spot}
        - {name: g6e.xlarge, count: 50, gpu: l40s, gpusPerNode: 1, cpu: 4, memory: 32GiB, auto: {price: 1.86}}
    workload:
      classes:
        - name: train
          demand: {gpus: 1, cpu: 3, memory: 16GiB}
          arrivals: {poisson: {rate: 30/h}}
          duration: {lognormal: {median: 2h, sigma: 1}}
          tolerations: {key: gpu, operator: Exists}
    policy:
      queue: {order: fifo, headOfLineBlocking: false}

    """

  private static let pools = """
    apiVersion: karpenter.sh/v1
    kind: NodePool
    metadata: {name: training}
    spec:
      weight: 10
      limits: {nvidia.com/gpu: 64, cpu: 1000}
      template:
        metadata:
          labels: {team: ml}
        spec:
          nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: gpu}
          expireAfter: 336h
          requirements:
            - {key: karpenter.k8s.aws/instance-gpu-name, operator: In, values: [h100, h200]}
            - {key: karpenter.k8s.aws/instance-gpu-count, operator: Gt, values: ["4"]}
            - {key: karpenter.k8s.aws/instance-hypervisor, operator: Exists}
          taints:
            - {key: gpu, value: "true", effect: NoSchedule}
          startupTaints:
            - {key: starting, effect: NoSchedule}
      disruption:
        consolidationPolicy: WhenEmpty
        consolidateAfter: 1m30s
        budgets:
          - {nodes: 20%}
          - {nodes: "0", schedule: 0 9 * * mon-tue, duration: 8h, reasons: [Drifted, Underutilized]}
    ---
    apiVersion: karpenter.sh/v1
    kind: NodePool
    metadata: {name: small}
    spec:
      template:
        spec:
          expireAfter: Never
          requirements:
            - {key: karpenter.sh/capacity-type, operator: NotIn, values: [spot]}
      disruption: {consolidationPolicy: WhenEmpty, consolidateAfter: 90s}
    ---
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata: {name: gpu}
    spec:
      amiFamily: Bottlerocket
      kubelet:
        maxPods: 60
        kubeReserved: {cpu: 500m, memory: 1Gi}
        systemReserved: {cpu: 500m}

    """

  private static func load(
    _ text: String,
    key: String = "karpenter",
    types: String = types,
    _ overrides: [String] = []
  ) throws -> LoadedScenario {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "file.yaml")
    return try ScenarioLoader.load(
      text: types + "  autoNodes: {from: {\(key): '\(file)'}}\n",
      label: "sample.yaml",
      overrides: overrides,
      environment: [:]
    )
  }

  private static func nodes(_ loaded: LoadedScenario) throws -> AutoNodes {
    try #require(loaded.input(placement: loaded.placements[0], replication: 0).autoNodes)
  }

  private static func failure(_ text: String, key: String = "karpenter", types: String = types)
    -> String
  {
    do {
      _ = try load(text, key: key, types: types)
      return "loads"
    } catch { return "\(error)" }
  }

  // MARK: - Karpenter

  /// A NodePool that says nothing of it has Karpenter's age, unlike `auto`.
  @Test func `nodes of a NodePool expire after 720 hours unless it says otherwise`() throws {
    let text = Self.pools.replacing("      expireAfter: 336h\n", with: "")
    let auto = try Self.nodes(try Self.load(text))
    let month = SimDuration(nanoseconds: 720 * 3_600_000_000_000)
    #expect(auto.groups.map(\.expireAfter) == [month, month, nil])
  }

  @Test func `types go to the first NodePool that admits them and take over what it says`() throws {
    let loaded = try Self.load(Self.pools)
    let auto = try Self.nodes(loaded)
    #expect(auto.pools.map(\.name) == ["training", "small"])
    #expect(auto.pools.map(\.weight) == [10, 0])
    #expect(auto.pools.map(\.mostGPUs) == [64, nil])
    #expect(auto.groups.map(\.name) == ["p5.48xlarge", "p5-spot", "g6e.xlarge"])
    #expect(auto.groups.map(\.pool) == [0, 0, 1])
    let fortnight = SimDuration(nanoseconds: 336 * 3_600_000_000_000)
    #expect(auto.groups.map(\.expireAfter) == [fortnight, fortnight, nil])
    #expect(auto.consolidateAfter == SimDuration(nanoseconds: 90_000_000_000))
    #expect(!auto.consolidatesUnderused)
    let node = loaded.nodes.nodes[0]
    #expect(node.taints.map(\.key) == ["gpu"])
    #expect(node.labels.contains { $0.key == "team" && $0.value == "ml" })
    // A core and a GiB are reserved.
    #expect((node.cpuMilli, node.memoryMiB) == (191_000, 2_096_128))
    #expect(loaded.nodes.nodes[40].cpuMilli == 4_000)
    #expect(
      loaded.notes.contains {
        $0.contains("'p5.48xlarge' is of NodePool 'training', which comes before 'small'")
      }
    )
  }

  @Test func `budgets are of their pool, on the days that cron names`() throws {
    let budgets = try Self.nodes(Self.load(Self.pools)).budgets
    let hour = { (count: Int64) in SimDuration(nanoseconds: count * 3_600_000_000_000) }
    #expect(budgets.map(\.pool) == ["training", "training", "small"])
    #expect(budgets[0].limit == .share(0.2))
    #expect(budgets[1].limit == .nodes(0))
    #expect(
      budgets[1].window
        == AutoNodes.Budget.Window(schedule: try CronSchedule("0 9 * * mon-tue"), length: hour(8))
    )
    #expect(budgets[1].reasons == [.drifted, .underused])
    #expect(budgets[2].limit == .share(0.1))
  }

  @Test(arguments: ["*/5 * * * *", "0 9 1 * *", "@monthly", "0 9-17/2 1,15 jan-jun mon"])
  func `budgets may come at any time that cron can say`(cron: String) throws {
    let text = Self.pools.replacingOccurrences(of: "0 9 * * mon-tue", with: "\"\(cron)\"")
    let budget = try Self.nodes(Self.load(text)).budgets[1]
    #expect(budget.window?.start == .schedule(try CronSchedule(cron)))
  }

  @Test func `the balance of saving and disruption is taken over`() throws {
    let balanced = Self.pools.replacingOccurrences(of: "WhenEmpty", with: "Balanced")
    let auto = try Self.nodes(Self.load(balanced))
    #expect(auto.consolidatesUnderused && auto.balance == 2)
    let text = balanced.replacingOccurrences(
      of: "Balanced\n",
      with: "Balanced\n    consolidationThreshold: 3\n"
    )
    let what = "found balanced of 2 after 90s, and balanced of 3 after 90s of 'training'"
    #expect(Self.failure(text).contains(what))
  }

  @Test func `what is not modelled is listed`() throws {
    let note = try #require(try Self.load(Self.pools).notes.first { $0.contains("not modelled") })
    for key in [
      "spec.limits.cpu", "spec.template.spec.startupTaints", "EC2NodeClass spec.amiFamily",
      "EC2NodeClass spec.kubelet.maxPods",
      "requirement karpenter.k8s.aws/instance-hypervisor (no type has the label)",
    ] {
      #expect(note.contains(key), "\(key) in \(note)")
    }
    #expect(!note.contains("apiVersion"))
  }

  @Test func `what stands beside the file is laid over it`() throws {
    let loaded = try Self.load(
      Self.pools,
      [
        "policy.autoNodes.consolidateAfter=5m", "fleet.nodes.0.auto.weight=3",
        "fleet.nodes.1.auto.weight=3",
      ]
    )
    let auto = try Self.nodes(loaded)
    #expect(auto.consolidateAfter == SimDuration(nanoseconds: 300_000_000_000))
    #expect(auto.pools[0].weight == 3)
    // The resolved scenario stands alone.
    let again = try ScenarioLoader.load(
      text: loaded.resolvedYAML,
      label: "again.yaml",
      environment: [:]
    )
    #expect(try Self.nodes(again) == auto)
  }

  @Test(
    arguments: [
      ("values: [h100, h200]", "values: [b300]", "file.yaml:14:", "In b300; the types have h100, l40s"),
      (
        "operator: Gt", "operator: GT", "file.yaml:15:",
        "unknown operator; found 'GT'; accepted: In, NotIn"
      ),
      (
        "values: [\"4\"]", "values: [four]", "file.yaml:15:",
        "Gt takes one whole number; found four"
      ),
      ("weight: 10", "weight: ten", "file.yaml:5:", "is not a weight; found 'ten'"),
      (
        "weight: 10", "weight: 10\n  replicas: 4", "file.yaml:6:",
        "is of one type here; found 2 types"
      ),
      ("expireAfter: 336h", "expireAfter: 2w", "file.yaml:12:", "as Go writes it; found '2w'"),
      (
        "nvidia.com/gpu: 64", "nvidia.com/gpu: many", "file.yaml:6:", "found 'many'; accepted: a whole number"
      ),
      (
        "WhenEmpty\n", "Balance\n", "file.yaml:22:",
        "unknown consolidation policy; found 'Balance'"
      ),
      ("1m30s", "2m", "consolidate differently are not simulated", "'training'"),
      ("0 9 * * mon-tue", "0 9 * * 7", "file.yaml:26:", "the day of week is wrong; found '7'"),
      ("0 9 * * mon-tue", "0 9 * *", "file.yaml:26:", "is not a cron expression of 5 fields; found 4"),
      (
        "WhenEmpty\n", "Balanced\n    consolidationThreshold: none\n", "file.yaml:23:",
        "is not a number above 0; found 'none'"
      ),
      (", duration: 8h", "", "file.yaml:26:", "a schedule needs a duration"),
      ("reasons: [Drifted", "reasons: [Drift", "file.yaml:26:", "unknown reason; found 'Drift'"),
      (
        "cpu: 500m, memory", "cpu: half, memory", "spec.kubelet.kubeReserved.cpu",
        "is not a quantity; found 'half'"
      ),
    ]
  )
  func `what is wrong is said at its place`(old: String, new: String, place: String, what: String) {
    precondition(Self.pools.contains(old), "the sample does not hold '\(old)'")
    let text = Self.failure(Self.pools.replacingOccurrences(of: old, with: new))
    #expect(text.contains(place) && text.contains(what), "\(text)")
  }

  @Test func `a file without NodePools and a fleet without types are refused`() {
    #expect(Self.failure("kind: Deployment\n").contains("holds no NodePool"))
    let fixed = Self.types.replacingOccurrences(of: "auto: {price: 55.04}", with: "")
      .replacingOccurrences(of: "auto: {price: 20, purchase: spot}", with: "")
      .replacingOccurrences(of: ", auto: {price: 1.86}", with: "")
    #expect(Self.failure(Self.pools, types: fixed).contains("has no instance types to choose from"))
  }

  // MARK: - Cluster-autoscaler

  private static let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: cluster-autoscaler}
    spec:
      template:
        spec:
          containers:
            - name: cluster-autoscaler
              command:
                - ./cluster-autoscaler
                - --v=4
                - --expander=priority,least-waste
                - --scan-interval=20s
                - --scale-down-unneeded-time=5m0s
                - --scale-down-gpu-utilization-threshold=0.3
                - --max-node-provision-time
                - 20m
                - --nodes=2:6:g6e.xlarge
                - --balance-similar-node-groups
                - --expendable-pods-priority-cutoff=-5
                - --skip-nodes-with-local-storage

    """

  @Test func `flags become keys, and limits of groups those of pools`() throws {
    let loaded = try Self.load(Self.deployment, key: "clusterAutoscaler")
    let auto = try Self.nodes(loaded)
    let spec = try #require(auto.clusterAutoscaler)
    #expect(spec.expanders == [.priority, .leastWaste])
    #expect(spec.scan == SimDuration(nanoseconds: 20_000_000_000))
    #expect(spec.unneededTime == SimDuration(nanoseconds: 300_000_000_000))
    #expect((spec.gpuThreshold, spec.threshold) == (0.3, 0.5))
    #expect(auto.groups[0].registrationTimeout == SimDuration(nanoseconds: 1_200_000_000_000))
    #expect((auto.groups[2].nodes.count, auto.groups[2].atStart, auto.groups[2].least) == (6, 2, 2))
    #expect((spec.priorityCutoff, spec.balancesSimilarGroups, spec.movesGangs) == (-5, true, false))
    #expect(
      loaded.notes.contains { $0.hasSuffix("not modelled: --skip-nodes-with-local-storage, --v") }
    )
  }

  @Test func `a plain list of flags will do`() throws {
    for text in [
      "- --expander=price\n- --scan-interval=30s\n", "--expander=price --scan-interval=30s\n",
    ] {
      let spec = try #require(
        try Self.nodes(Self.load(text, key: "clusterAutoscaler")).clusterAutoscaler
      )
      #expect(spec.expanders == [.price])
    }
  }

  @Test(
    arguments: [
      (
        "--expander=priority,least-waste", "--expander=cheapest", "file.yaml:12:",
        "unknown expander; found 'cheapest'"
      ),
      (
        "--scan-interval=20s", "--scan-interval=20", "file.yaml:13:",
        "as Go writes it; accepted: 10m, 1h30m or 90s; found '20'"
      ),
      ("threshold=0.3", "threshold=30", "file.yaml:15:", "is more than 100%"),
      ("2:6:g6e.xlarge", "2:6:g6e.xlarg", "file.yaml:18:", "did you mean 'g6e.xlarge'?"),
      ("2:6:g6e.xlarge", "6:2:g6e.xlarge", "file.yaml:18:", "is not MIN:MAX:NAME"),
    ]
  )
  func `wrong flags are said at their place`(old: String, new: String, place: String, what: String) {
    precondition(Self.deployment.contains(old), "the sample does not hold '\(old)'")
    let text = Self.failure(
      Self.deployment.replacingOccurrences(of: old, with: new),
      key: "clusterAutoscaler"
    )
    #expect(text.contains(place) && text.contains(what), "\(text)")
  }

  @Test func `room that is kept free is read, or refused`() throws {
    func text(_ auto: String) -> String { Self.types + "  autoNodes: \(auto)\n" }
    let loaded = try Sample.load(text("{buffer: [{gpus: 8, cpu: 500m, memory: 1GiB, count: 2}, {gpus: 1}]}"))
    #expect(
      try Self.nodes(loaded).buffer == [
        .init(gpus: 8, cpuMilli: 500, memoryMiB: 1024, count: 2), .init(gpus: 1),
      ]
    )
    #expect(Sample.failure(text("{buffer: {}}")).contains("keeps room for nothing; for example {gpus: 8}"))
    #expect(Sample.failure(text("{buffer: {gpus: 0.5}}")).contains("is not a whole number"))
    for other in ["consolidate: whenEmptyOrUnderutilized", "provisioner: clusterAutoscaler"] {
      #expect(Sample.failure(text("{buffer: {gpus: 8}, \(other)}")).contains("takes away empty nodes only"))
    }
  }

  @Test func `keys of the one provisioner are refused beside the other`() {
    func failure(_ auto: String) -> String { Sample.failure(Self.types + "  autoNodes: \(auto)\n") }
    #expect(failure("{plan: cheapest}").contains("unknown plan; found 'cheapest'"))
    #expect(failure("{provisioner: clusterAutoscaler, plan: gpuFirst}").contains("is of karpenter"))
    #expect(failure("{clusterAutoscaler: {}}").contains("has no meaning beside karpenter"))
    #expect(failure("{from: {}}").contains("policy.autoNodes.from"))
    #expect(
      failure("{provisioner: clusterautoscaler}").contains("did you mean 'clusterAutoscaler'?")
    )
    #expect(
      failure("{provisioner: clusterAutoscaler, clusterAutoscaler: {backoff: 1h}}").contains(
        "is shorter than the first back-off"
      )
    )
  }

  @Test func `a least size is read, starts with its nodes, and is refused where it says nothing`() throws {
    func text(_ auto: String, _ policy: String = "{provisioner: clusterAutoscaler}") -> String {
      precondition(Self.types.contains("auto: {price: 1.86"), "the sample has no such pool")
      return Self.types.replacingOccurrences(of: "auto: {price: 1.86", with: "auto: {\(auto), price: 1.86")
        + "  autoNodes: \(policy)\n"
    }
    let groups = try Self.nodes(Sample.load(text("least: 2"))).groups
    #expect(groups.contains { ($0.least, $0.atStart) == (2, 2) })
    let fewer = try Self.nodes(Sample.load(text("least: 2, atStart: 0"))).groups
    #expect(fewer.contains { ($0.least, $0.atStart) == (2, 0) })
    #expect(Sample.failure(text("least: 2", "{}")).contains("has no meaning beside karpenter"))
    #expect(Sample.failure(text("least: 2, replicas: 2")).contains("none of the nodes of"))
    #expect(
      Sample.failure(text("least: 200")).contains("more nodes are to stay than there can be; found 200 of")
    )
    let keys = "{drainGangs: true, priorityCutoff: 3, balanceSimilarGroups: true}"
    let spec = try #require(
      try Self.nodes(
        Sample.load(text("least: 2", "{provisioner: clusterAutoscaler, clusterAutoscaler: \(keys)}"))
      )
      .clusterAutoscaler
    )
    #expect((spec.priorityCutoff, spec.balancesSimilarGroups, spec.movesGangs) == (3, true, true))
  }
}
