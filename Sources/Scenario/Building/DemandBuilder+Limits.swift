import Workload

/// What pods may use beside what they request.
extension DemandBuilder {
  /// The limits of a section with ``DemandFields/limits``; nil: something is
  /// wrong.
  func limits(_ node: Decoded, of option: DemandOption, into diagnostics: inout DiagnosticList) -> PodLimits?
  {
    var limits = PodLimits.none
    func isBelow(_ key: String, _ limit: Int32, _ request: Int32, _ requestKey: String) -> Bool {
      guard limit < request, let stated = node[key], case .value(_, let text) = stated.form else {
        return false
      }
      diagnostics.add(
        stated.origin,
        stated.keyPath,
        "is below what the job requests; found '\(text)'",
        hint: "raise it, or lower \(requestKey)"
      )
      return true
    }
    if let cpu = node["cpuLimit"] {
      limits.cpuMilli = cpu.milliCPU
      if isBelow("cpuLimit", limits.cpuMilli, option.cpuMilli, "cpu") { return nil }
    }
    if let memory = node["memoryLimit"] {
      limits.memoryMiB = memory.mebibytes
      if isBelow("memoryLimit", limits.memoryMiB, option.memoryMiB, "memory") { return nil }
    }
    return limits
  }
}
