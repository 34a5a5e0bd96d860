/// An exact amount of the reporting currency: a whole number of billionths.
///
/// Amounts that are added up are kept exactly, so that parts add up to their
/// totals; rates and discounting are floating-point. Whatever is not a whole
/// number of billionths is rounded once, half away from zero, when it becomes
/// an amount. 16 bytes: a sum of any number of amounts that fit a file cannot
/// overflow.
public struct Money: Hashable, Comparable, Sendable {
  /// Billionths of the currency unit (nano-dollars): prices have up to six
  /// decimals, and yearly amounts keep the digits that present values show.
  public var nanos: Int128

  public static let nanosPerUnit: Int128 = 1_000_000_000
  public static let zero = Money(nanos: 0)

  public init(nanos: Int128) { self.nanos = nanos }

  /// Rounds to the billionth, half away from zero.
  ///
  /// - Precondition: the amount is finite and below 10^18.
  public init(_ units: Double) {
    precondition(units.magnitude < 1e18, "an amount of \(units) is beyond what is counted exactly")
    nanos = Int128((units * 1e9).rounded())
  }

  /// In whole currency units, as near as floating point comes.
  public var units: Double { Double(nanos) / 1e9 }

  /// All nine decimals: `-12.500000000`.
  public var decimalText: String {
    let (whole, part) = nanos.magnitude.quotientAndRemainder(dividingBy: Self.nanosPerUnit.magnitude)
    let digits = "\(part)"
    return (nanos < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 9 - digits.count) + digits
  }

  /// Rounded to the millionth, half away from zero.
  public var millionths: Int64 { Int64(Self.quotient(nanos, 1000)) }

  /// Rounded to the cent, half away from zero.
  public var cents: Int128 { Self.quotient(nanos, 10_000_000) }

  public static func < (a: Money, b: Money) -> Bool { a.nanos < b.nanos }
  public static func + (a: Money, b: Money) -> Money { Money(nanos: a.nanos + b.nanos) }
  public static func - (a: Money, b: Money) -> Money { Money(nanos: a.nanos - b.nanos) }
  public static prefix func - (a: Money) -> Money { Money(nanos: -a.nanos) }
  public static func += (a: inout Money, b: Money) { a.nanos += b.nanos }

  /// So many times the amount, exactly.
  public static func * (a: Money, count: Int) -> Money { Money(nanos: a.nanos * Int128(count)) }

  /// The amount times a floating-point factor, rounded to the billionth.
  public static func * (a: Money, factor: Double) -> Money { Money(a.units * factor) }

  /// One of `count` equal parts, rounded to the billionth.
  public static func / (a: Money, count: Int) -> Money {
    Money(nanos: quotient(a.nanos, Int128(count)))
  }

  /// `a / b` rounded half away from zero; `b` is positive.
  static func quotient(_ a: Int128, _ b: Int128) -> Int128 {
    let half = b / 2
    return a >= 0 ? (a + half) / b : -((-a + half) / b)
  }
}

extension Sequence<Money> {
  /// Exact.
  public func total() -> Money { reduce(.zero, +) }
}
