/// One pending event: when, what, and which life of what.
///
/// 16 bytes, so that four entries share a cache line: an 8-byte key and two
/// 4-byte words that belong to the caller. There is no insertion number,
/// because the radix calendar keeps equal keys in order without one.
@frozen
public struct CalendarEntry: BitwiseCopyable, Equatable, Sendable {
  /// When the event happens.
  public var key: EventKey
  /// What happens: a slot, an entity, or a code that the model chooses.
  public var payload: UInt32
  /// Which life of the payload this entry belongs to; an entry whose
  /// generation has passed was cancelled. See ``EventSlots``.
  public var generation: UInt32

  @inlinable
  public init(key: EventKey, payload: UInt32, generation: UInt32) {
    self.key = key
    self.payload = payload
    self.generation = generation
  }
}
