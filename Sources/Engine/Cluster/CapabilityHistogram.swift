import Hardware

/// How many nodes have each capability, for each class: answers whether any
/// node offers at least so much.
///
/// - Complexity: O(1) an update; an answer looks at 16 words a class.
struct CapabilityHistogram: ~Copyable {
  private static let words = (Capability.count + 63) / 64
  private let nodes = Column<Int32>(repeating: 0, count: Fleet.maximumNodeClasses * Capability.count)
  /// Capabilities that any node has, one bit each.
  private let present = Column<UInt64>(
    repeating: 0,
    count: Fleet.maximumNodeClasses * CapabilityHistogram.words
  )

  /// A node's capability changes; -1 stands for a node that is not up.
  func move(from old: Int32, to new: Int32, nodeClass: Int) {
    let base = nodeClass * Capability.count
    let firstWord = nodeClass * CapabilityHistogram.words
    if old >= 0 {
      let cell = base + Int(old)
      nodes[cell] -= 1
      if nodes[cell] == 0 { present[firstWord + Int(old) >> 6] &= ~(1 << UInt64(old & 63)) }
    }
    if new >= 0 {
      nodes[base + Int(new)] += 1
      present[firstWord + Int(new) >> 6] |= 1 << UInt64(new & 63)
    }
  }

  /// The largest capability of a node of these classes, or -1: none is up.
  func largest(classes: UInt64) -> Int32 {
    var best = -1
    var left = classes
    while left != 0 {
      let firstWord = left.trailingZeroBitCount * CapabilityHistogram.words
      left &= left - 1
      var word = CapabilityHistogram.words - 1
      while word >= 0, word << 6 > best - 64 {
        let bits = present[firstWord + word]
        if bits != 0 {
          best = max(best, word << 6 + 63 - bits.leadingZeroBitCount)
          break
        }
        word -= 1
      }
    }
    return Int32(best)
  }

  /// Whether any node of these classes has at least this capability.
  func offers(atLeast need: Int32, classes: UInt64) -> Bool {
    var left = classes
    while left != 0 {
      let firstWord = left.trailingZeroBitCount * CapabilityHistogram.words
      left &= left - 1
      var word = Int(need) >> 6
      var bits = present[firstWord + word] & (UInt64.max << UInt64(need & 63))
      while bits == 0 {
        word += 1
        if word == CapabilityHistogram.words { break }
        bits = present[firstWord + word]
      }
      if bits != 0 { return true }
    }
    return false
  }
}
