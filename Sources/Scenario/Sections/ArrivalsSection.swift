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

/// `service` of a class.
enum ServiceSection {
  static let section = Section(
    title: "Service",
    doc: "The wanted number of replicas is the request rate / what one replica serves, rounded up and "
      + "kept between the limits.",
    fields: [
      Field(
        "requests",
        .section(curve),
        .required,
        "Requests over time.",
        example: "{diurnal: {base: 40/s, peak: 200/s, peakHour: 14}}"
      ),
      Field(
        "perReplica",
        .value(.rate(positive: true)),
        .required,
        "What one replica serves.",
        example: "10/s"
      ),
      Field(
        "minReplicas",
        .value(.integer(0...1_000_000)),
        .standard("1"),
        "Never fewer.",
        example: "2"
      ),
      Field("maxReplicas", .value(.integer(1...1_000_000)), .required, "Never more.", example: "40"),
      Field(
        "every",
        .value(.duration(positive: true)),
        .standard("1m"),
        "How often the number is looked at.",
        example: "5m"
      ),
    ]
  )

  private static let curve = Section(
    title: "RequestCurve",
    doc: "A request rate over time.",
    fields: [
      Field(
        "constant",
        .value(.rate(positive: false)),
        .optional(""),
        "The same at all times.",
        example: "200/s"
      ),
      Field(
        "diurnal",
        .section(diurnal),
        .optional(""),
        "A daily cosine; runs begin at midnight.",
        example: "{base: 40/s, peak: 200/s, peakHour: 14}"
      ),
      Field(
        "points",
        .list(.section(point), minimum: 1, single: false),
        .optional(""),
        "Straight lines between points.",
        example: "[{at: 0s, rate: 5/s}, {at: 1d, rate: 80/s}]"
      ),
      Field(
        "steps",
        .list(.section(point), minimum: 1, single: false),
        .optional(""),
        "Each rate holds until the next point; none before the first.",
        example: "[{at: 0s, rate: 5/s}, {at: 1d, rate: 80/s}]"
      ),
    ],
    rules: [.exactlyOne(["constant", "diurnal", "points", "steps"])],
    shorthand: "constant"
  )

  private static let diurnal = Section(
    title: "Diurnal",
    doc: "A daily cosine.",
    fields: [
      Field("base", .value(.rate(positive: false)), .required, "The lowest rate.", example: "40/s"),
      Field("peak", .value(.rate(positive: true)), .required, "The highest rate.", example: "200/s"),
      Field(
        "peakHour",
        .value(.number(minimum: 0, exclusive: false, maximum: 23.999)),
        .standard("14"),
        "The hour of the highest rate.",
        example: "14"
      ),
    ]
  )

  private static let point = Section(
    title: "RatePoint",
    doc: "A rate at a time.",
    fields: [
      Field(
        "at",
        .value(.duration(positive: false)),
        .required,
        "Since the start; later than the point before.",
        example: "6h"
      ),
      Field("rate", .value(.rate(positive: false)), .required, "Requests.", example: "80/s"),
    ]
  )
}
