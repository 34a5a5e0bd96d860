import SimulationKernel
import Testing

/// Shapes of input that have broken event queues before.
enum KeyShape: String, CaseIterable {
  case random, tied, rising, falling, bursts, nearZero, nearLatest, powersOfTwo, oneDigitApart

  func key(_ index: Int, of count: Int, _ stream: inout RandomStream) -> EventKey {
    let phase = UInt8(stream.nextBelow(8))
    let ticks: UInt64
    switch self {
    case .random: ticks = stream.nextBelow(1 << 60)
    case .tied: ticks = 1_000_000_007 * stream.nextBelow(3)
    case .rising: ticks = UInt64(index) * 17
    case .falling: ticks = UInt64(count - index) * 1_000_003
    case .bursts: ticks = (stream.nextBelow(10) << 30) + stream.nextBelow(4)
    case .nearZero: ticks = stream.nextBelow(2)
    case .nearLatest: ticks = UInt64(SimTime.latest.nanoseconds) - stream.nextBelow(40)
    case .powersOfTwo: ticks = (1 << stream.nextBelow(60)) - stream.nextBelow(2)
    case .oneDigitApart: ticks = stream.nextBelow(16) << (4 * stream.nextBelow(15))
    }
    return EventKey(time: SimTime(nanoseconds: Int64(ticks)), phase: phase)
  }
}

@Suite("Calendar order")
struct CalendarOrderTests {
  static let sizes = [0, 1, 2, 15, 16, 17, 30, 31, 32, 33, 61, 62, 63, 255, 256, 257, 5_000]

  @Test("events leave sorted by time, phase and insertion", arguments: KeyShape.allCases, sizes)
  func popsInSortedOrder(shape: KeyShape, size: Int) {
    for seed in UInt64(0)..<5 {
      var stream = RandomStream(seed: seed, stream: "keys", entity: UInt64(size))
      let keys = (0..<size).map { shape.key($0, of: size, &stream) }
      var radix = Calendar()
      var heap = HeapCalendar()
      for (index, key) in keys.enumerated() {
        radix.push(key, payload: UInt32(index), generation: 7)
        heap.push(key, payload: UInt32(index), generation: 7)
      }
      #expect(radix.count == size)
      let expected = keys.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
        .map { CalendarEntry(key: $0.element, payload: UInt32($0.offset), generation: 7) }
      var popped: [CalendarEntry] = []
      var poppedFromHeap: [CalendarEntry] = []
      while let entry = radix.popMin() { popped.append(entry) }
      while let entry = heap.popMin() { poppedFromHeap.append(entry) }
      #expect(popped == expected, "\(shape), size \(size), seed \(seed)")
      #expect(poppedFromHeap == expected, "\(shape), size \(size), seed \(seed)")
      #expect(radix.isEmpty && heap.count == 0)
    }
  }

  @Test("the first and the last instant of time are ordinary keys")
  func extremeKeys() {
    var calendar = Calendar()
    let first = EventKey(time: .zero, phase: 0)
    let last = EventKey(time: .latest, phase: 7)
    calendar.push(last, payload: 1, generation: 0)
    calendar.push(first, payload: 0, generation: 0)
    #expect(calendar.popMin()?.key == first)
    #expect(calendar.popMin()?.key == last)
    calendar.push(last, payload: 2, generation: 0)
    #expect(calendar.popMin()?.payload == 2)
    #expect(calendar.popMin() == nil)
    #expect(last.time == .latest && last.phase == 7 && last < .distantFuture)
  }

  @Test("radix heap and 4-ary heap agree on random pushes, pops, looks and cancellations")
  func agreesWithHeap() {
    for seed in UInt64(0)..<3_000 {
      guard runInterleaving(seed: seed) else {
        Issue.record("the calendars disagree for seed \(seed)")
        return
      }
    }
  }

