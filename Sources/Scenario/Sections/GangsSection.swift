/// `policy.gangs`: how the workers of a gang come by their places.
enum GangsSection {
  static let modes = ["placement", "quota", "holdAndWait", "wholeAllocation"]

  /// The keys that a mode looks at, beside `mode`.
  static func keys(of mode: String) -> [String] {
    switch mode {
    case "quota": ["readyTimeout", "requeueDelay"]
    case "holdAndWait": ["timeout", "requeueDelay"]
    default: []
    }
  }

  static let section = Section(
    title: "Gangs",
    doc: "How the workers of a gang come by their places. With `quota` and `holdAndWait` a gang holds GPUs "
      + "that it cannot use yet: they are allocated and idle. Only with queues in which jobs stand in line, "
      + "without backfill and without `preemption`.",
    fields: [
      Field(
        "mode",
        .value(.word(modes, noun: "mode")),
        .standard("placement"),
        "placement: all workers at once or none, as Volcano and KAI place them; wholeAllocation: the same "
          + "decision under Slurm's name (its whole allocation or nothing; gangs here have no smaller number of "
          + "workers to start with); quota: as Kueue, a gang is admitted when the free GPUs of its models, "
          + "less what admitted gangs still lack, cover all its workers in sum, and then its workers are "
          + "placed as room appears, each holding its GPUs; holdAndWait: as kube-scheduler's Permit, workers "
          + "are placed in the order of the queue without admission and hold their GPUs until all are "
          + "placed, so that gangs may wait for each other for ever.",
        example: "quota"
      ),
      Field(
        "readyTimeout",
        .value(.durationOrWord(["never"], noun: "time-out")),
        .standard("5m"),
        "For quota: how long after its admission a gang whose workers do not all have their places gives up "
          + "those that it holds and its admission (Kueue's waitForPodsReady).",
        example: "10m"
      ),
      Field(
        "timeout",
        .value(.durationOrWord(["never"], noun: "time-out")),
        .standard("5m"),
        "For holdAndWait: how long after its first worker was placed a gang gives up all that it holds.",
        example: "never"
      ),
      Field(
        "requeueDelay",
        .value(.duration(positive: true)),
        .optional(
          "60s with quota (Kueue's back-off, at most an hour), 1s with holdAndWait (kube-scheduler's, "
            + "at most 10s)"
        ),
        "How long a gang that gave up stays out of the queue; each time in a row doubles it. It then stands in "
          + "its old place.",
        example: "30s"
      ),
    ],
    shorthand: "mode"
  )
}
