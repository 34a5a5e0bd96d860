/// The calendar's memory: chunks of 512 bytes with a free list.
///
/// A chunk is 16 bytes of header (the next chunk of its chain) and 31 entries.
/// Chunks are aligned to their size, so the address of an entry tells its
/// chunk, and an address that is a multiple of 512 tells a full one. The free
/// list gives back the chunk used last, which is still in the cache.
@usableFromInline
@frozen
struct ChunkPool: ~Copyable {
  @usableFromInline var free: UnsafeMutableRawPointer?
  /// The slab allocated last; its first chunk holds the address of the one
  /// before.
  @usableFromInline var slabs: UnsafeMutableRawPointer?
  @usableFromInline var chunkCount = 0

  @usableFromInline
  init() {}

  @inlinable
  deinit {
    var slab = slabs
    while let present = slab {
      slab = present.load(as: UnsafeMutableRawPointer?.self)
      present.deallocate()
    }
  }

  @inlinable static var chunkSize: Int { 512 }
  @inlinable static var chunkMask: UInt { 511 }
  @inlinable static var headerSize: Int { 16 }
  @inlinable static var entriesPerChunk: Int { 31 }
  /// The first growth, 32 KiB: enough for a small model's whole run.
  @usableFromInline static var firstGrowth: Int { 63 }

  /// Takes a chunk; its content is undefined.
  @inlinable
  @inline(__always)
  mutating func take() -> UnsafeMutableRawPointer {
    if free == nil { grow(by: max(Self.firstGrowth, chunkCount)) }
    let chunk = free.unsafelyUnwrapped
    free = chunk.load(as: UnsafeMutableRawPointer?.self)
    return chunk
  }

  /// Gives a chunk back.
  @inlinable
  @inline(__always)
  mutating func give(_ chunk: UnsafeMutableRawPointer) {
    chunk.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
    free = chunk
  }

  /// Allocates a slab of chunks.
  @usableFromInline
  @inline(never)
  mutating func grow(by count: Int) {
    let slab = UnsafeMutableRawPointer.allocate(
      byteCount: (count + 1) * Self.chunkSize,
      alignment: Self.chunkSize
    )
    slab.storeBytes(of: slabs, as: UnsafeMutableRawPointer?.self)
    slabs = slab
    for index in stride(from: count, through: 1, by: -1) {
      give(slab + index * Self.chunkSize)
    }
    chunkCount += count
  }

  /// The chunk in which an entry lies.
  @inlinable
  @inline(__always)
  static func chunk(of entry: UnsafeMutablePointer<CalendarEntry>) -> UnsafeMutableRawPointer {
    let address = UnsafeMutableRawPointer(entry)
    return address - Int(bitPattern: UInt(bitPattern: address) & chunkMask)
  }

  @inlinable
  @inline(__always)
  static func firstEntry(of chunk: UnsafeMutableRawPointer) -> UnsafeMutablePointer<CalendarEntry> {
    (chunk + headerSize).assumingMemoryBound(to: CalendarEntry.self)
  }

  @inlinable
  @inline(__always)
  static func end(of chunk: UnsafeMutableRawPointer) -> UnsafeMutablePointer<CalendarEntry> {
    (chunk + chunkSize).assumingMemoryBound(to: CalendarEntry.self)
  }

  @inlinable
  @inline(__always)
  static func next(of chunk: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    chunk.load(as: UnsafeMutableRawPointer?.self).unsafelyUnwrapped
  }

  @inlinable
  @inline(__always)
  static func setNext(of chunk: UnsafeMutableRawPointer, to next: UnsafeMutableRawPointer) {
    chunk.storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
  }
}
