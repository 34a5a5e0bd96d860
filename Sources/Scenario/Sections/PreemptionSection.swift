import Engine

/// `policy.preemption`: waiting jobs make running ones of lower priority stop.
enum PreemptionSection {
  static let section = Section(
    title: "Preemption",
    doc: "A waiting job that does not fit may stop running jobs of lower priority. Only with the queue order "
      + "`priority` without backfill. A stopped job falls back to its last checkpoint, or to its beginning, and "
      + "waits again in its place. Jobs of classes with `preemptible: false` and replicas of services are left "
      + "alone.",
    fields: [
      Field(
        "victims",
        .value(.word(PriorityPreemption.Victims.allCases.map(\.rawValue), noun: "choice of victims")),
        .required,
        "Who has to go. kubeScheduler: on the one node where it hurts least, worker by worker, as that "
          + "scheduler judges it; kueue: from the whole fleet, lowest priority first, latest start first, and "
          + "as many as possible are put back; cheapestLostWork: as kueue, but those that lose the least "
          + "work for each GPU first.",
        example: "kueue"
      ),
      Field(
        "cost",
        QueueSection.cost,
        .standard("0s"),
        "What a stopped job must run longer, beside the work that it repeats: for all jobs or by their GPUs.",
        example: "[{upToGPUs: 8, cost: 1m}, {cost: 5m}]"
      ),
      Field(
        "gracefulPeriod",
        .value(.duration(positive: false)),
        .standard("0s"),
        "How long a job that was told to stop still holds its GPUs; if it can write a checkpoint in that "
          + "time, it loses no work.",
        example: "30s"
      ),
      Field(
        "requeueDelay",
        .value(.duration(positive: false)),
        .standard("0s"),
        "How long after that a stopped job stands in the queue again, in its old place.",
        example: "1m"
      ),
    ],
    shorthand: "victims"
  )
}
