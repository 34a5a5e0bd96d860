import SimulationKernel

/// Instants by a cron expression: minute, hour, day of month, month, day of
/// week.
///
/// As robfig/cron's standard parser, which the platform uses: lists, ranges,
/// steps and English names; `?` is `*`; `5/10` begins at 5; Sunday is 0. Where
/// both day fields are restricted a day that matches either counts.
public struct CronSchedule: Hashable, Sendable {
  /// Why an expression is none, and what to do about it.
  public struct Fault: Error, Hashable {
    public var message: String
    public var hint: String
  }

  private struct Part {
    var name: String
    var range: ClosedRange<Int>
    var names: [String] = []
  }

  private static let parts = [
    Part(name: "minute", range: 0...59), Part(name: "hour", range: 0...23),
    Part(name: "day of month", range: 1...31),
    Part(
      name: "month",
      range: 1...12,
      names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    ),
    Part(name: "day of week", range: 0...6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
  ]

  /// Abbreviations of whole expressions.
  private static let macros = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
  ]

  /// Bit n: the value n; the last bit of a field with `*`: see ``isStar``.
  private var minutes: UInt64
  private var hours: UInt64
  private var days: UInt64
  private var months: UInt64
  private var weekdays: UInt64
  private var isAnyDay: Bool
  private var isAnyWeekday: Bool
  /// Where the expression's times are shown.
  public var clock: LocalClock
  /// Days from 1 January 1970 to the day on which the run begins.
  public var firstDay: Int64

  /// - Parameters:
  ///   - clock: that of the time zone.
  ///   - firstDay: the day on which the run begins at 00:00, since 1970.
  public init(
    _ text: String,
    clock: LocalClock = LocalClock(),
    firstDay: Int64 = CalendarDay.standardStart
  ) throws(Fault) {
    var fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { $0.lowercased() }
    if fields.count == 1, fields[0].hasPrefix("@") {
      guard let long = Self.macros[fields[0]] else {
        throw Fault(
          message: "unknown abbreviation; found '\(text)'; accepted: "
            + Self.macros.keys.sorted().joined(separator: ", "),
          hint: ""
        )
      }
      fields = long.split(separator: " ").map(String.init)
    }
    guard fields.count == 5 else {
      throw Fault(
        message: "is not a cron expression of 5 fields; found \(fields.count) in '\(text)'",
        hint: "minute hour day-of-month month day-of-week, for example \"0 20 * * 1-5\""
      )
    }
    var bits: [UInt64] = []
    var stars: [Bool] = []
    for (field, part) in zip(fields, Self.parts) {
      let (value, isStar) = try Self.read(field, part)
      bits.append(value)
      stars.append(isStar)
    }
    (minutes, hours, days, months, weekdays) = (bits[0], bits[1], bits[2], bits[3], bits[4])
    (isAnyDay, isAnyWeekday) = (stars[2], stars[4])
    self.clock = clock
    self.firstDay = firstDay
    if next(after: -1, within: 28 * 366) == nil {
      throw Fault(message: "never comes: no month has such a day; found '\(text)'", hint: "")
    }
  }

