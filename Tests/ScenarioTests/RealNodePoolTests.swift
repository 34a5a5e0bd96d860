import SimulationKernel
import TestSupport
import Testing

@testable import Engine
@testable import Scenario

/// NodePools as people write them: older versions, other providers, templates,
/// and what goes wrong in them.
struct RealNodePoolTests {
  private static let types = """
    version: 1
    name: sample
    horizon: 1d
    fleet:
      nodes:
        - {name: p5.48xlarge, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB, auto: {price: 55}}
        - name: p5-spot
          count: 4
          gpu: h100-80gb-sxm
          gpusPerNode: 8
          cpu: 192
          memory: 2TiB
          labels: {node.kubernetes.io/instance-type: p5.48xlarge}
          auto: {price: 20, purchase: spot}
        - {name: g6.xlarge, count: 9, gpu: l4, gpusPerNode: 1, cpu: 4, memory: 16GiB, auto: {price: 0.8}}
        - {name: m5.large, count: 9, cpu: 2, memory: 8GiB, auto: {price: 0.1}}
    workload:
      classes:
        - name: train
          demand: {gpus: 1, cpu: 1, memory: 2GiB}
          arrivals: {poisson: {rate: 1/h}}
          duration: {exponential: {mean: 1h}}
          tolerations: {operator: Exists}
    policy:
      queue: {order: fifo, headOfLineBlocking: false}

    """

  /// A NodePool with a requirement, and what is put beside it.
  private static func pool(
    version: String = "karpenter.sh/v1",
    requirements: String = "[{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}]",
    template: String = "",
    spec: String = "",
    metadata: String = "name: gpu"
  ) -> String {
    """
    apiVersion: \(version)
    kind: NodePool
    metadata: {\(metadata)}
    spec:
      template:
        spec:
          nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: d}
          requirements: \(requirements)
    \(template.split(separator: "\n").map { "      \($0)\n" }.joined())\(
      spec.split(separator: "\n").map { "  \($0)\n" }.joined())
    """
  }

