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
    try Check.range(
      horizon.nanoseconds > 0 && horizon.nanoseconds <= SimTime.latest.nanoseconds,
      "horizon",
      horizon.seconds,
      "above 0 s, at most \(SimTime.latest.seconds) s"
    )
    if let offeredLoad { try Check.positive("offeredLoad", offeredLoad) }
    if classes.isEmpty { throw SynthesisError("classes", .empty) }
    try Check.unique(classes.map(\.name), "classes")
    try Check.range(
      classes.count <= Self.maximumNames,
      "classes",
      "\(classes.count) long",
      "\(Self.maximumNames)"
    )
    let tenants = Set(classes.flatMap { $0.tenants.map(\.name) }).count
    try Check.range(
      tenants < Self.maximumNames,
      "classes",
      "owned by \(tenants) tenants",
      "\(Self.maximumNames)"
    )
    let speeds = Set(classes.compactMap(\.speed)).count
    try Check.range(speeds <= 255, "classes", "with \(speeds) different speeds", "255")
    let plans = Set(classes.flatMap { $0.demand.compactMap(\.checkpoint) }).count
    try Check.range(plans <= 255, "classes", "with \(plans) different checkpoint plans", "255")
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
    try Check.unique(tenants.map(\.name), "\(path).tenants")
    for (index, tenant) in tenants.enumerated() {
      try Check.positive("\(path).tenants[\(index)].weight", tenant.weight)
    }
    try Check.variate(busyFraction, "\(path).busyFraction")
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
    try Check.variate(estimateFactor, path)
    if case .constant(let factor) = estimateFactor { try Check.positive(path, factor) }
  }
}

extension DemandOption {
  func validate(_ path: String) throws(SynthesisError) {
    try Check.positive("\(path).weight", weight)
    let mostGPUs = Fleet.maximumGPUsPerNode
    try Check.range((0...mostGPUs).contains(gpuCount), "\(path).gpuCount", gpuCount, "0 to \(mostGPUs)")
    let accepted: ClosedRange<Int32> = gpuCount == 0 ? 0...0 : gpuCount == 1 ? 1...1000 : 1000...1000
    try Check.range(
      accepted.contains(milliGPUPerDevice),
      "\(path).milliGPUPerDevice",
      milliGPUPerDevice,
      gpuCount == 1
        ? "1 to 1000 for one GPU" : gpuCount == 0 ? "0 without GPUs" : "1000 for more than one GPU"
    )
    try Check.range(
      (1...JobShape.mostWorkers).contains(workers),
      "\(path).workers",
      workers,
      "1 to \(JobShape.mostWorkers)"
    )
    try Check.range(cpuMilli >= 0, "\(path).cpuMilli", cpuMilli, "0 or more")
    try Check.range(memoryMiB >= 0, "\(path).memoryMiB", memoryMiB, "0 or more")
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
    try Check.variate(duration, "\(path).duration")
    if let durationLimits {
      try Check.range(
        durationLimits.lowerBound >= 0 && durationLimits.upperBound <= SimTime.latest.seconds,
        "\(path).durationLimits",
        "\(durationLimits.lowerBound) to \(durationLimits.upperBound)",
        "within 0 to \(SimTime.latest.seconds) s"
      )
    }
    if let offeredLoad { try Check.positive("\(path).offeredLoad", offeredLoad) }
    if let steps { try Check.variate(steps, "\(path).steps") }
  }
}

extension ArrivalProcess {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    switch self {
    case .poisson(let rate): try Check.positive("\(path).ratePerSecond", rate)
    case .deterministic(let interval): try Check.positive("\(path).intervalSeconds", interval)
    case .mmpp(let states):
      try Check.range(states.count >= 2, "\(path).states", "\(states.count) long", "two or more states")
      for (index, state) in states.enumerated() {
        try Check.atLeastZero("\(path).states[\(index)].ratePerSecond", state.ratePerSecond)
        try Check.positive("\(path).states[\(index)].meanSojournSeconds", state.meanSojournSeconds)
      }
      try Check.range(
        states.contains { $0.ratePerSecond > 0 },
        "\(path).states",
        "without a rate",
        "a rate above 0"
      )
      let cycle = states.reduce(0) { $0 + $1.meanSojournSeconds }
      try Check.amount(
        Double(states.count) * horizon.seconds / cycle,
        "state changes",
        "\(path).states"
      )
    case .profiled(let rate, let hourly, let weekly):
      try Check.positive("\(path).ratePerSecond", rate)
      try Check.factors(hourly, count: 24, "\(path).hourly")
      try Check.factors(weekly, count: 7, "\(path).weekly")
    case .count(let count, let span):
      try Check.range(count >= 0, "\(path).count", count, "0 or more")
      try Check.amount(Double(count), "jobs", "\(path).count")
      try Check.range(
        span > .zero && span <= horizon,
        "\(path).span",
        span.seconds,
        "above 0 s, at most the horizon of \(horizon.seconds) s"
      )
    }
  }
}

