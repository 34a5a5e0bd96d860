import Engine

/// `fleet.failures`: how nodes fail.
enum FailureSection {
  static let section = Section(
    title: "Failures",
    doc:
      "How nodes fail at random. Failures are drawn before the run from streams of their own, so that every "
      + "policy meets the same ones; replication r draws others. They need a horizon. A node that is down "
      + "does not fail. Machines of nodes that come and go (`auto`) fail from when they are up, each by a clock of its own.",
    fields: [
      Field(
        "preset",
        .value(.word(FailurePreset.allCases.map(\.rawValue), noun: "preset")),
        .optional(""),
        "Published rates. `llama3`: the 419 unexpected interruptions of 54 days on 16,384 H100 by cause (The Llama 3 "
          + "Herd of Models), crashes of software leaving the node up; `rsc1` and `rsc2`: 6.50 and 2.34 failures in "
          + "1,000 node-days (Kokolis et al., HPCA 2025).",
        example: "llama3"
      ),
      Field(
        "causes",
        .list(.section(cause), minimum: 1, single: true),
        .optional(""),
        "Causes of one's own.",
        example: "[{name: hardware, perThousandNodeDays: 6.5, repair: 12h}]"
      ),
      Field(
        "repair",
        .section(DistributionSection.times),
        .optional("each cause states its own"),
        "Time to repair where a cause states none.",
        example: "{lognormal: {median: 4h, sigma: 1}}"
      ),
      Field(
        "scale",
        .value(.number(minimum: 0, exclusive: true, maximum: 1e6)),
        .standard("1"),
        "Factor of all rates.",
        example: "0.5"
      ),
    ],
    rules: [.exactlyOne(["preset", "causes"])]
  )

  private static let rate = Shape.value(.number(minimum: 0, exclusive: true, maximum: 1e9))

  static let cause = Section(
    title: "FailureCause",
    doc: "One cause of failures, without memory.",
    fields: [
      Field("name", .value(.name), .required, "Unique among the causes; names its stream.", example: "hbm"),
      Field(
        "perThousandNodeDays",
        rate,
        .optional(""),
        "Failures in 1,000 days of one node in service.",
        example: "6.5"
      ),
      Field(
        "perThousandGPUDays",
        rate,
        .optional(""),
        "Failures in 1,000 days of one GPU; a GPU that fails takes its node down.",
        example: "0.47"
      ),
      Field("perGPUYear", rate, .optional(""), "The same in a year of 365 days.", example: "0.09"),
      Field(
        "mtbf",
        .value(.duration(positive: true)),
        .optional(""),
        "Mean time between the failures of one node, in service.",
        example: "150d"
      ),
      Field(
        "level",
        .value(.word(["node", "job"], noun: "level")),
        .standard("node"),
        "`node`: the node is down until it is repaired; `job`: a crash of software, which interrupts what runs on "
          + "the node and leaves it up.",
        example: "job"
      ),
      Field(
        "condition",
        .value(.word(FailureCause.Condition.allCases.map(\.rawValue), noun: "condition")),
        .optional("`accelerator` where the rate is that of GPUs, else `notReady`"),
        "What a node says that it took down: it is not ready, or its accelerators are bad. Node repair waits longer "
          + "for the first.",
        example: "notReady"
      ),
      Field(
        "repair",
        .section(DistributionSection.times),
        .optional("the repair of all causes"),
        "Time to repair.",
        example: "{exponential: {mean: 8h}}"
      ),
    ],
    rules: [.exactlyOne(["perThousandNodeDays", "perThousandGPUDays", "perGPUYear", "mtbf"])]
  )

  static let inFleet = Field(
    "failures",
    .section(section),
    .optional("nothing fails but what fleetChanges says"),
    "How the nodes fail at random; a pool's own failures stand in place of these.",
    example: "{preset: rsc1, repair: 12h}"
  )

  /// What a pool says of its failures.
  static let inPool = [
    Field(
      "failures",
      .section(section),
      .optional("those of the fleet"),
      "How the nodes of this pool fail at random.",
      example: "{preset: rsc2, repair: {exponential: {mean: 6h}}}"
    ),
    Field(
      "spares",
      .value(.integer(0...1_000_000)),
      .standard("0"),
      "The last so many of the pool's nodes begin out of service and are no part of capacity. When a node fails, "
        + "an idle spare takes its place; the repaired node becomes a spare.",
      example: "2"
    ),
    Field(
      "swap",
      .value(.duration(positive: false)),
      .standard("0s"),
      "From a failure until the spare is in service.",
      example: "10m"
    ),
  ]
}

/// `maintenance`: rolling maintenance.
enum MaintenanceSection {
  static let section = Section(
    title: "Maintenance",
    doc:
      "Nodes go through maintenance in turn. One that drains takes no new work; its free GPUs count as down for "
      + "maintenance. Nodes that are not up when their turn comes are passed over.",
    fields: [
      Field(
        "nodes",
        .list(.value(.text), minimum: 1, single: true),
        .required,
        "Node names, pool names or ranges, as in fleetChanges; in the order of their turns.",
        example: "h100"
      ),
      Field(
        "start",
        .value(.duration(positive: false)),
        .required,
        "When it begins, since the start of the run.",
        example: "2d"
      ),
      Field(
        "atOnce",
        .value(.integer(1...1_000_000)),
        .standard("1"),
        "The most nodes that drain or are down at a time: the next begins when one has returned.",
        example: "4"
      ),
      Field(
        "duration",
        .value(.duration(positive: true)),
        .required,
        "How long each node is down.",
        example: "45m"
      ),
      Field(
        "drain",
        .value(.word(["wait", "interrupt"], noun: "drain")),
        .standard("wait"),
        "`wait`: what runs on the node may end first; `interrupt`: it is interrupted and queued again.",
        example: "interrupt"
      ),
      Field(
        "drainLimit",
        .value(.duration(positive: true)),
        .optional("for ever"),
        "How long `wait` waits; then what still runs is interrupted.",
        example: "4h"
      ),
    ]
  )
}

/// `checkpoint` of a job class.
enum CheckpointSection {
  static let section = Section(
    title: "Checkpoint",
    doc:
      "How the jobs of a class save their work, so that an interruption costs only what was done since. Traces "
      + "carry no checkpoints.",
    fields: [
      Field(
        "interval",
        .value(.durationOrWord(["young", "daly"], noun: "interval")),
        .required,
        "Work between two checkpoints. `young`: sqrt(2 x MTBF x write), `daly`: write + sqrt(2 (MTBF + restart) "
          + "write + write^2), where MTBF is the mean time between failures of the nodes that the job spans.",
        example: "30m"
      ),
      Field(
        "write",
        .value(.duration(positive: false)),
        .standard("0s"),
        "Time to write one, while the job makes no progress.",
        example: "60s"
      ),
      Field(
        "size",
        .value(.size),
        .optional(""),
        "What a job writes, all its workers together, in place of `write`: at the bandwidth that what else is read and "
          + "written at the time leaves it.",
        example: "1TB"
      ),
      Field(
        "to",
        .value(.name),
        .optional(""),
        "The tier of `storage.tiers` to which it writes.",
        example: "hot"
      ),
      Field(
        "background",
        .value(.boolean),
        .optional(""),
        "true: the job works on while it is written, and waits only when the next one is due before. Saved is what had "
          + "been done when the write began, once it has ended.",
        example: "true"
      ),
      Field(
        "restart",
        .value(.duration(positive: false)),
        .standard("0s"),
        "Time to load one and go on, at every start after an interruption.",
        example: "5m"
      ),
    ]
  )
}
