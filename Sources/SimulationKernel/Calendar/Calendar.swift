/// The pending events of a run, earliest first: a monotone radix heap.
///
/// Events leave in the order of their key and, for equal keys, in the order in
/// which they were pushed. Nothing may be pushed before the event popped last,
/// which is what simulation needs and what makes the structure fast.
///
/// A key is read as 16 digits of 4 bits. An entry lies in the bucket given by
/// the highest digit in which its key differs from a base, a key popped
/// before, and by the value of that digit. Popping takes the lowest bucket. A
/// long one is spread over the levels below around a new base, its lowest key;
/// each entry only ever moves down, at most 16 times and about log16(n) times
/// in practice. A short one is sorted into the front, a small run that is
/// popped in turn with whatever is pushed before its end meanwhile. Equal keys
/// always share a bucket, buckets keep their order, and the front is older
/// than what the buckets get later, so ties need no insertion number.
///
/// Source: R. K. Ahuja, K. Mehlhorn, J. B. Orlin, R. E. Tarjan, "Faster
/// algorithms for the shortest path problem", J. ACM 37 (1990), section 3.
///
/// - Complexity: `push` O(1); `popMin` O(1) amortised over the at most 16
///   moves of an entry. Memory is 16.5 bytes an entry plus at most one partly
///   filled chunk of 512 bytes for each bucket in use. Once the greatest
///   number of pending events has been seen, nothing is allocated.
///
/// `push` and the pops are inlinable, and the type is frozen, because a call
/// across the module's edge for each event cost a factor of three.
@frozen
public struct Calendar: ~Copyable {
  /// The number of pending entries, cancelled ones that have not been met yet
  /// included.
  @inlinable
  public var count: Int { storedCount }
  @usableFromInline var storedCount: Int = 0
  /// The key of the entry popped last.
  @usableFromInline var lastPopped: UInt64 = 0
  /// Entries lie in buckets relative to this; never above ``lastPopped``.
  @usableFromInline var base: UInt64 = 0
  /// No key in a bucket is below this: answers a look-ahead without a search.
  @usableFromInline var lowerBound: UInt64 = .max
  /// The key of the front's first entry; above all keys if it is empty.
  @usableFromInline var frontKey: UInt64 = .max
  @usableFromInline var frontHead = 0
  @usableFromInline var frontEnd = 0
  /// The front: entries taken from one bucket, in order.
  @usableFromInline let front: UnsafeMutablePointer<CalendarEntry>
  /// Bit l is set if some bucket of level l has entries.
  @usableFromInline var levels: UInt32 = 0
  /// 256 buckets: 16 levels of 16 digits.
  @usableFromInline let buckets: UnsafeMutablePointer<Bucket>
  /// For each level, the digits whose buckets have entries.
  @usableFromInline let digits: UnsafeMutablePointer<UInt32>
  @usableFromInline var pool: ChunkPool

  /// An empty calendar.
  ///
  /// - Parameter minimumCapacity: with a positive number, as many pending
  ///   entries never cause an allocation.
  public init(minimumCapacity: Int = 0) {
    buckets = .allocate(capacity: Self.bucketCount)
    buckets.initialize(repeating: Bucket(), count: Self.bucketCount)
    digits = .allocate(capacity: Self.levelCount)
    digits.initialize(repeating: 0, count: Self.levelCount)
    front = .allocate(capacity: Self.frontCapacity)
    pool = ChunkPool()
    if minimumCapacity > 0 {
      // Each bucket has at most one partly filled chunk at its end, and those
      // of the lowest level another at their start.
      pool.grow(by: minimumCapacity / ChunkPool.entriesPerChunk + Self.bucketCount + Self.levelCount)
    }
  }

  @inlinable
  deinit {
    buckets.deallocate()
    digits.deallocate()
    front.deallocate()
  }

  @usableFromInline static var levelCount: Int { 16 }
  @usableFromInline static var bucketCount: Int { 256 }
  /// The longest bucket that is sorted rather than spread.
  @inlinable static var frontCapacity: Int { 24 }

  /// A queue of entries in a chain of chunks. 16 bytes.
  @usableFromInline
  @frozen
  struct Bucket: BitwiseCopyable {
    /// The first entry; nil if the bucket is empty.
    @usableFromInline var head: UnsafeMutablePointer<CalendarEntry>?
    /// One past the last entry; nil if the bucket is empty.
    @usableFromInline var tail: UnsafeMutablePointer<CalendarEntry>?

