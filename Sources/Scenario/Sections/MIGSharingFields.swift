import Hardware

/// The keys of `policy.sharing` for `mode: mig`.
enum MIGSharingFields {
  static let all = [
    Field(
      "instances",
      .value(.word(MIGPlacementRule.allCases.map(\.name), noun: "placement rule")),
      .standard(MIGPlacementRule.largestFreeRun.name),
      "For mig: which of several starts on a GPU a new instance gets: the lowest; or the one that leaves the "
        + "longest run of free slots, then most placements.",
      example: "lowest-start"
    )
  ]
}
