/// What the instances of a board may look like: its profiles, and for each
/// state of a GPU what may still be created, by table.
///
/// The compute slices never bind beyond the slots: no set of disjoint
/// placements asks for more than the board has (checked when the tables are
/// built). So the state of a GPU is the mask of its memory slots and whether
/// the media extensions are taken.
///
/// Source: NVIDIA's MIG user guide (profile tables and placements) and
/// listings of `nvidia-smi mig -lgip` and `-lgipp`; each figure says which.
public struct MIGGeometry: Hashable, Sendable {
  /// The family, such as `H100-80`.
  public let name: String
  /// Slots of the memory axis: 8, on the A30 4.
  public let slotCount: Int
  /// Compute slices: 7, on the A30 4.
  public let computeSliceCount: Int
  /// Smallest first.
  public let profiles: [MIGProfile]
  /// All instances that the driver can place, by profile, then start; 32 at
  /// most.
  public let placements: [MIGPlacement]
  /// By state: bit p: placement p may be created.
  private let open: [UInt32]
  /// By profile: bit p: placement p is of the profile.
  private let ofProfile: [UInt32]
  /// By rule, profile and state: the placement to create, or -1.
  private let next: [Int8]

  init(_ name: String, slots: Int, computeSlices: Int, _ profiles: [MIGProfile]) {
    self.name = name
    slotCount = slots
    computeSliceCount = computeSlices
    self.profiles = profiles
    var placements: [MIGPlacement] = []
    for (number, profile) in profiles.enumerated() {
      for start in profile.starts {
        var parts = MIGState(rawValue: (1 << UInt16(profile.memorySlots) - 1) << UInt16(start))
        if profile.hasMediaExtensions { parts = parts.union(.mediaExtensions) }
        placements.append(MIGPlacement(profile: number, start: start, parts: parts))
      }
    }
    precondition(placements.count <= 32, "more placements than bits")
    self.placements = placements
    let open = (0..<UInt16(MIGState.count)).map { raw in
      placements.indices.reduce(UInt32(0)) { bits, p in
        placements[p].parts.isDisjoint(with: MIGState(rawValue: raw)) ? bits | 1 << UInt32(p) : bits
      }
    }
    let ofProfile = profiles.indices.map { number in
      placements.indices.reduce(UInt32(0)) { bits, p in
        placements[p].profile == number ? bits | 1 << UInt32(p) : bits
      }
    }
    self.open = open
    self.ofProfile = ofProfile
    var next: [Int8] = []
    for rule in MIGPlacementRule.allCases {
      for number in profiles.indices {
        for raw in 0..<UInt16(MIGState.count) {
          let state = MIGState(rawValue: raw)
          let candidates = placements.indices.filter {
            open[Int(raw)] & ofProfile[number] & 1 << UInt32($0) != 0
          }
          let rank = { (p: Int) -> [Int] in
            rule.rank(placements[p], after: state.union(placements[p].parts), sliceCount: computeSlices) {
              open[Int($0.rawValue)].nonzeroBitCount
            }
          }
          let best = candidates.min { rank($0).lexicographicallyPrecedes(rank($1)) }
          next.append(Int8(best ?? -1))
        }
      }
    }
    self.next = next
    precondition(
      MIGLayouts(self, profiles: profiles.indices.map { $0 }).all.allSatisfy { layout in
        layout.reduce(0) { $0 + profiles[placements[$1].profile].computeSlices } <= computeSlices
      },
      "the compute slices of \(name) bind beyond its slots"
    )
  }

  /// The placements that may be created in the state, as bits.
  public func openPlacements(_ state: MIGState) -> UInt32 { open[Int(state.rawValue)] }

  /// Those of one profile.
  public func openPlacements(_ state: MIGState, ofProfile profile: Int) -> UInt32 {
    open[Int(state.rawValue)] & ofProfile[profile]
  }

  /// Where the rule puts an instance of the profile; nil: it does not fit.
  ///
  /// - Complexity: one look-up.
  public func placement(of profile: Int, in state: MIGState, by rule: MIGPlacementRule) -> MIGPlacement? {
    let p = next[(Int(rule.rawValue) * profiles.count + profile) * MIGState.count + Int(state.rawValue)]
    return p < 0 ? nil : placements[Int(p)]
  }

  /// The position of the profile with this name.
  public func profile(named name: String) -> Int? { profiles.firstIndex { $0.name == name } }
}
