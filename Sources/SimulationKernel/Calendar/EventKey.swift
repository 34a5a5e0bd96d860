/// When an event happens, as one integer: `time << 3 | phase`.
///
/// Comparing two keys compares time first and phase second, so that the order
/// of events has one definition. Insertion order, the third part of the total
/// order, is kept by the calendars, which are stable for equal keys.
///
/// 8 bytes: 60 bits of nanoseconds and 3 bits of phase; the top bit is 0 in
/// every key that an event can have, which leaves ``distantFuture`` above all.
@frozen
public struct EventKey: Comparable, Hashable, BitwiseCopyable, Sendable {
  /// `time << 3 | phase`.
  public var bits: UInt64

  /// A key from its raw bits.
  @inlinable
  public init(bits: UInt64) {
    self.bits = bits
  }

  /// A key from its parts.
  ///
  /// - Precondition: `time` lies between ``SimTime/zero`` and
  ///   ``SimTime/latest``, and `phase` is below 8.
  @inlinable
  public init(time: SimTime, phase: UInt8) {
    let ticks = UInt64(bitPattern: time.nanoseconds)
    precondition(ticks >> 60 == 0, "event time is negative or later than SimTime.latest")
    precondition(phase < 8, "event phase must be below 8")
    bits = ticks << 3 | UInt64(phase)
  }

  /// The instant.
  @inlinable
  public var time: SimTime { SimTime(nanoseconds: Int64(bitPattern: bits >> 3)) }

  /// The place within the instant, 0 ... 7; lower phases come first.
  @inlinable
  public var phase: UInt8 { UInt8(truncatingIfNeeded: bits & 7) }

  /// The first phase of the first instant.
  @inlinable
  public static var zero: EventKey { EventKey(bits: 0) }

  /// A limit after every key that an event can have.
  @inlinable
  public static var distantFuture: EventKey { EventKey(bits: .max) }

  @inlinable
  public static func < (a: EventKey, b: EventKey) -> Bool { a.bits < b.bits }
}
