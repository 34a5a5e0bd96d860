/// Philox4x32-10: a counter and a key in, 128 random bits out, no state.
///
/// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel
/// random numbers: as easy as 1, 2, 3", SC '11, section 4.3 and table 2 (ten
/// rounds, passes BigCrush). Tested with the authors' known-answer vectors.
@frozen
public enum Philox {
  /// The multipliers of the two halves and the Weyl increments of the two key
  /// words, from the paper's reference code.
  @inlinable static var multiplier0: UInt64 { 0xD251_1F53 }
  @inlinable static var multiplier1: UInt64 { 0xCD9E_8D57 }
  @inlinable static var weyl0: UInt32 { 0x9E37_79B9 }
  @inlinable static var weyl1: UInt32 { 0xBB67_AE85 }

  /// The 128-bit block for a counter under a key, both as the paper's vectors
  /// of 32-bit words with the first word in the low bits.
  ///
  /// - Complexity: 20 multiplications, about 20 ns alone.
  @inlinable
  @inline(__always)
  public static func block(
    counter: (low: UInt64, high: UInt64),
    key: UInt64
  ) -> (low: UInt64, high: UInt64) {
    var c0 = UInt32(truncatingIfNeeded: counter.low)
    var c1 = UInt32(truncatingIfNeeded: counter.low >> 32)
    var c2 = UInt32(truncatingIfNeeded: counter.high)
    var c3 = UInt32(truncatingIfNeeded: counter.high >> 32)
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let product0 = multiplier0 &* UInt64(c0)
      let product1 = multiplier1 &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: product1 >> 32) ^ c1 ^ k0,
        UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ c3 ^ k1,
        UInt32(truncatingIfNeeded: product0)
      )
      k0 &+= weyl0
      k1 &+= weyl1
    }
    return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
  }
}