extension ServiceSpec {
  func validate(_ path: String, horizon: SimDuration) throws(SynthesisError) {
    try Check.positive("\(path).requestsPerReplicaPerSecond", requestsPerReplicaPerSecond)
    try Check.range(minReplicas >= 0, "\(path).minReplicas", minReplicas, "0 or more")
    let least = max(1, minReplicas)
    try Check.range(maxReplicas >= least, "\(path).maxReplicas", maxReplicas, "\(least) or more")
    try Check.amount(Double(maxReplicas), "replicas", "\(path).maxReplicas")
    try Check.range(
      evaluationInterval > .zero,
      "\(path).evaluationInterval",
      evaluationInterval.seconds,
      "above 0 s"
    )
    try Check.amount(
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
    try Check.range(period > .zero, path, period.seconds, "decisions more than 0 s apart")
    try Check.amount(horizon.seconds / period.seconds, "decisions", path)
    let target =
      switch autoscaler {
      case .horizontalPod(let spec): spec.target
      case .keda(let spec): spec.scaling.target
      case .knative(let spec): spec.target
      }
    try Check.positive("\(path).target", target)
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
    case .constant(let rate): try Check.atLeastZero("\(path).rate", rate)
    case .diurnal(let base, let peak, let peakHour):
      try Check.atLeastZero("\(path).base", base)
      try Check.atLeastZero("\(path).peak", peak)
      try Check.range(peakHour >= 0 && peakHour < 24, "\(path).peakHour", peakHour, "0 to 24")
    case .points(let points), .steps(let points):
      if points.isEmpty { throw SynthesisError("\(path).points", .empty) }
      for (index, point) in points.enumerated() {
        try Check.atLeastZero("\(path).points[\(index)].seconds", point.seconds)
        try Check.atLeastZero("\(path).points[\(index)].rate", point.rate)
        try Check.range(
          index == 0 || point.seconds > points[index - 1].seconds,
          "\(path).points[\(index)].seconds",
          point.seconds,
          "later than the point before it"
        )
      }
    }
  }
}

/// The checks that recur, each throwing with the key path.
private enum Check {
  static func range(
    _ holds: Bool,
    _ path: String,
    _ found: some CustomStringConvertible,
    _ accepted: String
  ) throws(SynthesisError) {
    if !holds { throw SynthesisError(path, .outOfRange(found: found.description, accepted: accepted)) }
  }

  static func positive(_ path: String, _ value: Double) throws(SynthesisError) {
    try range(value > 0 && value.isFinite, path, value, "a finite number above 0")
  }

  static func atLeastZero(_ path: String, _ value: Double) throws(SynthesisError) {
    try range(value >= 0 && value.isFinite, path, value, "a finite number, 0 or more")
  }

  static func factors(_ values: [Double], count: Int, _ path: String) throws(SynthesisError) {
    try range(values.count == count, path, "\(values.count) long", "\(count) factors")
    for (index, value) in values.enumerated() { try atLeastZero("\(path)[\(index)]", value) }
    try range(values.contains { $0 > 0 }, path, "0 throughout", "a factor above 0")
  }

  static func amount(_ expected: Double, _ what: String, _ path: String) throws(SynthesisError) {
    if !(expected <= Double(SynthesisSpec.maximumJobs)) {
      throw SynthesisError(path, .tooMany(what: what, expected: expected))
    }
  }

  static func variate(_ variate: Variate, _ path: String) throws(SynthesisError) {
    do { try variate.validate() } catch { throw SynthesisError(path, .variate(error)) }
  }

  static func unique(_ names: [String], _ path: String) throws(SynthesisError) {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      if name.isEmpty { throw SynthesisError("\(path)[\(index)].name", .empty) }
      if !seen.insert(name).inserted { throw SynthesisError("\(path)[\(index)].name", .duplicate(name)) }
    }
  }
}
