/// A 64-bit summary of a sequence of words, in their order.
///
/// Two runs that make the same decisions in the same order end with the same
/// value; it is stored with each run. It is a check against accidents, not
/// against an adversary.
///
/// Each word costs a multiplication and two exclusive ors. The step is a
/// bijection of the state for a fixed word, and of the word for a fixed state,
/// so a single changed word always changes the value.
@frozen
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  @usableFromInline var state: UInt64

  /// The fingerprint of the empty sequence.
  @inlinable
  public init() {
    // The fraction of the golden ratio: any constant other than 0 will do.
    state = 0x9E37_79B9_7F4A_7C15
  }

  /// The summary of the words folded so far.
  @inlinable
  public var value: UInt64 { state }

  /// Adds a word to the end of the sequence.
  @inlinable
  public mutating func fold(_ word: UInt64) {
    // The first multiplier of SplitMix64's finaliser.
    let product = (state ^ word) &* 0xBF58_476D_1CE4_E5B9
    state = product ^ (product >> 32)
  }

  /// The value as 16 hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
