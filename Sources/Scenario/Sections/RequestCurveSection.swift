import Workload

/// `requests` of a service.
enum RequestCurveSection {
  static let section = Section(
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
      Field(
        "launch",
        .section(launch),
        .optional(""),
        "A launch: steady, a rise to a peak, then a decay that halves again and again.",
        example: "{before: 5/s, peak: 300/s, at: 9h, halfLife: 6h, after: 40/s}"
      ),
      Field(
        "trace",
        .section(trace),
        .optional(""),
        "What came in each bucket of a trace of requests.",
        example: "{format: azure-llm, file: conv.csv, bucket: 1m}"
      ),
    ],
    rules: [.exactlyOne(["constant", "diurnal", "points", "steps", "launch", "trace"])],
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

  private static let launch = Section(
    title: "Launch",
    doc: "A launch: the rate rises from `before` to `peak` and then falls; its excess over `after` halves in "
      + "each `halfLife`.",
    fields: [
      Field("before", .value(.rate(positive: false)), .standard("0/s"), "Until the launch.", example: "5/s"),
      Field("peak", .value(.rate(positive: true)), .required, "The highest rate.", example: "300/s"),
      Field("at", .value(.duration(positive: false)), .required, "When it begins.", example: "9h"),
      Field(
        "rise",
        .value(.duration(positive: false)),
        .standard("0s"),
        "From the beginning to the peak, on a straight line.",
        example: "20m"
      ),
      Field(
        "halfLife",
        .value(.duration(positive: true)),
        .required,
        "In which the excess over `after` halves.",
        example: "6h"
      ),
      Field("after", .value(.rate(positive: false)), .standard("0/s"), "What stays.", example: "40/s"),
    ]
  )

  private static let trace = Section(
    title: "RequestTrace",
    doc: "Requests of a trace, as a rate that holds for each bucket. After the last bucket nothing comes.",
    fields: [
      Field(
        "format",
        .value(.word(RequestTraceReader.allCases.map(\.rawValue), noun: "format")),
        .required,
        "`azure-llm`: CSV with `arrival_s`, `prompt_tokens` and `output_tokens`; `mooncake`: JSON lines with "
          + "`timestamp` (ms), `input_length` and `output_length`.",
        example: "azure-llm"
      ),
      Field("file", .value(.path), .required, "The file.", example: "conv.csv"),
      Field(
        "bucket",
        .value(.duration(positive: true)),
        .standard("1m"),
        "The length of a bucket.",
        example: "10s"
      ),
      Field(
        "count",
        .value(.word(RequestMeasure.allCases.map(\.rawValue), noun: "measure")),
        .standard("requests"),
        "What is counted. With tokens, every rate of the service is one of tokens, `perReplica` too.",
        example: "tokens"
      ),
      Field(
        "times",
        .value(.number(minimum: 0, exclusive: true, maximum: 1e9)),
        .standard("1"),
        "By what the rates are multiplied.",
        example: "20"
      ),
    ]
  )
}
