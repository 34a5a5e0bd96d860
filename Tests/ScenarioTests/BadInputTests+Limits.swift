/// What is asked of nodes that come and go, links and files, and can never be.
extension BadInputTests {
  static let limits = [
    limit("auto-start-above-limit-of-nodes", "atStart: 3, limits: {nodes: 2}"),
    limit("auto-start-above-limit-of-gpus", "atStart: 3, limits: {gpus: 16}"),
    limit("auto-replicas-above-limit", "replicas: 3, limits: {nodes: 2}"),
    limit("auto-buffer-larger-than-a-node", "", policy: "buffer: {gpus: 9}"),
    limit("auto-buffer-larger-than-the-fleet", "", policy: "buffer: [{gpus: 8}, {gpus: 4, count: 9}]"),
    limit("auto-buffer-of-too-much-memory", "", policy: "buffer: {memory: 2TiB}"),
    setting("override-of-nothing", "fleet.nodes.a.count="),
    setting("override-of-spaces", "fleet.nodes.a.count=  "),
    limit("auto-import-of-no-file", "", policy: "from: {karpenter: no-such.yaml}"),
    limit("auto-import-of-a-folder", "", policy: "from: {clusterAutoscaler: /}"),
    limit("auto-import-of-a-list", "", policy: "from: {karpenter: [a]}"),
    Case(
      name: "burst-link-twice",
      text: Sample.text.replacing(
        "    - {name: b,",
        with:
          "    - {name: c, count: 4, cpu: 9, memory: 1TiB, site: cloud, auto: {price: 60}}\n    - {name: b,"
      )
        + "policy: {queue: {order: fifo, headOfLineBlocking: false}, burst: {rules: {}, links: ["
        + "{from: base, to: cloud, bandwidth: 1GB/s}, {from: cloud, to: base, bandwidth: 1GB/s}, "
        + "{from: base, to: cloud, bandwidth: 2GB/s}]}}\n"
    ),
  ]

  /// The sample's batch class with nodes that come and go.
  private static func limit(_ name: String, _ keys: String, policy: String = "") -> Case {
    let sample = Sample.withoutService.replacing("count: 4,", with: "count: 4, auto: {\(keys)},")
    return Case(
      name: name,
      text: "\(sample)policy: {queue: {order: fifo, headOfLineBlocking: false}, autoNodes: {\(policy)}}\n"
    )
  }
}
