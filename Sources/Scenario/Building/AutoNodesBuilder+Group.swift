import Engine
import SimulationKernel

/// The delays, time-outs and ends of one type of nodes.
extension AutoNodesBuilder {
  func group(
    _ auto: Decoded,
    name: String,
    nodes: Range<Int>,
    pool: Int,
    into diagnostics: inout DiagnosticList
  ) -> AutoNodes.Group? {
    guard auto.isSound, let purchase = auto["purchase"].flatMap({ AutoNodes.Purchase(rawValue: $0.text) }),
      let delays = auto["delays"].flatMap({ AutoNodes.Delays(rawValue: $0.text) }),
      let neverJoins = auto["neverJoins"], let interruptions = auto["interruptions"],
      let launch = delay("launch", auto, delays.launch, into: &diagnostics),
      let join = delay("join", auto, delays.join, into: &diagnostics),
      let gpuStack = delay("gpuStack", auto, delays.gpuStack, into: &diagnostics)
    else { return nil }
    var group = AutoNodes.Group(
      name: name,
      nodes: nodes,
      pool: pool,
      launch: launch,
      join: join,
      gpuStack: gpuStack
    )
    group.purchase = purchase
    group.neverJoins = neverJoins.double
    group.launchTimeout = span(auto["launchTimeout"], otherwise: delays.launchTimeout)
    group.registrationTimeout = span(auto["registrationTimeout"], otherwise: delays.registrationTimeout)
    group.interruptionsPerHour = interruptions.double * 3600
    group.expireAfter = span(auto["expireAfter"], otherwise: nil)
    group.driftsAt = (auto["driftsAt"]?.elements ?? []).map { SimTime(nanoseconds: $0.nanoseconds) }
    group.replicas = auto["replicas"].map { Int($0.integer) }
    group.least = auto["least"].map { Int($0.integer) } ?? 0
    group.warm = auto["warm"].map { Int($0.integer) } ?? 0
    return isPossible(group, auto, into: &diagnostics) ? group : nil
  }

  private func delay(
    _ key: String,
    _ auto: Decoded,
    _ usual: Variate,
    into diagnostics: inout DiagnosticList
  ) -> Variate? {
    guard let stated = auto[key] else { return usual }
    return DistributionBuilder.build(stated, into: &diagnostics)
  }

  /// A length of time; `never` is none.
  private func span(_ node: Decoded?, otherwise usual: SimDuration?) -> SimDuration? {
    guard let node else { return usual }
    guard case .nanoseconds(let span)? = node.scalar else { return nil }
    return SimDuration(nanoseconds: span)
  }

  /// Refuses what contradicts itself, where it is written.
  private func isPossible(
    _ group: AutoNodes.Group,
    _ auto: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    func refuse(_ key: String, _ text: String, hint: String) -> Bool {
      let node = auto[key] ?? auto
      diagnostics.add(node.origin, node.keyPath, text, hint: hint)
      return false
    }
    if group.interruptionsPerHour > 0 && group.purchase != .spot {
      return refuse(
        "interruptions",
        "only spot nodes are taken back; '\(group.name)' is \(group.purchase.rawValue)",
        hint: "say purchase: spot, or remove it"
      )
    }
    if let replicas = group.replicas, replicas > group.nodes.count {
      return refuse(
        "replicas",
        "more nodes are to be kept than there can be; found \(replicas) of \(group.nodes.count)",
        hint: "raise count; one more lets nodes be replaced before they go"
      )
    }
    if group.least > group.nodes.count {
      return refuse(
        "least",
        "more nodes are to stay than there can be; found \(group.least) of \(group.nodes.count)",
        hint: "raise count"
      )
    }
    if group.least > 0, group.replicas != nil || group.purchase == .owned {
      return refuse("least", "none of the nodes of '\(group.name)' goes", hint: "remove it")
    }
    if group.warm > group.nodes.count {
      return refuse(
        "warm",
        "more nodes are to be kept empty than there can be; found \(group.warm) of \(group.nodes.count)",
        hint: "raise count"
      )
    }
    if group.warm > 0 && group.replicas != nil {
      return refuse(
        "warm",
        "a fixed number of nodes is kept, whatever is empty: '\(group.name)' has replicas",
        hint: "remove warm or replicas"
      )
    }
    if group.purchase == .owned {
      for key in ["replicas", "driftsAt", "expireAfter"] {
        let isSet =
          key == "driftsAt"
          ? !group.driftsAt.isEmpty : key == "replicas" ? group.replicas != nil : group.expireAfter != nil
        if isSet { return refuse(key, "owned nodes stay: they have no \(key)", hint: "remove it") }
      }
    }
    if group.neverJoins > 0 && group.registrationTimeout == nil {
      return refuse(
        "neverJoins",
        "machines that never join would be waited for for ever",
        hint: "set registrationTimeout"
      )
    }
    if let limit = group.launchTimeout, group.launch.quantile(0.5) > seconds(limit) {
      return refuse(
        "launch",
        "most launches would be given up: half of them take longer than the time-out of \(Int(seconds(limit))) s",
        hint: "say delays: bareMetal, or launchTimeout: never"
      )
    }
    if let limit = group.registrationTimeout,
      group.launch.quantile(0.5) + group.join.quantile(0.5) > seconds(limit)
    {
      return refuse(
        "join",
        "most nodes would be given up: half of them take longer than the time-out of \(Int(seconds(limit))) s",
        hint: "say delays: bareMetal, or registrationTimeout: never"
      )
    }
    return true
  }

  private func seconds(_ span: SimDuration) -> Double { Double(span.nanoseconds) / 1e9 }
}
