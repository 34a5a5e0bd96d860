import SimulationKernel
import Workload

/// Makes the classes of a synthetic workload.
struct JobClassBuilder {
  var demands: DemandBuilder
  var checkpoints: CheckpointBuilder
  var horizon: SimDuration?
  /// The workload states a load for all classes together.
  var hasCommonLoad: Bool

  func build(_ list: Decoded, into diagnostics: inout DiagnosticList) -> [JobClassSpec] {
    var names: Set<String> = []
    var classes: [JobClassSpec] = []
    for node in list.elements {
      if let name = node["name"], case .text(let text)? = name.scalar, !names.insert(text).inserted {
        diagnostics.add(name.origin, name.keyPath, "duplicated job class; found '\(text)'")
      }
      guard node.isSound, let built = build(class: node, into: &diagnostics) else { continue }
      classes.append(built)
    }
    return classes
  }

  private func build(class node: Decoded, into diagnostics: inout DiagnosticList) -> JobClassSpec? {
    let demand = demand(of: node, into: &diagnostics)
    let kind = kind(of: node, demand: demand ?? [], into: &diagnostics)
    let tenants = tenants(of: node, into: &diagnostics)
    guard let name = node["name"], let priority = node["priority"], let busy = node["busy"],
      let busyFraction = fraction(busy, into: &diagnostics), let kind, var demand,
      let estimate = node["estimate"], let factor = factor(estimate, of: node, into: &diagnostics),
      let preemptible = node["preemptible"], let life = LifeBuilder.life(node, into: &diagnostics)
    else { return nil }
    if let checkpoint = node["checkpoint"],
      !checkpoints.add(checkpoint, of: node, to: &demand, into: &diagnostics)
    {
      return nil
    }
    let speeds = SpeedBuilder(demands: demands)
    guard let speed = speeds.speed(of: node, into: &diagnostics),
      speeds.addThroughput(of: node, named: name.text, to: &demand, into: &diagnostics)
    else { return nil }
    var spec = JobClassSpec(
      name: name.text,
      kind: kind,
      demand: demand,
      tenants: tenants,
      priority: Int32(priority.integer),
      busyFraction: busyFraction,
      estimateFactor: factor.variate,
      isPreemptible: preemptible.boolean,
      disruptionBudget: node["disruptionBudget"].flatMap(budget)
    )
    spec.speed = speed.value
    spec.life = life
    return spec
  }

  private func budget(_ node: Decoded) -> DisruptionBudget? {
    func thousandths(_ share: Double) -> Int32 { Int32((share * 1000).rounded()) }
    return switch (node["maxUnavailable"]?.scalar, node["minAvailable"]?.scalar) {
    case (.integer(let count)?, _): .jobs(Int32(count))
    case (.fraction(let share)?, _): .share(thousandths: thousandths(share))
    case (_, .integer(let count)?): .running(Int32(count))
    case (_, .fraction(let share)?): .runningShare(thousandths: thousandths(share))
    default: nil
    }
  }

  /// A stage of a pipeline; its name, owners and rank are the pipeline's to
  /// give.
  func stage(
    _ node: Decoded,
    arrivals: ArrivalProcess,
    into diagnostics: inout DiagnosticList
  ) -> JobClassSpec? {
    guard var demand = demand(of: node, into: &diagnostics), let duration = node["duration"],
      let variate = DistributionBuilder.build(duration, into: &diagnostics),
      let limits = limits(of: node, into: &diagnostics),
      let busy = node["busy"], let busyFraction = fraction(busy, into: &diagnostics),
      let estimate = node["estimate"], let factor = factor(estimate, of: node, into: &diagnostics),
      let life = LifeBuilder.life(node, into: &diagnostics)
    else { return nil }
    if let checkpoint = node["checkpoint"],
      !checkpoints.add(checkpoint, of: node, to: &demand, into: &diagnostics)
    {
      return nil
    }
    var spec = JobClassSpec(
      name: "",
      kind: .batch(BatchSpec(arrivals: arrivals, duration: variate, durationLimits: limits.range)),
      demand: demand,
      busyFraction: busyFraction,
      estimateFactor: factor.variate
    )
    spec.life = life
    return spec
  }

  /// By what durations are multiplied to give estimates; no variate: estimates
  /// are exact. nil: something is wrong.
  private func factor(
    _ node: Decoded,
    of jobClass: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> (variate: Variate?, Void)? {
    if case .value = node.form { return (nil, ()) }
    if jobClass.sets("service") {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "a service has no 'estimate'",
        hint: "replicas stay as long as the request rate asks for them"
      )
      return nil
    }
    return DistributionBuilder.build(node, into: &diagnostics).map { ($0, ()) }
  }

  private func fraction(_ node: Decoded, into diagnostics: inout DiagnosticList) -> Variate? {
    if case .fraction(let value)? = node.scalar { return .constant(value) }
    return DistributionBuilder.build(node, into: &diagnostics)
  }

