/// A quantity as Kubernetes writes it: `191450m`, `2063904Ki`, `1e3`, `8`.
///
/// Source: k8s.io/apimachinery, pkg/api/resource/quantity.go: decimal suffixes
/// n, u, m, k, M, G, T, P, E, binary ones Ki to Ei, or a decimal exponent.
struct Quantity {
  /// Exact: mantissa x factor / (10^places x divisor).
  private let number: ExactNumber
  private let factor: Int128
  private let divisor: Int128

  /// nil: it is none.
  init?(_ text: String) {
    guard let number = try? ExactNumber(text), !text.contains(" ") else { return nil }
    let decimal = ["": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6]
    let small = ["m": 1, "u": 2, "n": 3]
    let binary = ["Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6]
    func power(_ base: Int128, _ exponent: Int) -> Int128 {
      (0..<exponent).reduce(1) { value, _ in value * base }
    }
    if let exponent = decimal[number.unit] {
      (factor, divisor) = (power(1000, exponent), 1)
    } else if let exponent = binary[number.unit] {
      (factor, divisor) = (power(1024, exponent), 1)
    } else if let exponent = small[number.unit] {
      (factor, divisor) = (1, power(1000, exponent))
    } else {
      return nil
    }
    self.number = number
  }

  /// So many times it in whole units, rounded down; nil: it is out of range.
  func whole(per unit: Int128 = 1, times: Int128 = 1) -> Int64? {
    var value = number.mantissa
    for next in [factor, times] {
      let (product, overflows) = value.multipliedReportingOverflow(by: next)
      if overflows { return nil }
      value = product
    }
    var under = divisor * unit
    for _ in 0..<number.places { under *= 10 }
    let quotient = value / under
    return value < 0 ? nil : Int64(exactly: quotient)
  }

  /// Of things that are whole; nil: it is none or out of range.
  var count: Int64? {
    guard let value = whole(), let milli, milli == 1000 * value else { return nil }
    return value
  }
  /// Thousandths, rounded down.
  var milli: Int64? { whole(times: 1000) }
  /// Bytes as MiB, rounded down.
  var mebibytes: Int64? { whole(per: 1_048_576) }
}

/// Lengths of time as Go writes them: `10m`, `1h30m`, `10m0s`, `0s`.
enum GoDuration {
  /// Nanoseconds; nil: it is none.
  static func nanoseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    var rest = text[...]
    var sum: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter || $0 == "µ" }
      rest = rest.dropFirst(unit.count)
      guard let number = try? ExactNumber(String(digits)),
        let factor = ["h", "m", "s", "ms", "us", "ns"].contains(String(unit))
          ? Units.factor(of: String(unit), in: Units.time) : nil,
        let part = number.times(factor), part < Units.longestNanoseconds - sum
      else { return nil }
      sum += part
    }
    return text.isEmpty ? nil : sum
  }

  /// The same in the words of the scenario language.
  static func text(_ nanoseconds: Int64) -> String {
    for (symbol, factor) in [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)]
      as [(String, Int64)]
    where nanoseconds % factor == 0 && nanoseconds > 0 {
      return "\(nanoseconds / factor)\(symbol)"
    }
    return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
  }
}
