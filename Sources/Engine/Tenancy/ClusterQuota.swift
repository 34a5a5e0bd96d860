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
  /// What they may use at most: where a pod states no limit, what it requests.
  public var limitCPUMilli: Int64 = 0
  public var limitMemoryMiB: Int64 = 0

  public init() {}

  /// What all workers of a job ask.
  public init(_ shape: JobShape, limits: PodLimits, sharing: SharingMode) {
    let workers = Int64(shape.workers)
    milliGPU = sharing.hasReplicas ? Int64(shape.gpuCount) * 1000 * workers : shape.milliGPU
    cpuMilli = Int64(shape.cpuMilli) * workers
    memoryMiB = Int64(shape.memoryMiB) * workers
    pods = workers
    limitCPUMilli = limits.cpuMilli > 0 ? Int64(limits.cpuMilli) * workers : cpuMilli
    limitMemoryMiB = limits.memoryMiB > 0 ? Int64(limits.memoryMiB) * workers : memoryMiB
  }

  static func += (sum: inout PodDemand, other: PodDemand) { sum.add(other, 1) }
  static func -= (sum: inout PodDemand, other: PodDemand) { sum.add(other, -1) }

  private mutating func add(_ other: PodDemand, _ sign: Int64) {
    milliGPU += sign * other.milliGPU
    cpuMilli += sign * other.cpuMilli
    memoryMiB += sign * other.memoryMiB
    pods += sign * other.pods
    limitCPUMilli += sign * other.limitCPUMilli
    limitMemoryMiB += sign * other.limitMemoryMiB
  }
}

/// Hard limits on what the pods of a virtual cluster or namespace ask together
/// (Kubernetes: ResourceQuota on `requests.*`, `limits.*` and `pods`). nil: no
/// limit.
public struct ClusterQuota: Hashable, Sendable {
  /// Thousandths of a GPU: `requests.nvidia.com/gpu` x 1000.
  public var milliGPU: Int64?
  /// `requests.cpu` and `requests.memory`.
  public var cpuMilli: Int64?
  public var memoryMiB: Int64?
  public var pods: Int64?
  /// `limits.cpu` and `limits.memory`.
  public var limitCPUMilli: Int64?
  public var limitMemoryMiB: Int64?

  public init() {}

  /// vCluster's quota where it is switched on without numbers: requests.cpu 10,
  /// requests.memory 20Gi, limits.cpu 20, limits.memory 40Gi, pods 20, and
  /// nothing about GPUs (loft-sh/vcluster-docs: policies/resource-quota, August
  /// 2026).
  public static var vCluster: ClusterQuota {
    var quota = ClusterQuota()
    quota.cpuMilli = 10_000
    quota.memoryMiB = 20 * 1024
    quota.pods = 20
    quota.limitCPUMilli = 20_000
    quota.limitMemoryMiB = 40 * 1024
    return quota
  }

  /// Whether nothing is limited.
  public var isEmpty: Bool { self == ClusterQuota() }

  /// Whether some limit is below 0.
  var isNegative: Bool {
    [milliGPU, cpuMilli, memoryMiB, pods, limitCPUMilli, limitMemoryMiB].contains { ($0 ?? 0) < 0 }
  }

  /// Whether `used + asked <= hard` for everything that is asked and limited.
  func admits(_ asked: PodDemand, beside used: PodDemand) -> Bool {
    Self.fits(used.milliGPU, asked.milliGPU, milliGPU) && Self.fits(used.cpuMilli, asked.cpuMilli, cpuMilli)
      && Self.fits(used.memoryMiB, asked.memoryMiB, memoryMiB) && Self.fits(used.pods, asked.pods, pods)
      && Self.fits(used.limitCPUMilli, asked.limitCPUMilli, limitCPUMilli)
      && Self.fits(used.limitMemoryMiB, asked.limitMemoryMiB, limitMemoryMiB)
  }

  /// Whether what is used stays within it.
  func holds(_ used: PodDemand) -> Bool { admits(used, beside: PodDemand()) }

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
    if let hard = limitCPUMilli, asked.limitCPUMilli > hard {
      return "has limits of \(cores(asked.limitCPUMilli)) vCPU under a quota of limits of \(cores(hard))"
    }
    if let hard = limitMemoryMiB, asked.limitMemoryMiB > hard {
      return "has limits of \(asked.limitMemoryMiB) MiB under a quota of limits of \(hard) MiB"
    }
    if let hard = pods, asked.pods > hard { return "is \(asked.pods) pods under a quota of \(hard)" }
    return nil
  }
}
