import Hardware
import Workload

/// Which nodes jobs accept and prefer, and how they keep to one another.
enum ConstraintSection {
  /// Keys of a job class.
  static let inClass = [
    Field(
      "nodeSelector",
      .labels,
      .optional(""),
      "Labels that a node must have.",
      example: "{zone: a, disk: nvme}"
    ),
    Field(
      "nodeAffinity",
      .section(nodeAffinity),
      .optional(""),
      "Conditions on the labels of nodes, as in Kubernetes.",
      example: "{required: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}"
    ),
    Field(
      "tolerations",
      .list(.section(toleration), minimum: 1, single: true),
      .optional(""),
      "Taints in spite of which the jobs run.",
      example: "[{key: dedicated, value: research}]"
    ),
    Field(
      "antiAffinity",
      .section(
        affinity("AntiAffinity", "Workers that keep apart: no node (or zone, ...) holds two of them.")
      ),
      .optional(""),
      "Keeps workers apart from one another.",
      example: "{scope: class, topology: node}"
    ),
    Field(
      "affinity",
      .section(
        affinity(
          "Affinity",
          "Jobs that keep together: while one runs, the others go where one is. For jobs of one worker; of a "
            + "gang, `placement` says it."
        )
      ),
      .optional(""),
      "Keeps jobs together.",
      example: "{scope: tenant, topology: zone}"
    ),
    Field(
      "topologySpread",
      .section(spread),
      .optional(""),
      "Spreads the workers of the class evenly.",
      example: "{key: zone, maxSkew: 1}"
    ),
  ]

  private static let key = Field("key", .value(.label), .required, "The label.", example: "zone")

  private static let expression = Section(
    title: "LabelExpression",
    doc: "A condition on one label, as in Kubernetes.",
    fields: [
      key,
      Field(
        "operator",
        .value(.word(LabelExpression.Operator.allCases.map(\.rawValue), noun: "operator")),
        .required,
        "`In`: the label has one of the values. `NotIn`: none of them, or the node lacks the label. `Exists` and "
          + "`DoesNotExist` take no values. `Gt` and `Lt` compare whole numbers with one value.",
        example: "In"
      ),
      Field(
        "values",
        .list(.value(.label), minimum: 0, single: true),
        .standard("[]"),
        "What the operator compares with.",
        example: "[a, b]"
      ),
    ]
  )

  private static let expressions = Field(
    "matchExpressions",
    .list(.section(expression), minimum: 1, single: true),
    .required,
    "All of these must hold.",
    example: "[{key: disk, operator: Exists}]"
  )

  private static let nodeAffinity = Section(
    title: "NodeAffinity",
    doc: "Conditions on nodes.",
    fields: [
      Field(
        "required",
        .list(
          .section(Section(title: "NodeTerm", doc: "Conditions that hold together.", fields: [expressions])),
          minimum: 1,
          single: true
        ),
        .optional(""),
        "A node must meet one of these terms.",
        example: "[{matchExpressions: [{key: disk, operator: Exists}]}]"
      ),
      Field(
        "preferred",
        .list(
          .section(
            Section(
              title: "PreferredTerm",
              doc: "Conditions that a node should meet.",
              fields: [
                Field("weight", .value(.integer(1...100)), .required, "How much it counts.", example: "10"),
                expressions,
              ]
            )
          ),
          minimum: 1,
          single: true
        ),
        .optional(""),
        "Nodes that meet terms of more weight in sum are tried first, after those of `preferredModels` and before "
          + "what the placement policy likes better.",
        example: "[{weight: 10, matchExpressions: [{key: disk, operator: Exists}]}]"
      ),
    ]
  )

