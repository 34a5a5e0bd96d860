import Engine

/// `tenancy`: virtual clusters and namespaces.
enum TenancySection {
  static let inRoot = Field(
    "tenancy",
    .section(section),
    .optional("tenants may use everything, at any time"),
    "Virtual clusters, or namespaces with a quota, of tenants.",
    example: "{clusters: [{name: research, quota: {gpus: 16}}]}"
  )

  private static let section = Section(
    title: "Tenancy",
    doc:
      "Who may bring how much work, on which nodes, and when. Tenants that no cluster names are not limited. What the "
      + "rules are and where they come from: docs/tenancy.md.",
    fields: [
      Field(
        "clusters",
        .list(.section(cluster), minimum: 1, single: true),
        .required,
        "Virtual clusters and namespaces.",
        example: "[{name: research, quota: {gpus: 16}}]"
      ),
      Field(
        "quotaRetry",
        .value(.duration(positive: false)),
        .standard("0s"),
        "How long after a pod of the cluster has ended its refused jobs are tried again: the back-off of "
          + "controllers. 0: at once.",
        example: "10s"
      ),
      Field(
        "calendarStart",
        .value(.text),
        .standard("2026-01-05"),
        "The day on which the run begins, a Monday: cron expressions need a date.",
        example: "2026-06-01"
      ),
    ]
  )

  private static let cluster = Section(
    title: "VirtualCluster",
    doc: "A virtual cluster, or a namespace of the host, of one or several tenants.",
    fields: about + limits + clocks
  )

  private static let about = [
    Field("name", .value(.name), .required, "What results call it.", example: "research"),
    Field(
      "tenants",
      .list(.value(.name), minimum: 1, single: true),
      .optional("the tenant of its name"),
      "Whose jobs run in it.",
      example: "[vision, speech]"
    ),
    Field(
      "from",
      .value(.path),
      .optional("this section says all"),
      "A vcluster.yaml: private nodes, sleep, quota, limit range and node selector are read from it; what it says "
        + "beside them is listed by the run. Keys stated here come first.",
      example: "vcluster.yaml"
    ),
    Field(
      "kind",
      .value(.word(["virtual", "namespace"], noun: "kind of cluster")),
      .standard("virtual"),
      "`namespace`: a namespace of the host with a quota, without control plane, nodes of its own or sleep.",
      example: "namespace"
    ),
    Field(
      "nodes",
      .value(.word(Tenancy.Nodes.allCases.map(\.rawValue), noun: "worker model")),
      .standard("shared"),
      "`shared`: the host's nodes, beside others; `dedicated`: nodes of the host that a label and a taint keep for it; "
        + "`private`: nodes of its own, which nobody else reaches.",
      example: "private"
    ),
    Field(
      "pools",
      .list(.value(.name), minimum: 1, single: true),
      .optional("shared nodes, or those of `mount`"),
      "Its own nodes: pools of `fleet.nodes`, also such that come and go (`auto`). For dedicated and private nodes.",
      example: "[research-nodes]"
    ),
    Field(
      "mount",
      .section(mount),
      .optional("no nodes move"),
      "For private nodes: machines of a pool of the host move to it when its jobs wait, and back when they are empty. "
        + "Needs a horizon.",
      example: "{from: host, most: 8}"
    ),
  ]

  private static let limits = [
    Field(
      "quota",
      .section(quota),
      .optional("no quota; vCluster's where a limit range of vCluster is stated"),
      "Hard limits on what its pods that have not ended ask together.",
      example: "{gpus: 16, pods: 100}"
    ),
    Field(
      "limitRange",
      .section(limitRange),
      .optional("none; vCluster's where a quota of vCluster is stated"),
      "Default requests and maxima of a pod.",
      example: "{defaultCPU: 100m, maxMemory: 512GiB}"
    ),
    Field(
      "allow",
      .section(allow),
      .optional("all GPU models and nodes"),
      "What the project may have.",
      example: "{gpus: [l40s], pools: [inference]}"
    ),
  ]

  private static let clocks = [
    Field(
      "sleep",
      .section(sleep),
      .optional("it never sleeps"),
      "When it sleeps, and what wakes it. Not with private nodes, and not for a namespace. Needs a horizon.",
      example: "{afterInactivity: 1h, latency: 60s}"
    ),
    Field(
      "creation",
      .value(.duration(positive: false)),
      .standard("0s"),
      "From the start of the run until its first pods can be created: minutes by self-service, days by a ticket.",
      example: "2d"
    ),
    Field(
      "controlPlane",
      .value(.number(minimum: 0, exclusive: false, maximum: 1e9)),
      .optional("900, the placeholder of the platform's cost control; 0 for a namespace"),
      "USD a year for its control plane.",
      example: "1200"
    ),
  ]

  private static let preset = ["none", "vcluster"]

  private static let quota = Section(
    title: "ClusterQuota",
    doc:
      "As Kubernetes' ResourceQuota on requests: counted when pods are created, over those that have not ended. A "
      + "changed quota never evicts.",
    fields: [
      Field(
        "preset",
        .value(.word(preset, noun: "quota")),
        .standard("none"),
        "`vcluster`: what vCluster sets where it is switched on: 10 CPU, 20 GiB, 20 pods, and no word of GPUs. Keys "
          + "beside it replace its numbers.",
        example: "vcluster"
      ),
      Field(
        "gpus",
        .value(.integer(0...1_000_000)),
        .optional("no limit"),
        "requests.nvidia.com/gpu: a replica of a time-sliced GPU counts as one. Not under MIG.",
        example: "16"
      ),
      Field("cpu", .value(.cpu), .optional("no limit"), "requests.cpu.", example: "200"),
      Field("memory", .value(.memory), .optional("no limit"), "requests.memory.", example: "2TiB"),
      Field(
        "pods",
        .value(.integer(0...1_000_000_000)),
        .optional("no limit"),
        "Pods: workers of jobs, and replicas.",
        example: "100"
      ),
    ],
    shorthand: "preset"
  )

