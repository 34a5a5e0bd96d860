import Hardware
import SimulationKernel

extension SynthesisSpec {
  /// More jobs (or state changes, or evaluations of a curve) than this are
  /// taken for a slip of the pen. 200 million jobs fill some 6 GB.
  public static let maximumJobs = 200_000_000

  /// Class and tenant numbers have 16 bits.
  private static let maximumNames = Int(UInt16.max) + 1

  /// Checks every value; the first wrong one is thrown.
  public func validate() throws(SynthesisError) {
    try SpecCheck.range(
      horizon.nanoseconds > 0 && horizon.nanoseconds <= SimTime.latest.nanoseconds,
      "horizon",
      horizon.seconds,
      "above 0 s, at most \(SimTime.latest.seconds) s"
    )
    if let offeredLoad { try SpecCheck.positive("offeredLoad", offeredLoad) }
    if classes.isEmpty { throw SynthesisError("classes", .empty) }
    try SpecCheck.unique(classes.map(\.name), "classes")
    try SpecCheck.range(
      classes.count <= Self.maximumNames,
      "classes",
      "\(classes.count) long",
      "\(Self.maximumNames)"
    )
    let tenants = Set(classes.flatMap { $0.tenants.map(\.name) }).count
    try SpecCheck.range(
      tenants < Self.maximumNames,
      "classes",
      "owned by \(tenants) tenants",
      "\(Self.maximumNames)"
    )
    let speeds = Set(classes.compactMap(\.speed)).count
    try SpecCheck.range(speeds <= 255, "classes", "with \(speeds) different speeds", "255")
    let plans = Set(classes.flatMap { $0.demand.compactMap(\.checkpoint) }).count
    try SpecCheck.range(plans <= 255, "classes", "with \(plans) different checkpoint plans", "255")
    for (index, jobClass) in classes.enumerated() {
      try jobClass.validate("classes[\(index)]", horizon: horizon)
      if offeredLoad != nil, case .batch(let batch) = jobClass.kind, batch.offeredLoad != nil {
        throw SynthesisError(
          "classes[\(index)].offeredLoad",
          .conflict("the workload states an offered load too; state it in one place")
        )
      }
    }
    try validateStages()
  }
}

extension JobClassSpec {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    if demand.isEmpty { throw SynthesisError("\(path).demand", .empty) }
    for (index, option) in demand.enumerated() { try option.validate("\(path).demand[\(index)]") }
    try SpecCheck.unique(tenants.map(\.name), "\(path).tenants")
    for (index, tenant) in tenants.enumerated() {
      try SpecCheck.positive("\(path).tenants[\(index)].weight", tenant.weight)
    }
    try SpecCheck.variate(busyFraction, "\(path).busyFraction")
    try validateEstimates("\(path).estimateFactor")
    let isService = if case .service = kind { true } else { false }
    try life.validate(path, isService: isService)
    switch kind {
    case .batch(let batch):
      try batch.validate(path, horizon: horizon)
      if batch.steps != nil, demand.contains(where: { $0.bestMicrostepsPerSecond == nil }) {
        throw SynthesisError("\(path).steps", .conflict("some demand has no throughput on its GPUs"))
      }
    case .service(let service): try service.validate("\(path).service", horizon: horizon)
    }
  }
}

extension JobClassSpec {
  private func validateEstimates(_ path: String) throws(SynthesisError) {
    guard let estimateFactor else { return }
    if case .service = kind {
      throw SynthesisError(path, .conflict("replicas of a service have no estimates; their end is known"))
    }
    try SpecCheck.variate(estimateFactor, path)
    if case .constant(let factor) = estimateFactor { try SpecCheck.positive(path, factor) }
  }
}

