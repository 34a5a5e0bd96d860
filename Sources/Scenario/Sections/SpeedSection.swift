import Hardware

/// `speed` and `throughput` of a job class: how fast jobs run by where they
/// lie.
enum SpeedSection {
  private static let factor = ValueKind.number(minimum: 0, exclusive: true, maximum: 1)

  private static func span(_ key: String, _ doc: String, _ standard: String) -> Field {
    Field(
      key,
      .either(factor, .section(byFabric)),
      .optional(standard),
      doc,
      example: "{infiniband: 0.9, roce: 0.85, ethernet: 0.6}"
    )
  }

  static let section = Section(
    title: "Speed",
    doc:
      "Speed by the least part of the fleet that holds all workers, relative to one node: a number, or one for each "
      + "fabric (of several, the slowest counts). It is fixed for a run at its start; a run takes its work over its "
      + "speed, rounded up to a nanosecond.",
    fields: [
      span("nvlinkDomain", "All workers in one NVLink domain, on several nodes.", "1"),
      span("rack", "All in one rack.", "as nvlinkDomain"),
      span("fleet", "In several racks.", "as rack"),
    ]
  )

  private static let byFabric = Section(
    title: "SpeedByFabric",
    doc: "Speed by the fabric that joins the nodes.",
    fields: Fabric.allCases.map { fabric in
      Field(fabric.name, .value(factor), .required, "On \(fabric.name).", example: "0.9")
    }
  )

  /// `byFabric`: the defaults, see `PlacementSpeed.byFabric`.
  static let field = Field(
    "speed",
    .either(.word(["full", "byFabric"], noun: "speed"), .section(section)),
    .standard("full"),
    "How fast a job runs by where its workers lie. `full`: the same everywhere. `byFabric`: full speed in an NVLink "
      + "domain; in a rack 0.95 on InfiniBand, 0.9 on RoCE and 0.8 on Ethernet; across racks 0.9, 0.85 and 0.6. Only "
      + "the last is measured (mean of six programs on T4 nodes in a cloud, 0.37 to 0.83; Pollux, OSDI 2021, artifact), "
      + "the others are assumptions: state your own.",
    example: "{rack: 0.9, fleet: {infiniband: 0.85, roce: 0.8, ethernet: 0.5}}"
  )

  static let throughput = [
    Field(
      "steps",
      .section(DistributionSection.numbers),
      .optional("the duration says how long a job runs"),
      "In place of a duration: how many steps a job does, rounded to whole ones. It needs a throughput table. The "
        + "duration, and with it the estimate, is that at the best throughput on the accepted GPUs of the fleet.",
      example: "{lognormal: {median: 100000, sigma: 1}}"
    ),
    Field(
      "throughput",
      .list(.section(row), minimum: 1, single: false),
      .optional(""),
      "Measured steps per second of a whole job. The GPUs of a job must be among those of the table; it runs on "
        + "models that the table knows for so many GPUs. A span that is not stated takes the next wider one that is, "
        + "else the next narrower.",
      example: "[{gpu: h100-80gb-sxm, gpus: 16, span: rack, stepsPerSecond: 3.2}]"
    ),
    Field(
      "throughputFile",
      .value(.path),
      .optional(""),
      "The same as a CSV file with the columns `gpu`, `gpus`, `span` and `steps_per_s`.",
      example: "throughput.csv"
    ),
  ]

  private static let row = Section(
    title: "Throughput",
    doc: "One measured speed.",
    fields: [
      Field("gpu", .value(.gpuModel), .required, "The GPU model.", example: "h100-80gb-sxm"),
      Field("gpus", .value(.integer(1...1_000_000)), .required, "GPUs of the whole job.", example: "16"),
      Field(
        "span",
        .value(.word(PlacementSpan.allCases.map(\.name), noun: "span")),
        .standard("fleet"),
        "The least part of the fleet that holds all workers.",
        example: "rack"
      ),
      Field(
        "stepsPerSecond",
        .value(.number(minimum: 1e-6, exclusive: false, maximum: 1e9)),
        .required,
        "Steps of the whole job in a second, in millionths.",
        example: "3.2"
      ),
    ]
  )
}
