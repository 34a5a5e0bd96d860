import Glibc

/// The name of a source of randomness, as a 64-bit number.
///
/// The number is the FNV-1a hash of the name's UTF-8 bytes (offset basis
/// 14695981039346656037, prime 1099511628211; G. Fowler, L. C. Noll,
/// K.-P. Vo), so it never changes between runs, machines or versions.
public struct StreamName: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The FNV-1a hash of the name.
  public let hash: UInt64

  /// The stream of the given name.
  public init(_ name: String) {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in name.utf8 {
      hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
    }
    self.hash = hash
  }

  /// The stream of the given name.
  public init(stringLiteral name: String) {
    self.init(name)
  }
}

/// Random numbers as a function: value = f(seed, stream, entity, draw).
///
/// Any draw can be had at any time without having made the ones before it, so
/// that drawing more or fewer numbers in one place shifts nothing elsewhere.
/// Each source of randomness has a stream of its own, and each entity (a job,
/// a node) a sequence of its own in it.
///
/// For example:
///
///     let durations = RandomStream(seed: 7, stream: "durations", entity: 42)
///     let first = durations.uniform(0)      // the same wherever it is asked
///
///     var arrivals = RandomStream(seed: 7, stream: "arrivals")
///     let gap = arrivals.nextExponential(mean: 12.5)
///
/// The draws are the 64-bit halves of Philox4x32-10 blocks: the key is made of
/// seed and stream, the counter of draw and entity. Under one seed, streams of
/// different hash have different keys.
///
/// 40 bytes; `next…` keep the second half of a block for the next call.
@frozen
public struct RandomStream: Sendable {
  /// The Philox key made of seed and stream.
  @usableFromInline let key: UInt64
  /// The high half of the Philox counter.
  @usableFromInline let entity: UInt64
  /// The number of draws made by the `next…` functions.
  @usableFromInline var drawn: UInt64 = 0
  /// The second half of the last block; valid while ``drawn`` is odd.
  @usableFromInline var spare: UInt64 = 0

  /// The sequence of one entity in a named stream.
  public init(seed: UInt64, stream: StreamName, entity: UInt64 = 0) {
    // Both steps are bijections for a fixed other part, so keys of one seed
    // differ whenever the hashes do; mixing the seed keeps neighbouring seeds
    // from being neighbouring keys.
    key = Self.mixed(Self.mixed(seed) &+ stream.hash)
    self.entity = entity
  }

  /// The finaliser of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood,
  /// OOPSLA 2014), a bijection of 64-bit words.
  static func mixed(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The 64 bits of the given draw.
  @inlinable
  public func bits(_ draw: UInt64) -> UInt64 {
    let block = Philox.block(counter: (draw >> 1, entity), key: key)
    return draw & 1 == 0 ? block.low : block.high
  }

  /// The given draw as a number in the open interval (0, 1).
  ///
  /// The value is an odd multiple of 2^-53: 2^52 equally likely values that
  /// lie symmetrically around 1/2, never 0 or 1.
  @inlinable
  public func uniform(_ draw: UInt64) -> Double {
    Self.unit(bits(draw))
  }

  /// Maps 64 bits to the open unit interval.
  @inlinable
  @inline(__always)
  static func unit(_ bits: UInt64) -> Double {
    Double(Int64(truncatingIfNeeded: bits >> 11 | 1)) * 0x1p-53
  }

  /// The draw that the next `next…` call makes.
  @inlinable
  public var nextDraw: UInt64 { drawn }

  /// The next 64 bits: `bits(0)`, then `bits(1)` and so on.
  @inlinable
  public mutating func nextBits() -> UInt64 {
    let draw = drawn
    drawn = draw &+ 1
    if draw & 1 != 0 { return spare }
    let block = Philox.block(counter: (draw >> 1, entity), key: key)
    spare = block.high
    return block.low
  }

  /// The next number in the open interval (0, 1).
  @inlinable
  public mutating func nextUniform() -> Double {
    Self.unit(nextBits())
  }

  /// The next exponential variate of the given mean, by inversion.
  ///
  /// The fast way to `Variate.exponential(mean:)`, equal to it but for the
  /// last bit: 1 - u has no rounding for the uniforms of a stream, so that the
  /// plain logarithm is as exact as the slower `log1p`.
  @inlinable
  public mutating func nextExponential(mean: Double) -> Double {
    -mean * log(1 - nextUniform())
  }

  /// The next integer in 0 ..< n, every one equally likely.
  ///
  /// Source: D. Lemire, "Fast random integer generation in an interval", ACM
  /// TOMACS 29 (2019), algorithm 5. Rejects with probability below n / 2^64.
  ///
  /// - Precondition: `n` is positive.
  @inlinable
  public mutating func nextBelow(_ n: UInt64) -> UInt64 {
    precondition(n > 0, "there is no integer below 0 to draw")
    var product = n.multipliedFullWidth(by: nextBits())
    if product.low < n {
      let threshold = (0 &- n) % n
      while product.low < threshold {
        product = n.multipliedFullWidth(by: nextBits())
      }
    }
    return product.high
  }
}
