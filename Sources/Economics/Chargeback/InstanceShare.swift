import Hardware

/// The part of a GPU that a MIG instance stands for on a bill.
public enum InstanceShare: String, CaseIterable, Sendable {
  /// Its memory slots: 1g.10gb of an H100 is 1/8.
  case memory
  /// Its compute slices: 1g.10gb of an H100 is 1/7.
  case compute
  /// The larger of both.
  case larger

  /// As a fraction; nil for a profile that the GPU does not have.
  public func of(profile name: String, on gpu: GPUModel) -> (part: Int, of: Int)? {
    guard let geometry = MIGGeometry.of(gpu),
      let profile = geometry.profiles.first(where: { $0.name == name })
    else { return nil }
    let memory = (profile.memorySlots, geometry.slotCount)
    let compute = (profile.computeSlices, geometry.computeSliceCount)
    switch self {
    case .memory: return memory
    case .compute: return compute
    case .larger: return memory.0 * compute.1 >= compute.0 * memory.1 ? memory : compute
    }
  }
}
