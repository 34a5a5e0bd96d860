import Hardware
import Testing

@testable import Workload

/// Kubernetes' operators, taints and tolerations, every small case against the
/// sentence of its documentation.
@Suite struct JobConstraintTests {
  private func node(_ labels: [String: String], taints: [NodeTaint] = []) -> NodeSpec {
    var spec = NodeSpec(name: "n", cpuMilli: 1, memoryMiB: 1, gpuCount: 0, gpuModel: nil)
    spec.labels = labels.map { NodeLabel($0.key, $0.value) }.sorted()
    spec.taints = taints
    return spec
  }

  @Test func `operators compare labels as Kubernetes documents`() {
    let values: [String?] = [nil, "", "a", "b", "1", "2", "3", "-4", "2x", "02"]
    let lists = [["a"], ["b", "a"], ["2"], ["1", "3"], ["x"]]
    for value in values {
      #expect(LabelExpression("k", .exists).matches(value) == (value != nil))
      #expect(LabelExpression("k", .doesNotExist).matches(value) == (value == nil))
      for list in lists {
        #expect(LabelExpression("k", .isIn, list).matches(value) == (value != nil && list.contains(value!)))
        #expect(LabelExpression("k", .notIn, list).matches(value) == (value == nil || !list.contains(value!)))
      }
      let number: Int? = ["1": 1, "2": 2, "3": 3, "-4": -4, "02": 2][value ?? "none"]
      #expect(LabelExpression("k", .greaterThan, ["2"]).matches(value) == (number.map { $0 > 2 } ?? false))
      #expect(LabelExpression("k", .lessThan, ["2"]).matches(value) == (number.map { $0 < 2 } ?? false))
    }
  }

  @Test func `conditions of a term are all needed, of several terms one`() {
    let a = LabelExpression("zone", .isIn, ["a"])
    let disk = LabelExpression("disk", .exists)
    var both = JobConstraints()
    both.required = [LabelTerm([a, disk])]
    var either = JobConstraints()
    either.required = [LabelTerm([a]), LabelTerm([disk])]
    for (labels, all, any) in [
      (["zone": "a", "disk": "x"], true, true), (["zone": "a"], false, true), (["disk": "x"], false, true),
      ([:], false, false),
    ] {
      #expect(both.admits(node(labels)) == all)
      #expect(either.admits(node(labels)) == any)
    }
    #expect(!LabelTerm([]).matches(node(["zone": "a"])))
    var selector = either
    selector.selector = [NodeLabel("zone", "a")]
    #expect(!selector.admits(node(["disk": "x"])))
    #expect(selector.admits(node(["zone": "a"])))
  }

