import Engine

/// `auto` of a pool of nodes, and `policy.autoNodes`: nodes that come and go.
enum AutoNodesSection {
  /// What a pool says of it.
  static let inPool = Field(
    "auto",
    .section(pool),
    .optional("its nodes are always there"),
    "The nodes come when jobs wait for them and go when they are not needed; `count` is the most that there can be. "
      + "Needs a horizon. How and when: `policy.autoNodes`.",
    example: "{price: 98.32, launch: 90s, join: 30s, gpuStack: 3m}"
  )

  static let pool = Section(
    title: "AutoNodes",
    doc:
      "Equal nodes of one instance type that come and go. A node that starts is part of capacity and counts as "
      + "changing until its GPUs can be handed out.",
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
        "limits",
        .section(limits),
        .optional("`count` of its types is the only limit"),
        "Of its node pool: no more nodes and GPUs than these, in whatever stage of their lives. A node that is to come "
          + "counts as the largest type that it may be of, as in Karpenter.",
        example: "{gpus: 64}"
      ),
      Field(
        "purchase",
        .value(.word(AutoNodes.Purchase.allCases.map(\.rawValue), noun: "purchase")),
        .standard("onDemand"),
        "`owned`: bought; nodes that have come stay, and all are paid for the whole run. `reserved`: paid for the whole "
          + "run, used or not. `onDemand`: paid while they exist. `spot`: the same, and may be taken back. Among types "
          + "that serve, owned and reserved ones are taken first, then spot, then on demand; then the cheapest.",
        example: "spot"
      ),
      Field(
        "price",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e6)),
        .standard("0"),
        "USD for an hour of one node, from its launch until it is gone; owned and reserved ones: for all the time.",
        example: "98.32"
      ),
      Field(
        "atStart",
        .value(.integer(0...1_000_000)),
        .optional("`least`, or 0; all of the owned ones, and `replicas` of those that are kept"),
        "The first so many nodes are there when the run begins.",
        example: "2"
      ),
      Field(
        "replicas",
        .value(.integer(0...1_000_000)),
        .optional("as many as jobs need"),
        "So many are kept, whatever waits and whatever is empty; one that is lost is replaced.",
        example: "8"
      ),
      Field(
        "least",
        .value(.integer(0...1_000_000)),
        .optional("0"),
        "A cluster-autoscaler takes no node away where no more than so many would stay: MIN of its `--nodes`. It does not "
          + "launch nodes to come to it.",
        example: "2"
      ),
      Field(
        "warm",
        .value(.integer(0...1_000_000)),
        .optional("0"),
        "So many empty nodes of this type are kept up beside what runs: another is launched when work comes to one, and "
          + "of the empty ones only those beyond go. With `consolidate` `whenEmpty` or `never`.",
        example: "2"
      ),
      Field(
        "delays",
        .value(.word(AutoNodes.Delays.allCases.map(\.rawValue), noun: "kind of delays")),
        .standard("cloud"),
        "What `launch`, `join` and `gpuStack` are where they are not set. `cloud`: 90 s, 30 s and 3 min; these add up to "
          + "the 5 minutes that users of Karpenter report for a node and its first pod, how they divide is an estimate. "
          + "`bareMetal`: 15, 10 and 5 min, from an industry paper's aim of 15 min and estimates of boot and drivers. "
          + "`procurement`: 8 to 12 weeks (Hopper servers in 2026), 3 days and 1 h.",
        example: "bareMetal"
      ),
      Field(
        "launch",
        .section(DistributionSection.times),
        .optional("as `delays` says"),
        "From the request until the machine runs.",
        example: "{lognormal: {median: 90s, sigma: 0.5}}"
      ),
      Field(
        "join",
        .section(DistributionSection.times),
        .optional("as `delays` says"),
        "From there until it is a node of the cluster.",
        example: "30s"
      ),
      Field(
        "gpuStack",
        .section(DistributionSection.times),
        .optional("as `delays` says"),
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
      Field(
        "neverJoins",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("0%"),
        "Share of the machines that never join the cluster: given up at `registrationTimeout`.",
        example: "2%"
      ),
      Field(
        "launchTimeout",
        .value(.durationOrWord(["never"], noun: "time-out")),
        .optional("5m for `delays: cloud`, as in Karpenter; else never"),
        "A node is given up when its machine does not run so long after the request, and the jobs are planned anew.",
        example: "10m"
      ),
      Field(
        "registrationTimeout",
        .value(.durationOrWord(["never"], noun: "time-out")),
        .optional("15m for `delays: cloud`, as in Karpenter; else never"),
        "The same when it has not joined the cluster.",
        example: "30m"
      ),
      Field(
        "interruptions",
        .value(.rate(positive: false)),
        .standard("0/h"),
        "How often the provider takes a node back, for each node that is up. For spot.",
        example: "0.02/h"
      ),
      Field(
        "expireAfter",
        .value(.durationOrWord(["never"], noun: "age")),
        .standard("never"),
        "A node goes when it is so old, whatever the budget says, as Karpenter's nodes do after 720 hours.",
        example: "720h"
      ),
      Field(
        "driftsAt",
        .list(.value(.duration(positive: false)), minimum: 0, single: true),
        .standard("[]"),
        "At these times the nodes are no longer as they should be, for instance because their image is new: those that "
          + "exist are replaced, within the budget.",
        example: "[1w, 2w]"
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

  static let limits = Section(
    title: "AutoNodesLimits",
    doc: "What a node pool has at most.",
    fields: [
      Field(
        "nodes",
        .value(.integer(0...1_000_000)),
        .optional("no limit"),
        "Nodes.",
        example: "16"
      ),
      Field("gpus", .value(.integer(0...1_000_000)), .optional("no limit"), "GPUs.", example: "64"),
    ],
    rules: [.atLeastOne(["nodes", "gpus"])]
  )
}
