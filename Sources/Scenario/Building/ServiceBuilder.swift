import SimulationKernel
import Workload

/// Makes services from their sections.
struct ServiceBuilder {
  var places: FilePlaces

  /// The default of `every`.
  private static let defaultEvery = SimDuration.seconds(60)

  func service(_ node: Decoded, into diagnostics: inout DiagnosticList) -> ServiceSpec? {
    guard node.isSound, let requests = node["requests"], let per = node["perReplica"],
      let low = node["minReplicas"], let high = node["maxReplicas"], let every = node["every"]
    else { return nil }
    if low.integer > high.integer {
      diagnostics.add(
        node.blame,
        high.keyPath,
        "is below minReplicas; found \(high.integer) and \(low.integer)"
      )
      return nil
    }
    guard let curve = RequestCurveBuilder(places: places).curve(requests, into: &diagnostics) else {
      return nil
    }
    var service = ServiceSpec(
      requestRate: curve,
      requestsPerReplicaPerSecond: per.double,
      minReplicas: Int(low.integer),
      maxReplicas: Int(high.integer),
      evaluationInterval: SimDuration(nanoseconds: every.nanoseconds)
    )
    service.coldStart = node["coldStart"].map(coldStart)
    service.seesCluster = node["readiness"]?.text == "simulated"
    guard let scaler = node["autoscaler"] else {
      return allowsReadiness(service, node, into: &diagnostics) ? service : nil
    }
    guard
      let autoscaler = AutoscalerBuilder(perReplica: per.double).autoscaler(scaler, into: &diagnostics)
    else { return nil }
    // A resolved scenario states the default.
    if every.nanoseconds != Self.defaultEvery.nanoseconds {
      diagnostics.add(
        every.origin,
        every.keyPath,
        "an autoscaler decides by clocks of its own",
        hint: "remove every, or autoscaler"
      )
      return nil
    }
    if case .horizontalPod = autoscaler, low.integer == 0 {
      diagnostics.add(
        low.origin,
        low.keyPath,
        "a HorizontalPodAutoscaler never goes to zero; found 0; accepted: 1 or more",
        hint: "set minReplicas: 1, or use keda or knative"
      )
      return nil
    }
    service.autoscaler = autoscaler
    guard allowsReadiness(service, node, into: &diagnostics) else { return nil }
    service.coldStart = service.coldStart ?? ColdStart()
    return service
  }

  /// Only an autoscaler that looks at ready replicas can see those of the run.
  private func allowsReadiness(
    _ service: ServiceSpec,
    _ node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard service.seesCluster, let readiness = node["readiness"] else { return true }
    switch service.autoscaler {
    case .horizontalPod, .knative: return true
    case .keda, nil: break
    }
    diagnostics.add(
      readiness.origin,
      readiness.keyPath,
      "only hpa or knative look at ready replicas",
      hint: "remove readiness: keda, and a number that follows the rate, do not depend on it"
    )
    return false
  }

  private func coldStart(_ node: Decoded) -> ColdStart {
    var start = ColdStart()
    if let pull = node["pull"] { start.pull = SimDuration(nanoseconds: pull.nanoseconds) }
    if let cached = node["cached"] { start.cached = cached.double }
    if let weights = node["weights"] { start.weights = SimDuration(nanoseconds: weights.nanoseconds) }
    if let rest = node["initialisation"] { start.initialisation = SimDuration(nanoseconds: rest.nanoseconds) }
    return start
  }
}
