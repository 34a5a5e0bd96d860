import Hardware

extension Fleet {
  /// MiB that a GPU of this model holds; nil: nobody said.
  public func gpuMemoryMiB(ofModel name: String) -> Int32? {
    if let stated = statedMemoryMiB[name] { return stated }
    guard let model = GPUCatalogue.builtin.model(named: name) else { return nil }
    return Int32(model.usableMemoryMiB?.value ?? Int(model.memoryGB.value * 1e9 / 1_048_576))
  }

  /// How a GPU of this model can be cut; nil: it cannot, or is not known.
  public func migGeometry(ofModel name: String) -> MIGGeometry? {
    GPUCatalogue.builtin.model(named: name).flatMap(MIGGeometry.of)
  }

  /// Thousandths of a GPU of this model that the demand is: the larger of its
  /// shares of memory and of compute, rounded up, or its profile's share of the
  /// memory slots; nil: the GPU does not hold it, or its memory is not known.
  public func share(of demand: DeviceDemand, onGPU name: String) -> Int32? {
    if !demand.profile.isEmpty {
      guard let geometry = migGeometry(ofModel: name),
        let profile = geometry.profiles.first(where: { $0.name == demand.profile }),
        demand.memoryMiB <= Int32(profile.memoryMiB.value)
      else { return nil }
      return Int32(1000 * profile.memorySlots / geometry.slotCount)
    }
    var share = demand.computeMilli
    if demand.memoryMiB > 0 {
      guard let memory = gpuMemoryMiB(ofModel: name), demand.memoryMiB <= memory else { return nil }
      share = max(share, Int32((Int64(demand.memoryMiB) * 1000 + Int64(memory) - 1) / Int64(memory)))
    }
    return share == 0 ? 1000 : share
  }
}
