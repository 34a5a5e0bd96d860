// The buckets of the radix heap: chains of chunks. This file and ChunkPool
// hold all of the calendar's pointer arithmetic.

extension Calendar {
  /// The bucket for a key: the highest digit in which it differs from the
  /// last popped key gives the level, that digit's value the place.
  @inlinable
  @inline(__always)
  func place(of key: UInt64) -> (level: Int, digit: Int) {
    let difference = key ^ base
    let level = (63 - (difference | 1).leadingZeroBitCount) >> 2
    return (level, Int(truncatingIfNeeded: key >> UInt64(truncatingIfNeeded: level << 2)) & 15)
  }

  /// Puts an entry at the end of its bucket.
  @inlinable
  @inline(__always)
  mutating func append(_ entry: CalendarEntry) {
    let (level, digit) = place(of: entry.key.bits)
    let bucket = level << 4 | digit
    var tail = buckets[bucket].tail
    // True for an empty bucket (nil) as well as for a full last chunk.
    if UInt(bitPattern: tail) & ChunkPool.chunkMask == 0 { tail = extend(bucket) }
    tail.unsafelyUnwrapped.initialize(to: entry)
    buckets[bucket].tail = tail.unsafelyUnwrapped + 1
  }

  /// Adds a chunk to a bucket that is empty or whose last chunk is full;
  /// returns where the next entry goes.
  ///
  /// The masks change only here and in `clear`: keeping them in `append` put a
  /// store and a load of the same word between any two entries.
  @inlinable
  @inline(__always)
  mutating func extend(_ bucket: Int) -> UnsafeMutablePointer<CalendarEntry> {
    let chunk = pool.take()
    let start = ChunkPool.firstEntry(of: chunk)
    if let tail = buckets[bucket].tail {
      ChunkPool.setNext(of: UnsafeMutableRawPointer(tail) - ChunkPool.chunkSize, to: chunk)
    } else {
      buckets[bucket].head = start
      let level = bucket >> 4
      levels |= 1 << UInt32(truncatingIfNeeded: level)
      digits[level] |= 1 << UInt32(truncatingIfNeeded: bucket & 15)
    }
    return start
  }

  /// Removes the first entry of a bucket.
  @inlinable
  @inline(__always)
  mutating func removeFirst(_ bucket: Int) {
    let first = buckets[bucket].head.unsafelyUnwrapped
    let next = first + 1
    if next == buckets[bucket].tail {
      pool.give(ChunkPool.chunk(of: first))
      clear(bucket)
    } else if UInt(bitPattern: next) & ChunkPool.chunkMask == 0 {
      let spent = ChunkPool.chunk(of: first)
      buckets[bucket].head = ChunkPool.firstEntry(of: ChunkPool.next(of: spent))
      pool.give(spent)
    } else {
      buckets[bucket].head = next
    }
    storedCount &-= 1
  }

  /// Marks a bucket as empty; its chunks belong to the caller.
  @inlinable
  @inline(__always)
  mutating func clear(_ bucket: Int) {
    buckets[bucket] = Bucket()
    let level = bucket >> 4
    digits[level] &= ~(1 << UInt32(truncatingIfNeeded: bucket & 15))
    if digits[level] == 0 { levels &= ~(1 << UInt32(truncatingIfNeeded: level)) }
  }

  /// The entry with the lowest key, the first of several.
  @usableFromInline
  func earliestEntry(in bucket: Int) -> CalendarEntry {
    var earliest = buckets[bucket].head.unsafelyUnwrapped.pointee
    var walk = ChainWalk(buckets[bucket])
    while let run = walk.next() {
      for entry in run where entry.key < earliest.key { earliest = entry }
    }
    return earliest
  }

  /// Moves the entries of a bucket to lower levels around a new base, their
  /// lowest key, and removes the first entry that has it.
  @usableFromInline
  mutating func spread(_ bucket: Int, removing key: UInt64) {
    let chain = buckets[bucket]
    clear(bucket)
    base = key
    storedCount &-= 1
    var isFound = false
    var walk = ChainWalk(chain)
    while let run = walk.next() {
      for entry in run {
        if entry.key.bits == key && !isFound {
          isFound = true
        } else {
          append(entry)
        }
      }
      pool.give(ChunkPool.chunk(of: run.baseAddress.unsafelyUnwrapped))
    }
  }

  /// Drops the entries of a bucket for which `isLive` is false.
  @inlinable
  @inline(never)
  mutating func filter(_ bucket: Int, keeping isLive: (CalendarEntry) -> Bool) {
    let chain = buckets[bucket]
    clear(bucket)
    var walk = ChainWalk(chain)
    while let run = walk.next() {
      for entry in run {
        if isLive(entry) {
          append(entry)
        } else {
          storedCount &-= 1
        }
      }
      pool.give(ChunkPool.chunk(of: run.baseAddress.unsafelyUnwrapped))
    }
  }
}

/// A walk over a bucket's chain, chunk by chunk. It reads the next chunk's
/// address before it hands out a run, so the caller may give the chunk back.
@usableFromInline
@frozen
struct ChainWalk {
  @usableFromInline var start: UnsafeMutablePointer<CalendarEntry>?
  @usableFromInline let tail: UnsafeMutablePointer<CalendarEntry>

  @inlinable
  init(_ chain: Calendar.Bucket) {
    start = chain.head
    tail = chain.tail.unsafelyUnwrapped
  }

  /// The entries of the next chunk; nil after the last.
  @inlinable
  @inline(__always)
  mutating func next() -> UnsafeMutableBufferPointer<CalendarEntry>? {
    guard let first = start else { return nil }
    let chunk = ChunkPool.chunk(of: first)
    let chunkEnd = ChunkPool.end(of: chunk)
    // The last entry, not the end, tells the last chunk: the end of a full
    // chunk is the address of another.
    if chunk == ChunkPool.chunk(of: tail - 1) {
      start = nil
      return UnsafeMutableBufferPointer(start: first, count: tail - first)
    }
    start = ChunkPool.firstEntry(of: ChunkPool.next(of: chunk))
    return UnsafeMutableBufferPointer(start: first, count: chunkEnd - first)
  }
}
