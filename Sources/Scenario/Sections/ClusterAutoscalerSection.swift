import Engine

/// `policy.autoNodes.provisioner` and what a cluster-autoscaler has of its own.
enum ClusterAutoscalerSection {
  static let inPolicy = [
    Field(
      "provisioner",
      .value(.word(["karpenter", "clusterAutoscaler"], noun: "provisioner")),
      .standard("karpenter"),
      "Who launches nodes and takes them away.",
      example: "clusterAutoscaler"
    ),
    Field(
      "clusterAutoscaler",
      .section(section),
      .optional("the defaults of its keys, where it is the provisioner"),
      "What the cluster-autoscaler does.",
      example: "{expander: price, unneededTime: 5m}"
    ),
  ]

  /// Keys of Karpenter's that mean nothing beside a cluster-autoscaler.
  static let foreign = [
    "batchIdle", "batchLongest", "plan", "consolidate", "consolidateAfter", "spotToSpot", "budget",
    "budgets",
    "stockOutPause", "repair",
  ]

  private static func time(
    _ key: String,
    _ standard: String,
    _ doc: String,
    example: String,
    positive: Bool = false
  )
    -> Field
  {
    Field(key, .value(.duration(positive: positive)), .standard(standard), doc, example: example)
  }

  static let section = Section(
    title: "ClusterAutoscaler",
    doc:
      "The cluster-autoscaler of Kubernetes: at each scan one group of nodes grows, by its expander; nodes go that were "
      + "little used for a while. The defaults are its own.",
    fields: [
      time("scan", "10s", "It looks so often.", example: "30s", positive: true),
      Field(
        "expander",
        .list(
          .value(.word(ClusterAutoscaler.Expander.allCases.map(\.rawValue), noun: "expander")),
          minimum: 1,
          single: true
        ),
        .standard("least-waste"),
        "Which group grows: `least-waste`: the smallest unused fractions of CPU and memory, without regard to GPUs; "
          + "`most-pods`: serves the most workers; `least-nodes`; `price`: the lowest price for what is served; `priority`: "
          + "the most weight; `random`. What is equal goes to the next of the list, at last to chance.",
        example: "[priority, price]"
      ),
      time(
        "provisionTime",
        "15m",
        "A node that has not joined so long after the request is given up; in place of `launchTimeout` and "
          + "`registrationTimeout`.",
        example: "30m",
        positive: true
      ),
      time(
        "backoff",
        "5m",
        "A group whose launch failed is left out for so long, twice as long each time that it fails again.",
        example: "1m"
      ),
      time("longestBackoff", "30m", "The longest of these pauses.", example: "1h"),
      Field(
        "scaleDown",
        .value(.boolean),
        .standard("true"),
        "Whether nodes go.",
        example: "false"
      ),
      Field(
        "utilization",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("0.5"),
        "A node without GPUs may go when less of its CPU and of its memory is requested, and its work fits elsewhere.",
        example: "0.65"
      ),
      Field(
        "gpuUtilization",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("0.5"),
        "The same for a node with GPUs: only these count.",
        example: "0.3"
      ),
      time("unneededTime", "10m", "It must have been so for so long.", example: "5m"),
      time(
        "scaleDownDelayAfterAdd",
        "10m",
        "No node goes for so long after nodes were launched.",
        example: "2m"
      ),
      Field(
        "emptyAtOnce",
        .value(.integer(1...1_000_000)),
        .standard("10"),
        "Empty nodes that go at a time. Of others one goes at a time.",
        example: "50"
      ),
      Field(
        "drainGangs",
        .value(.boolean),
        .standard("false"),
        "Whether a node goes on which workers of a gang run, where the whole gang fits on nodes that stay. The gang then "
          + "stops as a whole and waits again: upstream moves its pods one by one.",
        example: "true"
      ),
      Field(
        "priorityCutoff",
        .value(.integer(-2_147_483_648...2_147_483_647)),
        .standard("-10"),
        "Jobs of less priority bring no nodes, and nodes on which only such jobs run are empty.",
        example: "0"
      ),
      Field(
        "balanceSimilarGroups",
        .value(.boolean),
        .standard("false"),
        "Whether what a group would grow by is divided among groups of equal machines, labels, taints and purchase, so "
          + "that they stay equally large.",
        example: "true"
      ),
    ]
  )
}
