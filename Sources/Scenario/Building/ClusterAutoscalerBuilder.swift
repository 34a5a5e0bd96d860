import Engine
import SimulationKernel

/// Makes `policy.autoNodes.clusterAutoscaler`.
enum ClusterAutoscalerBuilder {
  /// Sets the provisioner; false: something is wrong.
  static func read(
    _ policy: Decoded,
    into result: inout AutoNodes,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    let own = policy["clusterAutoscaler"]
    guard policy["provisioner"]?.text == "clusterAutoscaler" else {
      guard let own else { return true }
      diagnostics.add(
        own.origin,
        own.keyPath,
        "has no meaning beside karpenter",
        hint: "say provisioner: clusterAutoscaler, or remove it"
      )
      return false
    }
    var isSound = true
    for key in ClusterAutoscalerSection.foreign {
      guard let value = policy[key], value.origin != .standard else { continue }
      diagnostics.add(
        value.origin,
        value.keyPath,
        "is of karpenter and has no meaning with a cluster-autoscaler",
        hint: "remove it; see clusterAutoscaler"
      )
      isSound = false
    }
    var spec = ClusterAutoscaler()
    if let own {
      guard own.isSound, let expanders = own["expander"], let scaleDown = own["scaleDown"],
        let threshold = own["utilization"], let gpus = own["gpuUtilization"],
        let empty = own["emptyAtOnce"], let drainGangs = own["drainGangs"],
        let cutoff = own["priorityCutoff"], let balance = own["balanceSimilarGroups"]
      else { return false }
      func span(_ key: String) -> SimDuration {
        SimDuration(nanoseconds: own[key]?.nanoseconds ?? 0)
      }
      spec.scan = span("scan")
      spec.expanders = expanders.elements.compactMap {
        ClusterAutoscaler.Expander(rawValue: $0.text)
      }
      spec.provisionTime = span("provisionTime")
      spec.backoff = span("backoff")
      spec.longestBackoff = span("longestBackoff")
      spec.scalesDown = scaleDown.boolean
      spec.threshold = threshold.double
      spec.gpuThreshold = gpus.double
      spec.unneededTime = span("unneededTime")
      spec.delayAfterAdd = span("scaleDownDelayAfterAdd")
      spec.emptyAtOnce = Int(empty.integer)
      spec.movesGangs = drainGangs.boolean
      spec.priorityCutoff = Int32(cutoff.integer)
      spec.balancesSimilarGroups = balance.boolean
      if spec.longestBackoff < spec.backoff, let longest = own["longestBackoff"] {
        diagnostics.add(own.blame, longest.keyPath, "is shorter than the first back-off")
        isSound = false
      }
    }
    result.use(spec)
    return isSound
  }
}
