import Workload

/// What a pod gets that states nothing, and the most that one may state
/// (Kubernetes: LimitRange of type Container; a pod is one container here).
public struct PodLimitRange: Hashable, Sendable {
  /// For a pod without a CPU or memory request; 0: none.
  public var defaultCPUMilli: Int32 = 0
  public var defaultMemoryMiB: Int32 = 0
  /// For a pod without a limit; 0: none, so that its limit is its request.
  public var defaultCPULimitMilli: Int32 = 0
  public var defaultMemoryLimitMiB: Int32 = 0
  /// Of a limit; nil: no maximum.
  public var mostCPUMilli: Int32?
  public var mostMemoryMiB: Int32?

  public init() {}

  /// vCluster's limit range where it is switched on without numbers: default
  /// requests of 100m and 128Mi, default limits of 1 CPU and 512Mi
  /// (loft-sh/vcluster-docs: policies/limit-range, August 2026).
  public static var vCluster: PodLimitRange {
    var range = PodLimitRange()
    range.defaultCPUMilli = 100
    range.defaultMemoryMiB = 128
    range.defaultCPULimitMilli = 1_000
    range.defaultMemoryLimitMiB = 512
    return range
  }

  /// Fills what it leaves out itself, as the API server does when a limit range
  /// is created: the default limit is the maximum, and the default request the
  /// default limit.
  public mutating func fillDefaults() {
    if defaultCPULimitMilli == 0 { defaultCPULimitMilli = mostCPUMilli ?? 0 }
    if defaultMemoryLimitMiB == 0 { defaultMemoryLimitMiB = mostMemoryMiB ?? 0 }
    if defaultCPUMilli == 0 { defaultCPUMilli = defaultCPULimitMilli }
    if defaultMemoryMiB == 0 { defaultMemoryMiB = defaultMemoryLimitMiB }
  }

  /// The shape and the limits with what they leave out filled in: a limit that
  /// is stated without a request is the request too, before any default.
  func filled(_ shape: JobShape, _ limits: PodLimits) -> (shape: JobShape, limits: PodLimits) {
    var shape = shape
    var limits = limits
    if shape.cpuMilli == 0 { shape.cpuMilli = limits.cpuMilli > 0 ? limits.cpuMilli : defaultCPUMilli }
    if shape.memoryMiB == 0 {
      shape.memoryMiB = limits.memoryMiB > 0 ? limits.memoryMiB : defaultMemoryMiB
    }
    if limits.cpuMilli == 0 { limits.cpuMilli = defaultCPULimitMilli }
    if limits.memoryMiB == 0 { limits.memoryMiB = defaultMemoryLimitMiB }
    return (shape, limits)
  }

  /// Why a pod is refused, in words; nil: it is not. Both are filled in.
  func problem(_ shape: JobShape, _ limits: PodLimits) -> String? {
    func cores(_ milli: Int32) -> String { "\(Double(milli) / 1000)" }
    if let most = mostCPUMilli, max(shape.cpuMilli, limits.cpuMilli) > most {
      return
        "asks \(cores(max(shape.cpuMilli, limits.cpuMilli))) vCPU a pod; its limit range allows \(cores(most))"
    }
    if let most = mostMemoryMiB, max(shape.memoryMiB, limits.memoryMiB) > most {
      return "asks \(max(shape.memoryMiB, limits.memoryMiB)) MiB a pod; its limit range allows \(most)"
    }
    // As the API server does: "must be less than or equal to cpu limit".
    if limits.cpuMilli > 0, shape.cpuMilli > limits.cpuMilli {
      return "requests \(cores(shape.cpuMilli)) vCPU a pod, above its limit of \(cores(limits.cpuMilli)), "
        + Self.whence
    }
    if limits.memoryMiB > 0, shape.memoryMiB > limits.memoryMiB {
      return "requests \(shape.memoryMiB) MiB a pod, above its limit of \(limits.memoryMiB), " + Self.whence
    }
    return nil
  }

  private static let whence = "which a limit range gives to pods that state none"

  /// What contradicts itself, and what to do about it; nil: nothing.
  public var problem: (message: String, hint: String)? {
    if let most = mostCPUMilli, defaultCPUMilli > most {
      return ("the default CPU of a pod is above its maximum", "lower defaultCPU")
    }
    if let most = mostMemoryMiB, defaultMemoryMiB > most {
      return ("the default memory of a pod is above its maximum", "lower defaultMemory")
    }
    if let most = mostCPUMilli, defaultCPULimitMilli > most {
      return ("the default CPU limit of a pod is above its maximum", "lower defaultCPULimit")
    }
    if let most = mostMemoryMiB, defaultMemoryLimitMiB > most {
      return ("the default memory limit of a pod is above its maximum", "lower defaultMemoryLimit")
    }
    if defaultCPULimitMilli > 0, defaultCPUMilli > defaultCPULimitMilli {
      return ("the default CPU of a pod is above its default limit", "raise defaultCPULimit")
    }
    if defaultMemoryLimitMiB > 0, defaultMemoryMiB > defaultMemoryLimitMiB {
      return ("the default memory of a pod is above its default limit", "raise defaultMemoryLimit")
    }
    return nil
  }
}