extension DemandOption {
  func validate(_ path: String) throws(SynthesisError) {
    try SpecCheck.positive("\(path).weight", weight)
    let mostGPUs = Fleet.maximumGPUsPerNode
    try SpecCheck.range((0...mostGPUs).contains(gpuCount), "\(path).gpuCount", gpuCount, "0 to \(mostGPUs)")
    let accepted: ClosedRange<Int32> = gpuCount == 0 ? 0...0 : gpuCount == 1 ? 1...1000 : 1000...1000
    try SpecCheck.range(
      accepted.contains(milliGPUPerDevice),
      "\(path).milliGPUPerDevice",
      milliGPUPerDevice,
      gpuCount == 1
        ? "1 to 1000 for one GPU" : gpuCount == 0 ? "0 without GPUs" : "1000 for more than one GPU"
    )
    try SpecCheck.range(
      (1...JobShape.mostWorkers).contains(workers),
      "\(path).workers",
      workers,
      "1 to \(JobShape.mostWorkers)"
    )
    try SpecCheck.range(cpuMilli >= 0, "\(path).cpuMilli", cpuMilli, "0 or more")
    try SpecCheck.range(memoryMiB >= 0, "\(path).memoryMiB", memoryMiB, "0 or more")
    for (index, model) in models.enumerated() where model.isEmpty || model.contains("|") {
      throw SynthesisError(
        "\(path).models[\(index)]",
        .outOfRange(found: "`\(model)`", accepted: "a name without `|`")
      )
    }
  }
}

extension BatchSpec {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    try arrivals.validate("\(path).arrivals", horizon: horizon)
    try SpecCheck.variate(duration, "\(path).duration")
    if let durationLimits {
      try SpecCheck.range(
        durationLimits.lowerBound >= 0 && durationLimits.upperBound <= SimTime.latest.seconds,
        "\(path).durationLimits",
        "\(durationLimits.lowerBound) to \(durationLimits.upperBound)",
        "within 0 to \(SimTime.latest.seconds) s"
      )
    }
    if let offeredLoad { try SpecCheck.positive("\(path).offeredLoad", offeredLoad) }
    if let steps { try SpecCheck.variate(steps, "\(path).steps") }
  }
}

extension ArrivalProcess {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    switch self {
    case .poisson(let rate): try SpecCheck.positive("\(path).ratePerSecond", rate)
    case .deterministic(let interval): try SpecCheck.positive("\(path).intervalSeconds", interval)
    case .mmpp(let states):
      try SpecCheck.range(states.count >= 2, "\(path).states", "\(states.count) long", "two or more states")
      for (index, state) in states.enumerated() {
        try SpecCheck.atLeastZero("\(path).states[\(index)].ratePerSecond", state.ratePerSecond)
        try SpecCheck.positive("\(path).states[\(index)].meanSojournSeconds", state.meanSojournSeconds)
      }
      try SpecCheck.range(
        states.contains { $0.ratePerSecond > 0 },
        "\(path).states",
        "without a rate",
        "a rate above 0"
      )
      let cycle = states.reduce(0) { $0 + $1.meanSojournSeconds }
      try SpecCheck.amount(
        Double(states.count) * horizon.seconds / cycle,
        "state changes",
        "\(path).states"
      )
    case .profiled(let rate, let hourly, let weekly):
      try SpecCheck.positive("\(path).ratePerSecond", rate)
      try SpecCheck.factors(hourly, count: 24, "\(path).hourly")
      try SpecCheck.factors(weekly, count: 7, "\(path).weekly")
    case .count(let count, let span):
      try SpecCheck.range(count >= 0, "\(path).count", count, "0 or more")
      try SpecCheck.amount(Double(count), "jobs", "\(path).count")
      try SpecCheck.range(
        span > .zero && span <= horizon,
        "\(path).span",
        span.seconds,
        "above 0 s, at most the horizon of \(horizon.seconds) s"
      )
    case .growing(let inner, let growth):
      switch inner {
      case .poisson, .mmpp, .profiled: try inner.validate(path, horizon: horizon)
      case .deterministic, .count, .growing:
        throw SynthesisError("\(path).growth", .conflict("only a rate can grow: poisson, bursty or profiled"))
      }
      try growth.validate("\(path).growth")
    }
  }
}