  /// One random history on both calendars; false at the first difference.
  private func runInterleaving(seed: UInt64) -> Bool {
    var stream = RandomStream(seed: seed, stream: "interleaving")
    let spread = UInt64(1) << (1 + stream.nextBelow(56))
    let pushShare = 40 + stream.nextBelow(25)
    let cancels = stream.nextBelow(3) > 0
    var radix = Calendar(minimumCapacity: seed % 4 == 0 ? 100 : 0)
    var heap = HeapCalendar()
    var slots = EventSlots()
    var pending: [(slot: UInt32, generation: UInt32)] = []
    var last = EventKey.zero
    for _ in 0..<200 {
      let choice = stream.nextBelow(100)
      if choice < pushShare {
        // Now and then a crowd, which fills buckets past what is sorted.
        for _ in 0..<(stream.nextBelow(16) == 0 ? 60 : 1) {
          let ticks = Int64(last.bits >> 3) + Int64(stream.nextBelow(spread))
          let time = min(SimTime(nanoseconds: ticks), .latest)
          let key = max(last, EventKey(time: time, phase: UInt8(stream.nextBelow(8))))
          let (slot, generation) = slots.allocate()
          pending.append((slot, generation))
          radix.push(key, payload: slot, generation: generation)
          heap.push(key, payload: slot, generation: generation)
        }
      } else if choice < 75 {
        let a = radix.popMin(ifBefore: .distantFuture) { slots.isLive($0) }
        let b = heap.popMin(ifBefore: .distantFuture) { slots.isLive($0) }
        guard a == b else { return false }
        if let a {
          slots.release(a.payload)
          last = a.key
        }
      } else if choice < 85 {
        let limit = EventKey(bits: last.bits + stream.nextBelow(spread) * 8)
        let a = radix.popMin(ifBefore: limit) { slots.isLive($0) }
        let b = heap.popMin(ifBefore: limit) { slots.isLive($0) }
        guard a == b else { return false }
        if let a {
          slots.release(a.payload)
          last = a.key
        }
      } else if choice < 90 {
        // Stale entries may be dropped at different moments; after dropping
        // them all, both must see the same.
        radix.compact { slots.isLive($0) }
        heap.compact { slots.isLive($0) }
        guard radix.peekMin() == heap.peekMin(), radix.count == heap.count else { return false }
      } else if cancels {
        for _ in 0..<min(pending.count, stream.nextBelow(4) == 0 ? 60 : 1) {
          let victim = pending.remove(at: Int(stream.nextBelow(UInt64(pending.count))))
          slots.release(victim.slot, generation: victim.generation)
        }
      }
    }
    while let b = heap.popMin(ifBefore: .distantFuture, isLive: { slots.isLive($0) }) {
      guard radix.popMin(ifBefore: .distantFuture, isLive: { slots.isLive($0) }) == b else { return false }
    }
    return radix.popMin(ifBefore: .distantFuture) { slots.isLive($0) } == nil && radix.isEmpty
  }

  @Test("a look-ahead does not disturb: earlier events may still be pushed")
  func lookAheadDoesNotDisturb() {
    for seed in UInt64(0)..<500 {
      var stream = RandomStream(seed: seed, stream: "look-ahead")
      var calendar = Calendar()
      var undisturbed = Calendar()
      var last = EventKey.zero
      for step in UInt32(0)..<300 {
        if let earliest = calendar.peekMin() {
          // Looking at and just up to the earliest event changes nothing.
          #expect(calendar.popMin(ifBefore: earliest) == nil)
          #expect(calendar.peekMin() == earliest)
        }
        if stream.nextBelow(5) < 3 {
          let key = EventKey(bits: last.bits + stream.nextBelow(1 << 24))
          calendar.push(key, payload: step, generation: 0)
          undisturbed.push(key, payload: step, generation: 0)
        } else {
          let entry = calendar.popMin()
          #expect(entry == undisturbed.popMin(), "seed \(seed)")
          last = entry?.key ?? last
        }
      }
    }
  }
}
