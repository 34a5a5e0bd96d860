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
      Field(
        "zones",
        .list(.section(zone), minimum: 1, single: true),
        .optional(""),
        "Offsets of time zones; of others they are those that this machine knows.",
        example: "[{name: Europe/Berlin, rules: [\"+01:00\", \"+02:00 from 2026-03-29T01:00Z\"]}]"
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
      "As Kubernetes' ResourceQuota on requests and limits: counted when pods are created, over those that have not ended. A "
      + "changed quota never evicts.",
    fields: [
      Field(
        "preset",
        .value(.word(preset, noun: "quota")),
        .standard("none"),
        "`vcluster`: what vCluster sets where it is switched on: requests of 10 CPU and 20 GiB, limits of 20 CPU and "
          + "40 GiB, 20 pods, and no word of GPUs. Keys beside it replace its numbers.",
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
        "cpuLimit",
        .value(.cpu),
        .optional("no limit"),
        "limits.cpu: a pod that has no limit counts with its request.",
        example: "400"
      ),
      Field("memoryLimit", .value(.memory), .optional("no limit"), "limits.memory.", example: "4TiB"),
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
      "As Kubernetes' LimitRange for containers; a pod is one container here. What is left out follows as there: the "
      + "default limit is the maximum, the default request is the default limit. A pod that requests more than its limit "
      + "is refused.",
    fields: [
      Field(
        "preset",
        .value(.word(preset, noun: "limit range")),
        .standard("none"),
        "`vcluster`: what vCluster sets where it is switched on: default requests of 100m and 128 MiB, default limits of "
          + "1 CPU and 512 MiB.",
        example: "vcluster"
      ),
      Field(
        "defaultCPU",
        .value(.cpu),
        .optional("the default limit"),
        "The request of a pod that states none, and no limit.",
        example: "100m"
      ),
      Field(
        "defaultMemory",
        .value(.memory),
        .optional("the default limit"),
        "The request of a pod that states none, and no limit.",
        example: "128MiB"
      ),
      Field(
        "defaultCPULimit",
        .value(.cpu),
        .optional("the maximum; without one, the pod's request"),
        "The limit of a pod that states none.",
        example: "1"
      ),
      Field(
        "defaultMemoryLimit",
        .value(.memory),
        .optional("the maximum; without one, the pod's request"),
        "The limit of a pod that states none.",
        example: "512MiB"
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
}