extension DemandGrowth {
  func validate(_ path: String) throws(SynthesisError) {
    try SpecCheck.atLeastZero("\(path).ratePerSecond", ratePerSecond)
    for (index, phase) in phases.enumerated() {
      try SpecCheck.atLeastZero("\(path).phases[\(index)].seconds", phase.seconds)
      try SpecCheck.atLeastZero("\(path).phases[\(index)].factor", phase.factor)
      try SpecCheck.range(
        index == 0 || phase.seconds > phases[index - 1].seconds,
        "\(path).phases[\(index)].seconds",
        phase.seconds,
        "later than the phase before it"
      )
    }
  }
}

extension ServiceSpec {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    try SpecCheck.positive("\(path).requestsPerReplicaPerSecond", requestsPerReplicaPerSecond)
    try SpecCheck.range(minReplicas >= 0, "\(path).minReplicas", minReplicas, "0 or more")
    let least = max(1, minReplicas)
    try SpecCheck.range(maxReplicas >= least, "\(path).maxReplicas", maxReplicas, "\(least) or more")
    try SpecCheck.amount(Double(maxReplicas), "replicas", "\(path).maxReplicas")
    try SpecCheck.range(
      evaluationInterval > .zero,
      "\(path).evaluationInterval",
      evaluationInterval.seconds,
      "above 0 s"
    )
    try SpecCheck.amount(
      horizon.seconds / evaluationInterval.seconds,
      "evaluations",
      "\(path).evaluationInterval"
    )
    if let autoscaler { try validate(autoscaler, "\(path).autoscaler", horizon: horizon) }
    try requestRate.validate("\(path).requestRate")
  }

  private func validate(
    _ autoscaler: Autoscaler,
    _ path: String,
    horizon: SimDuration
  ) throws(SynthesisError) {
    let period = autoscaler.shortestPeriod
    try SpecCheck.range(period > .zero, path, period.seconds, "decisions more than 0 s apart")
    try SpecCheck.amount(horizon.seconds / period.seconds, "decisions", path)
    let target =
      switch autoscaler {
      case .horizontalPod(let spec): spec.target
      case .keda(let spec): spec.scaling.target
      case .knative(let spec): spec.target
      }
    try SpecCheck.positive("\(path).target", target)
    if case .horizontalPod = autoscaler, minReplicas == 0 {
      throw SynthesisError(
        path,
        .conflict(
          "a HorizontalPodAutoscaler never goes to zero; set minReplicas to 1 or more, or use keda or knative"
        )
      )
    }
  }
}

extension RateCurve {
  func validate(_ path: String) throws(SynthesisError) {
    switch self {
    case .constant(let rate): try SpecCheck.atLeastZero("\(path).rate", rate)
    case .diurnal(let base, let peak, let peakHour):
      try SpecCheck.atLeastZero("\(path).base", base)
      try SpecCheck.atLeastZero("\(path).peak", peak)
      try SpecCheck.range(peakHour >= 0 && peakHour < 24, "\(path).peakHour", peakHour, "0 to 24")
    case .launch(let spike):
      try SpecCheck.atLeastZero("\(path).before", spike.before)
      try SpecCheck.atLeastZero("\(path).after", spike.after)
      try SpecCheck.atLeastZero("\(path).start", spike.start)
      try SpecCheck.atLeastZero("\(path).rise", spike.rise)
      try SpecCheck.positive("\(path).halfLife", spike.halfLife)
      let least = max(spike.before, spike.after)
      try SpecCheck.range(
        spike.peak >= least && spike.peak.isFinite,
        "\(path).peak",
        spike.peak,
        "\(least) or more"
      )
    case .points(let points), .steps(let points):
      if points.isEmpty { throw SynthesisError("\(path).points", .empty) }
      for (index, point) in points.enumerated() {
        try SpecCheck.atLeastZero("\(path).points[\(index)].seconds", point.seconds)
        try SpecCheck.atLeastZero("\(path).points[\(index)].rate", point.rate)
        try SpecCheck.range(
          index == 0 || point.seconds > points[index - 1].seconds,
          "\(path).points[\(index)].seconds",
          point.seconds,
          "later than the point before it"
        )
      }
    }
  }
}
