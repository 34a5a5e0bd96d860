import Engine
import Foundation
import SimulationKernel

/// The clocks of the time zones of a scenario: as it states them, else as this
/// machine knows them.
///
/// The rules of IANA zones come with Foundation, and change a few times a year.
/// So those that a run has used go into its resolved scenario, and a stored run
/// is the same anywhere.
final class TimeZones {
  /// Why a text is no clock.
  struct Problem: Error {
    var message: String
    var hint: String
  }

  /// The day on which the run begins, since 1970.
  let firstDay: Int64
  /// The day on which it ends.
  private let lastDay: Int64
  private var clocks: [String: LocalClock] = [:]
  /// Zones whose rules were looked up, in the order of their first use.
  private var found: [(name: String, rules: [String])] = []

  init(firstDay: Int64, horizon: SimDuration?) {
    self.firstDay = firstDay
    lastDay = firstDay + (horizon?.nanoseconds ?? 0) / 86_400_000_000_000 + 1
  }

  /// All years that the run touches.
  private var years: ClosedRange<Int> {
    CalendarDay(daysSince1970: firstDay).year...CalendarDay(daysSince1970: lastDay).year
  }

  /// The clock of an offset or of a zone.
  func clock(_ text: String) throws(Problem) -> LocalClock {
    if let offset = ZoneRules.offset(text) { return LocalClock(offsetSeconds: offset) }
    if let known = clocks[text] { return known }
    let names = TimeZone.knownTimeZoneIdentifiers
    guard names.contains(text) || text.contains("/"), let zone = TimeZone(identifier: text) else {
      throw Problem(
        message:
          "is neither an offset nor a time zone; found '\(text)'; accepted: UTC, hours and minutes such as "
          + "+02:00 or -5, or a zone such as Europe/Berlin",
        hint: names.isEmpty
          ? "this machine knows no zones: state their offsets in tenancy.zones"
          : Hint.didYouMean(text, among: names)
      )
    }
    let rules = ZoneRules.rules(of: zone, in: years)
    let clock: LocalClock
    do {
      clock = try ZoneRules.clock(rules, firstDay: firstDay)
    } catch {
      throw Problem(message: error.message, hint: "state the offsets of '\(text)' in tenancy.zones")
    }
    clocks[text] = clock
    found.append((text, rules))
    return clock
  }

  /// Takes the zones that the section states.
  func read(_ zones: Decoded?, into diagnostics: inout DiagnosticList) {
    for zone in zones?.elements ?? [] where zone.isSound {
      guard let name = zone["name"], let list = zone["rules"] else { continue }
      if let problem = problem(zone) {
        diagnostics.add(problem.at.origin, problem.at.keyPath, problem.message, hint: problem.hint)
        continue
      }
      do {
        let clock = try ZoneRules.clock(list.elements.map(\.text), firstDay: firstDay)
        if clocks.updateValue(clock, forKey: name.text) != nil {
          diagnostics.add(name.origin, name.keyPath, "two time zones have one name; found '\(name.text)'")
        }
      } catch {
        let rule = list.elements[error.rule]
        diagnostics.add(rule.origin, rule.keyPath, error.message, hint: error.hint)
      }
    }
  }

  /// Why the run may not go by what is stated.
  private func problem(_ zone: Decoded) -> (at: Decoded, message: String, hint: String)? {
    for key in ["from", "until"] {
      guard let stated = zone[key] else { continue }
      guard let day = CalendarDay.days(stated.text) else {
        return (stated, "is not a date; found '\(stated.text)'; accepted: a day such as 2026-01-05", "")
      }
      if key == "from" ? day > firstDay : day < lastDay {
        return (
          stated,
          "the run \(key == "from" ? "begins before" : "ends after") that day; found '\(stated.text)'",
          "state the rules for all of it, or leave the zone out to take those of this machine"
        )
      }
    }
    return nil
  }

  /// The section with the rules that were looked up.
  func shown(in section: Decoded) -> Decoded {
    guard !found.isEmpty, case .section(var members) = section.form,
      let place = members.firstIndex(where: { $0.field.key == "zones" })
    else { return section }
    func scalar(_ text: String) -> SourceNode { SourceNode(origin: .standard, content: .scalar(text)) }
    func entry(_ key: String, _ value: SourceNode) -> SourceNode.Entry {
      .init(key: key, keyOrigin: .standard, value: value)
    }
    let nodes = found.map { zone in
      SourceNode(
        origin: .standard,
        content: .map([
          entry("name", scalar(zone.name)),
          entry("rules", SourceNode(origin: .standard, content: .list(zone.rules.map(scalar)))),
          entry("from", scalar("\(years.lowerBound)-01-01")),
          entry("until", scalar("\(years.upperBound + 1)-01-01")),
        ])
      )
    }
    var decoder = SectionDecoder()
    let added = decoder.decode(
      SourceNode(origin: .standard, content: .list(nodes)),
      as: members[place].field.shape,
      at: "tenancy.zones"
    )
    var zones = members[place].value ?? added
    if members[place].value != nil { zones.form = .list(zones.elements + added.elements) }
    members[place].value = zones
    var result = section
    result.form = .section(members)
    return result
  }
}
