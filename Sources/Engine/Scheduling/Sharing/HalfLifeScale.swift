/// Powers of two with a fractional exponent, in whole numbers: equal arguments
/// have equal values on every machine, and one half-life more is exactly twice
/// as much.
///
/// Relative error below 2^-40.
struct HalfLifeScale {
  /// Values count in units of 2^-40.
  static let fractionBits: UInt64 = 40
  /// Bits of the fractional exponent that are looked at.
  private static let steps: UInt64 = 48
  /// 2^(2^-i) for i in 1 ... ``steps``, in units of 2^-62: square roots of 2,
  /// one of the other.
  private static let roots: [UInt64] = {
    var roots: [UInt64] = []
    var last: UInt64 = 1 << 63
    for _ in 0..<steps {
      last = root(UInt128(last) << 62)
      roots.append(last)
    }
    return roots
  }()

  /// ns.
  let halfLife: Int64

  /// 2^(elapsed / halfLife) in units of 2^-40, rounded down; `elapsed` is 0 or
  /// more, and at most 40 half-lives.
  func value(_ elapsed: Int64) -> Int128 {
    let whole = elapsed / halfLife
    let part = UInt64((UInt128(elapsed % halfLife) << UInt128(Self.steps)) / UInt128(halfLife))
    var power: UInt64 = 1 << 62
    for step in 1...Self.steps where part & (1 << (Self.steps - step)) != 0 {
      power = UInt64((UInt128(power) * UInt128(Self.roots[Int(step - 1)])) >> 62)
    }
    return (Int128(power) << Int128(whole)) >> Int128(62 - Self.fractionBits)
  }

  /// The square root, rounded down.
  private static func root(_ square: UInt128) -> UInt64 {
    var low: UInt64 = 0
    for bit in (0..<64).reversed() {
      let middle = low | 1 << UInt64(bit)
      if UInt128(middle) * UInt128(middle) <= square { low = middle }
    }
    return low
  }
}
