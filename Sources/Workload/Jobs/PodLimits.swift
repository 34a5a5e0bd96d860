/// What each pod of a job may use at most, beside what it requests.
///
/// Placement goes by requests alone; limits count against quotas of
/// `limits.cpu` and `limits.memory`, and are what a limit range looks at.
public struct PodLimits: Hashable, Sendable {
  /// Thousandths of a vCPU; 0: not stated.
  public var cpuMilli: Int32
  /// MiB of host memory; 0: not stated.
  public var memoryMiB: Int32

  public init(cpuMilli: Int32 = 0, memoryMiB: Int32 = 0) {
    self.cpuMilli = cpuMilli
    self.memoryMiB = memoryMiB
  }

  /// Nothing stated: at position 0 of ``JobTable/podLimits``.
  public static let none = PodLimits()

  /// In traces: `cpu=4000;memory=8192`; what is not stated is left out.
  public var text: String {
    [cpuMilli > 0 ? "cpu=\(cpuMilli)" : "", memoryMiB > 0 ? "memory=\(memoryMiB)" : ""]
      .filter { !$0.isEmpty }.joined(separator: ";")
  }

  /// What a trace may hold, in words.
  static let accepted = "parts joined with ';': cpu=4000 (thousandths of a vCPU), memory=8192 (MiB)"

  /// nil: the text says something else.
  init?(text: String) {
    self.init()
    var seen: Set<Substring> = []
    for part in text.split(separator: ";", omittingEmptySubsequences: true) {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, seen.insert(pair[0]).inserted, let number = Int32(pair[1]), number > 0 else {
        return nil
      }
      switch pair[0] {
      case "cpu": cpuMilli = number
      case "memory": memoryMiB = number
      default: return nil
      }
    }
  }
}

extension JobTable {
  /// The number by which shapes name the limits; new ones are added to
  /// ``podLimits``.
  public mutating func podLimit(_ limits: PodLimits) -> UInt16 {
    if let known = podLimits.firstIndex(of: limits) { return UInt16(known) }
    podLimits.append(limits)
    return UInt16(podLimits.count - 1)
  }

  /// What the pods of the shape may use at most.
  public func podLimits(of shape: JobShape) -> PodLimits { podLimits[Int(shape.limits)] }
}
