import Workload

/// `workload`: the jobs.
enum WorkloadSection {
  static let section = Section(
    title: "Workload",
    doc: "The jobs, synthesised from classes and pipelines or read from a trace.",
    fields: [
      Field(
        "classes",
        .list(.section(JobClassSection.section), minimum: 1, single: false),
        .optional(""),
        "Kinds of jobs to synthesise.",
        example: "[{name: train, ...}]"
      ),
      Field(
        "pipelines",
        .list(.section(PipelineSection.section), minimum: 1, single: false),
        .optional(""),
        "Kinds of jobs that wait for one another, to synthesise.",
        example: "[{name: finetune, ...}]"
      ),
      Field(
        "trace",
        .section(trace),
        .optional(""),
        "Jobs read from a file.",
        example: "{format: headroom, file: jobs.csv}"
      ),
      Field(
        "load",
        .value(.fraction(positive: true, maximum: 10)),
        .optional("arrivals as they stand"),
        "Share of the fleet that the jobs ask for. Classes: of its GPU time in the mean; the rates of all "
          + "batch classes are multiplied by one factor, services are not counted. A trace: of its GPUs at "
          + "the peak, if every job started on arrival; all arrival times are divided by one factor, which "
          + "is printed.",
        example: "90%"
      ),
      Field(
        "loadOf",
        .value(.integer(1...10_000_000)),
        .optional("the GPUs of the fleet, so that more nodes bring more jobs"),
        "How many GPUs every load is a share of. Set it to keep the jobs as they are while the fleet changes.",
        example: "128"
      ),
    ],
    rules: [
      .atLeastOne(["classes", "pipelines", "trace"]), .atMostOne(["classes", "trace"]),
      .atMostOne(["pipelines", "trace"]),
    ]
  )

  static let trace = Section(
    title: "JobTrace",
    doc: "Jobs read from a file.",
    fields: [
      Field(
        "format",
        .value(.word(["headroom", "openb"], noun: "format")),
        .standard("headroom"),
        "The columns of the file; `headroom synth` writes its own name's.",
        example: "openb"
      ),
      Field("file", .value(.path), .required, "The file.", example: "jobs.csv"),
    ]
  )
}

/// One element of `workload.classes`.
enum JobClassSection {
  static let section = Section(
    title: "JobClass",
    doc: "Jobs of one kind: batch jobs that arrive and end (`arrivals`, `duration`), or the replicas of "
      + "a service (`service`).",
    fields: [
      Field("name", .value(.name), .required, "Unique in the workload.", example: "train"),
      Field(
        "tenants",
        .list(.section(tenant), minimum: 1, single: true),
        .standard("default"),
        "Who owns the jobs.",
        example: "[{name: research, weight: 3}, product]"
      ),
      Field(
        "priority",
        .value(.integer(Int64(Int32.min)...Int64(Int32.max))),
        .standard("0"),
        "Higher is more important.",
        example: "10"
      ),
      Field(
        "preemptible",
        .value(.boolean),
        .standard("true"),
        "false: `policy.preemption` never stops these jobs.",
        example: "false"
      ),
      Field(
        "disruptionBudget",
        .section(disruptionBudget),
        .optional("any number may be stopped at a time"),
        "How many of these jobs may be off their GPUs at a time. `victims: kubeScheduler` of "
          + "`policy.preemption` chooses victims whose budget holds where it can; the other choices do not "
          + "look at it. No node that comes and goes goes of its own will on which a job of a class runs of which "
          + "none may be stopped, and one that drains waits until it may.",
        example: "{maxUnavailable: 25%}"
      ),
      Field(
        "doNotDisrupt",
        .value(.durationOrWord(["true", "false"], noun: "protection")),
        .optional("they are told to leave like any others"),
        "As Karpenter's annotation, where nodes come and go: these jobs are not told to leave a node, as long as they "
          + "run (`true`), or for so long after their start.",
        example: "4h"
      ),
      Field(
        "demand",
        .list(.section(demand), minimum: 1, single: true),
        .optional(""),
        "What a job asks for, by weight.",
        example: "{gpus: 1, cpu: 8, memory: 64GiB}"
      ),
      Field(
        "demandFrom",
        .section(demandFrom),
        .optional(""),
        "Takes the mix of requests from a list of pods.",
        example: "{file: pods.csv}"
      ),
      Field(
        "arrivals",
        .either(.word(["poisson"], noun: "arrival process"), .section(ArrivalsSection.section)),
        .optional(""),
        "When jobs arrive; `poisson` alone takes its rate from `load`.",
        example: "{poisson: {rate: 30/h}}"
      ),
      Field(
        "load",
        .value(.fraction(positive: true, maximum: 10)),
        .optional("arrivals as they stand"),
        "Share of the fleet's GPU time that this class asks for; scales its arrivals.",
        example: "50%"
      ),
      Field(
        "duration",
        .section(DistributionSection.times),
        .optional("needed with arrivals, or steps"),
        "How long a job runs once it has started, at full speed.",
        example: "{lognormal: {median: 2h, sigma: 1.5}}"
      ),
      SpeedSection.field,
    ] + SpeedSection.throughput + [
      Field(
        "shortest",
        .value(.duration(positive: false)),
        .optional("no limit"),
        "Shorter durations become this one.",
        example: "1m"
      ),
      Field(
        "longest",
        .value(.duration(positive: true)),
        .optional("no limit"),
        "Longer durations become this one.",
        example: "2d"
      ),
      Field(
        "estimate",
        .either(.word(["exact"], noun: "estimate"), .section(DistributionSection.numbers)),
        .standard("exact"),
        "What users expect the duration to be, for queue orders that go by estimates: the duration itself, or "
          + "the duration times a factor above 0 that is drawn for each job.",
        example: "{lognormal: {median: 1.2, sigma: 0.8}}"
      ),
      Field(
        "checkpoint",
        .section(CheckpointSection.section),
        .optional("a job that is interrupted starts again from zero"),
        "How the jobs save their work.",
        example: "{interval: 30m, write: 60s, restart: 5m}"
      ),
      Field(
        "busy",
        .either(.fraction(positive: false, maximum: 1), .section(DistributionSection.numbers)),
        .standard("100%"),
        "Share of its GPU time that a job keeps busy; draws are kept within 0 and 1.",
        example: "70%"
      ),
      Field(
        "service",
        .section(ServiceSection.section),
        .optional(""),
        "Replicas that follow a request rate.",
        example: "{requests: 200/s, perReplica: 10/s, maxReplicas: 40}"
      ),
    ] + LifeSection.fields + ConstraintSection.inClass + BurstSection.inClass
      + StorageSection.inClass,
    rules: [
      .exactlyOne(["arrivals", "service"]), .exactlyOne(["demand", "demandFrom"]),
      .atMostOne(["duration", "steps"]), .atMostOne(["throughput", "throughputFile"]),
    ]
  )

