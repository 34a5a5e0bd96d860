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
        "What the schedules' clock is ahead of the run's, which begins at 00:00 UTC. An offset: daylight saving is not "
          + "modelled.",
        example: "\"+02:00\""
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
          + "runs are taken.",
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
    ]
  )
}
