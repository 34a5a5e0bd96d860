import Hardware

/// A leaf of the one tree that adds up everywhere:
///
///     capacity = down (fault, maintenance) + changing (wipe, the rest)
///              + free (placeable, stranded by cause)
///              + allocated (goodput, lost, overhead, idle, rounding)
///
/// Allocation is the sum of the allocated leaves; utilisation (busy) is
/// goodput + lost + overhead; goodput is the part whose result was kept.
public enum LedgerLeaf: UInt8, Hashable, Sendable, CaseIterable {
  case downFault
  case downMaintenance
  case changing
  /// Free and usable by the stated mix of jobs.
  case freePlaceable
  /// Free on a GPU model that the mix does not accept.
  case strandedModel
  /// Free, but the remainders are too small or too few for the mix.
  case strandedRemainder
  /// Free, but the node has no CPU left for the mix.
  case strandedCPU
  /// Free, but the node has no host memory left for the mix.
  case strandedMemory
  /// Allocated, busy, and the work was kept (or still runs).
  case goodput
  /// Allocated, busy, and the work was thrown away by an interruption.
  case lost
  case overhead
  /// Allocated and asked for, but the job left it idle.
  case idle
  /// Allocated beyond what was asked, because the sharing mode hands out
  /// larger pieces.
  case rounding
  /// Free on a node whose labels or taints keep the mix out.
  case strandedConstraint
  /// Free memory slots of GPUs cut by MIG, from which the instances in use
  /// leave the mix no legal start.
  case strandedGeometry
  /// Held by a job whose GPUs, or MIG instance, are being wiped of what another
  /// tenant left.
  case changingWipe

  /// The leaf's stable name in SQLite, JSON and tables: its path in the tree.
  public var path: String {
    switch self {
    case .downFault: "down.fault"
    case .downMaintenance: "down.maintenance"
    case .changing: "changing"
    case .freePlaceable: "free.placeable"
    case .strandedModel: "free.stranded.model"
    case .strandedRemainder: "free.stranded.remainder"
    case .strandedCPU: "free.stranded.cpu"
    case .strandedMemory: "free.stranded.memory"
    case .goodput: "allocated.goodput"
    case .lost: "allocated.lost"
    case .overhead: "allocated.overhead"
    case .idle: "allocated.idle"
    case .rounding: "allocated.rounding"
    case .strandedConstraint: "free.stranded.constraint"
    case .strandedGeometry: "free.stranded.geometry"
    case .changingWipe: "changing.wipe"
    }
  }
}

/// GPU time by leaf, in thousandths of a GPU x nanoseconds, exact.
public struct LedgerTotals: Hashable, Sendable {
  /// Indexed by ``LedgerLeaf`` raw value.
  public var milliGPUNanoseconds: [Int128]

  public init() {
    milliGPUNanoseconds = Array(repeating: 0, count: LedgerLeaf.allCases.count)
  }

  public subscript(leaf: LedgerLeaf) -> Int128 {
    get { milliGPUNanoseconds[Int(leaf.rawValue)] }
    set { milliGPUNanoseconds[Int(leaf.rawValue)] = newValue }
  }

  /// Sum over the leaves: capacity x time.
  public var capacity: Int128 { milliGPUNanoseconds.reduce(0, +) }

  /// Sum over the allocated leaves.
  public var allocated: Int128 {
    self[.goodput] + self[.lost] + self[.overhead] + self[.idle] + self[.rounding]
  }

  /// Goodput + lost + overhead.
  public var busy: Int128 { self[.goodput] + self[.lost] + self[.overhead] }

  /// Sum over the stranded leaves.
  public var stranded: Int128 {
    self[.strandedModel] + self[.strandedRemainder] + self[.strandedCPU] + self[.strandedMemory]
      + self[.strandedConstraint] + self[.strandedGeometry]
  }

  public static func += (a: inout LedgerTotals, b: LedgerTotals) {
    for index in a.milliGPUNanoseconds.indices {
      a.milliGPUNanoseconds[index] += b.milliGPUNanoseconds[index]
    }
  }
}