  private static func load(_ text: String) throws -> LoadedScenario {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "pools.yaml")
    return try ScenarioLoader.load(
      text: types + "  autoNodes: {from: {karpenter: '\(file)'}}\n",
      label: "sample.yaml",
      environment: [:]
    )
  }

  private static func nodes(_ text: String) throws -> AutoNodes {
    let loaded = try load(text)
    return try #require(loaded.input(placement: loaded.placements[0], replication: 0).autoNodes)
  }

  private static func unmodelled(_ text: String) throws -> String {
    try load(text).notes.first { $0.contains("not modelled") } ?? ""
  }

  private static func failure(_ text: String) -> String {
    do {
      _ = try load(text)
      return "loads"
    } catch { return "\(error)" }
  }

  private static func hours(_ count: Int64) -> SimDuration {
    SimDuration(nanoseconds: count * 3_600_000_000_000)
  }

  // MARK: - Versions

  @Test func `v1beta1 has expiry among what disrupts, another word, and the kubelet in the pool`() throws {
    let old = Self.pool(
      version: "karpenter.sh/v1beta1",
      template: "kubelet: {maxPods: 60, kubeReserved: {cpu: 1, memory: 1Gi, ephemeral-storage: 3Gi}}",
      spec: "disruption: {consolidationPolicy: WhenUnderutilized, expireAfter: 168h}"
    )
    let auto = try Self.nodes(old)
    #expect(auto.consolidatesUnderused)
    #expect(Set(auto.groups.map(\.expireAfter)) == [Self.hours(168)])
    #expect(try Self.load(old).nodes.nodes[0].cpuMilli == 191_000)
    let note = try Self.unmodelled(old)
    #expect(note.contains("spec.template.spec.kubelet.maxPods"))
    #expect(note.contains("spec.template.spec.kubelet.kubeReserved.ephemeral-storage"))
    // v1 has dropped the word, and reads expiry elsewhere.
    let new = Self.pool(spec: "disruption: {consolidationPolicy: WhenUnderutilized}")
    #expect(Self.failure(new).contains("did you mean 'WhenEmptyOrUnderutilized'?"))
    let misplaced = Self.pool(spec: "disruption: {expireAfter: 24h}")
    #expect(Set(try Self.nodes(misplaced).groups.map(\.expireAfter)) == [Self.hours(720)])
    #expect(try Self.unmodelled(misplaced).contains("spec.disruption.expireAfter (of v1beta1"))
  }

  @Test func `a Provisioner is refused, and a NodePool of another provider is none`() {
    let provisioner = "apiVersion: karpenter.sh/v1alpha5\nkind: Provisioner\nmetadata: {name: a}\nspec: {}\n"
    let text = Self.failure(provisioner)
    #expect(text.contains("pools.yaml:2:7: kind: is of Karpenter before v0.32"), "\(text)")
    #expect(text.contains("karpenter-convert"))
    let other = Self.pool(version: "compute.coreweave.com/v1alpha1")
    #expect(Self.failure(other).contains("holds no NodePool of karpenter.sh"))
    #expect(Self.failure(Self.pool() + "---\n" + Self.pool()).contains("duplicated NodePool; found 'gpu'"))
  }

  // MARK: - Requirements and labels

  @Test(
    arguments: [
      ("karpenter.k8s.aws/instance-family", "In", "[p5]", ["p5.48xlarge", "p5-spot"]),
      ("karpenter.k8s.aws/instance-category", "NotIn", "[m]", ["p5.48xlarge", "p5-spot", "g6.xlarge"]),
      ("karpenter.k8s.aws/instance-generation", "Gt", "['5']", ["g6.xlarge"]),
      ("karpenter.k8s.aws/instance-size", "In", "[xlarge, large]", ["g6.xlarge", "m5.large"]),
      ("eks.amazonaws.com/instance-gpu-name", "In", "[l4]", ["g6.xlarge"]),
      ("karpenter.k8s.aws/instance-gpu-count", "DoesNotExist", "[]", ["m5.large"]),
      ("karpenter.k8s.aws/instance-cpu", "Lte", "['4']", ["g6.xlarge", "m5.large"]),
    ]
  )
  func `the name of an instance type says its family, category, generation and size`(
    key: String,
    word: String,
    values: String,
    expected: [String]
  ) throws {
    let text = Self.pool(requirements: "[{key: \(key), operator: \(word), values: \(values)}]")
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "pools.yaml")
    let source = Self.types.replacing("gpus: 1, cpu: 1", with: "cpu: 1")
    let loaded = try ScenarioLoader.load(
      text: source + "  autoNodes: {from: {karpenter: '\(file)'}}\n",
      label: "sample.yaml",
      environment: [:]
    )
    let auto = try #require(loaded.input(placement: loaded.placements[0], replication: 0).autoNodes)
    #expect(auto.groups.map(\.name) == expected)
  }

  @Test func `nodes have the labels of their type, of their pool, and of requirements of one value`() throws {
    let text = Self.pool(
      requirements: "[{key: team, operator: In, values: [ml]}, {key: zone, operator: In, values: [a, b]}]"
    )
    let labels = try Self.load(text).nodes.nodes[0].labels
    func value(_ key: String) -> String? { labels.first { $0.key == key }?.value }
    #expect(value("team") == "ml" && value("zone") == nil)
    #expect(value("karpenter.sh/nodepool") == "gpu")
    #expect(value("karpenter.sh/capacity-type") == "on-demand")
    #expect(value("karpenter.k8s.aws/instance-gpu-name") == "h100")
    #expect(value("eks.amazonaws.com/instance-gpu-name") == nil)
    #expect(try Self.unmodelled(text).contains("requirement team (no type has the label)"))
  }

  @Test func `taints are taken over, and what is no part of one is listed`() throws {
    let text = Self.pool(
      template:
        "taints: [{key: gpu, effect: NoExecute}, {key: a, value: '', operator: Exists, effect: NoSchedule}]"
    )
    #expect(try Self.load(text).nodes.nodes[0].taints.map(\.key) == ["gpu", "a"])
    let note = try Self.unmodelled(text)
    #expect(note.contains("taint gpu:NoExecute (taken as NoSchedule)") && note.contains("taint a operator"))
  }

  @Test func `limits are quantities of whole things`() throws {
    #expect(
      try Self.nodes(Self.pool(spec: "limits: {nvidia.com/gpu: '64', nodes: 1k}")).pools[0].mostGPUs == 64
    )
    #expect(try Self.nodes(Self.pool(spec: "limits: {nodes: 1k}")).pools[0].mostNodes == 1000)
    for wrong in ["1.5", "-1", "8GPU", "[8]"] {
      let text = Self.failure(Self.pool(spec: "limits: {nvidia.com/gpu: \(wrong)}"))
      #expect(text.contains("gpu.spec.limits.nvidia.com/gpu: is not a number of gpus"), "\(wrong): \(text)")
    }
  }

  // MARK: - Disruption

  @Test func `a budget that begins again before it ends holds always, and an empty list limits nothing`()
    throws
  {
    let always = Self.pool(
      spec: "disruption: {budgets: [{nodes: '1', reasons: [Drifted], schedule: '@hourly', duration: 1h}]}"
    )
    let window = try #require(Self.nodes(always).budgets.first?.window)
    for minute in 0..<(26 * 60) { #expect(window.holds(at: Int64(minute) * 60_000_000_000), "\(minute)") }
    let none = Self.pool(spec: "disruption: {budgets: []}")
    #expect(try Self.nodes(none).budgets.map(\.limit) == [.share(1)])
    let absent = Self.pool(spec: "disruption: {budgets: null}")
    #expect(try Self.nodes(absent).budgets.map(\.limit) == [.share(0.1)])
  }

  @Test(
    arguments: [
      ("budgets: [{nodes: '1', reason: [Drifted]}]", "unknown key; found 'reason'"),
      ("budgets: [{nodes: '1', duration: 1h}]", "a duration needs a schedule"),
      ("budgets: {nodes: '1'}", "budgets: is not a list; found a map"),
      ("budgets: [{nodes: '1', schedule: '0 9 * * *', duration: -1h}]", "a schedule needs a duration"),
      ("budgets: [{nodes: '1', schedule: [a], duration: 1h}]", "is not a cron expression; found a list"),
      ("budgets: [{nodes: '1', schedule: '0 25 * * *', duration: 1h}]", "the hour is wrong; found '25'"),
      ("consolidationPolicy: [WhenEmpty]", "consolidationPolicy: is not a single value; found a list"),
      ("consolidateAfter: {a: 1}", "consolidateAfter: is not a single value; found a map"),
      ("[a]", "gpu.spec.disruption: is not a map; found a list"),
    ]
  )
  func `what is of another form is never taken for absent`(disruption: String, what: String) {
    let body = disruption.hasPrefix("[") ? disruption : "{\(disruption)}"
    let text = Self.failure(Self.pool(spec: "disruption: \(body)"))
    #expect(text.contains(what) && text.contains("pools.yaml:"), "\(text)")
  }

  @Test(
    arguments: [
      ("{key: a}", "requirements: is not a list; found a map"),
      ("[{key: a, operator: In, values: [[b]]}]", "values: is not a single value; found a list"),
      ("[{key: a, operator: In, values: b}]", "values: is not a list; found 'b'"),
      ("[{name: a, operator: In, values: [b]}]", "names no label"),
      ("[{key: a, operator: In, values: []}]", "In takes values; found none"),
    ]
  )
  func `requirements that are none are refused`(requirements: String, what: String) {
    let text = Self.failure(Self.pool(requirements: requirements))
    #expect(text.contains(what), "\(text)")
  }

  // MARK: - Forms of YAML

  @Test func `anchors, merge keys, empty documents, a byte-order mark and CRLF are read`() throws {
    let text = """
      ---
      ---
      # nothing here
      ---
      apiVersion: karpenter.sh/v1
      kind: NodePool
      metadata: {name: a}
      spec:
        weight: 20
        template: &template
          spec: &spec
            nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: d}
            requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}]
      ---
      apiVersion: karpenter.sh/v1
      kind: NodePool
      metadata: {name: b}
      spec:
        template:
          spec:
            <<: {expireAfter: 24h, requirements: []}
            requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [spot]}]

      """
    for form in [text, "\u{FEFF}" + text.replacing("\n", with: "\r\n")] {
      let auto = try Self.nodes(form)
      #expect(auto.pools.map(\.name) == ["a", "b"])
      #expect(auto.groups.first { $0.name == "p5-spot" }?.expireAfter == Self.hours(24))
    }
    // An alias reads as what it stands for.
    let aliased = """
      apiVersion: v1
      kind: List
      items:
        - {apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: a}, spec: &s {template: {spec: {requirements: [
          {key: karpenter.sh/capacity-type, operator: In, values: [spot]}]}}}}
        - {apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: b}, spec: *s}

      """
    let notes = try Self.load(aliased).notes
    #expect(notes.contains { $0.contains("'p5-spot' is of NodePool 'a'") })
    #expect(notes.contains { $0.contains("NodePool 'b' has no type of its own; it is left out") })
  }

  @Test func `aliases of aliases end in an error, not in all memory`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      text +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    }
    #expect(Self.failure(text).contains("holds too much"))
  }

  @Test func `templates and tabs are told as what they are`() {
    let template = Self.pool().replacing("name: d", with: "name: {{ .Values.class }}")
    #expect(Self.failure(template).contains("a text with {{ }} is a template"))
    let tab = Self.failure(Self.pool().replacing("  template:", with: "\ttemplate:"))
    #expect(tab.contains("pools.yaml:5:1") && tab.contains("indent with spaces"), "\(tab)")
  }

  @Test func `an import that fails is all that is reported`() {
    let text = Self.failure("kind: Nothing\n")
    #expect(text.split(separator: "\n").count == 1, "\(text)")
  }
}
