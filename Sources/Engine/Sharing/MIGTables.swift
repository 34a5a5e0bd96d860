import Hardware

/// Everything that MIG decides, by table: a GPU is in one of a few hundred
/// states, and policies rank states, not GPUs.
struct MIGTables: ~Copyable {
  /// Places for placements a state.
  static let placementsPerState = 32

  /// States that a slice likes equally: where they lie among ``taking(at:)``.
  struct Level: BitwiseCopyable {
    /// Lower is better.
    var score: Int64
    var first: Int32
    var end: Int32
  }

  let stateCount: Int
  let sliceCount: Int
  /// By kind: its first state, which is the one without instances in use.
  let firstState: Column<Int32>
  /// By slice and state: the placement that the slice gets, or -1.
  private let chosen: Column<Int8>
  /// By state and placement: the state after the instance is taken, or given
  /// back; without meaning where that is impossible.
  private let taken: Column<UInt16>
  private let given: Column<UInt16>
  /// By state and slice: thousandths that further instances of it could take
  /// together.
  private let usable: Column<Int32>
  /// By state: memory slots in use; and whether the layout keeps the GPU from
  /// being handed out whole.
  private let slots: Column<UInt8>
  /// By state: bit p: a further instance of profile p could be taken.
  private let open: Column<UInt32>
  private let cut: Column<Bool>
  /// By kind and placement: thousandths that it takes.
  private let milliOf: Column<Int32>
  /// By slice and kind: where its levels lie, best first; and where the states
  /// that take it do.
  private let levelStart: Column<Int32>
  private let allLevels: Column<Level>
  private let takingStart: Column<Int32>
  private let takingStates: Column<Int32>
  private let kindCount: Int

  /// - Parameters:
  ///   - weights: by slice: jobs of the mix that ask for it.
  ///   - wholeWeight: jobs of the mix that ask for one whole GPU.
  init(_ book: MIGBook, _ rule: MIGInstanceRule, order: MIGDeviceOrder, weights: [Int64], wholeWeight: Int64)
  {
    let spaces = book.kinds.map(MIGStateSpace.init)
    let sliceCount = book.slices.count
    var first: [Int32] = []
    var count = 0
    for space in spaces {
      first.append(Int32(count))
      count += space.states.count
    }
    precondition(count < Int(NodeRoom.uncut), "more states than numbers")
    var chosen = [Int8](repeating: -1, count: sliceCount * count)
    var taken = [UInt16](repeating: 0, count: count * Self.placementsPerState)
    var given = [UInt16](repeating: 0, count: count * Self.placementsPerState)
    var usable = [Int32](repeating: 0, count: sliceCount * count)
    var slots = [UInt8](repeating: 0, count: count)
    var open = [UInt32](repeating: 0, count: count)
    var cut = [Bool](repeating: false, count: count)
    var milliOf = [Int32](repeating: 0, count: spaces.count * Self.placementsPerState)
    var levelStart: [Int32] = []
    var levels: [Level] = []
    var takingStart: [Int32] = []
    var taking: [Int32] = []
    for (k, space) in spaces.enumerated() {
      for p in space.geometry.placements.indices {
        milliOf[k * Self.placementsPerState + p] = space.milli(p)
      }
      for s in space.states.indices {
        let state = Int(first[k]) + s
        slots[state] = space.slots(s)
        for profile in space.geometry.profiles.indices where !space.open(profile, s).isEmpty {
          open[state] |= 1 << UInt32(profile)
        }
        cut[state] = space.isCut(s)
        for p in space.geometry.placements.indices {
          if let after = space.taking(p, from: s) {
            taken[state * Self.placementsPerState + p] = UInt16(Int(first[k]) + after)
            given[(Int(first[k]) + after) * Self.placementsPerState + p] = UInt16(state)
          }
        }
      }
    }
    for slice in 0..<sliceCount {
      for (k, space) in spaces.enumerated() {
        let profile = book.slices[slice][k]
        let further = profile < 0 ? [] : space.mostInstances(profile)
        for s in space.states.indices where profile >= 0 {
          usable[(Int(first[k]) + s) * sliceCount + slice] =
            further[s] * space.geometry.milli(ofProfile: profile)
        }
      }
    }
    // What of the free slots the mix cannot use, weighted.
    func loss(_ space: MIGStateSpace, _ k: Int, _ s: Int) -> Int64 {
      space.loss(s, wholeWeight: wholeWeight) { visit in
        for slice in 0..<sliceCount {
          visit(weights[slice], usable[(Int(first[k]) + s) * sliceCount + slice])
        }
      }
    }
    for slice in 0..<sliceCount {
      for (k, space) in spaces.enumerated() {
        levelStart.append(Int32(levels.count))
        takingStart.append(Int32(taking.count))
        let profile = book.slices[slice][k]
        guard profile >= 0 else { continue }
        var own: [(score: Int64, state: Int32)] = []
        for s in space.states.indices {
          let open = space.open(profile, s)
          guard !open.isEmpty else { continue }
          let growth = { (p: Int) in loss(space, k, space.taking(p, from: s)!) - loss(space, k, s) }
          let p =
            rule == .leastLoss
            ? open.min { (growth($0), $0) < (growth($1), $1) }!
            : space.choice(profile, s, by: rule == .lowestStart ? .lowestStart : .largestFreeRun) ?? open[0]
          chosen[slice * count + Int(first[k]) + s] = Int8(p)
          let score =
            switch order {
            case .rank: Int64(0)
            case .fullest: Int64(space.freeMilli(s))
            case .emptiest: -Int64(space.freeMilli(s))
            case .leastLoss: growth(p)
            }
          own.append((score, Int32(s)))
        }
        let firstLevel = levels.count
        for (score, state) in own.sorted(by: { ($0.score, $0.state) < ($1.score, $1.state) }) {
          if levels.count == firstLevel || levels[levels.count - 1].score < score {
            levels.append(Level(score: score, first: Int32(taking.count), end: 0))
          }
          taking.append(state)
          levels[levels.count - 1].end = Int32(taking.count)
        }
      }
    }
    levelStart.append(Int32(levels.count))
    takingStart.append(Int32(taking.count))
    self.sliceCount = sliceCount
    kindCount = spaces.count
    stateCount = count
    firstState = Column(first)
    self.chosen = Column(chosen)
    self.taken = Column(taken)
    self.given = Column(given)
    self.usable = Column(usable)
    self.slots = Column(slots)
    self.open = Column(open)
    self.cut = Column(cut)
    self.milliOf = Column(milliOf)
    self.levelStart = Column(levelStart)
    allLevels = Column(levels)
    self.takingStart = Column(takingStart)
    takingStates = Column(taking)
  }

