import SimulationKernel

/// The columns of a ``HeadroomTrace`` that say what ends jobs before their
/// time: limits, failures, retries and deadlines.
struct LifeColumns {
  private let limit: Int?
  private let deadline: Int?
  private let retries: Int?
  private let delay: Int?
  private let longestDelay: Int?
  private let fails: Int?

  static let names = [
    "time_limit_s", "deadline_s", "retries", "retry_delay_s", "retry_delay_max_s", "fails",
  ]

  init(_ reader: CSVReader) throws(TraceError) {
    limit = reader.optionalColumn("time_limit_s")
    deadline = reader.optionalColumn("deadline_s")
    retries = reader.optionalColumn("retries")
    delay = reader.optionalColumn("retry_delay_s")
    longestDelay = reader.optionalColumn("retry_delay_max_s")
    fails = reader.optionalColumn("fails")
    if let lone = (delay == nil) == (longestDelay == nil) ? nil : delay ?? longestDelay {
      let other = delay == nil ? "retry_delay_s" : "retry_delay_max_s"
      throw TraceError(
        file: reader.path,
        line: 1,
        problem: .contradiction(
          "the header has `\(reader.header[lone])` without `\(other)`",
          hint: "a delay that grows needs its beginning and its end"
        )
      )
    }
  }

  /// Takes the fields of the reader's current row, whose kind stands last in
  /// the table.
  func append(_ reader: CSVReader, to table: inout JobTable) throws(TraceError) {
    if table.kind[table.kind.count - 1] == .service { try refuse(reader) }
    if let limit { table.timeLimit.append(try span(limit, reader)) }
    if let deadline { table.deadline.append(try span(deadline, reader)) }
    if retries != nil || delay != nil { try appendRetry(reader, to: &table) }
    if let fails { table.failures.append(try shares(fails, reader)) }
  }

  /// Replicas of services come and go by the clock alone.
  private func refuse(_ reader: CSVReader) throws(TraceError) {
    for field in [limit, deadline, retries, delay, longestDelay, fails] {
      guard let field, !reader.isEmpty(field) else { continue }
      throw reader.error(
        at: field,
        .contradiction("a service has no `\(reader.header[field])`", hint: "leave the field empty")
      )
    }
  }

  private func span(_ field: Int, _ reader: CSVReader) throws(TraceError) -> SimDuration {
    if reader.isEmpty(field) { return .zero }
    let nanoseconds = try reader.nanoseconds(field)
    guard nanoseconds > 0 else {
      throw reader.error(
        at: field,
        .outOfRange(column: reader.header[field], found: "0", accepted: "seconds above 0, or nothing")
      )
    }
    return SimDuration(nanoseconds: nanoseconds)
  }

  private func appendRetry(_ reader: CSVReader, to table: inout JobTable) throws(TraceError) {
    var rule = RetryRule()
    if let retries, !reader.isEmpty(retries) { rule.most = try reader.int32(retries) }
    if let delay, let longestDelay {
      if !reader.isEmpty(delay) { rule.delay = SimDuration(nanoseconds: try reader.nanoseconds(delay)) }
      if !reader.isEmpty(longestDelay) {
        rule.longestDelay = SimDuration(nanoseconds: try reader.nanoseconds(longestDelay))
      }
      guard rule.longestDelay >= rule.delay else {
        throw reader.error(
          at: longestDelay,
          .contradiction("the delay's end lies below its beginning", hint: "it grows from one to the other")
        )
      }
    }
    guard table.retryRules.count < Int(UInt16.max) || table.retryRules.contains(rule) else {
      throw reader.rowError(.tooManyValues(column: "retries", limit: Int(UInt16.max)))
    }
    table.appendRetry(rule)
  }

  /// Shares such as `0.25;0.5`, as billionths.
  private func shares(_ field: Int, _ reader: CSVReader) throws(TraceError) -> [Int32] {
    if reader.isEmpty(field) { return [] }
    var result: [Int32] = []
    for part in try reader.text(field).split(separator: ";", omittingEmptySubsequences: false) {
      guard let share = Self.billionths(part) else {
        throw reader.error(
          at: field,
          .notANumber(
            column: "fails",
            found: String(part),
            accepted: "shares from 0 to 1 with up to nine decimals, separated by `;`"
          )
        )
      }
      result.append(share)
    }
    return result
  }

  private static func billionths(_ text: Substring) -> Int32? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count > 1 ? parts[1] : "0"
    guard ["0", "1"].contains(parts[0]), (1...9).contains(decimals.count),
      decimals.allSatisfy({ ("0"..."9").contains($0) }),
      let fraction = Int32(decimals + String(repeating: "0", count: 9 - decimals.count))
    else { return nil }
    let share = parts[0] == "1" ? FailureShare.whole + fraction : fraction
    return share <= FailureShare.whole ? share : nil
  }

  /// A share as ``shares(_:_:)`` reads it back.
  static func text(_ share: Int32) -> String {
    if share >= FailureShare.whole { return "1" }
    let digits = String(share)
    var decimals = String(repeating: "0", count: 9 - digits.count) + digits
    while decimals.count > 1, decimals.last == "0" { decimals.removeLast() }
    return "0." + decimals
  }
}
