/// `arrivals` of a batch class.
enum ArrivalsSection {
  static let section = Section(
    title: "Arrivals",
    doc: "When the jobs of a class arrive.",
    fields: [
      Field(
        "poisson",
        .section(poisson),
        .optional(""),
        "Independent arrivals at a constant rate.",
        example: "{rate: 30/h}"
      ),
      Field(
        "deterministic",
        .section(deterministic),
        .optional(""),
        "One job every so often.",
        example: "{every: 10m}"
      ),
      Field(
        "bursty",
        .section(bursty),
        .optional(""),
        "A Markov-modulated Poisson process: states in turn, each for an exponential time.",
        example: "{states: [{rate: 100/h, mean: 1h}, {rate: 2/h, mean: 5h}]}"
      ),
      Field(
        "profiled",
        .section(profiled),
        .optional(""),
        "A rate that changes with the hour and the day; runs begin at midnight before the first day.",
        example: "{rate: 30/h, weekly: [1, 1, 1, 1, 1, 0.4, 0.3]}"
      ),
      Field(
        "count",
        .section(count),
        .optional(""),
        "A stated number of jobs, uniform over a span.",
        example: "{jobs: 1000}"
      ),
      GrowthSection.field,
    ],
    rules: [.exactlyOne(["poisson", "deterministic", "bursty", "profiled", "count"])]
  )

  private static let rate = Field(
    "rate",
    .value(.rate(positive: true)),
    .optional("set by the class's load"),
    "Jobs for each time.",
    example: "30/h"
  )

  private static func factors(_ key: String, _ count: Int, of what: String) -> Field {
    let ones = "[" + Array(repeating: "1", count: count).joined(separator: ", ") + "]"
    return Field(
      key,
      .list(.value(.number(minimum: 0, exclusive: false, maximum: 1e6)), minimum: count, single: false),
      .standard(ones),
      "\(count) factors of the rate, one for each \(what).",
      example: ones
    )
  }

  private static let poisson = Section(
    title: "Poisson",
    doc: "Independent arrivals at a constant rate.",
    fields: [rate]
  )

  private static let deterministic = Section(
    title: "Deterministic",
    doc: "One job every so often, the first at the start.",
    fields: [
      Field(
        "every",
        .value(.duration(positive: true)),
        .required,
        "Time between two jobs.",
        example: "10m"
      )
    ]
  )

  private static let bursty = Section(
    title: "Bursty",
    doc: "States that are visited in turn, round and round.",
    fields: [
      Field(
        "states",
        .list(.section(state), minimum: 2, single: false),
        .required,
        "At least two.",
        example: "[{rate: 100/h, mean: 1h}, {rate: 2/h, mean: 5h}]"
      )
    ]
  )

  private static let state = Section(
    title: "BurstState",
    doc: "One state of bursty arrivals.",
    fields: [
      Field("rate", .value(.rate(positive: false)), .required, "0/h is a pause.", example: "100/h"),
      Field(
        "mean",
        .value(.duration(positive: true)),
        .required,
        "Mean of the time spent in it.",
        example: "1h"
      ),
    ]
  )

  private static let profiled = Section(
    title: "Profiled",
    doc: "A rate times the factor of the hour times the factor of the day.",
    fields: [
      rate,
      factors("hourly", 24, of: "hour of the day"),
      factors("weekly", 7, of: "day of the week"),
    ]
  )

  private static let count = Section(
    title: "Count",
    doc: "A stated number of jobs.",
    fields: [
      Field("jobs", .value(.integer(1...100_000_000)), .required, "How many.", example: "1000"),
      Field(
        "over",
        .value(.duration(positive: true)),
        .optional("the horizon"),
        "The span over which they arrive.",
        example: "1d"
      ),
    ]
  )
}
