import Hardware
import SimulationKernel

/// One way in which nodes fail.
public struct FailureCause: Equatable, Sendable {
  /// What a node that is down says of itself: the conditions of Kubernetes that
  /// node repair goes by.
  public enum Condition: String, Hashable, Sendable, CaseIterable {
    /// Ready is false or unknown.
    case notReady
    /// The node is ready, and reports that its accelerators are not.
    case accelerator
  }

  /// Part of the name of its random stream; unique in its group.
  public var name: String
  /// Failures of a node in service a day, whatever its GPUs.
  public var perNodeDay: Double
  /// Failures of each of its GPUs a day; one that breaks takes its node down.
  public var perGPUDay: Double
  /// Time to repair, seconds; nil: what runs on the node is interrupted, and
  /// the node stays up.
  public var repair: Variate?
  /// What a node that it took down says.
  public var condition: Condition

  /// Without a condition, one that strikes GPUs only is one of accelerators.
  public init(
    name: String,
    perNodeDay: Double = 0,
    perGPUDay: Double = 0,
    repair: Variate?,
    condition: Condition? = nil
  ) {
    self.name = name
    self.perNodeDay = perNodeDay
    self.perGPUDay = perGPUDay
    self.repair = repair
    self.condition = condition ?? (perGPUDay > 0 && perNodeDay == 0 ? .accelerator : .notReady)
  }

  /// Failures of a node with this many GPUs a day.
  public func perDay(gpus: Int) -> Double { perNodeDay + perGPUDay * Double(gpus) }
}

/// Nodes that fail alike and share spares: a pool.
public struct FailureGroup: Equatable, Sendable {
  /// Part of the names of its random streams.
  public var name: String
  /// Positions in the fleet.
  public var nodes: Range<Int>
  public var causes: [FailureCause]
  /// The last so many nodes begin as spares: out of service until a failed
  /// node needs a replacement.
  public var spares: Int
  /// From a failure until the spare is in service.
  public var swap: SimDuration

  public init(
    name: String,
    nodes: Range<Int>,
    causes: [FailureCause],
    spares: Int = 0,
    swap: SimDuration = .zero
  ) {
    self.name = name
    self.nodes = nodes
    self.causes = causes
    self.spares = spares
    self.swap = swap
  }
}

/// Published rates.
public enum FailurePreset: String, CaseIterable, Sendable {
  /// The 419 unexpected interruptions of 54 days on 16,384 H100 GPUs, by cause:
  /// "The Llama 3 Herd of Models" (arXiv 2407.21783), table of interruption
  /// causes. Crashes of software leave the node up.
  case llama3
  /// 6.50 failures in 1,000 node-days: Meta's RSC-1, 16,000 A100 GPUs, Kokolis
  /// et al., "Revisiting Reliability in Large-Scale Machine Learning Research
  /// Clusters" (HPCA 2025, arXiv 2410.21680).
  case rsc1
  /// 2.34 failures in 1,000 node-days: RSC-2, 8,000 A100 GPUs, the same source.
  case rsc2

  /// One cause or several; `repair` for those that take the node down.
  public func causes(repair: Variate?) -> [FailureCause] {
    switch self {
    case .rsc1: return [FailureCause(name: "node", perNodeDay: 6.50 / 1000, repair: repair)]
    case .rsc2: return [FailureCause(name: "node", perNodeDay: 2.34 / 1000, repair: repair)]
    case .llama3:
      let gpuDays = 16_384.0 * 54
      return Self.llama3Counts.map { row in
        FailureCause(
          name: row.name,
          perGPUDay: row.count / gpuDays,
          repair: row.leavesNodeUp ? nil : repair,
          condition: Self.llama3GPUCauses.contains(row.name) ? .accelerator : .notReady
        )
      }
    }
  }

  /// Those that the table gives to the component GPU; all others take the host,
  /// its network or its software down.
  private static let llama3GPUCauses: Set<String> = [
    "faulty-gpu", "gpu-hbm3", "gpu-sram", "gpu-system-processor", "silent-data-corruption", "gpu-thermal",
  ]

  private static let llama3Counts: [(name: String, count: Double, leavesNodeUp: Bool)] = [
    ("faulty-gpu", 148, false), ("gpu-hbm3", 72, false), ("software-bug", 54, true),
    ("network", 35, false), ("unplanned-maintenance", 32, false), ("gpu-sram", 19, false),
    ("gpu-system-processor", 17, false), ("nic", 7, false), ("nccl-watchdog", 7, true),
    ("silent-data-corruption", 6, false), ("gpu-thermal", 6, false), ("ssd", 3, false),
    ("power-supply", 3, false), ("chassis", 2, false), ("io-expansion", 2, false),
    ("dependency", 2, true), ("cpu", 2, false), ("memory", 2, false),
  ]
}