  @Test func `a toleration matches by effect, key and value`() {
    let effects = NodeTaint.Effect.allCases
    for key in ["k", "l"] {
      for value in ["", "v", "w"] {
        for effect in effects {
          let taint = NodeTaint(key: key, value: value, effect: effect)
          for ownKey in [nil, "k"] as [String?] {
            for ownValue in [nil, "", "v"] as [String?] {
              for ownEffect in [nil] + effects.map(Optional.some) {
                let toleration = Toleration(key: ownKey, value: ownValue, effect: ownEffect)
                // Kubernetes: an empty effect matches all; an empty key with
                // Exists matches all; Equal compares values, Exists does not.
                var expected = true
                if let ownEffect, ownEffect != effect { expected = false }
                if let ownKey, ownKey != key { expected = false }
                if let ownValue, ownValue != value { expected = false }
                #expect(toleration.tolerates(taint) == expected)
                var job = JobConstraints()
                job.tolerations = [toleration]
                #expect(job.admits(node([:], taints: [taint])) == (expected || effect == .preferNoSchedule))
                #expect(
                  job.preference(node([:], taints: [taint]), model: nil).taints
                    == (!expected && effect == .preferNoSchedule ? 1 : 0)
                )
              }
            }
          }
        }
      }
    }
  }

  @Test func `every taint must be tolerated`() {
    let taints = [
      NodeTaint(key: "a", effect: .noSchedule), NodeTaint(key: "b", value: "x", effect: .noSchedule),
    ]
    var job = JobConstraints()
    #expect(!job.admits(node([:], taints: taints)))
    job.tolerations = [Toleration(key: "a", value: nil)]
    #expect(!job.admits(node([:], taints: taints)))
    job.tolerations.append(Toleration(key: "b", value: "x", effect: .noSchedule))
    #expect(job.admits(node([:], taints: taints)))
  }

  @Test func `models come first, then taints, then weights`() {
    var job = JobConstraints()
    job.preferredModels = ["h200", "h100"]
    job.preferred = [
      .init(weight: 3, term: LabelTerm([LabelExpression("disk", .exists)])),
      .init(weight: 2, term: LabelTerm([LabelExpression("zone", .isIn, ["a"])])),
    ]
    let spot = [NodeTaint(key: "spot", effect: .preferNoSchedule)]
    let order = [
      job.preference(node(["disk": "x", "zone": "a"]), model: "h200"),
      job.preference(node(["disk": "x"]), model: "h200"), job.preference(node(["zone": "a"]), model: "h200"),
      job.preference(node([:]), model: "h200"),
      job.preference(node(["disk": "x"], taints: spot), model: "h200"),
      job.preference(node(["disk": "x", "zone": "a"]), model: "h100"),
      job.preference(node(["disk": "x", "zone": "a"]), model: "a100"),
    ]
    #expect(order == order.sorted())
    #expect(Set(order).count == order.count)
  }

  @Test func `taints are read as kubectl writes them`() {
    for text in ["dedicated=research:NoSchedule", "spot:PreferNoSchedule"] {
      #expect(NodeTaint(text: text)?.text == text)
    }
    for text in [
      "dedicated", "dedicated=research", "a:NoExecute", ":NoSchedule", "=x:NoSchedule", "a:noschedule",
    ] {
      #expect(NodeTaint(text: text) == nil, "\(text)")
    }
  }

  @Test func `constraints are read back from a trace as they were written`() throws {
    var full = JobConstraints()
    full.selector = [NodeLabel("disk", "nvme"), NodeLabel("zone", "a")]
    full.required = [
      LabelTerm([LabelExpression("zone", .isIn, ["a", "b"]), LabelExpression("disk", .exists)]),
      LabelTerm([LabelExpression("gen", .greaterThan, ["3"])]),
    ]
    full.preferred = [.init(weight: 10, term: LabelTerm([LabelExpression("zone", .notIn, ["c"])]))]
    full.tolerations = [
      Toleration(key: "dedicated", value: "research", effect: .noSchedule),
      Toleration(key: "spot", value: nil),
      Toleration(key: "x", value: ""), Toleration(key: nil, value: nil, effect: .preferNoSchedule),
    ]
    full.preferredModels = ["h200", "h100"]
    full.rules.apart = .init(scope: .gang, topology: "node")
    full.rules.together = .init(scope: .tenant, topology: "zone")
    full.rules.spread = .init(key: "topology.kubernetes.io/zone", maxSkew: 2)
    for column in ConstraintColumn.all {
      var read = JobConstraints()
      try column.read(column.text(full), &read)
      #expect(column.text(read) == column.text(full), "\(column.name)")
      #expect(!column.text(full).isEmpty, "\(column.name)")
      var nothing = full
      try column.read("", &nothing)
      #expect(column.text(nothing).isEmpty, "\(column.name)")
    }
    var read = JobConstraints()
    for column in ConstraintColumn.all { try column.read(column.text(full), &read) }
    #expect(read == full)
  }

  @Test(arguments: [
    ("node_selector", "zone"), ("node_selector", "zone=a;zone=b"), ("node_selector", "=a"),
    ("node_affinity", "zone in a"), ("node_affinity", "zone In"), ("node_affinity", "gen Gt x"),
    ("node_affinity", "zone Exists || "), ("preferred_affinity", "zone In a"),
    ("preferred_affinity", "101: zone In a"), ("tolerations", "a:NoExecute"), ("tolerations", "*=x"),
    ("tolerations", "a;;b"), ("anti_affinity", "node"), ("anti_affinity", "job:node"),
    ("topology_spread", "zone"),
    ("topology_spread", "zone:0"),
  ])
  func `a column that makes no sense is refused`(column: String, text: String) throws {
    let reader = try #require(ConstraintColumn.all.first { $0.name == column })
    var read = JobConstraints()
    #expect(throws: ConstraintText.Fault.self) { try reader.read(text, &read) }
  }
}
