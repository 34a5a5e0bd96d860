import Engine
import Foundation
import SimulationKernel
import Testing

@testable import Scenario

/// Schedules in time zones with daylight saving.
struct TimeZoneTests {
  private static let minute: Int64 = 60_000_000_000

  /// Minutes since the start of the run at which the expression fires.
  private func fires(_ cron: String, in zone: String, from start: String, days: Int64) throws -> [Int64] {
    let first = try #require(CalendarDay.days(start))
    let zones = TimeZones(firstDay: first, horizon: SimDuration(nanoseconds: days * 1440 * Self.minute))
    let schedule = try CronSchedule(cron, clock: zones.clock(zone), firstDay: first)
    var result: [Int64] = []
    var at: Int64 = -1
    while let next = schedule.next(after: at), next < days * 1440 * Self.minute {
      result.append(next / Self.minute)
      at = next
    }
    return result
  }

  @Test("the rules of a year, in words")
  func rules() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    #expect(
      ZoneRules.rules(of: berlin, in: 2026...2026) == [
        "+01:00", "+02:00 from 2026-03-29T01:00Z", "+01:00 from 2026-10-25T01:00Z",
      ]
    )
    let newYork = try #require(TimeZone(identifier: "America/New_York"))
    #expect(
      ZoneRules.rules(of: newYork, in: 2026...2026) == [
        "-05:00", "-04:00 from 2026-03-08T07:00Z", "-05:00 from 2026-11-01T06:00Z",
      ]
    )
    let kolkata = try #require(TimeZone(identifier: "Asia/Kolkata"))
    #expect(ZoneRules.rules(of: kolkata, in: 2026...2027) == ["+05:30"])
  }

  @Test("a time that daylight saving leaves out does not come")
  func gap() throws {
    // Berlin: Sunday, 29 March, has no 02:30. Before it 01:30 UTC, after it 00:30 UTC.
    let days: [Int64] = [90, 1530, 2970, 4410, 5850, 7290, 10_110, 11_550]
    #expect(try fires("30 2 * * *", in: "Europe/Berlin", from: "2026-03-23", days: 9) == days)
    // New York: Sunday, 8 March. Before it 07:30 UTC, after it 06:30 UTC.
    let there: [Int64] = [450, 1890, 3330, 4770, 6210, 7650, 10_470]
    #expect(try fires("30 2 * * *", in: "America/New_York", from: "2026-03-02", days: 8) == there)
    // 03:00 exists, at the instant of the change.
    #expect(try fires("0 3 29 3 *", in: "Europe/Berlin", from: "2026-03-23", days: 9) == [6 * 1440 + 60])
  }

  @Test("a time that is repeated comes twice")
  func overlap() throws {
    // Berlin: Sunday, 25 October: 00:30 and 01:30 UTC.
    let sunday: Int64 = 6 * 1440
    #expect(
      try fires("30 2 25 10 *", in: "Europe/Berlin", from: "2026-10-19", days: 9) == [
        sunday + 30, sunday + 90,
      ]
    )
    // 02:00 is repeated too, and 03:00 is not.
    #expect(
      try fires("0 2 25 10 *", in: "Europe/Berlin", from: "2026-10-19", days: 9) == [sunday, sunday + 60]
    )
    #expect(try fires("0 3 25 10 *", in: "Europe/Berlin", from: "2026-10-19", days: 9) == [sunday + 120])
    // New York: Sunday, 1 November: 05:30 and 06:30 UTC.
    #expect(
      try fires("30 1 1 11 *", in: "America/New_York", from: "2026-10-26", days: 8)
        == [sunday + 330, sunday + 390]
    )
  }

  /// Against Foundation, asked minute by minute.
  @Test(
    "schedules in every kind of zone are those of a walk through the minutes",
    arguments: [
      "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns",
      "Africa/Casablanca", "Pacific/Chatham", "America/Santiago", "Asia/Tehran", "Europe/London",
    ]
  )
  func walk(_ name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    var random = SplitMix(state: 7)
    var at = Date(timeIntervalSince1970: 1_767_571_200)
    for _ in 0..<4 {
      // Around each of the zone's next changes, or anywhere where it has none.
      let near = zone.nextDaylightSavingTimeTransition(after: at) ?? at.addingTimeInterval(8e6)
      at = near
      let day = Int64(near.timeIntervalSince1970) / 86_400
      let monday = day - Int64((CalendarDay(daysSince1970: day).weekday + 6) % 7)
      let text = CalendarDay(daysSince1970: monday)
      let start = String(format: "%04d-%02d-%02d", text.year, text.month, text.day)
      let (minute, step) = (Int.random(in: 0...59, using: &random), Int.random(in: 1...4, using: &random))
      let expected = (Int64(0)..<9 * 1440).filter { minutes in
        let instant = monday * 86_400 + minutes * 60
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
        let local = (instant + Int64(offset)) / 60
        return local % 60 == Int64(minute) && local / 60 % 24 % Int64(step) == 0
      }
      #expect(
        try fires("\(minute) */\(step) * * *", in: name, from: start, days: 9) == expected,
        "\(name) from \(start), \(minute) */\(step)"
      )
    }
  }

  // MARK: - In scenarios

  private func load(_ tenancy: String) throws -> LoadedScenario {
    try Sample.load(
      Sample.withoutService + "tenancy: {\(tenancy)}\npolicy: {queue: {headOfLineBlocking: false}}\n"
    )
  }

  private func tenancy(_ scenario: LoadedScenario) throws -> Tenancy {
    try #require(try scenario.input(placement: scenario.placements[0], replication: 0).tenancy)
  }

  @Test("the resolved scenario states the rules that it went by, and goes by them")
  func resolved() throws {
    let sleep = "sleep: {schedule: \"0 20 * * *\", wakeup: \"0 7 * * *\", timezone: Europe/Berlin}"
    let scenario = try load(
      "calendarStart: 2026-03-23, clusters: {name: train, tenants: default, \(sleep)}"
    )
    #expect(
      scenario.resolvedYAML.contains(
        "rules: [\"+01:00\", \"+02:00 from 2026-03-29T01:00Z\", \"+01:00 from 2026-10-25T01:00Z\"]"
      )
    )
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(try tenancy(again) == tenancy(scenario))
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    // Other rules in the text are other instants of the run.
    let other = try Sample.load(scenario.resolvedYAML.replacing("[\"+01:00\",", with: "[\"+03:00\","))
    #expect(try tenancy(other).clusters[0].sleep?.sleepAt?.next(after: 0) == 17 * 60 * Self.minute)
    #expect(try tenancy(scenario).clusters[0].sleep?.sleepAt?.next(after: 0) == 19 * 60 * Self.minute)
  }

  @Test("a zone that only the scenario knows")
  func own() throws {
    let zones = "zones: {name: Mars/Phobos, rules: [\"+00:37\"]}"
    let scenario = try load(
      "\(zones), clusters: {name: train, tenants: default, sleep: {schedule: \"0 20 * * *\", timezone: Mars/Phobos}}"
    )
    #expect(try tenancy(scenario).clusters[0].sleep?.sleepAt?.next(after: 0) == (20 * 60 - 37) * Self.minute)
  }
}
