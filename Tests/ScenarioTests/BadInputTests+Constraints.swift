@testable import Scenario

/// Wrong labels, taints and what jobs say about them.
extension BadInputTests {
  static let constraints = [
    node("label-not-a-map", "labels: zone"),
    node("label-of-a-list", "labels: {zone: [a, b]}"),
    node("label-with-a-space", "labels: {zone: 'a b'}"),
    node("taint-without-effect", "taints: [dedicated=research]"),
    node("taint-effect-unknown", "taints: [{key: dedicated, effect: NoSchedul}]"),
    node("taint-no-execute", "taints: [dedicated=research:NoExecute]"),
    node("taint-no-execute-in-full", "taints: [{key: dedicated, effect: NoExecute}]"),
    node("taint-twice-said", "taints: [{taint: 'a:NoSchedule', key: a}]"),
    node("taint-for-everyone", "taints: [dedicated=research:NoSchedule]"),
    job("selector-key-unknown", "nodeSelector: {zon: a}"),
    job("selector-value-unknown", "nodeSelector: {zone: east-2}"),
    job("selector-without-labels", "nodeSelector: {rack: r1}", labels: ""),
    job("selector-that-nothing-meets", "nodeSelector: {zone: east-1}", and: "labels: {zone: east-1}"),
    job("affinity-operator-unknown", affinity("operator: in, values: [east]")),
    job("affinity-without-values", affinity("operator: In")),
    job("affinity-with-values", affinity("operator: Exists, values: [east]")),
    job("affinity-compares-words", affinity("operator: Gt, values: [east]")),
    job("affinity-value-unknown", affinity("operator: NotIn, values: [west]")),
    job("affinity-empty-term", "nodeAffinity: {required: [{matchExpressions: []}]}"),
    job(
      "affinity-weight-of-nothing",
      "nodeAffinity: {preferred: [{weight: 0, matchExpressions: [{key: zone, operator: Exists}]}]}"
    ),
    job("toleration-without-key", "tolerations: [{operator: Equal}]"),
    job("toleration-exists-with-value", "tolerations: [{key: a, operator: Exists, value: x}]"),
    job("toleration-of-no-execute", "tolerations: ['dedicated=research:NoExecute']"),
    job("toleration-key-unknown", "tolerations: [dedicatd]", labels: "taints: ['dedicated=x:NoSchedule']"),
    job("anti-affinity-label-unknown", "antiAffinity: {topology: rack}"),
    job("anti-affinity-scope-unknown", "antiAffinity: {scope: job, topology: node}"),
    job("spread-skew-of-nothing", "topologySpread: {key: zone, maxSkew: 0}"),
    replacing(
      "preferred-models-not-accepted",
      "gpus: 1, cpu: 8",
      "gpus: 1, models: h100-80gb-sxm, preferredModels: a100-80gb-sxm, cpu: 8"
    ),
    replacing("preferred-models-unknown", "gpus: 1, cpu: 8", "gpus: 1, preferredModels: h10, cpu: 8"),
    replacing("preferred-models-without-gpus", "gpus: 1, cpu: 8", "preferredModels: h100-80gb-sxm, cpu: 8"),
  ]

  private static func affinity(_ condition: String) -> String {
    "nodeAffinity: {required: [{matchExpressions: [{key: zone, \(condition)}]}]}"
  }

  /// The sample with more said of its nodes with GPUs.
  private static func node(_ name: String, _ keys: String) -> Case {
    replacing(name, "cpu: 96, memory: 1TiB", "cpu: 96, memory: 1TiB, \(keys)")
  }

  /// The sample with labelled nodes, and more said of its batch class.
  private static func job(
    _ name: String,
    _ keys: String,
    labels: String = "labels: {zone: east}",
    and others: String = ""
  ) -> Case {
    var text = Sample.changing("duration: {lognormal", to: "\(keys)\n      duration: {lognormal")
    if !labels.isEmpty {
      text = text.replacing("cpu: 96, memory: 1TiB", with: "cpu: 96, memory: 1TiB, \(labels)")
    }
    if !others.isEmpty {
      text = text.replacing("cpu: 64, memory: 256GiB", with: "cpu: 64, memory: 256GiB, \(others)")
    }
    return Case(name: name, text: text)
  }
}
