import Engine

/// `policy`: how jobs are queued and placed.
enum PolicySection {
  /// Names that a placement may have.
  static let placements = PlacementRegistry.names

  /// The scores that take a list of resources.
  static let withResources = PlacementRegistry.policies.filter(\.takesResources).map(\.name)

  static let section = Section(
    title: "Policy",
    doc: "How jobs are queued and placed.",
    fields: [
      Field(
        "placement",
        .list(.section(profile), minimum: 1, single: true),
        .standard("best-fit"),
        "How a node is chosen: a name or a profile; several are compared under the same work.",
        example: "[best-fit, fgd]"
      ),
      Field(
        "tieBreak",
        .value(.word(TieBreak.allCases.map(\.rawValue), noun: "tie-break")),
        .standard("name"),
        "Who wins among nodes of equal score: the first by name, by a rank drawn once from the seed, or "
          + "by a fresh draw each time.",
        example: "seededRank"
      ),
      Field(
        "queue",
        .section(QueueSection.section),
        .standard("fifo"),
        "In which order jobs get GPUs, and whether running ones may have to make room.",
        example: "{order: fifo, headOfLineBlocking: false}"
      ),
      Field(
        "preemption",
        .section(PreemptionSection.section),
        .optional("priorities order the queue and stop nobody"),
        "Whether waiting jobs may stop running ones of lower priority.",
        example: "{victims: kueue, gracefulPeriod: 30s}"
      ),
      Field(
        "gangs",
        .section(GangsSection.section),
        .optional("all workers of a gang are placed at once, or none"),
        "How the workers of a gang come by their places: a mode, or a mode with its time-outs.",
        example: "{mode: holdAndWait, timeout: never}"
      ),
      Field(
        "sharing",
        .section(SharingSection.section),
        .standard("fractions"),
        "What a GPU hands out: a mode, or a mode with its keys.",
        example: "wholeGPU"
      ),
      AutoNodesSection.inPolicy,
      BurstSection.inPolicy,
      Field(
        "impossibleJobs",
        .value(.word(["error", "reject"], noun: "treatment")),
        .standard("error"),
        "What becomes of jobs that no node, or of gangs that the whole fleet, could ever hold.",
        example: "reject"
      ),
    ]
  )

  static let profile = Section(
    title: "Placement",
    doc: "A profile as a kube-scheduler has it: the weighted sum of scores.",
    fields: [
      Field(
        "scores",
        .list(.section(score), minimum: 1, single: true),
        .required,
        "What is added up.",
        example: "[{name: most-allocated, weight: 2}, balanced-allocation]"
      )
    ],
    shorthand: "scores"
  )

  static let score = Section(
    title: "Score",
    doc: "One score of a profile.",
    fields: [
      Field(
        "name",
        .value(.word(placements, noun: "placement policy")),
        .required,
        "The policy.",
        example: "most-allocated"
      ),
      Field("weight", .value(.integer(1...1_000_000)), .standard("1"), "Multiplies the score.", example: "2"),
      Field(
        "resources",
        .list(.section(resource), minimum: 0, single: false),
        .standard("[]"),
        "Resources that count, for \(withResources.joined(separator: ", ")); none named: the policy's "
          + "default.",
        example: "[{name: nvidia.com/gpu, weight: 5}]"
      ),
      Field(
        "shape",
        .list(.section(point), minimum: 0, single: false),
        .standard("[]"),
        "Score by utilization, for requested-to-capacity-ratio; none: the policy's default.",
        example: "[{utilization: 0, score: 0}, {utilization: 100, score: 10}]"
      ),
    ],
    shorthand: "name"
  )

  static let resource = Section(
    title: "ResourceWeight",
    doc: "A resource that a score looks at.",
    fields: [
      Field(
        "name",
        .value(.word(["cpu", "memory", "nvidia.com/gpu"], noun: "resource")),
        .required,
        "The resource.",
        example: "nvidia.com/gpu"
      ),
      Field(
        "weight",
        .value(.integer(1...100)),
        .standard("1"),
        "Its weight within the score.",
        example: "5"
      ),
    ],
    shorthand: "name"
  )

  static let point = Section(
    title: "ShapePoint",
    doc: "A point of a broken line; utilizations increase.",
    fields: [
      Field("utilization", .value(.integer(0...100)), .required, "Percent.", example: "100"),
      Field("score", .value(.integer(0...10)), .required, "The score there.", example: "10"),
    ]
  )
}

/// `fragmentation`: the jobs against which free capacity is judged.
enum FragmentationSection {
  static let section = Section(
    title: "Fragmentation",
    doc: "Free capacity counts as stranded when these jobs could not use it.",
    fields: [
      Field(
        "mix",
        .either(.word(["workload"], noun: "mix"), .list(.section(entry), minimum: 1, single: false)),
        .standard("workload"),
        "The run's own jobs, or a stated list of requests.",
        example: "[{gpus: 1, cpu: 8, memory: 64GiB, count: 10}]"
      )
    ]
  )

  private static let entry = Section(
    title: "MixEntry",
    doc: "A request and how many jobs make it; for a gang, the request of one worker.",
    fields: DemandFields.request + [
      Field(
        "count",
        .value(.integer(1...1_000_000_000)),
        .standard("1"),
        "Jobs with this request.",
        example: "10"
      )
    ]
  )
}
