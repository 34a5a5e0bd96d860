import Hardware

/// `fleet`: the machines.
enum FleetSection {
  static let section = Section(
    title: "Fleet",
    doc: "The machines, as pools of equal nodes or as a list from a trace.",
    fields: [
      Field(
        "nodes",
        .list(.section(pool), minimum: 1, single: false),
        .optional(""),
        "Pools of equal nodes, in the order of the fleet.",
        example: "[{name: h100, count: 16, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}]"
      ),
      Field(
        "trace",
        .section(trace),
        .optional(""),
        "Nodes read from a file.",
        example: "{format: openb, nodes: nodes.csv}"
      ),
      ImportSection.inFleet,
      FailureSection.inFleet,
    ],
    rules: [
      .atLeastOne(["nodes", "trace", "from"]), .atMostOne(["nodes", "trace"]), .atMostOne(["trace", "from"]),
    ]
  )

  static let pool = Section(
    title: "NodePool",
    doc: "Equal nodes. They are named after the pool with a number, from 0: `h100-00` to `h100-15`.",
    fields: [
      Field("name", .value(.name), .required, "Unique in the fleet.", example: "h100"),
      Field("count", .value(.integer(1...1_000_000)), .standard("1"), "How many nodes.", example: "16"),
      Field(
        "names",
        .list(.value(.name), minimum: 1, single: true),
        .optional("the name of the pool with a number"),
        "The names of its nodes, as many as `count` says.",
        example: "[gpu-a1, gpu-a2]"
      ),
      Field(
        "gpu",
        .value(.gpuModel),
        .optional("nodes without GPUs"),
        "Model of all its GPUs: a name of the catalogue (`headroom catalog gpus`) or of `gpus`.",
        example: "h100-80gb-sxm"
      ),
      Field(
        "gpusPerNode",
        .value(.integer(0...Int64(Fleet.maximumGPUsPerNode))),
        .standard("0"),
        "GPUs in each node.",
        example: "8"
      ),
      Field("cpu", .value(.cpu), .required, "Cores of each node.", example: "96"),
      Field("memory", .value(.memory), .required, "Host memory of each node.", example: "1TiB"),
      BurstSection.inPool,
    ] + places + ConstraintSection.inPool + FailureSection.inPool + [AutoNodesSection.inPool],
    rules: [.atMostOne(["nodesPerRack", "rack"])]
  )

  private static let places = [
    Field(
      "nodesPerRack",
      .value(.integer(1...1_000_000)),
      .optional("the rack of a node is its NVLink domain"),
      "The pool stands in racks of so many nodes, in order; the last one may have fewer. They are named after the "
        + "pool: `h100-rack-0`, `h100-rack-1`.",
      example: "8"
    ),
    Field(
      "rack",
      .value(.name),
      .optional("the rack of a node is its NVLink domain"),
      "The whole pool stands in the rack of this name, which pools may share.",
      example: "row3-rack7"
    ),
    Field(
      "nodesPerNVLinkDomain",
      .value(.integer(1...1_000_000)),
      .standard("1"),
      "So many nodes, in order, are joined by NVLink, as the 18 compute trays of 4 GPUs in a rack of 72 are. A domain "
        + "lies in one rack.",
      example: "18"
    ),
    Field(
      "fabric",
      .value(.word(Fabric.allCases.map(\.name), noun: "fabric")),
      .standard("infiniband"),
      "The network between the nodes. It matters to jobs with a `speed` only.",
      example: "ethernet"
    ),
  ]

  static let trace = Section(
    title: "NodeTrace",
    doc: "Nodes read from a file.",
    fields: [
      Field(
        "format",
        .value(.word(["openb"], noun: "format")),
        .standard("openb"),
        "The columns of the file.",
        example: "openb"
      ),
      Field("nodes", .value(.path), .required, "The file.", example: "nodes.csv"),
    ]
  )
}

/// `gpus`: models beside the catalogue's.
enum GPUSection {
  static let section = Section(
    title: "GPU",
    doc: "A GPU model of one's own.",
    fields: [
      Field(
        "name",
        .value(.name),
        .required,
        "Unique, and not a name of the catalogue.",
        example: "x200"
      ),
      Field("memory", .value(.memory), .required, "Device memory.", example: "96GiB"),
      Field(
        "description",
        .value(.text),
        .standard("\"\""),
        "A sentence for people.",
        example: "engineering sample"
      ),
    ]
  )
}

/// `fleetChanges`: what happens to nodes, and when.
enum FleetChangeSection {
  static let section = Section(
    title: "FleetChange",
    doc: "One change of the fleet. Nodes with a `join` are absent before it.",
    fields: [
      Field(
        "at",
        .value(.duration(positive: false)),
        .required,
        "Since the start of the run.",
        example: "3d"
      ),
      Field(
        "action",
        .value(.word(FleetChange.Action.allCases.map(\.rawValue), noun: "action")),
        .required,
        "What happens: `fail` and `maintain` take nodes down until `repair`; `leave` takes them away; `drain` lets what "
          + "runs end first, then it is as `maintain`; `interrupt` stops and requeues what runs, and the nodes stay up.",
        example: "fail"
      ),
      Field(
        "nodes",
        .list(.value(.text), minimum: 1, single: true),
        .required,
        "Node names, pool names (every node of the pool), or ranges of a pool: `h100[0-3]`, `h100[5]`.",
        example: "[h100-00, 'l40s[0-3]']"
      ),
    ]
  )
}