  static let tenant = Section(
    title: "Tenant",
    doc: "A tenant and its share of the jobs of a class.",
    fields: [
      Field("name", .value(.name), .required, "Unique in the class.", example: "research"),
      Field("weight", DemandFields.weight, .standard("1"), "Relative share of the jobs.", example: "3"),
    ],
    shorthand: "name"
  )

  static let disruptionBudget = Section(
    title: "DisruptionBudget",
    doc: "As a PodDisruptionBudget: a budget that nothing else can spare is violated all the same.",
    fields: [
      Field(
        "maxUnavailable",
        .value(.countOrShare),
        .optional(""),
        "Jobs that may have been stopped and not run again yet, a number or a share (rounded up) of the jobs "
          + "of the class that run or were stopped.",
        example: "1"
      ),
      Field(
        "minAvailable",
        .value(.countOrShare),
        .optional(""),
        "Or: jobs that must run, a number or a share (rounded up) of the same.",
        example: "50%"
      ),
    ],
    rules: [.exactlyOne(["maxUnavailable", "minAvailable"])],
    shorthand: "maxUnavailable"
  )

  static let demand = Section(
    title: "Demand",
    doc: "What one job asks: one worker on one node, or a gang of equal workers, started all or none. "
      + "GPUs, cores and memory are those of one worker.",
    fields: DemandFields.request + DemandFields.limits + DemandFields.gang + [
      Field(
        "preferredModels",
        .list(.value(.gpuModel), minimum: 1, single: true),
        .optional(""),
        "GPU models to try first, in this order; then the other accepted ones. A gang is tried as a whole on the "
          + "first model, then on the first two, and so on.",
        example: "[h100-80gb-sxm]"
      ),
      Field("weight", DemandFields.weight, .standard("1"), "Relative share of the jobs.", example: "5"),
    ]
  )

  static let demandFrom = Section(
    title: "DemandFrom",
    doc: "The mix of requests of a list of pods: every distinct request, weighted by how often it occurs.",
    fields: [
      Field(
        "format",
        .value(.word(["openb"], noun: "format")),
        .standard("openb"),
        "The columns of the file.",
        example: "openb"
      ),
      Field("file", .value(.path), .required, "The file.", example: "pods.csv"),
    ]
  )
}

/// What requests have in common.
enum DemandFields {
  static let weight = Shape.value(.number(minimum: 0, exclusive: true, maximum: 1e9))

  static let request =
    [
      Field(
        "gpus",
        .value(.gpus),
        .standard("0"),
        "GPUs of one node, or a part of one GPU.",
        example: "0.25"
      ),
      Field("cpu", .value(.cpu), .required, "Cores.", example: "8"),
      Field("memory", .value(.memory), .required, "Host memory.", example: "64GiB"),
      Field(
        "models",
        .list(.value(.gpuModel), minimum: 0, single: true),
        .standard("[]"),
        "Accepted GPU models; none named: any. See `preferredModels` for those to try first.",
        example: "[h100-80gb-sxm]"
      ),
    ] + DeviceFields.all

  /// What makes a gang of a request.
  static let gang = [
    Field(
      "workers",
      .value(.integer(1...Int64(JobShape.mostWorkers))),
      .standard("1"),
      "A gang of so many equal workers, started all or none; they end together. The job asks for "
        + "workers x gpus GPUs in all.",
      example: "4"
    ),
    Field(
      "placement",
      .either(PlacementWishSection.word, .section(PlacementWishSection.section)),
      .standard("anywhere"),
      "Where the workers of a gang may lie: on any nodes, as many on each as fit; all on one node; "
        + "consolidated on the fewest nodes: nodes that the gang fills completely, and the remainder "
        + "together on one more; or all within one NVLink domain or one rack: in the one with the least free "
        + "GPUs that has room, on as few nodes as can be. A map says how the wish is relaxed.",
      example: "{wish: rack, relaxAfter: 10m, to: anywhere}"
    ),
  ]
}
