/// An exact integral as two 64-bit integers: the unit of the database.
///
/// The simulation counts level x nanoseconds in 128 bits; SQLite's integers
/// have 64. Whole level x seconds and the rest in level x nanoseconds lose
/// nothing: 100,000 GPUs over 36 years are 1.1 x 10^17 milliGPU-seconds, an
/// eightieth of the range. A sum in SQL is
/// `sum(milligpu_s) * 1000000000 + sum(milligpu_ns)`, exact as long as it fits.
struct ExactIntegral {
  static let nanosecondsPerSecond: Int128 = 1_000_000_000

  /// Level x seconds, rounded down.
  var seconds: Int64
  /// 0 ... 999,999,999 level x nanoseconds.
  var nanoseconds: Int64

  /// Nil when the value is negative or its seconds exceed 63 bits.
  init?(_ value: Int128) {
    guard value >= 0 else { return nil }
    let (whole, rest) = value.quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
    guard let seconds = Int64(exactly: whole) else { return nil }
    self.seconds = seconds
    nanoseconds = Int64(rest)
  }

  /// The integral that was stored.
  static func value(seconds: Int64, nanoseconds: Int64) -> Int128 {
    Int128(seconds) * nanosecondsPerSecond + Int128(nanoseconds)
  }
}
