import Engine
import Testing

/// Cron expressions against a calendar that is walked minute by minute.
@Suite struct CronTests {
  private static let minute: Int64 = 60_000_000_000

  /// Minutes of the run at which the expression holds, up to so many.
  private func fires(_ text: String, within minutes: Int64, offset: Int64 = 0) throws -> [Int64] {
    let cron = try CronSchedule(text, clock: LocalClock(offsetSeconds: offset))
    var result: [Int64] = []
    var at: Int64 = -1
    while let next = cron.next(after: at), next < minutes * Self.minute {
      #expect(next % Self.minute == 0 && next > at)
      result.append(next / Self.minute)
      at = next
    }
    return result
  }

  @Test func `every small expression fires when a walk through the minutes says so`() throws {
    let minutes = ["*", "0", "*/20", "5,50", "10-12", "30/15"]
    let hours = ["*", "0", "23", "8-18/5", "7,19"]
    let days = ["*", "1", "5", "31", "10-11"]
    let months = ["*", "1", "feb"]
    let weekdays = ["*", "0", "1-5", "sun,sat", "*/3"]
    let span: Int64 = 45 * 1440
    for minute in minutes {
      for hour in hours {
        for (day, weekday) in zip(days + days, weekdays + weekdays.reversed()) {
          for month in months where minute == "0" || month == "*" {
            let text = "\(minute) \(hour) \(day) \(month) \(weekday)"
            let expected = (0..<span).filter { NaiveCron.holds(text, at: $0) }
            #expect(try fires(text, within: span) == expected, "\(text)")
          }
        }
      }
    }
  }

  @Test func `a run begins on Monday, 5 January 2026, at midnight`() throws {
    #expect(try fires("0 0 * * 1", within: 15 * 1440) == [0, 7 * 1440, 14 * 1440])
    #expect(try fires("30 20 5 1 *", within: 1440) == [20 * 60 + 30])
    let day = CalendarDay(daysSince1970: CalendarDay.standardStart)
    #expect((day.year, day.month, day.day, day.weekday) == (2026, 1, 5, 1))
  }

  @Test func `an offset moves the clock of the schedule`() throws {
    #expect(try fires("0 20 * * *", within: 1440, offset: 2 * 3600) == [18 * 60])
    #expect(try fires("0 1 * * 1", within: 2 * 1440, offset: -3 * 3600) == [4 * 60])
    // Monday 01:00 in Tokyo is Sunday 16:00 of the run's clock: six days later.
    #expect(try fires("0 1 * * 1", within: 7 * 1440, offset: 9 * 3600) == [6 * 1440 + 16 * 60])
  }

  @Test func `either day counts where both are restricted, and a star with steps restricts`() throws {
    // The 7th, and Mondays.
    #expect(try fires("0 0 7 * 1", within: 8 * 1440) == [0, 2 * 1440, 7 * 1440])
    // Days 1, 3, 5, ... or Mondays: 5, 7, 9, 11, 12.
    #expect(try fires("0 0 */2 * 1", within: 8 * 1440).map { $0 / 1440 } == [0, 2, 4, 6, 7])
  }

  @Test func `29 February comes every fourth year`() throws {
    let cron = try CronSchedule("0 0 29 2 *")
    let first = try #require(cron.next(after: 0))
    let second = try #require(cron.next(after: first))
    #expect(second - first == 1461 * 1440 * Self.minute)
  }

  @Test(arguments: [
    ("0 20 * *", "is not a cron expression of 5 fields; found 4 in '0 20 * *'"),
    ("0 24 * * *", "the hour is wrong; found '24'; accepted: 0 to 23, lists, ranges and steps such as */15"),
    (
      "60 * * * *", "the minute is wrong; found '60'; accepted: 0 to 59, lists, ranges and steps such as */15"
    ),
    ("0 0 31 2 *", "never comes: no month has such a day; found '0 0 31 2 *'"),
    ("0 0 * * 5-1", "the day of week runs backwards; found '5-1'"),
    (
      "*/0 * * * *",
      "the minute is wrong; found '*/0'; accepted: 0 to 59, lists, ranges and steps such as */15"
    ),
    (
      "0 0 1,, * *",
      "the day of month is wrong; found '1,,'; accepted: 1 to 31, lists, ranges and steps such as */15"
    ),
    (
      "@noon",
      "unknown abbreviation; found '@noon'; accepted: @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly"
    ),
  ])
  func `what is wrong is said`(_ text: String, _ message: String) {
    let fault = #expect(throws: CronSchedule.Fault.self) { try CronSchedule(text) }
    #expect(fault?.message == message)
  }

  @Test func `seven is not Sunday`() {
    #expect(throws: CronSchedule.Fault.self) { try CronSchedule("0 0 * * 7") }
    let fault = #expect(throws: CronSchedule.Fault.self) { try CronSchedule("0 0 * * 1-7") }
    #expect(fault?.hint == "Sunday is 0")
  }
}

/// Field by field, with sets of numbers, on a calendar of month lengths.
private enum NaiveCron {
  private static let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

  static func holds(_ text: String, at minute: Int64) -> Bool {
    let fields = text.split(separator: " ").map(String.init)
    var day = 4 + Int(minute / 1440)
    var month = 0
    while day >= lengths[month % 12] {
      day -= lengths[month % 12]
      month += 1
    }
    let weekday = (1 + Int(minute / 1440)) % 7
    let ofDay = Int(minute % 1440)
    guard set(fields[0], 0...59).contains(ofDay % 60), set(fields[1], 0...23).contains(ofDay / 60),
      set(fields[3], 1...12).contains(month % 12 + 1)
    else { return false }
    let isDay = set(fields[2], 1...31).contains(day + 1)
    let isWeekday = set(fields[4], 0...6).contains(weekday)
    return fields[2] == "*" || fields[4] == "*" ? isDay && isWeekday : isDay || isWeekday
  }

  private static func set(_ field: String, _ range: ClosedRange<Int>) -> Set<Int> {
    var result: Set<Int> = []
    for piece in field.split(separator: ",") {
      let halves = piece.split(separator: "/")
      let step = halves.count > 1 ? Int(halves[1])! : 1
      var low = range.lowerBound
      var high = range.upperBound
      if halves[0] != "*" {
        let ends = halves[0].split(separator: "-").map {
          ["feb": 2, "sun": 0, "sat": 6][String($0)] ?? Int($0)!
        }
        low = ends[0]
        high = ends.count > 1 ? ends[1] : halves.count > 1 ? high : low
      }
      for value in low...high where (value - low) % step == 0 { result.insert(value) }
    }
    return result
  }
}
