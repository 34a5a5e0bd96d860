import ArgumentParser
import Workload

/// Spans and growth as the command line has them.
enum SpanText {
  /// A month is a twelfth of 365 days.
  private static let units: [(String, Double)] = [
    ("month", 365 * 86_400.0 / 12), ("year", 365 * 86_400.0), ("s", 1), ("m", 60), ("h", 3600),
    ("d", 86_400), ("w", 7 * 86_400), ("y", 365 * 86_400.0),
  ]

  /// Seconds of a text such as `30w`.
  static func seconds(_ text: String, option: String) throws -> Double {
    for (unit, scale) in units where text.hasSuffix(unit) {
      if let number = Double(text.dropLast(unit.count)), number >= 0, number * scale < 1e9 {
        return number * scale
      }
    }
    throw ValidationError("\(option) \(text): write a time such as 8h, 30d, 30w or 2y.")
  }

  /// Growth of a text such as `6%/month` or `6%/30d`.
  static func growth(_ text: String, option: String) throws -> DemandGrowth {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2, parts[0].hasSuffix("%"), let share = Double(parts[0].dropLast()),
      (0...1000).contains(share)
    {
      let span = parts[1].first?.isNumber == true ? parts[1] : "1" + parts[1]
      let seconds = try seconds(span, option: option)
      if seconds > 0 { return DemandGrowth(by: share / 100, everySeconds: seconds) }
    }
    throw ValidationError("\(option) \(text): write it as 6%/month, 6%/30d or 40%/year.")
  }
}
