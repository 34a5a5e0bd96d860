import Engine
import Hardware

/// The keys of `policy.sharing` for `mode: mig`.
enum MIGSharingFields {
  static let all = [
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
  ]

  private static let layout = Section(
    title: "MIGLayout",
    doc: "How some GPUs are cut for the whole run.",
    fields: [
      Field(
        "gpus",
        .value(.integer(1...10_000_000)),
        .optional("all that are left"),
        "How many GPUs are cut so.",
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