    @inlinable
    init() {}
  }

  /// Whether nothing is pending.
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// Adds an entry behind those of the same key.
  ///
  /// - Precondition: `key` is not before the entry popped last.
  /// - Complexity: O(1).
  @inlinable
  public mutating func push(_ key: EventKey, payload: UInt32, generation: UInt32) {
    precondition(key.bits >= lastPopped, "an event was pushed into the past")
    append(CalendarEntry(key: key, payload: payload, generation: generation))
    if key.bits < lowerBound { lowerBound = key.bits }
    storedCount &+= 1
  }

  /// Removes the earliest entry, cancelled or not; nil if there is none.
  @inlinable
  public mutating func popMin() -> CalendarEntry? {
    popMin(ifBefore: .distantFuture) { _ in true }
  }

  /// Removes the earliest entry if it lies before `limit`.
  ///
  /// When this returns nil nothing has changed: entries between the last
  /// popped key and the limit may still be pushed.
  @inlinable
  public mutating func popMin(ifBefore limit: EventKey) -> CalendarEntry? {
    popMin(ifBefore: limit) { _ in true }
  }

  /// Removes the earliest entry that still stands, if it lies before `limit`.
  ///
  /// Entries for which `isLive` is false are dropped when met. A dropped entry
  /// is as if it had never been pushed: events before it may still be pushed.
  @inlinable
  public mutating func popMin(
    ifBefore limit: EventKey,
    isLive: (CalendarEntry) -> Bool
  ) -> CalendarEntry? {
    while true {
      // At equal keys the front's entries are the older ones.
      if lowerBound < min(limit.bits, frontKey) {
        if let entry = popBucket(ifBefore: min(limit.bits, frontKey), isLive: isLive) {
          lastPopped = entry.key.bits
          return entry
        }
      }
      if frontKey >= limit.bits { return nil }
      let entry = popFront()
      if isLive(entry) {
        lastPopped = entry.key.bits
        return entry
      }
    }
  }

  /// Removes the earliest entry of the buckets that still stands, if it lies
  /// before `limit`. Returns nil as well after filling an empty front.
  @inlinable
  @inline(__always)
  mutating func popBucket(
    ifBefore limit: UInt64,
    isLive: (CalendarEntry) -> Bool
  ) -> CalendarEntry? {
    while true {
      let level = levels.trailingZeroBitCount
      if level == 32 {
        lowerBound = .max
        return nil
      }
      let bucket = level << 4 | digits[level].trailingZeroBitCount
      let first = buckets[bucket].head.unsafelyUnwrapped
      if level == 0 || first + 1 == buckets[bucket].tail {
        // One key only, so the first entry is the earliest.
        let entry = first.pointee
        lowerBound = entry.key.bits
        if lowerBound >= limit { return nil }
        removeFirst(bucket)
        if isLive(entry) {
          base = lowerBound
          return entry
        }
      } else if frontHead == frontEnd && fillFront(from: bucket) {
        return nil
      } else {
        let earliest = earliestEntry(in: bucket)
        lowerBound = earliest.key.bits
        if lowerBound >= limit { return nil }
        if isLive(earliest) {
          spread(bucket, removing: lowerBound)
          return earliest
        }
        // One sweep drops every stale entry of the bucket, so that the
        // search is repeated at most once for it.
        filter(bucket, keeping: isLive)
      }
    }
  }

  /// The earliest pending key, cancelled entries included; nil if nothing is
  /// pending. Never moves an entry.
  ///
  /// - Complexity: O(entries of the lowest bucket); `popMin(ifBefore:)`
  ///   remembers what it saw and is the better look-ahead in a loop.
  public func peekMin() -> EventKey? {
    var earliest = frontKey
    let level = levels.trailingZeroBitCount
    if level < 32 {
      let bucket = level << 4 | digits[level].trailingZeroBitCount
      earliest = min(earliest, earliestEntry(in: bucket).key.bits)
    }
    return earliest == .max ? nil : EventKey(bits: earliest)
  }

  /// Drops the entries for which `isLive` is false.
  ///
  /// - Complexity: O(pending entries).
  @inlinable
  public mutating func compact(keeping isLive: (CalendarEntry) -> Bool) {
    for bucket in 0..<Self.bucketCount where buckets[bucket].head != nil {
      filter(bucket, keeping: isLive)
    }
    filterFront(keeping: isLive)
  }
}
