import Workload

/// `placement` of a demand, as a map.
enum PlacementWishSection {
  static let word = ValueKind.word(PlacementWish.allCases.map(\.name), noun: "placement")

  private static let time = Shape.value(.duration(positive: false))

  static let section = Section(
    title: "PlacementWish",
    doc:
      "Where the workers of a gang may lie, and how the wish is relaxed while the job waits. A relaxed job still "
      + "lies as first wished where it can. A job that is queued again wishes as at first.",
    fields: [
      Field("wish", .value(word), .required, "The first wish.", example: "rack"),
      Field(
        "relaxAfter",
        time,
        .optional("never"),
        "After so long in the queue the job makes do with the wish `to`; 0s: at once if the first wish cannot be met.",
        example: "10m"
      ),
      Field(
        "to",
        .value(word),
        .optional("anywhere"),
        "The wish after that; wider than the first.",
        example: "anywhere"
      ),
      Field(
        "ladder",
        .list(.section(step), minimum: 1, single: true),
        .optional(""),
        "Several steps, each later and wider than the one before.",
        example: "[{relaxAfter: 5m, to: rack}, {relaxAfter: 30m, to: anywhere}]"
      ),
    ],
    rules: [.atMostOne(["relaxAfter", "ladder"]), .atMostOne(["to", "ladder"])]
  )

  private static let step = Section(
    title: "RelaxationStep",
    doc: "A step by which a wish is relaxed.",
    fields: [
      Field("relaxAfter", time, .required, "Since the job began to wait.", example: "5m"),
      Field("to", .value(word), .standard("anywhere"), "The wider wish.", example: "rack"),
    ]
  )
}
