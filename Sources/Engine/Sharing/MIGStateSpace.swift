import Hardware

/// The states that a GPU of one kind can be in.
///
/// Dynamic: which parts its instances hold. Fixed: which instances of its
/// layout are in use, as bits.
struct MIGStateSpace {
  let geometry: MIGGeometry
  private let layout: [Int]?
  /// Raw values, ascending; the first is 0.
  let states: [UInt16]
  private let numbers: [UInt16: Int]

  init(_ kind: MIGBook.Kind) {
    geometry = kind.geometry
    layout = kind.layout
    if let layout = kind.layout {
      states = (0..<UInt16(1) << UInt16(layout.count)).map { $0 }
    } else {
      var reached: Set<UInt16> = [0]
      var next: [UInt16] = [0]
      while let raw = next.popLast() {
        for placement in kind.geometry.placements
        where placement.parts.isDisjoint(with: MIGState(rawValue: raw)) {
          let after = raw | placement.parts.rawValue
          if reached.insert(after).inserted { next.append(after) }
        }
      }
      states = reached.sorted()
    }
    numbers = Dictionary(uniqueKeysWithValues: states.enumerated().map { ($1, $0) })
  }

  func milli(_ p: Int) -> Int32 { geometry.milli(ofProfile: geometry.placements[p].profile) }

  /// The state after an instance is taken; nil: it cannot be.
  func taking(_ p: Int, from s: Int) -> Int? {
    let raw = states[s]
    guard let layout else {
      let parts = geometry.placements[p].parts
      return parts.isDisjoint(with: MIGState(rawValue: raw)) ? numbers[raw | parts.rawValue] : nil
    }
    guard let bit = layout.firstIndex(of: p), raw & 1 << UInt16(bit) == 0 else { return nil }
    return numbers[raw | 1 << UInt16(bit)]
  }

  /// Placements of the profile that can be taken, by start.
  func open(_ profile: Int, _ s: Int) -> [Int] {
    geometry.placements.indices.filter {
      geometry.placements[$0].profile == profile && taking($0, from: s) != nil
    }
  }

  /// What the rule chooses among them; nil: none is open.
  func choice(_ profile: Int, _ s: Int, by rule: MIGPlacementRule) -> Int? {
    // In a fixed layout there is nothing to keep together.
    if layout != nil { return open(profile, s).first }
    let placement = geometry.placement(of: profile, in: MIGState(rawValue: states[s]), by: rule)
    return placement.flatMap { chosen in
      geometry.placements.firstIndex { $0 == chosen }
    }
  }

  /// Memory slots in use.
  func slots(_ s: Int) -> UInt8 {
    guard let layout else { return MIGState(rawValue: states[s]).slots }
    return layout.indices.reduce(UInt8(0)) {
      states[s] & 1 << UInt16($1) == 0 ? $0 : $0 | geometry.placements[layout[$1]].parts.slots
    }
  }

  /// Thousandths of the GPU that no instance in use holds.
  func freeMilli(_ s: Int) -> Int32 {
    1000 - Int32(slots(s).nonzeroBitCount * 1000 / geometry.slotCount)
  }

  /// Whether the GPU can be handed out whole.
  func isWhole(_ s: Int) -> Bool { layout == nil && states[s] == 0 }

  /// By state: how many further instances of the profile fit at most.
  func mostInstances(_ profile: Int) -> [Int32] {
    var known = [Int32](repeating: -1, count: states.count)
    func most(_ s: Int) -> Int32 {
      if known[s] < 0 {
        known[s] = open(profile, s).map { 1 + most(taking($0, from: s)!) }.max() ?? 0
      }
      return known[s]
    }
    return states.indices.map { most($0) }
  }
}