  private static func read(_ field: String, _ part: Part) throws(Fault) -> (bits: UInt64, isStar: Bool) {
    var bits: UInt64 = 0
    var isStar = false
    for piece in field.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = piece.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count <= 2, !halves[0].isEmpty else { throw wrong(field, part) }
      var step = 1
      if halves.count == 2 {
        guard let number = Int(halves[1]), number > 0 else { throw wrong(field, part) }
        step = number
      }
      var range = part.range
      if halves[0] == "*" || halves[0] == "?" {
        // A star with steps restricts the field.
        isStar = isStar || step == 1
      } else {
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw wrong(field, part) }
        let low = try value(ends[0], field, part)
        let high =
          ends.count == 2 ? try value(ends[1], field, part) : halves.count == 2 ? part.range.upperBound : low
        guard low <= high else {
          throw Fault(message: "the \(part.name) runs backwards; found '\(piece)'", hint: "write two ranges")
        }
        range = low...high
      }
      for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
        bits |= 1 << UInt64(value)
      }
    }
    return (bits, isStar)
  }

  private static func value(_ text: Substring, _ field: String, _ part: Part) throws(Fault) -> Int {
    if let place = part.names.firstIndex(of: String(text)), !text.isEmpty { return place }
    guard text.allSatisfy(\.isNumber), let number = Int(text), part.range.contains(number) else {
      throw wrong(field, part, isSunday: part.range.upperBound == 6 && text == "7")
    }
    return number
  }

  private static func wrong(_ field: String, _ part: Part, isSunday: Bool = false) -> Fault {
    let named = part.names.isEmpty ? "" : " or \(part.names.filter { !$0.isEmpty }.joined(separator: ", "))"
    return Fault(
      message: "the \(part.name) is wrong; found '\(field)'; accepted: "
        + "\(part.range.lowerBound) to \(part.range.upperBound)\(named), lists, ranges and steps such as */15",
      hint: isSunday ? "Sunday is 0" : ""
    )
  }

  // MARK: - Instants

  /// The first instant after `time`, ns of the run; nil: none that a run can
  /// have.
  ///
  /// An instant counts when the local clock shows a time that matches: a time
  /// that daylight saving leaves out does not come, and one that it repeats
  /// comes twice, as with robfig/cron (spec_test.go).
  public func next(after time: Int64) -> Int64? { next(after: time, within: 37 * 366) }

  private func next(after time: Int64, within days: Int64) -> Int64? {
    for stretch in clock.stretches(after: time, before: time + days * 86_400_000_000_000) {
      if let found = next(in: stretch) { return found }
    }
    return nil
  }

  /// - Complexity: O(days until then).
  private func next(in stretch: LocalClock.Stretch) -> Int64? {
    let minute: Int64 = 60_000_000_000
    let shift = stretch.offsetSeconds * 1_000_000_000
    // The first whole minute of local time after it.
    let local = stretch.after + shift
    var at = (local >= 0 ? local / minute : (local - minute + 1) / minute) + 1
    while at * minute - shift < stretch.before {
      let day = at >= 0 ? at / 1440 : (at - 1439) / 1440
      guard matches(day: day) else {
        at = (day + 1) * 1440
        continue
      }
      let ofDay = at - day * 1440
      let hour = ofDay / 60
      guard hours & (1 << UInt64(hour)) != 0 else {
        at = day * 1440 + (hour + 1) * 60
        continue
      }
      guard minutes & (1 << UInt64(ofDay % 60)) != 0 else {
        at += 1
        continue
      }
      return at * minute - shift
    }
    return nil
  }

  /// - Parameter day: days since the run began, in local time.
  private func matches(day: Int64) -> Bool {
    let date = CalendarDay(daysSince1970: firstDay + day)
    guard months & (1 << UInt64(date.month)) != 0 else { return false }
    let isDay = days & (1 << UInt64(date.day)) != 0
    let isWeekday = weekdays & (1 << UInt64(date.weekday)) != 0
    return isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
  }
}

/// A day of the Gregorian calendar.
public struct CalendarDay: Hashable, Sendable {
  public var year: Int
  public var month: Int
  public var day: Int
  /// Sunday is 0.
  public var weekday: Int

  /// Monday, 5 January 2026: runs begin on a Monday, as the weekly profiles of
  /// arrivals do.
  public static let standardStart: Int64 = 20_458

  /// Days to a civil date by Howard Hinnant's `civil_from_days`.
  public init(daysSince1970 days: Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let ofEra = z - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * ofYear + 2) / 153
    day = Int(ofYear - (153 * shifted + 2) / 5 + 1)
    month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    let since = (days + 4) % 7
    weekday = Int(since < 0 ? since + 7 : since)
  }

  /// Days since 1970 of `2026-01-05`; nil: it is no such date.
  public static func days(_ text: String) -> Int64? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
    else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let result = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
    let back = CalendarDay(daysSince1970: result)
    return Int64(back.year) == year && Int64(back.month) == month && Int64(back.day) == day ? result : nil
  }
}
