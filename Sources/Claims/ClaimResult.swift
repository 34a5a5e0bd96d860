/// What testing a claim found.
public struct ClaimResult: Hashable, Sendable {
  public enum Verdict: String, Hashable, Sendable, Encodable {
    case holds
    case inPart = "holds in part"
    case fails = "does not hold"
  }

  public var name: String
  public var claim: String
  public var verdict: Verdict
  /// When it holds and when not, in one or two sentences.
  public var conditions: String
  /// The figures; the first row names the columns.
  public var table: [[String]]
  /// A command that shows the figures.
  public var command: String
}

/// Why a claim cannot be tested.
public struct ClaimError: Error, Hashable, Sendable, CustomStringConvertible {
  public let claim: String
  public let reason: String
  public var description: String { "claim \(claim): \(reason)" }
}

/// Numbers as the tables write them.
enum Figure {
  /// Thousands apart, no decimals.
  static func whole(_ value: Double) -> String {
    let digits = String(Int64(value.rounded().magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (value.rounded() < 0 ? "-" : "") + text
  }

  /// As a command takes it.
  static func plain(_ value: Double) -> String { String(Int64(value.rounded())) }
  static func tenths(_ value: Double) -> String { decimals(value, 10) }
  static func hundredths(_ value: Double) -> String { decimals(value, 100) }
  static func percent(_ share: Double) -> String { "\(whole(share * 100)) %" }

  private static func decimals(_ value: Double, _ scale: Double) -> String {
    let units = Int64((value * scale).rounded())
    let (whole, part) = units.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
    let digits = "\(part)"
    let zeros = String(repeating: "0", count: (scale == 10 ? 1 : 2) - digits.count)
    return (units < 0 ? "-" : "") + "\(whole).\(zeros)\(digits)"
  }
}
