/// Wrong autoscalers, cold starts and traces of requests.
extension BadInputTests {
  static let services = [
    service("autoscaler-unknown", "autoscaler: vpa"),
    service("autoscaler-of-two", "autoscaler: {hpa: {}, keda: {}}"),
    service("autoscaler-key-unknown", "autoscaler: {hpa: {targt: 5/s}}"),
    service("autoscaler-target-without-unit", "autoscaler: {hpa: {target: 5}}"),
    service("autoscaler-with-every", "every: 5m, autoscaler: hpa"),
    service("hpa-to-zero", "minReplicas: 0, autoscaler: hpa"),
    service("hpa-without-policies", "autoscaler: {hpa: {scaleUp: {policies: []}}}"),
    service("hpa-policy-of-both", "autoscaler: {hpa: {scaleUp: {policies: {percent: 10, pods: 2}}}}"),
    service("keda-cooldown-negative", "autoscaler: {keda: {cooldown: -5m}}"),
    service("knative-without-service-time", "autoscaler: {knative: {metric: concurrency}}"),
    service("knative-with-service-time", "autoscaler: {knative: {serviceTime: 2s}}"),
    service("knative-utilisation-above-100", "autoscaler: {knative: {utilisation: 110%}}"),
    service("cold-start-cached-above-100", "coldStart: {cached: 120%}"),
    service("cold-start-without-unit", "coldStart: {weights: 30}"),
    replacing(
      "requests-of-no-file",
      "requests: 100/s",
      "requests: {trace: {format: mooncake, file: no.jsonl}}"
    ),
    replacing("launch-without-peak", "requests: 100/s", "requests: {launch: {at: 9h, halfLife: 1h}}"),
    replacing(
      "launch-above-its-peak",
      "requests: 100/s",
      "requests: {launch: {at: 9h, peak: 50/s, after: 60/s, halfLife: 1h}}"
    ),
    replacing("growth-of-a-count", Self.rate, "arrivals: {count: {jobs: 9}, growth: {by: 6%}}"),
    replacing("growth-negative", Self.rate, "arrivals: {poisson: {rate: 9/h}, growth: {by: -6%}}"),
    replacing(
      "growth-phases-out-of-order",
      Self.rate,
      "arrivals: {poisson: {rate: 9/h}, growth: {phases: [{at: 2w, times: 2}, {at: 1w, times: 4}]}}"
    ),
    replacing(
      "growth-of-nothing",
      Self.rate,
      "arrivals: {poisson: {rate: 9/h}, growth: {phases: [{at: 0s, times: 0}]}}"
    ),
    replacing("requests-of-no-format", "requests: 100/s", "requests: {trace: {format: azure, file: a.csv}}"),
  ]

  private static let rate = "arrivals: {poisson: {rate: 30/h}}"

  /// The sample's service with these keys.
  private static func service(_ name: String, _ keys: String) -> Case {
    replacing(name, "maxReplicas: 20", "maxReplicas: 20, \(keys)")
  }
}
