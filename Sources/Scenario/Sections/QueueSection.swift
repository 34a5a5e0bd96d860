import Engine

/// The orders of `policy.queue` that preempt: names of ``ServiceOrder``.
enum PreemptiveOrder: String, CaseIterable {
  case fewestGPUs, shortestRemainingTime, shortestRemainingService, leastAttainedService
}

/// `policy.queue`: in which order jobs get GPUs.
enum QueueSection {
  static let fairShare = "fairShare"
  static let rounds = "rounds"
  static let orders =
    JobOrder.allCases.map(\.rawValue) + [fairShare] + PreemptiveOrder.allCases.map(\.rawValue) + [rounds]

  /// Values of `backfill`.
  static let backfills = ["none"] + Backfill.Reservations.allCases.map(\.rawValue)

  /// The keys that an order looks at, beside `order`; which of them depends on
  /// `backfill` where that is one.
  static func keys(of order: String, backfill: String) -> [String] {
    if order == fairShare { return ["headOfLineBlocking", "shares", "resource", "halfLife"] }
    if order == rounds { return ["policy", "round", "refresh"] }
    switch PreemptiveOrder(rawValue: order) {
    case nil:
      let ageing = order == JobOrder.priority.rawValue ? ["ageing"] : []
      return ["backfill", backfill == "none" ? "headOfLineBlocking" : "backfillDepth"] + ageing
    case .leastAttainedService: return ["thresholds", "attained", "preemptionCost"]
    case .fewestGPUs, .shortestRemainingTime, .shortestRemainingService: return ["preemptionCost"]
    }
  }

  /// Whether it stops jobs that run, whoever they are.
  static func stopsAnyJob(_ order: String) -> Bool {
    order == rounds || PreemptiveOrder(rawValue: order) != nil
  }

  static let section = Section(
    title: "Queue",
    doc: "In which order jobs get GPUs. With `fifo`, `priority`, `shortestJob`, `shortestEstimate`, "
      + "`leastService` and `earliestDeadline` waiting jobs stand in line, and running ones run on. With "
      + "`fairShare` the tenant with "
      + "the smallest share goes next, and running jobs run on too. With `rounds` jobs take turns: who runs, and "
      + "on which GPU model, is chosen at the boundaries between rounds. The other orders preempt: at each "
      + "pass all unfinished jobs are ranked anew and take GPUs from the whole fleet "
      + "as long as they fit; running jobs left out are stopped and keep their progress. These and `rounds` "
      + "take no services.",
    fields: [
      Field(
        "order",
        .value(.word(orders, noun: "queue order")),
        .standard("fifo"),
        "First in, first out; higher priority first; shorter duration first, as if durations were known; "
          + "shorter estimated duration first; less estimated duration x GPUs first; earlier deadline first, "
          + "jobs without one last; or the first job of the tenant with the smallest share. Preemptive: fewest "
          + "GPUs first; shortest remaining time first; least remaining time x GPUs first; or least attained "
          + "service first, in queues by what a job has had so far. Equal ones by arrival. Or in rounds.",
        example: "fifo"
      ),
      Field(
        "headOfLineBlocking",
        .value(.boolean),
        .standard("true"),
        "true: the first job that does not fit holds up those behind it; false: they may overtake, however "
          + "long that makes it wait. With fairShare only those of its own tenant. Not with backfill, nor with "
          + "rounds and preemptive orders, which have no line.",
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
        "ageing",
        .section(ageing),
        .optional("a job's priority stays as it is"),
        "For priority: waiting raises a job's priority. What it may preempt goes by its own priority still.",
        example: "{raises: 1, every: 10m, atMost: 100}"
      ),
      Field(
        "shares",
        .map(.integer(1...1_000_000), keys: "tenants"),
        .optional("all tenants have weight 1"),
        "For fairShare: the weights of tenants. Those that are not named have weight 1.",
        example: "{research: 3, product: 1}"
      ),
      Field(
        "resource",
        .value(.word(FairShare.Resource.allCases.map(\.rawValue), noun: "resource of shares")),
        .standard("gpu"),
        "For fairShare: what a tenant's share is. gpu: the GPUs that it holds; dominant: the largest of its "
          + "parts of the fleet's GPUs, CPU and memory (dominant-resource fairness). Each over its weight.",
        example: "dominant"
      ),
      Field(
        "halfLife",
        .value(.duration(positive: true)),
        .optional("what tenants hold now decides"),
        "For fairShare: what tenants held in the past counts too, half as much for each half-life that has "
          + "passed since; at least 20 s.",
        example: "7d"
      ),
      Field(
        "policy",
        .value(.word(RoundPolicy.allCases.map(\.rawValue), noun: "policy of rounds")),
        .standard("maxMinFairness"),
        "For rounds: how the shares of time are found. fifo: first in, first out, on a fleet of one GPU model; "
          + "fifoPerf: each on the model that is fastest for it; isolated: an equal part for every job; "
          + "maxMinFairness: the smallest share is as large as can be; maxMinFairnessPerf: the same of "
          + "normalised speeds; finishTimeFairnessPerf: the worst ratio of finish time to that under isolated is "
          + "smallest; makespanPerf: all end soonest. Jobs are equally fast on all models that they accept.",
        example: "finishTimeFairnessPerf"
      ),
      Field(
        "round",
        .value(.duration(positive: true)),
        .standard("6m"),
        "For rounds: how long one lasts, at least 1 s.",
        example: "10m"
      ),
      Field(
        "refresh",
        .value(.duration(positive: false)),
        .standard("32m"),
        "For rounds: shares are found anew at most so often, where jobs came or went.",
        example: "10m"
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

  /// How waiting raises priorities.
  static let ageing = Section(
    title: "Ageing",
    doc: "A job goes by its priority + the smaller of `atMost` and `raises` x the time since its arrival / "
      + "`every`, exactly and not in steps.",
    fields: [
      Field(
        "raises",
        .value(.integer(1...1_000_000)),
        .standard("1"),
        "What the priority gains in each `every`.",
        example: "1"
      ),
      Field("every", .value(.duration(positive: true)), .required, "The time that it takes.", example: "10m"),
      Field(
        "atMost",
        .value(.integer(1...1_000_000_000)),
        .optional("it gains without end"),
        "The most that waiting gains. Not with backfill.",
        example: "100"
      ),
    ],
    shorthand: "every"
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
