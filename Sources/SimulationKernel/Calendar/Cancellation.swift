/// A table of slots with generations: how an event is cancelled without
/// searching for it.
///
/// A scheduled entry carries a slot and the generation that the slot had then.
/// Releasing the slot raises its generation, so the entry becomes stale where
/// it lies and is dropped when a calendar meets it. A dropped entry never
/// moves the clock.
///
/// For example:
///
///     let timeout = slots.allocate()
///     feed.push(key, payload: timeout.slot, generation: timeout.generation)
///     slots.release(timeout.slot)           // cancels
///     feed.next(arrivalKey: nil) { slots.isLive($0) }   // never sees it
///
/// Generation 0 is never given out, so it can mark entries that nobody
/// cancels.
///
/// - Complexity: O(1) for every operation; 4 bytes a slot plus 4 for each free
///   one. A slot's generation wraps after 2^32 - 1 lives, by when an entry of
///   the same generation would have to be still pending to be mistaken.
public struct EventSlots: Sendable {
  @usableFromInline var generations: [UInt32] = []
  @usableFromInline var free: [UInt32] = []

  /// An empty table with room for the given number of slots.
  public init(minimumCapacity: Int = 0) {
    generations.reserveCapacity(minimumCapacity)
    free.reserveCapacity(minimumCapacity)
  }

  /// The number of slots in use.
  public var liveCount: Int { generations.count - free.count }

  /// Takes a slot, the one released last if there is any.
  @inlinable
  public mutating func allocate() -> (slot: UInt32, generation: UInt32) {
    if let slot = free.popLast() {
      return (slot, generations[Int(slot)])
    }
    let slot = UInt32(generations.count)
    generations.append(1)
    return (slot, 1)
  }

  /// Gives a slot back; entries that carry its present generation are stale
  /// from now on.
  ///
  /// - Precondition: the slot is in use. Releasing twice is a defect of the
  ///   caller; use ``release(_:generation:)`` where it may happen.
  @inlinable
  public mutating func release(_ slot: UInt32) {
    let next = generations[Int(slot)] &+ 1
    generations[Int(slot)] = next == 0 ? 1 : next
    free.append(slot)
  }

  /// Gives a slot back if the given life of it still lasts; returns whether
  /// it did.
  @inlinable
  @discardableResult
  public mutating func release(_ slot: UInt32, generation: UInt32) -> Bool {
    guard isLive(slot, generation: generation) else { return false }
    release(slot)
    return true
  }

  /// Whether the slot is still in the given life.
  @inlinable
  public func isLive(_ slot: UInt32, generation: UInt32) -> Bool {
    generations[Int(slot)] == generation
  }

  /// Whether an entry scheduled with a slot of this table still stands.
  @inlinable
  public func isLive(_ entry: CalendarEntry) -> Bool {
    isLive(entry.payload, generation: entry.generation)
  }
}
