/// An instant of simulated time: whole nanoseconds since the run's start.
///
/// Horizons up to 36 years fit in the 60 bits that an event key gives to
/// time. Floating-point seconds appear only at the edges, through
/// ``init(seconds:)`` and ``seconds``.
@frozen
public struct SimTime: Comparable, Hashable, Sendable, BitwiseCopyable {
  /// Nanoseconds since the start of the run.
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The start of the run.
  public static let zero = SimTime(nanoseconds: 0)

  /// The latest instant that an event key can hold: 2^60 - 1 ns, about 36.5
  /// years.
  public static let latest = SimTime(nanoseconds: (1 << 60) - 1)

  @inlinable
  public static func < (a: SimTime, b: SimTime) -> Bool {
    a.nanoseconds < b.nanoseconds
  }

  @inlinable
  public static func + (time: SimTime, span: SimDuration) -> SimTime {
    SimTime(nanoseconds: time.nanoseconds + span.nanoseconds)
  }

  @inlinable
  public static func - (a: SimTime, b: SimTime) -> SimDuration {
    SimDuration(nanoseconds: a.nanoseconds - b.nanoseconds)
  }

  /// Seconds since the start, rounded to the nearest nanosecond (ties to
  /// even). Returns nil when the value is not finite, negative, or later than
  /// ``latest``.
  public init?(seconds: Double) {
    guard let span = SimDuration(seconds: seconds), span.nanoseconds >= 0,
      span.nanoseconds <= SimTime.latest.nanoseconds
    else { return nil }
    self.init(nanoseconds: span.nanoseconds)
  }

  /// Seconds since the start, for reading and printing only.
  public var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// A length of simulated time in whole nanoseconds.
@frozen
public struct SimDuration: Comparable, Hashable, Sendable, BitwiseCopyable {
  /// The length in nanoseconds; negative only as the result of a subtraction.
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The empty length.
  public static let zero = SimDuration(nanoseconds: 0)

  /// One nanosecond: the length of a job that asks for none.
  public static let tick = SimDuration(nanoseconds: 1)

  @inlinable
  public static func < (a: SimDuration, b: SimDuration) -> Bool {
    a.nanoseconds < b.nanoseconds
  }

  /// Seconds, rounded to the nearest nanosecond (ties to even). Returns nil
  /// when the value is not finite or beyond 2^60 ns in magnitude.
  public init?(seconds: Double) {
    let scaled = (seconds * 1e9).rounded(.toNearestOrEven)
    guard scaled.isFinite, scaled.magnitude <= 0x1p60 else { return nil }
    self.init(nanoseconds: Int64(scaled))
  }

  /// A whole number of seconds.
  @inlinable
  public static func seconds(_ count: Int64) -> SimDuration {
    SimDuration(nanoseconds: count * 1_000_000_000)
  }

  /// Seconds, for reading and printing only.
  public var seconds: Double { Double(nanoseconds) / 1e9 }
}
