import Engine
import Hardware

/// The keys of `policy.sharing` for `mode: mig`.
enum MIGSharingFields {
  static let all = [
    Field(
      "strategy",
      .value(.word(MIGStrategy.allCases.map(\.rawValue), noun: "strategy")),
      .standard(MIGStrategy.mixed.rawValue),
      "For mig: how the device plugin shows instances. mixed: each profile is a resource of its own, and GPUs "
        + "that are not cut stay whole; single: all GPUs are cut into the same profile, and a job that asks for "
        + "one GPU gets an instance; none: whole GPUs only, as with wholeGPU.",
      example: "single"
    ),
    Field(
      "instances",
      .value(.word(MIGInstanceRule.allCases.map(\.rawValue), noun: "placement rule")),
      .optional("least-loss with the placement fgd, else largest-free-run"),
      "For mig: which of several starts on a GPU a new instance gets: the lowest; the one that leaves the "
        + "longest run of free slots, then most placements; or the one after which the free slots are of most use "
        + "to the mix of jobs. Which GPU it is, `policy.placement` decides: best-fit the one with the fewest free "
        + "slots, worst-fit the most, first-fit the first, fgd the one where the mix loses least.",
      example: "lowest-start"
    ),
    Field(
      "createTime",
      .value(.duration(positive: false)),
      .standard("2s"),
      "For mig: how long it takes to create an instance beside running ones, before its job can work; the slots "
        + "count as changing meanwhile. Instances of fixed layouts are there already.",
      example: "10s"
    ),
    Field(
      "destroyTime",
      .value(.duration(positive: false)),
      .standard("0s"),
      "For mig: how long it takes to destroy an instance after its job; the slots count as changing and nobody "
        + "else gets them meanwhile. No figure was published.",
      example: "1s"
    ),
    Field(
      "layouts",
      .list(.section(layout), minimum: 1, single: true),
      .optional("instances are created for jobs and destroyed after them"),
      "For mig: fixed layouts, for the GPUs that have MIG, in the order of the fleet.",
      example: "[{gpus: 16, instances: {1g.10gb: 7}}, {instances: {3g.40gb: 2}}]"
    ),
    Field(
      "config",
      .value(.path),
      .optional("layouts as stated here"),
      "For mig: a configuration file of mig-parted, instead of `layouts`.",
      example: "mig-parted.yaml"
    ),
    Field(
      "selected",
      .value(.label),
      .optional("the label nvidia.com/mig.config of each node"),
      "For mig: which of the file's configurations nodes without the label nvidia.com/mig.config have.",
      example: "all-balanced"
    ),
    Field(
      "layoutWithNode",
      .value(.boolean),
      .optional("false"),
      "For mig, where pools of nodes are `auto`: each of their nodes gets, when it is launched, those of the layouts "
        + "that hold what it is launched for, and among these the ones of most use to the mix of jobs; they hold until "
        + "it is gone. GPUs may stay whole. `gpus` of a layout then counts GPUs of nodes that are always there.",
      example: "true"
    ),
    Field(
      "relayout",
      .section(relayout),
      .optional("layouts stay as they are"),
      "For mig: nodes are drained and laid out anew, as the GPU operator does, when waiting jobs need instances "
        + "that another of the layouts has, or whole GPUs where all are cut.",
      example: "{after: 10m, nodesAtOnce: 2}"
    ),
  ]

  private static let relayout = Section(
    title: "MIGRelayout",
    doc:
      "When and how nodes get other layouts. The node with the least in use is chosen, and each of its GPUs "
      + "gets the layout that holds most of what waits.",
    fields: [
      Field(
        "after",
        .value(.duration(positive: false)),
        .standard("5m"),
        "How long jobs for a kind of instance must have waited without a break.",
        example: "15m"
      ),
      Field(
        "cooldown",
        .value(.duration(positive: false)),
        .standard("30m"),
        "How long a node keeps its layouts at least.",
        example: "2h"
      ),
      Field(
        "nodesAtOnce",
        .value(.integer(1...1_000_000)),
        .standard("1"),
        "Nodes that drain or are laid out at a time.",
        example: "2"
      ),
      Field(
        "perDay",
        .value(.integer(1...1_000_000)),
        .optional("any number"),
        "Nodes that may be laid out in any 24 hours.",
        example: "12"
      ),
      Field(
        "reboot",
        .value(.boolean),
        .standard("false"),
        "Whether the node has to boot for it.",
        example: "true"
      ),
      Field(
        "duration",
        .value(.duration(positive: true)),
        .optional("60s, or 7m with reboot"),
        "From the end of the last job to the node's return.",
        example: "90s"
      ),
      Field(
        "drainLimit",
        .value(.duration(positive: false)),
        .optional("what runs goes on to its end"),
        "How long what runs may go on before it is interrupted.",
        example: "1h"
      ),
    ]
  )

  private static let layout = Section(
    title: "MIGLayout",
    doc: "How some GPUs are cut for the whole run.",
    fields: [
      Field(
        "gpus",
        .value(.integer(0...10_000_000)),
        .optional("all that are left; with layoutWithNode 0"),
        "How many GPUs are cut so; 0: none at first, where nodes are laid out anew or get their layouts at their launch.",
        example: "16"
      ),
      Field(
        "instances",
        .map(.integer(1...7), keys: "MIG profile"),
        .required,
        "Profiles and how many of each a GPU holds; none: the GPU stays whole.",
        example: "{1g.10gb: 4, 3g.40gb: 1}"
      ),
    ]
  )
}
