/// Remembers the measure under (CPU class, class of nodes, multiset of free parts): an
/// open-addressing table that doubles when half full and is emptied when it
/// reaches its largest size.
struct FragmentationMemo: ~Copyable {
  /// 48 bytes: up to 16 free parts of 10 bits are kept as two sorted words
  /// each of 8 x 16 bits.
  struct Entry: BitwiseCopyable {
    var low = SIMD8<Int16>()
    var high = SIMD8<Int16>()
    var classBit: UInt64 = 0
    /// -1: empty.
    var cpuClass: Int32 = -1
    var value: Double = 0
  }
  private static let largestCapacity = 1 << 17
  private var entries: Column<Entry>
  private var count = 0
  private var pending = Entry()
  private var pendingSlot = 0

  init() {
    entries = Column(repeating: Entry(), count: 1 << 12)
  }

  /// The remembered value; when there is none, the key waits for ``store(_:)``.
  mutating func find(_ cpuClass: Int32, _ free: UnsafePointer<Int16>, _ gpuCount: Int, _ classBit: UInt64)
    -> Double?
  {
    var entry = Entry()
    withUnsafeMutableBytes(of: &entry) { bytes in
      let parts = bytes.baseAddress!.assumingMemoryBound(to: Int16.self)
      for g in 0..<gpuCount {
        // Insertion sort, largest first: at most 16 elements, usually nearly sorted.
        let value = free[g]
        var i = g
        while i > 0, parts[i - 1] < value {
          parts[i] = parts[i - 1]
          i -= 1
        }
        parts[i] = value
      }
    }
    entry.classBit = classBit
    entry.cpuClass = cpuClass
    var hash = UInt64(bitPattern: Int64(cpuClass)) &* 0x9E37_79B9_7F4A_7C15 ^ classBit
    let words = unsafeBitCast(entry.low, to: SIMD2<UInt64>.self)
    hash = (hash ^ words[0]) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 29) ^ words[1]) &* 0x94D0_49BB_1331_11EB
    if entry.high != SIMD8() {
      let more = unsafeBitCast(entry.high, to: SIMD2<UInt64>.self)
      hash = (hash ^ (hash >> 31) ^ more[0]) &* 0xBF58_476D_1CE4_E5B9
      hash = (hash ^ (hash >> 29) ^ more[1]) &* 0x94D0_49BB_1331_11EB
    }
    hash ^= hash >> 32
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let known = entries[slot]
      if known.cpuClass < 0 { break }
      if known.cpuClass == cpuClass, known.classBit == classBit, known.low == entry.low,
        known.high == entry.high
      {
        return known.value
      }
      slot = (slot + 1) & mask
    }
    pending = entry
    pendingSlot = slot
    return nil
  }

  /// Remembers the value for the key that ``find(_:_:_:_:)`` missed.
  mutating func store(_ value: Double) {
    pending.value = value
    entries[pendingSlot] = pending
    count += 1
    guard 2 * count > entries.count else { return }
    let grows = entries.count < FragmentationMemo.largestCapacity
    var old = Column(repeating: Entry(), count: grows ? 2 * entries.count : 1 << 12)
    swap(&old, &entries)
    count = 0
    guard grows else { return }
    for i in 0..<old.count where old[i].cpuClass >= 0 {
      reinsert(old[i])
    }
  }

  private mutating func reinsert(_ entry: Entry) {
    let saved = entry.value
    withUnsafeBytes(of: entry) { bytes in
      let parts = bytes.baseAddress!.assumingMemoryBound(to: Int16.self)
      _ = find(entry.cpuClass, parts, 16, entry.classBit)
    }
    pending.value = saved
    entries[pendingSlot] = pending
    count += 1
  }
}
