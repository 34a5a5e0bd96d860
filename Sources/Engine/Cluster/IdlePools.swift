/// Idle nodes of each kind of machine, by rank: a three-level bit set a kind
/// in shared columns.
///
/// - Complexity: insert, remove and first are O(1); memory kinds x nodes bits.
struct IdlePools: ~Copyable {
  static let maximumNodes = 64 * 64 * 64
  private let leafWords: Int
  private let middleWords: Int
  private let leaves: Column<UInt64>
  private let middle: Column<UInt64>
  private let top: Column<UInt64>
  private let counts: Column<Int32>

  init(kinds: Int, nodes: Int) {
    precondition(nodes <= IdlePools.maximumNodes, "a fleet has at most 262,144 nodes")
    leafWords = max(1, (nodes + 63) / 64)
    middleWords = (leafWords + 63) / 64
    leaves = Column(repeating: 0, count: kinds * leafWords)
    middle = Column(repeating: 0, count: kinds * middleWords)
    top = Column(repeating: 0, count: kinds)
    counts = Column(repeating: 0, count: kinds)
  }

  func count(kind: Int) -> Int { Int(counts[kind]) }

  /// The lowest rank among the idle nodes of this kind.
  func first(kind: Int) -> Int? {
    guard top[kind] != 0 else { return nil }
    let m = top[kind].trailingZeroBitCount
    let l = m * 64 + middle[kind * middleWords + m].trailingZeroBitCount
    return l * 64 + leaves[kind * leafWords + l].trailingZeroBitCount
  }

  /// The next higher rank among the idle nodes of this kind.
  func next(kind: Int, after rank: Int) -> Int? {
    var leaf = rank >> 6
    let word = kind * leafWords
    var bits = rank & 63 == 63 ? 0 : leaves[word + leaf] & (UInt64.max << UInt64(rank & 63 + 1))
    while bits == 0 {
      leaf += 1
      if leaf == leafWords { return nil }
      bits = leaves[word + leaf]
    }
    return leaf * 64 + bits.trailingZeroBitCount
  }

  func insert(kind: Int, rank: Int) {
    let leaf = rank >> 6
    leaves[kind * leafWords + leaf] |= 1 << UInt64(rank & 63)
    middle[kind * middleWords + leaf >> 6] |= 1 << UInt64(leaf & 63)
    top[kind] |= 1 << UInt64(leaf >> 6)
    counts[kind] += 1
  }

  func remove(kind: Int, rank: Int) {
    let leaf = rank >> 6
    leaves[kind * leafWords + leaf] &= ~(1 << UInt64(rank & 63))
    counts[kind] -= 1
    guard leaves[kind * leafWords + leaf] == 0 else { return }
    let m = leaf >> 6
    middle[kind * middleWords + m] &= ~(1 << UInt64(leaf & 63))
    if middle[kind * middleWords + m] == 0 { top[kind] &= ~(1 << UInt64(m)) }
  }
}
