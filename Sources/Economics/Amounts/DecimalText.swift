/// Decimal numbers as people write them into tables.
enum DecimalText {
  /// `-12.5`, `1e6`: finite, without blanks, words or hexadecimal digits.
  static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ accepted.contains($0) }), let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }

  /// An amount, exact up to nine decimals; further ones are rounded half away
  /// from zero.
  static func money(_ text: String) -> Money? {
    guard let value = number(text), value.magnitude < 1e18 else { return nil }
    return exact(text) ?? Money(value)
  }

  private static let accepted = Set("0123456789.+-eE".utf8)

  /// Digits with a point and at most nine decimals; nil for other forms.
  private static func exact(_ text: String) -> Money? {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].count <= 18, let whole = Int128(parts[0]) else {
      return nil
    }
    var nanos = whole * Money.nanosPerUnit
    if parts.count == 2 {
      guard parts[1].count <= 9 else { return nil }
      guard let decimals = Int128(parts[1] + String(repeating: "0", count: 9 - parts[1].count)) else {
        return nil
      }
      nanos += decimals
    }
    return Money(nanos: isNegative ? -nanos : nanos)
  }
}
