/// A decimal number as written, and the unit that follows it.
///
/// Kept exact until it is known what it counts: `0.1` seconds are exactly
/// 100,000,000 ns.
struct ExactNumber {
  /// Digits with sign; the value is `mantissa / 10^places`.
  var mantissa: Int128
  /// 0 ... ``mostDigits``.
  var places: Int
  /// What follows the number, without spaces around it.
  var unit: String

  /// More significant digits than this are refused.
  static let mostDigits = 21

  enum Fault: Error {
    /// It does not begin with a number.
    case notANumber
    /// More digits than any field can hold.
    case tooLong
  }

  /// Reads `[-+]digits[.digits][e[-+]digits] unit`.
  init(_ text: String) throws(Fault) {
    let bytes = Array(text.utf8)
    var index = bytes.startIndex
    func peek() -> UInt8? { index < bytes.endIndex ? bytes[index] : nil }
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }

    var negative = false
    if peek() == 45 || peek() == 43 {
      negative = peek() == 45
      index += 1
    }
    var mantissa: Int128 = 0
    var digits = 0
    var significant = 0
    var places = 0
    var afterPoint = false
    while let byte = peek(), isDigit(byte) || (byte == 46 && !afterPoint) {
      index += 1
      if byte == 46 {
        afterPoint = true
        continue
      }
      digits += 1
      if significant > 0 || byte != 48 { significant += 1 }
      guard significant <= Self.mostDigits, digits <= 64 else { throw .tooLong }
      mantissa = mantissa * 10 + Int128(byte - 48)
      if afterPoint { places += 1 }
    }
    guard digits > 0 else { throw .notANumber }

    if peek() == 101 || peek() == 69, let exponent = Self.exponent(bytes[(index + 1)...]) {
      guard exponent.value.magnitude <= 30 else { throw .tooLong }
      index = exponent.end
      places -= exponent.value
    }
    while places < 0 {
      mantissa *= 10
      places += 1
      guard mantissa.magnitude < 1_000_000_000_000_000_000_000_000_000_000 else { throw .tooLong }
    }
    while places > 0, mantissa % 10 == 0 {
      mantissa /= 10
      places -= 1
    }
    guard places <= Self.mostDigits else { throw .tooLong }
    self.mantissa = negative ? -mantissa : mantissa
    self.places = places
    let rest = bytes[index...].drop { $0 == 32 }
    unit = String(decoding: rest, as: UTF8.self)
  }

  private static func exponent(_ bytes: ArraySlice<UInt8>) -> (value: Int, end: Int)? {
    var rest = bytes
    var negative = false
    if let sign = rest.first, sign == 45 || sign == 43 {
      negative = sign == 45
      rest = rest.dropFirst()
    }
    let digits = rest.prefix { (48...57).contains($0) }
    guard !digits.isEmpty, digits.count <= 4 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return (negative ? -value : value, digits.endIndex)
  }

  var isNegative: Bool { mantissa < 0 }

  /// The number times `factor`, rounded to the nearest whole (ties to even);
  /// nil when it does not fit 64 bits.
  func times(_ factor: Int128) -> Int64? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    let divisor = power
    var (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
    let twice = remainder.magnitude * 2
    if twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 == 1) {
      quotient += product < 0 ? -1 : 1
    }
    guard quotient.magnitude <= Int64.max.magnitude else { return nil }
    return Int64(quotient)
  }

  /// Whether the number times `factor` is whole.
  func isWhole(times factor: Int128) -> Bool {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    return !overflow && product % power == 0
  }

  /// The nearest double.
  var double: Double { Double(mantissa) / Double(power) }

  private var power: Int128 { (0..<places).reduce(1) { product, _ in product * 10 } }
}
