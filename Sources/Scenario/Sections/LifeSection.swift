import Workload

/// What ends the jobs of a class before their time, how they are started
/// again, and by when they should be done: keys of a class and of a stage.
enum LifeSection {
  static let fields = [
    Field(
      "timeLimit",
      .value(.duration(positive: true)),
      .optional("no limit"),
      "A run that has lasted so long is killed, and the job ends as timed out; the time counts anew at every "
        + "start. No job is expected to run longer, whatever its estimate.",
      example: "8h"
    ),
    Field(
      "failure",
      .section(failure),
      .optional("jobs do not fail of themselves"),
      "How the jobs fail of themselves.",
      example: "5%"
    ),
    Field(
      "retries",
      .value(.integer(0...Int64(LifeSpec.mostRetries))),
      .optional("as often as it takes"),
      "How often a job is started again after a failure of its own or of a node; once more, and it ends as "
        + "failed. Preemptions, maintenance and nodes that leave do not count.",
      example: "3"
    ),
    Field(
      "retryDelay",
      .section(delay),
      .optional("it joins the queue at once"),
      "How long a job stays out of the queue after such a failure.",
      example: "10s"
    ),
    Field(
      "deadline",
      .section(deadline),
      .optional("none"),
      "By when the jobs should be done, for the share of deadlines met and for the queue order "
        + "earliestDeadline. Nothing ends at it.",
      example: "1d"
    ),
  ]

  static let keys = fields.map(\.key)

  private static let failure = Section(
    title: "AttemptFailure",
    doc:
      "How the jobs of a class fail of themselves. Every attempt, from one failure to the next, fails with "
      + "the same probability, at a share of the work that it began with; then the job falls back to its last "
      + "checkpoint, or to nothing.",
    fields: [
      Field(
        "probability",
        .value(.fraction(positive: true, maximum: 1)),
        .required,
        "Of each attempt. At most 99% where no retries are stated.",
        example: "5%"
      ),
      Field(
        "after",
        .section(DistributionSection.numbers),
        .standard("{uniform: {from: 0, to: 1}}"),
        "Share of the attempt's work that is done when it fails; draws are kept within 0 and 1.",
        example: "0.1"
      ),
    ],
    shorthand: "probability"
  )

  private static let delay = Section(
    title: "RetryDelay",
    doc: "A delay that doubles with every failure of a job up to a longest one.",
    fields: [
      Field(
        "first",
        .value(.duration(positive: true)),
        .required,
        "After the first failure.",
        example: "10s"
      ),
      Field(
        "longest",
        .value(.duration(positive: true)),
        .optional("6m, or the first where that is longer"),
        "The delay stops growing here.",
        example: "6m"
      ),
    ],
    shorthand: "first"
  )

  private static let deadline = Section(
    title: "Deadline",
    doc: "By when a job should be done, counted from its arrival.",
    fields: [
      Field("after", .value(.duration(positive: true)), .optional(""), "So long.", example: "1d"),
      Field(
        "factor",
        .section(DistributionSection.numbers),
        .optional(""),
        "The job's duration times a factor above 0 that is drawn for each job.",
        example: "{uniform: {from: 1.5, to: 4}}"
      ),
    ],
    rules: [.exactlyOne(["after", "factor"])],
    shorthand: "after"
  )
}
