import Hardware

/// How a job's kernels load a GPU: decides what sharing costs them.
public enum KernelClass: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Bound by compute: large matrix products.
  case large = 0
  /// Bound by the bandwidth of the GPU's memory.
  case bandwidth = 1
  /// Too small to fill the GPU: bound by launches and latency.
  case small = 2

  /// The word in scenarios and traces.
  public var name: String {
    switch self {
    case .large: "large"
    case .bandwidth: "bandwidth"
    case .small: "small"
    }
  }
}

/// With whom a job may share.
public enum IsolationLevel: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// With anybody, on the same slice of the same GPU.
  case none = 0
  /// Other tenants only behind a border in hardware: on other MIG instances.
  case mig = 1
  /// No other tenant on the same GPU.
  case gpu = 2
  /// No other tenant on the same node.
  case node = 3

  /// The word in scenarios and traces.
  public var name: String {
    switch self {
    case .none: "none"
    case .mig: "mig"
    case .gpu: "gpu"
    case .node: "node"
    }
  }
}

/// What a job asks of the inside of one GPU, where it need not have all of it.
///
/// What it gets depends on the sharing mode: a MIG instance, a replica, a
/// fraction, or the whole GPU.
public struct DeviceDemand: Hashable, Sendable {
  /// A MIG profile by name, such as `1g.10gb`; empty: the smallest that serves
  /// the other two.
  public var profile: String
  /// MiB of GPU memory; 0: nothing said.
  public var memoryMiB: Int32
  /// Thousandths of the GPU's streaming multiprocessors, 0 ... 1000; 0: nothing
  /// said.
  public var computeMilli: Int32
  /// Thousandths of the GPU that its kernels fill while they run, 1 ... 1000; 0:
  /// nothing said.
  public var fillMilli: Int32
  public var kernels: KernelClass
  public var isolation: IsolationLevel

  public init(
    profile: String = "",
    memoryMiB: Int32 = 0,
    computeMilli: Int32 = 0,
    fillMilli: Int32 = 0,
    kernels: KernelClass = .large,
    isolation: IsolationLevel = .none
  ) {
    self.profile = profile
    self.memoryMiB = memoryMiB
    self.computeMilli = computeMilli
    self.fillMilli = fillMilli
    self.kernels = kernels
    self.isolation = isolation
  }

  /// Nothing asked: at position 0 of ``JobTable/deviceDemands``.
  public static let none = DeviceDemand()

  /// The same, where those that say nothing are taken to fill all of it.
  public var assumedFillMilli: Int32 { fillMilli == 0 ? 1000 : fillMilli }

  /// Whether a part of a GPU is described, rather than only how it is used.
  public var asksForPart: Bool { !profile.isEmpty || memoryMiB > 0 || computeMilli > 0 }
}

/// The text of a demand in traces and results: `mig=1g.10gb`, or
/// `memory=8192;compute=250;fill=300;kernels=small;isolation=gpu`; what is
/// as usual is left out.
extension DeviceDemand {
  public var text: String {
    var parts: [String] = []
    if !profile.isEmpty { parts.append("mig=\(profile)") }
    if memoryMiB > 0 { parts.append("memory=\(memoryMiB)") }
    if computeMilli > 0 { parts.append("compute=\(computeMilli)") }
    if fillMilli > 0 { parts.append("fill=\(fillMilli)") }
    if kernels != .large { parts.append("kernels=\(kernels.name)") }
    if isolation != .none { parts.append("isolation=\(isolation.name)") }
    return parts.joined(separator: ";")
  }

  /// What a trace may hold, in words.
  static let accepted =
    "parts joined with ';': mig=1g.10gb (or another known profile), memory=8192 (MiB), compute=250 and fill=300 (thousandths), "
    + "kernels=\(KernelClass.allCases.map(\.name).joined(separator: "|")), "
    + "isolation=\(IsolationLevel.allCases.map(\.name).joined(separator: "|"))"

  /// nil: the text says something else.
  init?(text: String) {
    self.init()
    var seen: Set<Substring> = []
    for part in text.split(separator: ";", omittingEmptySubsequences: true) {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, seen.insert(pair[0]).inserted else { return nil }
      let number = Int32(pair[1])
      switch pair[0] {
      case "mig":
        profile = MIGResource.profile(ofName: String(pair[1])) ?? String(pair[1])
        guard MIGGeometry.everyProfileName.contains(profile) else { return nil }
      case "memory":
        guard let number, number > 0 else { return nil }
        memoryMiB = number
      case "compute", "fill":
        guard let number, (1...1000).contains(number) else { return nil }
        if pair[0] == "fill" { fillMilli = number } else { computeMilli = number }
      case "kernels":
        guard let found = KernelClass.allCases.first(where: { $0.name == pair[1] }) else { return nil }
        kernels = found
      case "isolation":
        guard let found = IsolationLevel.allCases.first(where: { $0.name == pair[1] }) else { return nil }
        isolation = found
      default: return nil
      }
    }
  }
}

extension JobTable {
  /// The number by which shapes name the demand; a new one is added to
  /// ``deviceDemands``.
  public mutating func deviceDemand(_ demand: DeviceDemand) -> UInt16 {
    if let known = deviceDemands.firstIndex(of: demand) { return UInt16(known) }
    deviceDemands.append(demand)
    return UInt16(deviceDemands.count - 1)
  }

  /// What the shape asks of the inside of a GPU.
  public func deviceDemand(of shape: JobShape) -> DeviceDemand { deviceDemands[Int(shape.device)] }
}
