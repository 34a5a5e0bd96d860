extension PlacementSpec {
  /// Policies that choose by the state of single GPUs.
  private static let namesDevices = ["fgd", "gpu-packing", "gpu-clustering", "random"]

  /// Why it cannot place jobs under the mode; nil: it can.
  public func problem(with sharing: SharingMode) -> String? {
    switch sharing {
    case .pooled: problemOnPooledNodes
    case .mig: problemWithMIG
    case .fractions, .wholeGPU, .timeSlicing, .mps: nil
    }
  }

  /// Why it cannot place jobs under ``SharingMode/pooled``; nil: it can.
  public var problemOnPooledNodes: String? {
    scores.first { Self.namesDevices.contains($0.policy) }
      .map { "'\($0.policy)' looks at single GPUs, which pooled nodes do not have" }
  }
}
