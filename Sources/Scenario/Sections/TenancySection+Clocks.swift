import Engine

/// Sleep of virtual clusters, and machines that move to them.
extension TenancySection {
  static let sleep = Section(
    title: "SleepRule",
    doc:
      "In sleep replicas are scaled to 0 and pods are deleted: what runs is interrupted, falls back to what it has "
      + "saved, and comes back when the cluster is awake; its GPUs are free for others.",
    fields: [
      Field(
        "afterInactivity",
        .value(.duration(positive: true)),
        .optional("never by inactivity"),
        "Sleeps when nothing was active for so long; looked at every 5 minutes.",
        example: "1h"
      ),
      Field(
        "activity",
        .value(.word(SleepRule.Activity.allCases.map(\.rawValue), noun: "activity")),
        .standard("access"),
        "What counts beside new jobs and noise. `access`: nothing, as the platform sees API and ingress only; "
          + "`running`: pods that run.",
        example: "running"
      ),
      Field(
        "schedule",
        .value(.text),
        .optional("not by schedule"),
        "Sleeps at these times: a cron expression of 5 fields.",
        example: "\"0 20 * * 1-5\""
      ),
      Field(
        "wakeup",
        .value(.text),
        .optional("not by schedule"),
        "Wakes at these times.",
        example: "\"0 7 * * 1-5\""
      ),
      Field(
        "timezone",
        .value(.text),
        .standard("UTC"),
        "The clock of the schedules; the run begins at 00:00 UTC of `calendarStart`. An offset, or a time zone with its "
          + "daylight saving: a time that is left out does not come, one that is repeated comes twice.",
        example: "Europe/Berlin"
      ),
      Field(
        "wakeOnAccess",
        .value(.boolean),
        .standard("true"),
        "A new job of its tenants wakes it, and so does noise.",
        example: "false"
      ),
      Field(
        "noise",
        .value(.rate(positive: false)),
        .standard("0/h"),
        "Accesses that nobody means, such as monitors that poll: they come at random, keep it awake and wake it.",
        example: "2/h"
      ),
      Field(
        "latency",
        .section(DistributionSection.times),
        .standard("60s"),
        "From what wakes it until its pods can be created: an estimate, no figure is published.",
        example: "90s"
      ),
      Field(
        "controlPlane",
        .value(.word(["runs", "sleeps"], noun: "control plane")),
        .standard("runs"),
        "`sleeps`: the platform puts it to sleep too, and it costs nothing meanwhile.",
        example: "sleeps"
      ),
    ],
    rules: [.atLeastOne(["afterInactivity", "schedule"])]
  )

  static let mount = Section(
    title: "MountedNodes",
    doc: "Machines that move between a pool of the host and a virtual cluster. A move counts as changing.",
    fields: [
      Field("from", .value(.name), .required, "The pool of the host.", example: "host"),
      Field("most", .value(.integer(1...1_000_000)), .required, "The most machines at a time.", example: "8"),
      Field(
        "drain",
        .section(DistributionSection.times),
        .standard("30s"),
        "A machine is cordoned and released: the grace period of vCluster's auto nodes. Only machines on which nothing "
          + "runs are taken, unless `evict` says so.",
        example: "30s"
      ),
      Field(
        "wipe",
        .section(DistributionSection.times),
        .standard("60s"),
        "Its disks are erased, each way: seconds by crypto-erase, 3 to 15 minutes a TB by overwriting (arithmetic; no "
          + "good public figure).",
        example: "36m"
      ),
      Field(
        "provision",
        .section(DistributionSection.times),
        .standard("10m"),
        "Inspection, network boot and image, each way: an industry paper aims below 15 minutes a node.",
        example: "15m"
      ),
      Field(
        "join",
        .section(DistributionSection.times),
        .standard("30s"),
        "Until it is a node of the cluster, each way: an estimate.",
        example: "30s"
      ),
      Field(
        "gpuStack",
        .section(DistributionSection.times),
        .standard("3m"),
        "Until drivers and device plugin are ready, each way: an estimate.",
        example: "3m"
      ),
      Field(
        "evict",
        .value(.word(AutoNodes.Source.Eviction.allCases.map(\.rawValue), noun: "eviction")),
        .standard("never"),
        "Whether a busy machine is emptied for jobs that wait when no idle one is left. `lowerPriority`: where everything "
          + "that runs there has a lower priority than the job; `any`. What runs has `policy.autoNodes.grace` to stop, and "
          + "waits again; protected classes and jobs stay.",
        example: "lowerPriority"
      ),
      Field(
        "evictAtOnce",
        .value(.integer(1...1_000_000)),
        .standard("1"),
        "The most machines that are being emptied for it at a time.",
        example: "2"
      ),
      Field(
        "keep",
        .value(.integer(0...1_000_000)),
        .standard("0"),
        "So many machines of the pool stay with the host, idle or busy.",
        example: "4"
      ),
    ]
  )

  static let zone = Section(
    title: "TimeZoneRules",
    doc:
      "The offsets of a time zone, for zones that this machine does not know, or knows otherwise. The resolved scenario "
      + "states here what its run has used, so that it runs the same elsewhere.",
    fields: [
      Field("name", .value(.text), .required, "What `timezone` calls it.", example: "Europe/Berlin"),
      Field(
        "rules",
        .list(.value(.text), minimum: 1, single: true),
        .required,
        "The offset at first, then each that follows with its instant, in UTC.",
        example: "[\"+01:00\", \"+02:00 from 2026-03-29T01:00Z\", \"+01:00 from 2026-10-25T01:00Z\"]"
      ),
      Field(
        "from",
        .value(.text),
        .optional("at all times before"),
        "The day from which the rules are known.",
        example: "2026-01-01"
      ),
      Field(
        "until",
        .value(.text),
        .optional("at all times after"),
        "The day until which they are known.",
        example: "2027-01-01"
      ),
    ]
  )
}
