/// Wrong limits, failures, retries, deadlines and pipelines.
extension BadInputTests {
  static let life = [
    job("limit-of-nothing", "timeLimit: 0s"),
    job("limit-without-unit", "timeLimit: 60"),
    job("failure-without-probability", "failure: {after: 0.5}"),
    job("failure-of-nothing", "failure: 0%"),
    job("failure-above-100", "failure: 120%"),
    job("failure-without-end", "failure: 100%"),
    job("failure-reversed", "failure: {probability: 5%, after: {uniform: {from: 1, to: 0}}}"),
    job("retries-negative", "retries: -1"),
    job("retries-without-end", "retries: unlimited"),
    job("delay-of-nothing", "retryDelay: 0s"),
    job("delay-reversed", "retryDelay: {first: 10m, longest: 1m}"),
    job("deadline-of-a-number", "deadline: 3"),
    job("deadline-of-both", "deadline: {after: 1d, factor: 2}"),
    job("deadline-of-factor-nothing", "deadline: {factor: 0}"),
    replacing("life-of-a-service", "service: {", "timeLimit: 1h\n      retries: 3\n      service: {"),
    pipeline("pipeline-without-stages", "stages: []"),
    pipeline(
      "pipeline-of-unknown-stage",
      "stages: [{name: prepare, \(rest)}, {name: train, after: prepar, \(rest)}]"
    ),
    pipeline("pipeline-of-itself", "stages: [{name: train, after: [train], \(rest)}]"),
    pipeline("pipeline-of-twice", "stages: [{name: a, \(rest)}, {name: b, after: [a, a], \(rest)}]"),
    pipeline("pipeline-of-equal-stages", "stages: [{name: a, \(rest)}, {name: a, \(rest)}]"),
    pipeline(
      "pipeline-in-a-ring",
      "stages: [{name: a, \(rest)}, {name: b, after: d, \(rest)}, {name: c, after: [a, b], \(rest)}, "
        + "{name: d, after: c, \(rest)}]"
    ),
    pipeline(
      "pipeline-too-large",
      "stages: [{name: a, demand: {gpus: 8, workers: 5, cpu: 1, memory: 1GiB}, duration: 1h}]"
    ),
    pipeline("pipeline-of-services", "stages: [{name: a, service: {requests: 1/s}, \(rest)}]"),
    pipeline("pipeline-without-rate", "stages: [{name: a, \(rest)}]", arrivals: "poisson"),
    adding("pipelines-beside-a-trace", "").adding("  trace: {file: x.csv}\n  classes", for: "  classes"),
  ]

  private static let rest = "demand: {gpus: 1, cpu: 1, memory: 1GiB}, duration: 1h"

  /// The sample's batch class with this key.
  private static func job(_ name: String, _ key: String) -> Case {
    replacing(name, "duration: {lognormal", "\(key)\n      duration: {lognormal")
  }

  /// The sample with this pipeline beside its classes.
  private static func pipeline(
    _ name: String,
    _ stages: String,
    arrivals: String = "{poisson: {rate: 1/h}}"
  ) -> Case {
    replacing(
      name,
      "workload:\n",
      "workload:\n  pipelines:\n    - name: tune\n      arrivals: \(arrivals)\n      \(stages)\n"
    )
  }
}