  /// The placement that the slice gets on a GPU in the state, or -1.
  @inline(__always)
  func placement(_ slice: Int16, _ state: UInt16) -> Int8 { chosen[Int(slice) * stateCount + Int(state)] }

  @inline(__always)
  func taking(_ placement: Int, from state: UInt16) -> UInt16 {
    taken[Int(state) * Self.placementsPerState + placement]
  }

  @inline(__always)
  func giving(_ placement: Int, from state: UInt16) -> UInt16 {
    given[Int(state) * Self.placementsPerState + placement]
  }

  @inline(__always)
  func usableMilli(_ slice: Int, _ state: UInt16) -> Int32 { usable[Int(state) * sliceCount + slice] }

  @inline(__always)
  func milli(kind: Int, _ placement: Int) -> Int32 { milliOf[kind * Self.placementsPerState + placement] }

  /// Profiles of which the GPU could take a further instance, as bits.
  @inline(__always)
  func openProfiles(_ state: Int) -> UInt32 { open[state] }

  func slotMask(_ state: UInt16) -> UInt8 { slots[Int(state)] }

  @inline(__always)
  func isCut(_ state: UInt16) -> Bool { cut[Int(state)] }

  /// The levels of the slice on GPUs of the kind, best first.
  @inline(__always)
  func levels(_ slice: Int16, kind: Int) -> Range<Int> {
    let cell = Int(slice) * kindCount + kind
    return Int(levelStart[cell])..<Int(levelStart[cell + 1])
  }

  @inline(__always)
  func level(_ position: Int) -> Level { allLevels[position] }

  /// Where the states of GPUs of the kind lie that take the slice.
  func takingRange(_ slice: Int16, kind: Int) -> Range<Int> {
    let cell = Int(slice) * kindCount + kind
    return Int(takingStart[cell])..<Int(takingStart[cell + 1])
  }

  /// A state, counted from the kind's first.
  @inline(__always)
  func taking(at position: Int) -> Int { Int(takingStates[position]) }
}

/// Which GPUs slices go to first.
enum MIGDeviceOrder {
  /// The first in the order of the nodes.
  case rank
  /// The fewest free slots, then by rank; and the other way round.
  case fullest, emptiest
  /// The least growth of what free slots cannot give to the mix, then by rank.
  case leastLoss

  /// The order of a placement policy; nil: it says nothing about slices.
  init?(_ placement: PlacementSpec) {
    guard placement.scores.count == 1 else { return nil }
    switch placement.scores[0].policy {
    case "first-fit": self = .rank
    case "best-fit": self = .fullest
    case "worst-fit": self = .emptiest
    case "fgd": self = .leastLoss
    default: return nil
    }
  }
}
