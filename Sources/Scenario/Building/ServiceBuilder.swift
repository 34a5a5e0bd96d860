import Engine
import SimulationKernel
import Workload

/// Makes services from their sections.
struct ServiceBuilder {
  var places: FilePlaces
  /// From where replicas fetch; nil: nothing says.
  var storage: StorageSpec?

  /// The default of `every`.
  private static let defaultEvery = SimDuration.seconds(60)

  /// - Parameter owner: the class.
  func service(_ node: Decoded, of owner: Decoded, into diagnostics: inout DiagnosticList) -> ServiceSpec? {
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
    guard let start = coldStart(node["coldStart"], of: owner, into: &diagnostics) else { return nil }
    if node["coldStart"] != nil || owner.sets("image") || owner.sets("read") { service.coldStart = start }
    service.assumedFetch = fetchAlone(owner)
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
    service.coldStart = start
    return service
  }

  /// Only an autoscaler can see the replicas of the run.
  private func allowsReadiness(
    _ service: ServiceSpec,
    _ node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard service.seesCluster, let readiness = node["readiness"] else { return true }
    if service.autoscaler != nil { return true }
    diagnostics.add(
      readiness.origin,
      readiness.keyPath,
      "only an autoscaler can see the replicas that are ready",
      hint: "remove readiness: a number that follows the rate does not depend on it"
    )
    return false
  }

  /// What a replica does before it serves but for what it fetches in the run;
  /// nil: something is wrong.
  private func coldStart(
    _ node: Decoded?,
    of owner: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> ColdStart? {
    var start = ColdStart()
    let before = diagnostics.found.count
    for (key, parts) in StorageBuilder.fetchedParts where owner.sets(key) {
      for part in parts {
        guard let value = node?[part], value.origin != .standard else { continue }
        diagnostics.add(
          value.origin,
          value.keyPath,
          "the replicas fetch it: the class states \(key)",
          hint: "remove one of the two"
        )
      }
    }
    guard diagnostics.found.count == before else { return nil }
    if let pull = node?["pull"] { start.pull = SimDuration(nanoseconds: pull.nanoseconds) }
    if let cached = node?["cached"] { start.cached = cached.double }
    if let weights = node?["weights"] { start.weights = SimDuration(nanoseconds: weights.nanoseconds) }
    if let rest = node?["initialisation"] {
      start.initialisation = SimDuration(nanoseconds: rest.nanoseconds)
    }
    if owner.sets("image") { start.pull = .zero }
    if owner.sets("read") { start.weights = .zero }
    return start
  }

  /// How long one replica alone fetches on a node without its image; 0 where
  /// something is wrong, which is told where storage is made.
  private func fetchAlone(_ owner: Decoded) -> SimDuration {
    guard let storage else { return .zero }
    var span: Int64 = 0
    if let size = owner["image"]?["size"], let registry = storage.registry {
      let bytes = min(size.integer, StorageSpec.mostBytes)
      span += registry.alone(bytes)
      if let rate = storage.unpackBytesPerSecond {
        span += StorageSpec.Link(name: "unpack", bytesPerSecond: rate).alone(bytes)
      }
    }
    if let size = owner["read"]?["size"], let from = owner["read"]?["from"],
      let tier = storage.tiers.first(where: { $0.name == from.text })
    {
      span += tier.alone(min(size.integer, StorageSpec.mostBytes))
    }
    return SimDuration(nanoseconds: span)
  }
}
