/// What an instance must have at least.
public struct MIGDemand: Hashable, Sendable {
  /// Compute slices, at least 1.
  public var computeSlices: Int
  /// MiB that the driver must report.
  public var memoryMiB: Int

  public init(computeSlices: Int = 1, memoryMiB: Int = 0) {
    self.computeSlices = computeSlices
    self.memoryMiB = memoryMiB
  }
}

/// The profile that a demand gets, and what of it the demand did not ask for.
public struct MIGFit: Hashable, Sendable {
  /// Position in ``MIGGeometry/profiles``.
  public var profile: Int
  /// Compute slices beyond the demand.
  public var surplusSlices: Int
  /// MiB beyond the demand.
  public var surplusMiB: Int
}

extension MIGGeometry {
  /// The smallest profile that serves both: fewest memory slots, then fewest
  /// compute slices; never one with media extensions, which is scarce and must
  /// be asked for by name. nil: no instance is large enough.
  ///
  /// Slots come first because they are what runs out: they block placements.
  public func smallestProfile(for demand: MIGDemand) -> MIGFit? {
    let fitting = profiles.indices.filter {
      let profile = profiles[$0]
      return !profile.hasMediaExtensions && profile.computeSlices >= demand.computeSlices
        && profile.memoryMiB.value >= demand.memoryMiB
    }
    let best = fitting.min {
      let (a, b) = (profiles[$0], profiles[$1])
      return (a.memorySlots, a.computeSlices) < (b.memorySlots, b.computeSlices)
    }
    return best.map {
      MIGFit(
        profile: $0,
        surplusSlices: profiles[$0].computeSlices - demand.computeSlices,
        surplusMiB: profiles[$0].memoryMiB.value - demand.memoryMiB
      )
    }
  }
}
