import Outcome

/// The keys of a suite file: what `headroom check` runs and what it allows.
enum SuiteSection {
  static let section = Section(
    title: "Suite",
    doc: "Scenarios under policies, and how much worse each metric may get.",
    fields: [
      Field(
        "version",
        .value(.integer(1...1)),
        .required,
        "The version of the suite language.",
        example: "1"
      ),
      Field(
        "name",
        .value(.name),
        .required,
        "What reports call the suite; its baseline is results/baselines/NAME.json.",
        example: "policy-suite"
      ),
      Field(
        "replications",
        .value(.integer(2...1000)),
        .standard("10"),
        "How many replications of each cell; replication r uses the scenario's seed + r.",
        example: "10"
      ),
      Field(
        "cells",
        .list(.section(cell), minimum: 1, single: false),
        .required,
        "What is simulated: each scenario under each of its policies is a cell.",
        example: "[{scenario: quickstart.yaml, policies: [best-fit, fgd]}]"
      ),
      Field(
        "budgets",
        .list(.section(budget), minimum: 1, single: false),
        .required,
        "How much worse a metric may get; each holds for every cell that has the metric.",
        example: "[{metric: wait.p95, fail: 10%}]"
      ),
    ]
  )

  static let cell = Section(
    title: "SuiteCell",
    doc: "A scenario, perhaps changed, under one or several placement policies.",
    fields: [
      Field(
        "name",
        .value(.name),
        .optional("the scenario's name"),
        "What reports call it; with `policies`, each cell is called NAME/POLICY.",
        example: "busy-week"
      ),
      Field(
        "scenario",
        .value(.path),
        .required,
        "The scenario file, relative to the suite's.",
        example: "quickstart.yaml"
      ),
      Field(
        "policies",
        .list(.value(.text), minimum: 1, single: true),
        .optional("the scenario's own"),
        "Placement policies as `--policy` takes them.",
        example: "[best-fit, fgd]"
      ),
      Field(
        "set",
        .settings,
        .optional("the scenario as it is"),
        "Values laid over the scenario; the keys are as in `--set`.",
        example: "{horizon: 3d, fleet.nodes.h100.count: 8}"
      ),
    ]
  )

  static let budget = Section(
    title: "Budget",
    doc: "How much worse a metric may get before it is a regression or a warning.",
    fields: [
      Field(
        "metric",
        .value(.word(ComparedMetric.all.map(\.name), noun: "metric")),
        .required,
        "The metric.",
        example: "wait.p95"
      ),
      Field(
        "scope",
        .value(.text),
        .standard("fleet"),
        "Of what: `fleet`, `tenant:NAME`, `class:NAME`, `model:NAME` or `size:NAME`.",
        example: "\"class:train\""
      ),
      Field(
        "direction",
        .value(.word(MetricDirection.allCases.map(\.rawValue), noun: "direction")),
        .optional("the metric's own"),
        "Which way is better.",
        example: "lower"
      ),
      Field("fail", .section(threshold), .optional("never fails"), "More is a regression.", example: "10%"),
      Field(
        "warn",
        .section(threshold),
        .optional("never warns"),
        "More is a warning.",
        example: "{absolute: 5m}"
      ),
    ]
  )

  static let threshold = Section(
    title: "Threshold",
    doc: "The largest change for the worse that is allowed; of two, the stricter counts.",
    fields: [
      Field(
        "relative",
        .value(.fraction(positive: false, maximum: 100)),
        .optional(""),
        "As a share of the baseline's mean.",
        example: "10%"
      ),
      Field(
        "absolute",
        .value(.text),
        .optional(""),
        "In the metric's unit: a time such as 5m, points of a percentage, or a count.",
        example: "5m"
      ),
    ],
    shorthand: "relative"
  )
}