  private func demand(of node: Decoded, into diagnostics: inout DiagnosticList) -> [DemandOption]? {
    var demands = demands
    guard let constraints = ConstraintBuilder(fleet: demands.fleet).constraints(node, into: &diagnostics)
    else { return nil }
    demands.constraints = constraints
    if let from = node["demandFrom"] { return demands.mix(from: from, into: &diagnostics) }
    guard let list = node["demand"] else { return nil }
    var options: [DemandOption] = []
    for element in list.elements {
      guard let weight = element["weight"],
        let option = demands.gang(element, weight: weight.double, into: &diagnostics)
      else { continue }
      options.append(option)
    }
    return options.count == list.elements.count ? options : nil
  }

  func tenants(of node: Decoded, into diagnostics: inout DiagnosticList) -> [TenantShare] {
    var names: Set<String> = []
    return (node["tenants"]?.elements ?? []).compactMap { tenant in
      guard let name = tenant["name"], let weight = tenant["weight"] else { return nil }
      if !names.insert(name.text).inserted {
        diagnostics.add(name.origin, name.keyPath, "duplicated tenant; found '\(name.text)'")
      }
      return TenantShare(name: name.text, weight: weight.double)
    }
  }

  private func kind(
    of node: Decoded,
    demand: [DemandOption],
    into diagnostics: inout DiagnosticList
  ) -> ClassKind? {
    if let service = node["service"] {
      for key in ["load", "duration", "steps", "throughput", "throughputFile", "shortest", "longest"] {
        if let value = node[key] {
          diagnostics.add(
            value.origin,
            value.keyPath,
            "a service has no '\(key)'",
            hint: "replicas stay as long as the request rate asks for them"
          )
        }
      }
      return ServiceBuilder(places: demands.places, storage: checkpoints.storage)
        .service(service, of: node, into: &diagnostics).map { .service($0) }
    }
    guard let arrivals = node["arrivals"] else { return nil }
    let load = node["load"]
    if let load, hasCommonLoad {
      diagnostics.add(
        load.origin,
        load.keyPath,
        "the workload states a load for all classes together",
        hint: "remove one of the two loads"
      )
    }
    if let load, !demand.isEmpty, demand.allSatisfy({ $0.gpuCount == 0 }) {
      diagnostics.add(
        load.origin,
        load.keyPath,
        "is a share of GPU time, but the class asks for no GPU",
        hint: "state the rate of its arrivals instead"
      )
    }
    if let steps = node["steps"] {
      return kind(ofSteps: steps, arrivals, of: node, into: &diagnostics)
    }
    guard let duration = node["duration"] else {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "the key 'duration' is missing",
        hint: "for example duration: {lognormal: {median: 2h, sigma: 1.5}}"
      )
      return nil
    }
    let process = ArrivalsBuilder.arrivals(
      arrivals,
      horizon: horizon,
      hasLoad: load != nil,
      into: &diagnostics
    )
    guard let variate = DistributionBuilder.build(duration, into: &diagnostics), let process else {
      return nil
    }
    if let load, variate.mean == nil, node["longest"] == nil {
      diagnostics.add(
        duration.origin,
        duration.keyPath,
        "has no finite mean, so no arrival rate gives the load",
        hint: "set longest, or state the rate of arrivals instead of '\(load.keyPath)'"
      )
      return nil
    }
    guard let limits = limits(of: node, into: &diagnostics) else { return nil }
    return .batch(
      BatchSpec(
        arrivals: process,
        duration: variate,
        durationLimits: limits.range,
        offeredLoad: load?.double
      )
    )
  }

  /// Batch jobs that count steps.
  private func kind(
    ofSteps steps: Decoded,
    _ arrivals: Decoded,
    of node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> ClassKind? {
    for key in ["shortest", "longest"] {
      if let value = node[key] {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "jobs that count steps have no '\(key)'",
          hint: "limit the steps instead"
        )
      }
    }
    let process = ArrivalsBuilder.arrivals(
      arrivals,
      horizon: horizon,
      hasLoad: node["load"] != nil,
      into: &diagnostics
    )
    guard let variate = DistributionBuilder.build(steps, into: &diagnostics), let process else { return nil }
    if let load = node["load"], variate.mean == nil {
      diagnostics.add(
        steps.origin,
        steps.keyPath,
        "has no finite mean, so no arrival rate gives the load",
        hint: "state the rate of arrivals instead of '\(load.keyPath)'"
      )
      return nil
    }
    var batch = BatchSpec(arrivals: process, duration: .constant(0), offeredLoad: node["load"]?.double)
    batch.steps = variate
    return .batch(batch)
  }

  /// nil: the limits contradict each other.
  private func limits(
    of node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> (range: ClosedRange<Double>?, Void)? {
    let shortest = node["shortest"]?.seconds ?? 0
    guard let longest = node["longest"] else {
      return (node["shortest"] == nil ? nil : shortest...SimTime.latest.seconds, ())
    }
    guard shortest <= longest.seconds else {
      diagnostics.add(longest.origin, longest.keyPath, "is below shortest")
      return nil
    }
    return (shortest...longest.seconds, ())
  }
}
