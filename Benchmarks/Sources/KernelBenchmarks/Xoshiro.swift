import Glibc

/// xoshiro256++ 1.0 (D. Blackman, S. Vigna): the generator of `hold.cpp`, so
/// that both programs hold the same events.
struct Xoshiro {
  private var s0, s1, s2, s3: UInt64

  init(seed: UInt64) {
    var seed = seed
    func next() -> UInt64 {
      seed &+= 0x9E37_79B9_7F4A_7C15
      var z = seed
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum << 23 | sum >> 41) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  mutating func exponential(mean: Double) -> Int64 {
    let u = Double(Int64(truncatingIfNeeded: next() >> 11 | 1)) * 0x1p-53
    return Int64(-mean * log(1 - u))
  }
}
