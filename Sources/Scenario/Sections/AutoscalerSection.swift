import Workload

/// `autoscaler` of a service.
enum AutoscalerSection {
  static let section = Section(
    title: "Autoscaler",
    doc: "What sets the number of replicas of a service. The word alone takes every default.",
    fields: [
      Field(
        "hpa",
        .section(hpa),
        .optional(""),
        "The HorizontalPodAutoscaler of Kubernetes, for requests per second and ready replica.",
        example: "{target: 7/s}"
      ),
      Field(
        "keda",
        .section(keda),
        .optional(""),
        "A ScaledObject of KEDA: between 0 and 1 replicas KEDA decides, above 1 a HorizontalPodAutoscaler.",
        example: "{target: 7/s, cooldown: 5m}"
      ),
      Field(
        "knative",
        .section(knative),
        .optional(""),
        "The pod autoscaler of Knative, with its stable and its panic window.",
        example: "{metric: concurrency, serviceTime: 2s}"
      ),
    ],
    rules: [.exactlyOne(["hpa", "keda", "knative"])]
  )

  private static let hpa = Section(
    title: "HPA",
    doc:
      "ceil(replicas x metric / target), unless the ratio is within the tolerance of 1. Defaults as Kubernetes "
      + "documents them. It never goes to zero.",
    fields: scaling
  )

  private static let keda = Section(
    title: "KEDA",
    doc: "The metric is the total of the requests. With `minReplicas: 0` the service goes to zero.",
    fields: scaling + [
      Field(
        "activation",
        .value(.rate(positive: false)),
        .standard("0/s"),
        "A poll that finds more than this is active: it brings the first replica.",
        example: "0.1/s"
      ),
      Field(
        "poll",
        .value(.duration(positive: true)),
        .standard("30s"),
        "How often it looks whether there is work.",
        example: "10s"
      ),
      Field(
        "cooldown",
        .value(.duration(positive: false)),
        .standard("5m"),
        "How long after the last active poll it goes to zero.",
        example: "10m"
      ),
    ]
  )

  /// What a HorizontalPodAutoscaler is told.
  private static let scaling = [
    Field(
      "target",
      .value(.rate(positive: true)),
      .optional("70 % of perReplica, the share that Knative aims at"),
      "Requests of one replica that it aims at.",
      example: "7/s"
    ),
    Field(
      "window",
      .value(.duration(positive: true)),
      .standard("1m"),
      "The metric is the mean over this time.",
      example: "5m"
    ),
    Field(
      "sync",
      .value(.duration(positive: true)),
      .standard("15s"),
      "Time between two decisions.",
      example: "30s"
    ),
    Field(
      "tolerance",
      .value(.fraction(positive: false, maximum: 1)),
      .standard("10%"),
      "Ratios this near to 1 change nothing.",
      example: "5%"
    ),
    Field(
      "scaleUp",
      .section(behaviour("ScaleUp", window: "0s", "[{percent: 100, period: 15s}, {pods: 4, period: 15s}]")),
      .standard("{}"),
      "How the number may rise.",
      example: "{policies: [{pods: 2, period: 1m}]}"
    ),
    Field(
      "scaleDown",
      .section(behaviour("ScaleDown", window: "5m", "[{percent: 100, period: 15s}]")),
      .standard("{}"),
      "How the number may fall.",
      example: "{window: 10m, policies: [{percent: 10, period: 1m}]}"
    ),
  ]

  private static func behaviour(_ title: String, window: String, _ policies: String) -> Section {
    Section(
      title: title,
      doc: "`behavior` of a HorizontalPodAutoscaler in one direction.",
      fields: [
        Field(
          "window",
          .value(.duration(positive: false)),
          .standard(window),
          "`stabilizationWindowSeconds`: a rise goes to the least recommendation of this time, a fall to the "
            + "largest.",
          example: "2m"
        ),
        Field(
          "policies",
          .list(.section(policy), minimum: 1, single: true),
          .standard(policies),
          "How much may change within a period.",
          example: "[{percent: 10, period: 1m}]"
        ),
        Field(
          "select",
          .value(.word(ScalingPolicies.Selection.allCases.map(\.rawValue), noun: "choice")),
          .standard("max"),
          "The policy that counts: that of the largest change, of the smallest, or no change at all.",
          example: "min"
        ),
      ]
    )
  }

  private static let policy = Section(
    title: "ScalingPolicy",
    doc: "How many replicas may come or go within a period.",
    fields: [
      Field(
        "percent",
        .value(.integer(1...100_000)),
        .optional(""),
        "Percent of the replicas at the start of the period.",
        example: "10"
      ),
      Field("pods", .value(.integer(1...1_000_000)), .optional(""), "Replicas.", example: "4"),
      Field("period", .value(.duration(positive: true)), .standard("15s"), "The period.", example: "1m"),
    ],
    rules: [.exactlyOne(["percent", "pods"])]
  )

  private static let knative = Section(
    title: "Knative",
    doc:
      "ceil(mean of the stable window / (target x utilisation)), within what one decision may change; in panic "
      + "the panic window counts and nothing falls. Defaults of `config-autoscaler`.",
    fields: [
      Field(
        "metric",
        .value(.word(["rps", "concurrency"], noun: "metric")),
        .standard("rps"),
        "Requests per second, or requests in flight: the rate x `serviceTime`.",
        example: "concurrency"
      ),
      Field(
        "serviceTime",
        .value(.duration(positive: true)),
        .optional("needed for concurrency"),
        "How long a request takes.",
        example: "2s"
      ),
      Field(
        "target",
        .value(.number(minimum: 0, exclusive: true, maximum: 1e9)),
        .optional("rps: perReplica in a second; concurrency: 100"),
        "Of one replica that is fully used: requests per second, or requests in flight.",
        example: "20"
      ),
      Field(
        "utilisation",
        .value(.fraction(positive: true, maximum: 1)),
        .standard("70%"),
        "Share of the target that it aims at.",
        example: "80%"
      ),
      Field(
        "stableWindow",
        .value(.duration(positive: true)),
        .standard("60s"),
        "The mean that counts when calm.",
        example: "2m"
      ),
      Field(
        "panicWindow",
        .value(.fraction(positive: true, maximum: 1)),
        .standard("10%"),
        "The panic window as a share of the stable one.",
        example: "20%"
      ),
      Field(
        "panicThreshold",
        .value(.number(minimum: 1, exclusive: false, maximum: 1000)),
        .standard("2"),
        "It panics when the panic window asks for so many times the ready replicas.",
        example: "1.5"
      ),
      Field(
        "maxScaleUpRate",
        .value(.number(minimum: 1, exclusive: true, maximum: 1e6)),
        .standard("1000"),
        "Most times the ready replicas in one decision.",
        example: "10"
      ),
      Field(
        "maxScaleDownRate",
        .value(.number(minimum: 1, exclusive: true, maximum: 1e6)),
        .standard("2"),
        "At least the ready replicas divided by this remain after one decision.",
        example: "4"
      ),
      Field(
        "grace",
        .value(.duration(positive: false)),
        .standard("30s"),
        "How long the last replica stays after the decision for none (`scale-to-zero-grace-period`).",
        example: "5m"
      ),
      Field(
        "retention",
        .value(.duration(positive: false)),
        .standard("0s"),
        "And at least so long (`scale-to-zero-pod-retention-period`).",
        example: "1h"
      ),
      Field(
        "tick",
        .value(.duration(positive: true)),
        .standard("2s"),
        "Time between two decisions.",
        example: "2s"
      ),
    ]
  )
}
