import Engine

/// `auto` of a pool of nodes, and `policy.autoNodes`: nodes that come and go.
enum AutoNodesSection {
  /// What a pool says of it.
  static let inPool = Field(
    "auto",
    .section(pool),
    .optional("its nodes are always there"),
    "The nodes come when jobs wait for them and go when they are empty; `count` is the most that there can be. Needs a "
      + "horizon. How and when: `policy.autoNodes`.",
    example: "{price: 98.32, launch: 90s, join: 30s, gpuStack: 3m}"
  )

  static let pool = Section(
    title: "AutoNodes",
    doc:
      "Equal nodes of one instance type that come and go. A node that starts is part of capacity and counts as "
      + "changing until its GPUs can be handed out. The three delays add up to 5 minutes, as users of Karpenter "
      + "report for a node and its first pod; how they divide is an estimate.",
    fields: [
      Field(
        "pool",
        .value(.name),
        .optional("a node pool of its own"),
        "Its node pool: among types of one pool the cheapest that fits all jobs of a node is taken.",
        example: "burst"
      ),
      Field(
        "weight",
        .value(.integer(0...100)),
        .standard("0"),
        "Of its node pool: one of more weight is asked first.",
        example: "10"
      ),
      Field(
        "price",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e6)),
        .standard("0"),
        "USD for an hour of one node, from its launch until it is gone.",
        example: "98.32"
      ),
      Field(
        "atStart",
        .value(.integer(0...1_000_000)),
        .standard("0"),
        "The first so many nodes are there when the run begins.",
        example: "2"
      ),
      Field(
        "launch",
        .section(DistributionSection.times),
        .standard("90s"),
        "From the request until the machine runs.",
        example: "{lognormal: {median: 90s, sigma: 0.5}}"
      ),
      Field(
        "join",
        .section(DistributionSection.times),
        .standard("30s"),
        "From there until it is a node of the cluster.",
        example: "30s"
      ),
      Field(
        "gpuStack",
        .section(DistributionSection.times),
        .standard("3m"),
        "From there until drivers and device plugin are ready.",
        example: "3m"
      ),
      Field(
        "stockOut",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("0%"),
        "Share of the launches that find no capacity; the type is not asked again for a while.",
        example: "5%"
      ),
    ]
  )

  static let inPolicy = Field(
    "autoNodes",
    .section(policy),
    .optional("the defaults of its keys, where pools of nodes are `auto`"),
    "How nodes come and go, as Karpenter makes them.",
    example: "{consolidateAfter: 5m, budget: 20%}"
  )

  static let policy = Section(
    title: "AutoNodesPolicy",
    doc:
      "When nodes are launched and which go. Only with queues in which jobs keep their places (no backfill, "
      + "preemption, fair shares or rounds) and without MIG.",
    fields: [
      ImportSection.inAutoNodes,
      Field(
        "batchIdle",
        .value(.duration(positive: false)),
        .standard("1s"),
        "The provisioner acts so long after the last job has come to wait.",
        example: "5s"
      ),
      Field(
        "batchLongest",
        .value(.duration(positive: false)),
        .standard("10s"),
        "And so long after the first at the latest.",
        example: "30s"
      ),
      Field(
        "sees",
        .value(.word(AutoNodes.View.allCases.map(\.rawValue), noun: "view")),
        .standard("advertised"),
        "`advertised`: a replica or a part of a GPU is what it is; `gpus`: each counts as a whole GPU, as where the "
          + "catalogue of instance types does not know that GPUs are shared.",
        example: "gpus"
      ),
      Field(
        "plan",
        .value(.word(AutoNodes.Plan.allCases.map(\.rawValue), noun: "plan")),
        .standard("karpenter"),
        "Which nodes are launched: `karpenter`: first-fit in the order of CPU, memory and arrival, without regard to "
          + "GPUs; `gpuFirst`: the same with GPUs first in the order; `cheapestPlan`: the set of nodes that costs least "
          + "in all, whatever the weights of node pools.",
        example: "cheapestPlan"
      ),
      Field(
        "consolidate",
        .value(.word(["whenEmpty", "never"], noun: "consolidation")),
        .standard("whenEmpty"),
        "`whenEmpty`: a node on which nothing runs goes; `never`: nodes stay.",
        example: "never"
      ),
      Field(
        "consolidateAfter",
        .value(.duration(positive: false)),
        .standard("0s"),
        "How long a node must have been empty. It is looked for every 10 s and must still be empty 15 s later.",
        example: "5m"
      ),
      Field(
        "budget",
        .value(.fraction(positive: true, maximum: 1)),
        .standard("10%"),
        "The most nodes of a node pool that go at a time, rounded up: 20% of 19 are 4.",
        example: "20%"
      ),
      Field(
        "termination",
        .value(.duration(positive: true)),
        .standard("30s"),
        "From the decision until the node is gone.",
        example: "2m"
      ),
      Field(
        "stockOutPause",
        .value(.duration(positive: false)),
        .standard("3m"),
        "How long a type without capacity is not asked again.",
        example: "10m"
      ),
    ]
  )
}
