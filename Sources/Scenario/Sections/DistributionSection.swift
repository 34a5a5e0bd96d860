/// A distribution, of times or of plain numbers.
enum DistributionSection {
  /// Of lengths of time.
  static let times = make(
    title: "TimeDistribution",
    of: .duration(positive: false),
    above: .duration(positive: true),
    examples: ("2h", "30m", "4h")
  )

  /// Of numbers, such as shares.
  static let numbers = make(
    title: "NumberDistribution",
    of: .number(minimum: 0, exclusive: false, maximum: 1e9),
    above: .number(minimum: 0, exclusive: true, maximum: 1e9),
    examples: ("0.7", "0.5", "0.9")
  )

  private static let names = [
    "fixed", "uniform", "exponential", "normal", "lognormal", "gamma", "weibull", "pareto",
    "hyperexponential", "empirical", "quantiles",
  ]

  private static let positive = Shape.value(.number(minimum: 0, exclusive: true, maximum: 1e6))
  private static let probability = Shape.value(.number(minimum: 0, exclusive: false, maximum: 1))

  private static func make(
    title: String,
    of kind: ValueKind,
    above: ValueKind,
    examples: (String, String, String)
  ) -> Section {
    let (middle, low, high) = examples
    let value = Shape.value(kind)
    let some = Shape.value(above)
    func part(_ name: String, _ doc: String, _ fields: [Field], _ rules: [Section.Rule] = []) -> Shape {
      .section(Section(title: "\(title)-\(name)", doc: doc, fields: fields, rules: rules))
    }
    func required(_ key: String, _ shape: Shape, _ doc: String, _ example: String) -> Field {
      Field(key, shape, .required, doc, example: example)
    }
    func choice(_ key: String, _ shape: Shape, _ doc: String, _ example: String) -> Field {
      Field(key, shape, .optional(""), doc, example: example)
    }
    let mean = required("mean", some, "The mean.", middle)
    let shape = required("shape", positive, "The shape, above 0.", "1.5")
    let sigma = required(
      "sigma",
      .value(.number(minimum: 0, exclusive: false, maximum: 20)),
      "Deviation of the logarithm.",
      "1.5"
    )
    let fields = [
      choice("fixed", value, "Always the same.", middle),
      choice(
        "uniform",
        part(
          "uniform",
          "Evenly spread.",
          [required("from", value, "The lowest.", low), required("to", value, "The highest.", high)]
        ),
        "Evenly spread.",
        "{from: \(low), to: \(high)}"
      ),
      choice(
        "exponential",
        part("exponential", "Without memory.", [mean]),
        "Without memory.",
        "{mean: \(middle)}"
      ),
      choice(
        "normal",
        part(
          "normal",
          "A normal variate.",
          [mean, required("deviation", value, "The standard deviation.", low)]
        ),
        "A normal variate; what falls outside the field's limits is set to them.",
        "{mean: \(middle), deviation: \(low)}"
      ),
      choice(
        "lognormal",
        part(
          "lognormal",
          "Its logarithm is normal.",
          [
            choice("median", some, "Half of the values are below.", middle),
            choice("mean", some, "The mean.", middle), sigma,
          ],
          [.exactlyOne(["median", "mean"])]
        ),
        "Its logarithm is normal.",
        "{median: \(middle), sigma: 1.5}"
      ),
      choice(
        "gamma",
        part("gamma", "A gamma variate.", [shape, mean]),
        "A gamma variate.",
        "{shape: 2, mean: \(middle)}"
      ),
      choice(
        "weibull",
        part("weibull", "A Weibull variate.", [shape, required("scale", some, "The scale.", middle)]),
        "A Weibull variate.",
        "{shape: 0.8, scale: \(middle)}"
      ),
      choice(
        "pareto",
        part(
          "pareto",
          "P(X > x) = (minimum / x)^shape.",
          [shape, required("minimum", some, "The lowest.", low)]
        ),
        "Heavy tail: P(X > x) = (minimum / x)^shape.",
        "{shape: 2.5, minimum: \(low)}"
      ),
      choice(
        "hyperexponential",
        .list(
          part("branch", "A part of the mixture.", [required("weight", positive, "Relative.", "9"), mean]),
          minimum: 1,
          single: false
        ),
        "A mixture of exponentials.",
        "[{weight: 9, mean: \(low)}, {weight: 1, mean: \(high)}]"
      ),
      choice(
        "empirical",
        .list(value, minimum: 1, single: false),
        "One of these, equally likely.",
        "[\(low), \(middle), \(high)]"
      ),
      choice(
        "quantiles",
        .list(
          part(
            "quantile",
            "A point of the table.",
            [
              required("probability", probability, "From 0 in the first to 1 in the last.", "0.5"),
              required("value", value, "Not exceeded with this probability.", middle),
            ]
          ),
          minimum: 2,
          single: false
        ),
        "Straight lines between quantiles.",
        "[{probability: 0, value: \(low)}, {probability: 1, value: \(high)}]"
      ),
    ]
    return Section(
      title: title,
      doc: "One distribution.",
      fields: fields,
      rules: [.exactlyOne(names)],
      shorthand: "fixed"
    )
  }
}
