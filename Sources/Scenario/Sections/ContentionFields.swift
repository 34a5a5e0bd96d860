import Engine

/// The keys of `policy.sharing` for modes in which jobs on one GPU slow one
/// another.
enum ContentionFields {
  /// `contention` of a mode in which nobody slows anybody.
  static let none = "none"

  /// The keys that a mode looks at; plain fractions look at the first only.
  static func keys(of mode: SharingMode) -> [String] {
    let common = ["efficiency", "faultIsolation", "devicePolicy"]
    let replicas = ["from", "entry", "replicas", "renameByDefault", "failRequestsGreaterThanOne"]
    switch mode {
    case .fractions: return ["contention"] + common
    case .timeSlicing: return replicas + common + ["processMemory", "outOfMemory"]
    case .mps: return replicas + common
    case .wholeGPU, .pooled, .mig: return []
    }
  }

  static let all = [
    Field(
      "contention",
      .value(.word([none] + ContentionSpec.Division.allCases.map(\.rawValue), noun: "division of time")),
      .standard(none),
      "For fractions: none: each job works as if it were alone; equal: the GPU's time goes equally to jobs that "
        + "have work (KAI); weighted: by the parts that they hold; capped: the same, and nobody gets more than its "
        + "part (HAMi's cores).",
      example: "weighted"
    ),
    Field(
      "replicas",
      .value(.integer(0...1_000_000)),
      .optional("as the file says"),
      "For timeSlicing and mps: how many jobs share a GPU at most; a job takes one replica whatever part it asks "
        + "for. At most \(ContentionSpec.mostClients), under MPS \(ContentionSpec.mostMPSClients).",
      example: "8"
    ),
    Field(
      "renameByDefault",
      .value(.boolean),
      .standard("false"),
      "For timeSlicing and mps: the device plugin advertises the resource as nvidia.com/gpu.shared. Changes no "
        + "result.",
      example: "true"
    ),
    Field(
      "failRequestsGreaterThanOne",
      .value(.boolean),
      .standard("true"),
      "For timeSlicing and mps: a request for several replicas is refused, since it gets no more time than one. "
        + "false, the device plugin's default: under timeSlicing it is granted, holds so many replicas of one GPU, "
        + "and runs as one process.",
      example: "false"
    ),
    Field(
      "from",
      .value(.path),
      .optional("the keys here"),
      "For timeSlicing and mps: a configuration file of the NVIDIA device plugin, or the ConfigMap that holds it; "
        + "says replicas, renameByDefault and failRequestsGreaterThanOne.",
      example: "plugin-config.yaml"
    ),
    Field(
      "entry",
      .value(.label),
      .optional("the only one"),
      "For timeSlicing and mps: which entry of the ConfigMap's data.",
      example: "a100-80gb"
    ),
    Field(
      "efficiency",
      .section(efficiency),
      .optional("timeSlicing and fractions: 84.3 %, 81.4 %, 84.4 % (measured, A30); mps: 92.5 %"),
      "What jobs still get of the work of their share of the time while others on the GPU have work too.",
      example: "{bandwidth: 80%}"
    ),
    Field(
      "faultIsolation",
      .value(.boolean),
      .optional("false for timeSlicing and mps, true for fractions"),
      "false: a job that fails takes the others on its GPU down; they lose their run and wait again.",
      example: "true"
    ),
    Field(
      "devicePolicy",
      .value(.word(ContentionSpec.DevicePolicy.allCases.map(\.rawValue), noun: "device policy")),
      .standard(ContentionSpec.DevicePolicy.binpack.rawValue),
      "From which GPU of the chosen node a part is taken: the one with the least free that fits, or with the most. "
        + "Placement policies that choose GPUs themselves do not ask.",
      example: "spread"
    ),
    Field(
      "processMemory",
      .value(.memory),
      .standard("512MiB"),
      "For timeSlicing: GPU memory that each process takes beside what its job asks (an estimate).",
      example: "400MiB"
    ),
    Field(
      "outOfMemory",
      .value(.word(ContentionSpec.OutOfMemoryRule.allCases.map(\.rawValue), noun: "rule")),
      .standard(ContentionSpec.OutOfMemoryRule.newcomer.rawValue),
      "For timeSlicing: who fails when a job starts and the memory of all on the GPU exceeds the card: the one that "
        + "has just started, those with the most memory, or all. A failed job waits 10 s to 5 min, and has failed "
        + "for good after 6 restarts.",
      example: "largest"
    ),
  ]

  private static let efficiency = Section(
    title: "SharingEfficiency",
    doc: "What sharing leaves of the work, by class of kernels.",
    fields: [
      ("large", "large matrix products"), ("bandwidth", "kernels bound by memory bandwidth"),
      ("small", "small kernels"),
    ]
    .map { key, what in
      Field(
        key,
        .value(.fraction(positive: true, maximum: 1)),
        .optional("the measured value of the mode"),
        "Of \(what).",
        example: "95%"
      )
    }
  )
}
