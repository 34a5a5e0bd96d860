/// The exact integral over time of a level that changes in steps: GPU
/// nanoseconds from a number of busy GPUs, for example.
///
/// Levels are `Int64` and time ends at 2^60 ns, so the area stays below 2^123
/// in magnitude and never overflows its `Int128`.
///
/// 48 bytes. Inlinable, because the engine moves several levels an event.
@frozen
public struct TimeIntegral: Equatable, Sendable {
  @usableFromInline var area: Int128 = 0
  @usableFromInline var storedLevel: Int64
  @usableFromInline var start: SimTime
  @usableFromInline var lastChange: SimTime

  /// A level that begins at the given instant.
  @inlinable
  public init(level: Int64 = 0, from start: SimTime = .zero) {
    storedLevel = level
    self.start = start
    lastChange = start
  }

  /// The present level.
  @inlinable
  public var level: Int64 { storedLevel }

  /// Changes the level from an instant on.
  ///
  /// - Precondition: `time` is not before the last change.
  @inlinable
  public mutating func set(_ level: Int64, at time: SimTime) {
    area = value(at: time)
    lastChange = time
    storedLevel = level
  }

  /// Raises or lowers the level from an instant on.
  ///
  /// - Precondition: `time` is not before the last change.
  @inlinable
  public mutating func add(_ delta: Int64, at time: SimTime) {
    set(storedLevel + delta, at: time)
  }

  /// The integral from the start to the given instant, in level x nanoseconds.
  ///
  /// - Precondition: `time` is not before the last change.
  @inlinable
  public func value(at time: SimTime) -> Int128 {
    let span = time.nanoseconds - lastChange.nanoseconds
    precondition(span >= 0, "a time integral was read or changed before its last change")
    return area + Int128(storedLevel) * Int128(span)
  }

  /// The time-weighted mean level from the start to the given instant; the
  /// present level if no time has passed.
  public func mean(at time: SimTime) -> Double {
    let span = time.nanoseconds - start.nanoseconds
    return span > 0 ? Double(value(at: time)) / Double(span) : Double(storedLevel)
  }

  /// Forgets the past: the integral counts from the given instant on, for the
  /// end of a warm-up or the edge of a bucket.
  ///
  /// - Precondition: `time` is not before the last change.
  @inlinable
  public mutating func restart(at time: SimTime) {
    precondition(time >= lastChange, "a time integral was restarted before its last change")
    area = 0
    start = time
    lastChange = time
  }
}
