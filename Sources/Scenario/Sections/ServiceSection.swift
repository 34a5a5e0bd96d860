/// `service` of a class.
enum ServiceSection {
  static let section = Section(
    title: "Service",
    doc: "The wanted number of replicas is the request rate / what one replica serves, rounded up and "
      + "kept between the limits; or what an `autoscaler` makes of it. With `autoscaler` or `coldStart` a run counts "
      + "the share of the requests that came within the capacity of the replicas that were ready.",
    fields: [
      Field(
        "requests",
        .section(RequestCurveSection.section),
        .required,
        "Requests over time.",
        example: "{diurnal: {base: 40/s, peak: 200/s, peakHour: 14}}"
      ),
      Field(
        "perReplica",
        .value(.rate(positive: true)),
        .required,
        "What one replica serves.",
        example: "10/s"
      ),
      Field(
        "minReplicas",
        .value(.integer(0...1_000_000)),
        .standard("1"),
        "Never fewer.",
        example: "2"
      ),
      Field("maxReplicas", .value(.integer(1...1_000_000)), .required, "Never more.", example: "40"),
      Field(
        "every",
        .value(.duration(positive: true)),
        .standard("1m"),
        "How often the number is looked at; not with an autoscaler.",
        example: "5m"
      ),
      Field(
        "autoscaler",
        .either(.word(["hpa", "keda", "knative"], noun: "autoscaler"), .section(AutoscalerSection.section)),
        .optional("the number follows the rate, at once"),
        "What sets the number of replicas.",
        example: "{hpa: {target: 7/s}}"
      ),
      Field(
        "readiness",
        .value(.word(["assumed", "simulated"], noun: "readiness")),
        .standard("assumed"),
        "Which replicas `hpa` and `knative` take for ready: `assumed`, all from a cold start after they were wanted, as "
          + "if they were placed at once and fetched their image and weights alone; `simulated`, those that are ready in "
          + "the run. The run is then simulated again and again until the numbers agree with it. `keda` looks at the "
          + "requests alone: both are the same.",
        example: "simulated"
      ),
      Field(
        "coldStart",
        .section(coldStart),
        .optional("replicas serve at once; with an autoscaler, the defaults of ColdStart"),
        "What a replica does before it serves; the defaults of ColdStart too where the class states `image` or `read`.",
        example: "{pull: 9m, cached: 100%, weights: 30s, initialisation: 20s}"
      ),
    ]
  )

  private static let coldStart = Section(
    title: "ColdStart",
    doc:
      "pull x (1 - cached) + weights + initialisation, from the place on a node to the first request. The defaults "
      + "are published figures of a model of about 8 billion parameters; the start of a node is no part of them. What "
      + "the run simulates takes the place of its part: `image` that of pull and cached, `read` that of weights.",
    fields: [
      Field(
        "pull",
        .value(.duration(positive: false)),
        .standard("9m"),
        "Pulling and unpacking the image where no layer is there: 5-6 and 3-4 minutes for 20.2 GB (BentoML).",
        example: "90s"
      ),
      Field(
        "cached",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("0%"),
        "Share of the pull that the cache of the node spares.",
        example: "100%"
      ),
      Field(
        "weights",
        .value(.duration(positive: false)),
        .standard("30s"),
        "Loading the weights: 15-40 s for 7 billion parameters in 16 bits, 84 s for Llama-2-70B (ServerlessLLM).",
        example: "84s"
      ),
      Field(
        "initialisation",
        .value(.duration(positive: false)),
        .standard("2m"),
        "Configuring and warming up (BentoML).",
        example: "20s"
      ),
    ]
  )
}
