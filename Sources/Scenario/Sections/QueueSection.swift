import Engine

/// The orders of `policy.queue` that preempt: names of ``ServiceOrder``.
enum PreemptiveOrder: String, CaseIterable {
  case fewestGPUs, shortestRemainingTime, shortestRemainingService, leastAttainedService
}

/// `policy.queue`: in which order jobs get GPUs.
enum QueueSection {
  static let orders = JobOrder.allCases.map(\.rawValue) + PreemptiveOrder.allCases.map(\.rawValue)

  /// Values of `backfill`.
  static let backfills = ["none"] + Backfill.Reservations.allCases.map(\.rawValue)

  /// The keys that an order looks at, beside `order`; which of them depends on
  /// `backfill` where that is one.
  static func keys(of order: String, backfill: String) -> [String] {
    switch PreemptiveOrder(rawValue: order) {
    case nil: ["backfill", backfill == "none" ? "headOfLineBlocking" : "backfillDepth"]
    case .leastAttainedService: ["thresholds", "attained", "preemptionCost"]
    case .fewestGPUs, .shortestRemainingTime, .shortestRemainingService: ["preemptionCost"]
    }
  }

  static let section = Section(
    title: "Queue",
    doc: "In which order jobs get GPUs. With `fifo`, `priority`, `shortestJob`, `shortestEstimate`, "
      + "`leastService` and `earliestDeadline` waiting jobs stand in line, and running ones run on. The other orders preempt: at each "
      + "pass all unfinished jobs are ranked anew and take GPUs from the whole fleet "
      + "as long as they fit; running jobs left out are stopped and keep their progress. They take no "
      + "services.",
    fields: [
      Field(
        "order",
        .value(.word(orders, noun: "queue order")),
        .standard("fifo"),
        "First in, first out; higher priority first; shorter duration first, as if durations were known; "
          + "shorter estimated duration first; less estimated duration x GPUs first; or earlier deadline "
          + "first, jobs without one last. Preemptive: fewest GPUs first; shortest remaining time first; least "
          + "remaining time x GPUs first; or least attained service first, in queues by what a job has had so far. Equal ones by arrival.",
        example: "fifo"
      ),
      Field(
        "headOfLineBlocking",
        .value(.boolean),
        .standard("true"),
        "true: the first job that does not fit holds up those behind it; false: they may overtake, however "
          + "long that makes it wait. Not with backfill, nor with preemptive orders, which have no line.",
        example: "false"
      ),
      Field(
        "backfill",
        .value(.word(backfills, noun: "backfill")),
        .standard("none"),
        "Jobs may overtake where that delays nobody's reservation, judged by the estimates of all jobs. easy: "
          + "the first job that does not fit reserves nodes and GPUs for the time at which running jobs "
          + "are expected to have made room; conservative: every waiting job reserves GPUs of the fleet, "
          + "whatever their model, so no job may ask for one. Not with preemptive orders.",
        example: "easy"
      ),
      Field(
        "backfillDepth",
        .value(.integer(0...1_000_000)),
        .standard("500"),
        "With backfill: how many waiting jobs behind the first that does not fit are looked at, a pass.",
        example: "100"
      ),
      Field(
        "thresholds",
        .list(.value(.duration(positive: true)), minimum: 1, single: true),
        .standard("[3250s, 7200s]"),
        "For leastAttainedService: what a job may have attained before it goes to the tail of the next queue; "
          + "ascending, one fewer than queues. With `attained: gpuTime` it is time x GPUs: 8h is one "
          + "hour on eight GPUs.",
        example: "[1h, 6h]"
      ),
      Field(
        "attained",
        .value(.word(["runTime", "gpuTime"], noun: "kind of attained service")),
        .standard("runTime"),
        "For leastAttainedService: whether a job's service is the time that it ran, or that time x its GPUs.",
        example: "gpuTime"
      ),
      Field(
        "preemptionCost",
        cost,
        .standard("0s"),
        "For preemptive orders: what a stopped job must run longer, for all jobs or by their GPUs.",
        example: "[{upToGPUs: 8, cost: 1m}, {cost: 5m}]"
      ),
    ],
    shorthand: "order"
  )

  /// What a preemption costs: one time, or steps by size.
  static let cost = Shape.either(
    .duration(positive: false),
    .list(.section(step), minimum: 1, single: false)
  )

  /// One step of a cost of preemption.
  static let step = Section(
    title: "PreemptionStep",
    doc:
      "What jobs up to a size pay for each preemption. Sizes ascend, and the last step has none: it is for "
      + "all larger jobs.",
    fields: [
      Field(
        "upToGPUs",
        .value(.integer(1...1_048_576)),
        .optional("all larger jobs"),
        "GPUs of all workers of the job, at most.",
        example: "8"
      ),
      Field(
        "cost",
        .value(.duration(positive: false)),
        .required,
        "Added to the job's remaining time.",
        example: "1m"
      ),
    ]
  )
}
