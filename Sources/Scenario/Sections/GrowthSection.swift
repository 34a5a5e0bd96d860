/// `growth` of arrivals.
enum GrowthSection {
  static let field = Field(
    "growth",
    .section(section),
    .optional("the rate stays"),
    "How the rate of `poisson`, `bursty` or `profiled` grows. A load is what is offered without growth.",
    example: "{by: 6%, every: 30d}"
  )

  private static let section = Section(
    title: "Growth",
    doc: "The rate times (1 + `by`) ^ (time / `every`), and times the factor of the phase.",
    fields: [
      Field(
        "by",
        .value(.fraction(positive: false, maximum: 10)),
        .standard("0%"),
        "Growth in each span, compounded and steady: within a span too.",
        example: "6%"
      ),
      Field(
        "every",
        .value(.duration(positive: true)),
        .standard("30d"),
        "The span.",
        example: "30d"
      ),
      Field(
        "phases",
        .list(.section(phase), minimum: 1, single: false),
        .optional("one phase"),
        "Factors that hold from a time to the next one; 1 before the first.",
        example: "[{at: 13w, times: 2.5}, {at: 26w, times: 6}]"
      ),
    ]
  )

  private static let phase = Section(
    title: "GrowthPhase",
    doc: "A factor of the rate from a time on.",
    fields: [
      Field(
        "at",
        .value(.duration(positive: false)),
        .required,
        "Since the start; later than the phase before.",
        example: "13w"
      ),
      Field(
        "times",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e6)),
        .required,
        "By what the stated rate is multiplied; 0 is a pause.",
        example: "2.5"
      ),
    ]
  )
}