  private static let limitRange = Section(
    title: "PodLimitRange",
    doc:
      "As Kubernetes' LimitRange for containers; a pod is one container here, and its limit is its request.",
    fields: [
      Field(
        "preset",
        .value(.word(preset, noun: "limit range")),
        .standard("none"),
        "`vcluster`: what vCluster sets where it is switched on: default requests of 100m and 128 MiB.",
        example: "vcluster"
      ),
      Field("defaultCPU", .value(.cpu), .optional("none"), "Of a pod that asks for no CPU.", example: "100m"),
      Field(
        "defaultMemory",
        .value(.memory),
        .optional("none"),
        "Of a pod that asks for none.",
        example: "128MiB"
      ),
      Field("maxCPU", .value(.cpu), .optional("no limit"), "The most that a pod may ask.", example: "64"),
      Field(
        "maxMemory",
        .value(.memory),
        .optional("no limit"),
        "The most that a pod may ask.",
        example: "512GiB"
      ),
    ],
    shorthand: "preset"
  )

  private static let allow = Section(
    title: "AllowedNodes",
    doc: "What a project allows: GPU models and pools of nodes.",
    fields: [
      Field(
        "gpus",
        .list(.value(.gpuModel), minimum: 1, single: true),
        .optional("all"),
        "GPU models that its jobs may have.",
        example: "[l40s]"
      ),
      Field(
        "pools",
        .list(.value(.name), minimum: 1, single: true),
        .optional("all"),
        "Pools of `fleet.nodes` that its jobs may have.",
        example: "[inference]"
      ),
    ],
    rules: [.atLeastOne(["gpus", "pools"])]
  )

  private static let sleep = Section(
    title: "SleepRule",
    doc:
      "In sleep replicas are scaled to 0 and pods are deleted: what runs is interrupted, falls back to what it has "
      + "saved, and comes back when the cluster is awake; its GPUs are free for others.",
    fields: [
      Field(
        "afterInactivity",
        .value(.duration(positive: true)),
        .optional("never by inactivity"),
        "Sleeps when nothing was active for so long; looked at every 5 minutes.",
        example: "1h"
      ),
      Field(
        "activity",
        .value(.word(SleepRule.Activity.allCases.map(\.rawValue), noun: "activity")),
        .standard("access"),
        "What counts beside new jobs and noise. `access`: nothing, as the platform sees API and ingress only; "
          + "`running`: pods that run.",
        example: "running"
      ),
      Field(
        "schedule",
        .value(.text),
        .optional("not by schedule"),
        "Sleeps at these times: a cron expression of 5 fields.",
        example: "\"0 20 * * 1-5\""
      ),
      Field(
        "wakeup",
        .value(.text),
        .optional("not by schedule"),
        "Wakes at these times.",
        example: "\"0 7 * * 1-5\""
      ),
      Field(
        "timezone",
        .value(.text),
        .standard("UTC"),
        "What the schedules' clock is ahead of the run's, which begins at 00:00 UTC. An offset: daylight saving is not "
          + "modelled.",
        example: "\"+02:00\""
      ),
      Field(
        "wakeOnAccess",
        .value(.boolean),
        .standard("true"),
        "A new job of its tenants wakes it, and so does noise.",
        example: "false"
      ),
      Field(
        "noise",
        .value(.rate(positive: false)),
        .standard("0/h"),
        "Accesses that nobody means, such as monitors that poll: they come at random, keep it awake and wake it.",
        example: "2/h"
      ),
      Field(
        "latency",
        .section(DistributionSection.times),
        .standard("60s"),
        "From what wakes it until its pods can be created: an estimate, no figure is published.",
        example: "90s"
      ),
      Field(
        "controlPlane",
        .value(.word(["runs", "sleeps"], noun: "control plane")),
        .standard("runs"),
        "`sleeps`: the platform puts it to sleep too, and it costs nothing meanwhile.",
        example: "sleeps"
      ),
    ],
    rules: [.atLeastOne(["afterInactivity", "schedule"])]
  )

  private static let mount = Section(
    title: "MountedNodes",
    doc: "Machines that move between a pool of the host and a virtual cluster. A move counts as changing.",
    fields: [
      Field("from", .value(.name), .required, "The pool of the host.", example: "host"),
      Field("most", .value(.integer(1...1_000_000)), .required, "The most machines at a time.", example: "8"),
      Field(
        "drain",
        .section(DistributionSection.times),
        .standard("30s"),
        "A machine is cordoned and released: the grace period of vCluster's auto nodes. Only machines on which nothing "
          + "runs are taken.",
        example: "30s"
      ),
      Field(
        "wipe",
        .section(DistributionSection.times),
        .standard("60s"),
        "Its disks are erased, each way: seconds by crypto-erase, 3 to 15 minutes a TB by overwriting (arithmetic; no "
          + "good public figure).",
        example: "36m"
      ),
      Field(
        "provision",
        .section(DistributionSection.times),
        .standard("10m"),
        "Inspection, network boot and image, each way: an industry paper aims below 15 minutes a node.",
        example: "15m"
      ),
      Field(
        "join",
        .section(DistributionSection.times),
        .standard("30s"),
        "Until it is a node of the cluster, each way: an estimate.",
        example: "30s"
      ),
      Field(
        "gpuStack",
        .section(DistributionSection.times),
        .standard("3m"),
        "Until drivers and device plugin are ready, each way: an estimate.",
        example: "3m"
      ),
    ]
  )
}
