import Hardware

/// The states that a GPU of one kind can be in.
///
/// Dynamic: which parts its instances hold. Fixed: its layout, and which
/// instances of that are in use, as bits.
struct MIGStateSpace {
  private struct Key: Hashable {
    var layout: Int
    var bits: UInt16
  }

  let geometry: MIGGeometry
  private let layouts: [[Int]]?
  /// The first is the one without instances in use, of the first layout.
  private let keys: [Key]
  private let numbers: [Key: Int]

  init(_ kind: MIGBook.Kind) {
    geometry = kind.geometry
    layouts = kind.layouts
    if let layouts = kind.layouts {
      keys = layouts.enumerated().flatMap { number, layout in
        (0..<UInt16(1) << UInt16(layout.count)).map { Key(layout: number, bits: $0) }
      }
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
      keys = reached.sorted().map { Key(layout: 0, bits: $0) }
    }
    numbers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
  }

  /// The states, by number.
  var states: Range<Int> { keys.indices }

  /// The state of a GPU with this layout and nothing in use.
  func empty(layout: Int) -> Int { numbers[Key(layout: layout, bits: 0)]! }

  /// The state of a GPU without a fixed layout whose instances hold these
  /// parts; nil: none can.
  func state(holding parts: MIGState) -> Int? { numbers[Key(layout: 0, bits: parts.rawValue)] }

  /// Instances of its layout; nil: dynamic.
  private func layout(_ s: Int) -> [Int]? { layouts?[keys[s].layout] }

  func milli(_ p: Int) -> Int32 { geometry.milli(ofProfile: geometry.placements[p].profile) }

  /// The state after an instance is taken; nil: it cannot be.
  func taking(_ p: Int, from s: Int) -> Int? {
    var after = keys[s]
    guard let layout = layout(s) else {
      let parts = geometry.placements[p].parts
      guard parts.isDisjoint(with: MIGState(rawValue: after.bits)) else { return nil }
      after.bits |= parts.rawValue
      return numbers[after]
    }
    guard let bit = layout.firstIndex(of: p), after.bits & 1 << UInt16(bit) == 0 else { return nil }
    after.bits |= 1 << UInt16(bit)
    return numbers[after]
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
    if layouts != nil { return open(profile, s).first }
    let placement = geometry.placement(of: profile, in: MIGState(rawValue: keys[s].bits), by: rule)
    return placement.flatMap { chosen in
      geometry.placements.firstIndex { $0 == chosen }
    }
  }

  /// Memory slots in use.
  func slots(_ s: Int) -> UInt8 {
    guard let layout = layout(s) else { return MIGState(rawValue: keys[s].bits).slots }
    return layout.indices.reduce(UInt8(0)) {
      keys[s].bits & 1 << UInt16($1) == 0 ? $0 : $0 | geometry.placements[layout[$1]].parts.slots
    }
  }

  /// Thousandths of the GPU that no instance in use holds.
  func freeMilli(_ s: Int) -> Int32 {
    1000 - Int32(slots(s).nonzeroBitCount * 1000 / geometry.slotCount)
  }

  /// Whether the GPU can be handed out whole.
  func isWhole(_ s: Int) -> Bool { keys[s].bits == 0 && !isCut(s) }

  /// Whether its layout keeps it from ever being whole.
  func isCut(_ s: Int) -> Bool { !(layout(s)?.isEmpty ?? true) }

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
