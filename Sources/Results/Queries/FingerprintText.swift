/// How a stored fingerprint is spelt wherever people see it.
public enum FingerprintText {
  /// Sixteen hexadecimal digits.
  public static func hexadecimal(_ fingerprint: UInt64) -> String {
    let digits = String(fingerprint, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
