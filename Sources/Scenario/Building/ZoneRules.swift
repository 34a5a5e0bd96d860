import Engine
import Foundation

/// The offsets of a time zone in words: `+01:00` at first, then each that
/// follows with its instant, as `+02:00 from 2026-03-29T01:00Z`.
enum ZoneRules {
  /// Which rule is wrong, and why.
  struct Fault: Error {
    var rule: Int
    var message: String
    var hint = ""
  }

  /// What the zone's offset is at the beginning of the first year, and what
  /// follows until the end of the last, as Foundation has it.
  static func rules(of zone: TimeZone, in years: ClosedRange<Int>) -> [String] {
    func start(_ year: Int) -> Date {
      Date(timeIntervalSince1970: Double(CalendarDay.days("\(year)-01-01") ?? 0) * 86_400)
    }
    var at = start(years.lowerBound)
    let end = start(years.upperBound + 1)
    var offset = zone.secondsFromGMT(for: at)
    var rules = [text(offset: offset)]
    while let next = zone.nextDaylightSavingTimeTransition(after: at), next < end {
      at = next
      let new = zone.secondsFromGMT(for: at)
      if new == offset { continue }
      offset = new
      rules.append("\(text(offset: new)) from \(text(instant: Int64(at.timeIntervalSince1970)))")
    }
    return rules
  }

  /// - Parameter firstDay: the day on which the run begins, since 1970.
  static func clock(_ rules: [String], firstDay: Int64) throws(Fault) -> LocalClock {
    var clock = LocalClock()
    for (number, rule) in rules.enumerated() {
      let parts = rule.components(separatedBy: " from ")
      let instant = number == 0 ? 0 : parts.count == 2 ? instant(parts[1]) : nil
      guard let offset = offset(parts[0]), let instant, parts.count == min(2, number + 1) else {
        let accepted =
          number == 0
          ? "an offset such as +01:00" : "an offset and its instant, such as +02:00 from 2026-03-29T01:00Z"
        throw Fault(
          rule: number,
          message: "is no rule of a time zone; found '\(rule)'; accepted: \(accepted)"
        )
      }
      guard number > 0 else {
        clock.offsetSeconds = offset
        continue
      }
      let at = instant - firstDay * 86_400
      if let last = clock.changes.last, last.atSeconds >= at {
        throw Fault(
          rule: number,
          message: "does not come after the rule before it; found '\(rule)'",
          hint: "sort them by their instants"
        )
      }
      clock.changes.append(.init(atSeconds: at, offsetSeconds: offset))
    }
    return clock
  }

  /// Seconds of `UTC`, `Z`, `+02:00`, `+0530` or `-5`; nil: it is none.
  static func offset(_ text: String) -> Int64? {
    if ["UTC", "Z", "Etc/UTC"].contains(text) { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard (1...4).contains(digits.count), digits.count != 3, digits.allSatisfy(\.isNumber),
      let number = Int64(digits)
    else { return nil }
    let (hours, minutes) = digits.count == 4 ? (number / 100, number % 100) : (number, 0)
    guard hours <= 14, minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }

  /// Seconds since 1970 of `2026-03-29T01:00Z`; nil: it is none.
  private static func instant(_ text: String) -> Int64? {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == 6, parts[1].hasSuffix("Z"),
      let day = CalendarDay.days(String(parts[0]))
    else { return nil }
    let clock = parts[1].dropLast().split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 2, clock[0].count == 2, clock[1].count == 2, let hours = Int64(clock[0]),
      let minutes = Int64(clock[1]), (0..<24).contains(hours), (0..<60).contains(minutes)
    else { return nil }
    return day * 86_400 + hours * 3600 + minutes * 60
  }

  private static func text(offset: Int) -> String {
    let minutes = abs(offset) / 60
    return (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
  }

  private static func text(instant: Int64) -> String {
    let day = CalendarDay(daysSince1970: instant / 86_400)
    let minutes = Int(instant % 86_400 / 60)
    return "\(day.year)-\(two(day.month))-\(two(day.day))T\(two(minutes / 60)):\(two(minutes % 60))Z"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
