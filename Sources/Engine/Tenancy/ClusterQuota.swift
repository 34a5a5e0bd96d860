import Workload

/// What pods ask, in the units of a quota.
public struct PodDemand: Hashable, Sendable {
  /// Thousandths of a GPU. A replica of a time-sliced GPU counts as one GPU, as
  /// the device plugin advertises it.
  public var milliGPU: Int64 = 0
  /// Thousandths of a vCPU.
  public var cpuMilli: Int64 = 0
  public var memoryMiB: Int64 = 0
  public var pods: Int64 = 0

  public init() {}

  /// What all workers of a job ask.
  public init(_ shape: JobShape, sharing: SharingMode) {
    let workers = Int64(shape.workers)
    milliGPU = sharing.hasReplicas ? Int64(shape.gpuCount) * 1000 * workers : shape.milliGPU
    cpuMilli = Int64(shape.cpuMilli) * workers
    memoryMiB = Int64(shape.memoryMiB) * workers
    pods = workers
  }

  static func += (sum: inout PodDemand, other: PodDemand) { sum.add(other, 1) }
  static func -= (sum: inout PodDemand, other: PodDemand) { sum.add(other, -1) }

  private mutating func add(_ other: PodDemand, _ sign: Int64) {
    milliGPU += sign * other.milliGPU
    cpuMilli += sign * other.cpuMilli
    memoryMiB += sign * other.memoryMiB
    pods += sign * other.pods
  }
}

/// Hard limits on what the pods of a virtual cluster or namespace ask together
/// (Kubernetes: ResourceQuota on `requests.*` and `pods`). nil: no limit.
public struct ClusterQuota: Hashable, Sendable {
  /// Thousandths of a GPU: `requests.nvidia.com/gpu` x 1000.
  public var milliGPU: Int64?
  public var cpuMilli: Int64?
  public var memoryMiB: Int64?
  public var pods: Int64?

  public init() {}

  /// vCluster's quota where it is switched on without numbers: requests.cpu 10,
  /// requests.memory 20Gi, pods 20, and nothing about GPUs
  /// (loft-sh/vcluster-docs: policies/resource-quota, August 2026).
  public static var vCluster: ClusterQuota {
    var quota = ClusterQuota()
    quota.cpuMilli = 10_000
    quota.memoryMiB = 20 * 1024
    quota.pods = 20
    return quota
  }

  /// Whether nothing is limited.
  public var isEmpty: Bool { self == ClusterQuota() }

  /// Whether `used + asked <= hard` for everything that is asked and limited.
  func admits(_ asked: PodDemand, beside used: PodDemand) -> Bool {
    Self.fits(used.milliGPU, asked.milliGPU, milliGPU) && Self.fits(used.cpuMilli, asked.cpuMilli, cpuMilli)
      && Self.fits(used.memoryMiB, asked.memoryMiB, memoryMiB) && Self.fits(used.pods, asked.pods, pods)
  }

  private static func fits(_ used: Int64, _ asked: Int64, _ hard: Int64?) -> Bool {
    guard let hard, asked > 0 else { return true }
    return used + asked <= hard
  }

  /// What a single job asks beyond it, in words; nil: it fits an empty cluster.
  func problem(_ asked: PodDemand) -> String? {
    func cores(_ milli: Int64) -> String { milli % 1000 == 0 ? "\(milli / 1000)" : "\(Double(milli) / 1000)" }
    if let hard = milliGPU, asked.milliGPU > hard {
      return "asks \(cores(asked.milliGPU)) GPUs of a quota of \(cores(hard))"
    }
    if let hard = cpuMilli, asked.cpuMilli > hard {
      return "asks \(cores(asked.cpuMilli)) vCPU of a quota of \(cores(hard))"
    }
    if let hard = memoryMiB, asked.memoryMiB > hard {
      return "asks \(asked.memoryMiB) MiB of a quota of \(hard) MiB"
    }
    if let hard = pods, asked.pods > hard { return "is \(asked.pods) pods under a quota of \(hard)" }
    return nil
  }
}

/// What a pod gets that states nothing, and the most that one may state
/// (Kubernetes: LimitRange of type Container; a pod is one container here).
public struct PodLimitRange: Hashable, Sendable {
  /// For a pod without a CPU or memory request; 0: none.
  public var defaultCPUMilli: Int32 = 0
  public var defaultMemoryMiB: Int32 = 0
  /// nil: no limit.
  public var mostCPUMilli: Int32?
  public var mostMemoryMiB: Int32?

  public init() {}

  /// vCluster's limit range where it is switched on without numbers: default
  /// requests of 100m and 128Mi (loft-sh/vcluster-docs: policies/limit-range,
  /// August 2026). Its default limits (1 CPU, 512Mi) are no part of a model in
  /// which a job's limit is its request.
  public static var vCluster: PodLimitRange {
    var range = PodLimitRange()
    range.defaultCPUMilli = 100
    range.defaultMemoryMiB = 128
    return range
  }

  /// The shape with what it leaves out filled in.
  func filled(_ shape: JobShape) -> JobShape {
    var result = shape
    if result.cpuMilli == 0 { result.cpuMilli = defaultCPUMilli }
    if result.memoryMiB == 0 { result.memoryMiB = defaultMemoryMiB }
    return result
  }

  /// Why a pod is refused, in words; nil: it is not.
  func problem(_ shape: JobShape) -> String? {
    if let most = mostCPUMilli, shape.cpuMilli > most {
      return "asks \(Double(shape.cpuMilli) / 1000) vCPU a pod; its limit range allows \(Double(most) / 1000)"
    }
    if let most = mostMemoryMiB, shape.memoryMiB > most {
      return "asks \(shape.memoryMiB) MiB a pod; its limit range allows \(most)"
    }
    return nil
  }

  /// What contradicts itself, or nil.
  var problem: String? {
    if let most = mostCPUMilli, defaultCPUMilli > most {
      return "the default CPU of a pod is above its maximum"
    }
    if let most = mostMemoryMiB, defaultMemoryMiB > most {
      return "the default memory of a pod is above its maximum"
    }
    return nil
  }
}