  private static let toleration = Section(
    title: "Toleration",
    doc: "A taint, or several, that do not keep the jobs off. In short as kubectl writes taints: "
      + "`dedicated=research:NoSchedule`; without value whatever the value, without effect whatever the effect.",
    fields: [
      Field(
        "toleration",
        .value(.text),
        .optional(""),
        "The short form; `*` tolerates every taint.",
        example: "dedicated=research:NoSchedule"
      ),
      Field(
        "key",
        .value(.label),
        .optional(""),
        "The taint's key; left out, with operator Exists: every taint.",
        example: "dedicated"
      ),
      Field(
        "operator",
        .value(.word(["Equal", "Exists"], noun: "operator")),
        .standard("Equal"),
        "`Equal`: taints of the key with this value. `Exists`: of the key, whatever the value.",
        example: "Exists"
      ),
      Field("value", .value(.label), .optional(""), "The taint's value.", example: "research"),
      Field(
        "effect",
        .value(.word(NodeTaint.Effect.allCases.map(\.rawValue), noun: "effect")),
        .optional(""),
        "Left out: every effect.",
        example: "NoSchedule"
      ),
    ],
    rules: [
      .atMostOne(["toleration", "key"]), .atMostOne(["toleration", "value"]),
      .atMostOne(["toleration", "effect"]),
    ],
    shorthand: "toleration"
  )

  private static func affinity(_ title: String, _ doc: String) -> Section {
    Section(
      title: title,
      doc: doc + " It is about the jobs that state it.",
      fields: [
        Field(
          "scope",
          .value(.word(JobRules.Scope.allCases.map(\.rawValue), noun: "scope")),
          .standard("class"),
          "Whose workers: those of the same job class, of the same tenant, or of the same gang.",
          example: "tenant"
        ),
        Field(
          "topology",
          .value(.label),
          .required,
          "`node`, or the label whose values are the domains.",
          example: "zone"
        ),
      ],
      shorthand: "topology"
    )
  }

  private static let spread = Section(
    title: "TopologySpread",
    doc:
      "kube-scheduler's filter (DoNotSchedule): a worker goes to a domain only if that is then at most `maxSkew` "
      + "workers ahead of the domain with fewest, among the domains of the nodes that the job accepts.",
    fields: [
      Field(
        "key",
        .value(.label),
        .required,
        "`node`, or the label whose values are the domains.",
        example: "zone"
      ),
      Field(
        "maxSkew",
        .value(.integer(1...1_000_000)),
        .standard("1"),
        "The largest difference.",
        example: "1"
      ),
    ],
    shorthand: "key"
  )

  /// Keys of a pool of nodes.
  static let inPool = [
    Field("labels", .labels, .optional(""), "Labels of its nodes.", example: "{zone: a, disk: nvme}"),
    Field(
      "taints",
      .list(.section(taint), minimum: 1, single: true),
      .optional(""),
      "Taints of its nodes: jobs that do not tolerate them stay off.",
      example: "[dedicated=research:NoSchedule]"
    ),
  ]

  private static let taint = Section(
    title: "Taint",
    doc: "What keeps jobs off nodes. In short as kubectl writes it: `dedicated=research:NoSchedule`.",
    fields: [
      Field(
        "taint",
        .value(.text),
        .optional(""),
        "The short form.",
        example: "dedicated=research:NoSchedule"
      ),
      Field("key", .value(.label), .optional(""), "The taint's key.", example: "dedicated"),
      Field("value", .value(.label), .optional(""), "The taint's value.", example: "research"),
      Field(
        "effect",
        .value(.word(NodeTaint.Effect.allCases.map(\.rawValue) + ["NoExecute"], noun: "effect")),
        .standard("NoSchedule"),
        "`NoSchedule` keeps jobs off that do not tolerate it; for `PreferNoSchedule` they try the node last. "
          + "`NoExecute` is refused: taints do not change during a run, so it would be `NoSchedule`.",
        example: "PreferNoSchedule"
      ),
    ],
    rules: [.exactlyOne(["taint", "key"]), .atMostOne(["taint", "value"])],
    shorthand: "taint"
  )
}
