import SimulationKernel
import Workload

/// Makes autoscalers from their sections.
struct AutoscalerBuilder {
  /// Requests per second that one replica serves.
  var perReplica: Double

  /// The share of a replica's capacity that HPA and KEDA aim at where no target
  /// is stated: that of Knative (`container-concurrency-target-percentage`).
  private static let defaultShare = 0.7

  func autoscaler(_ node: Decoded, into diagnostics: inout DiagnosticList) -> Autoscaler? {
    guard node.isSound else { return nil }
    if case .text(let word)? = node.scalar {
      switch word {
      case "hpa": return .horizontalPod(HorizontalPodAutoscaler(target: perReplica * Self.defaultShare))
      case "keda": return .keda(KEDAScaler(target: perReplica * Self.defaultShare))
      default: return .knative(KnativeAutoscaler(measure: .requests, target: perReplica))
      }
    }
    guard let (kind, value) = node.chosen else { return nil }
    switch kind {
    case "hpa": return .horizontalPod(scaling(value))
    case "keda":
      var keda = KEDAScaler(target: perReplica)
      keda.scaling = scaling(value)
      if let activation = value["activation"] { keda.activation = activation.double }
      if let poll = value["poll"] { keda.pollingInterval = duration(poll) }
      if let cooldown = value["cooldown"] { keda.cooldown = duration(cooldown) }
      return .keda(keda)
    default: return knative(value, into: &diagnostics).map { .knative($0) }
    }
  }

  private func scaling(_ node: Decoded) -> HorizontalPodAutoscaler {
    var spec = HorizontalPodAutoscaler(target: node["target"]?.double ?? perReplica * Self.defaultShare)
    if let window = node["window"] { spec.window = duration(window) }
    if let sync = node["sync"] { spec.syncPeriod = duration(sync) }
    if let tolerance = node["tolerance"] { spec.tolerance = tolerance.double }
    if let up = node["scaleUp"] {
      if let window = up["window"] { spec.upWindow = duration(window) }
      spec.up = policies(up)
    }
    if let down = node["scaleDown"] {
      if let window = down["window"] { spec.downWindow = duration(window) }
      spec.down = policies(down)
    }
    return spec
  }

  private func policies(_ node: Decoded) -> ScalingPolicies {
    let list = (node["policies"]?.elements ?? []).compactMap { element -> ScalingPolicies.Policy? in
      guard let period = element["period"] else { return nil }
      let amount: ScalingPolicies.Amount? =
        element["percent"].map { .percent(Int($0.integer)) } ?? element["pods"].map { .pods(Int($0.integer)) }
      return amount.map { ScalingPolicies.Policy($0, period: duration(period)) }
    }
    let selection = node["select"].flatMap { ScalingPolicies.Selection(rawValue: $0.text) }
    return ScalingPolicies(list, selection: selection ?? .max)
  }

  private func knative(_ node: Decoded, into diagnostics: inout DiagnosticList) -> KnativeAutoscaler? {
    var spec: KnativeAutoscaler
    if node["metric"]?.text == "concurrency" {
      guard let time = node["serviceTime"] else {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "how long a request takes is not stated, so nothing says how many are in flight",
          hint: "for example serviceTime: 2s"
        )
        return nil
      }
      spec = KnativeAutoscaler(
        measure: .concurrency(serviceTime: time.seconds),
        target: node["target"]?.double ?? KnativeAutoscaler.defaultConcurrency
      )
    } else {
      if let time = node["serviceTime"] {
        diagnostics.add(
          time.origin,
          time.keyPath,
          "is without effect on requests per second",
          hint: "remove serviceTime, or set metric: concurrency"
        )
        return nil
      }
      spec = KnativeAutoscaler(measure: .requests, target: node["target"]?.double ?? perReplica)
    }
    if let share = node["utilisation"] { spec.utilisation = share.double }
    if let window = node["stableWindow"] { spec.stableWindow = duration(window) }
    if let share = node["panicWindow"] { spec.panicWindowShare = share.double }
    if let threshold = node["panicThreshold"] { spec.panicThreshold = threshold.double }
    if let rate = node["maxScaleUpRate"] { spec.maxScaleUpRate = rate.double }
    if let rate = node["maxScaleDownRate"] { spec.maxScaleDownRate = rate.double }
    if let grace = node["grace"] { spec.scaleToZeroGrace = duration(grace) }
    if let retention = node["retention"] { spec.retention = duration(retention) }
    if let tick = node["tick"] { spec.tick = duration(tick) }
    return spec
  }

  private func duration(_ node: Decoded) -> SimDuration { SimDuration(nanoseconds: node.nanoseconds) }
}
