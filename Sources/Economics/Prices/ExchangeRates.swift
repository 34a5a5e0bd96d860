import Workload

/// Dated exchange rates into the reporting currency, USD.
///
/// Read from the user's table `currency,usd_per_unit,date,source`; the program
/// ships none, because they change daily.
public struct ExchangeRates: Hashable, Sendable {
  public struct Rate: Hashable, Sendable {
    public var currency: String
    /// USD for one unit.
    public var usdPerUnit: Double
    /// `2026-07-20`.
    public var date: String
    public var source: String
  }

  public private(set) var rates: [Rate] = []

  /// Only the reporting currency.
  public init() {}

  /// The reporting currency.
  public static let reporting = "USD"

  static let columns = ["currency", "usd_per_unit", "date", "source"]

  /// Reads the table. Errors name file, line and column.
  public init(path: String) throws(TraceError) {
    var reader = try CSVReader(path: path, expecting: Self.columns)
    try reader.acceptOnly(Self.columns)
    let currency = try reader.column("currency")
    let value = try reader.column("usd_per_unit")
    let date = try reader.column("date")
    let source = try reader.column("source")
    var lines: [String: Int] = [:]
    while try reader.next() {
      let name = try reader.currency(currency)
      if let first = lines.updateValue(reader.line, forKey: name) {
        throw reader.error(at: currency, .duplicateName(name, firstLine: first))
      }
      let accepted = "USD for one unit, above 0"
      let rate = try reader.decimal(value, accepted: accepted)
      guard rate > 0, rate <= 1e9 else {
        throw reader.error(
          at: value,
          .outOfRange(column: "usd_per_unit", found: "\(rate)", accepted: accepted)
        )
      }
      rates.append(
        Rate(
          currency: name,
          usdPerUnit: rate,
          date: try reader.date(date),
          source: try reader.nonEmptyText(source)
        )
      )
    }
  }

  /// USD for one unit; nil for a currency without a rate.
  public func usdPerUnit(_ currency: String) -> Double? {
    currency == Self.reporting ? 1 : rates.first { $0.currency == currency }?.usdPerUnit
  }
}

extension CSVReader {
  /// Three capital letters, as ISO 4217 has them.
  func currency(_ field: Int) throws(TraceError) -> String {
    let name = try nonEmptyText(field)
    guard name.utf8.count == 3, name.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else {
      throw error(
        at: field,
        .contradiction(
          "`\(name)` is no currency",
          hint: "accepted: three capital letters (ISO 4217), such as EUR"
        )
      )
    }
    return name
  }

  /// A day as `2026-07-20`.
  func date(_ field: Int) throws(TraceError) -> String {
    let text = try nonEmptyText(field)
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isDate =
      parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
      && (1...12).contains(Int(parts[1]) ?? 0) && (1...31).contains(Int(parts[2]) ?? 0)
    guard isDate else {
      throw error(
        at: field,
        .contradiction("`\(text)` is no date", hint: "accepted: a day such as 2026-07-20")
      )
    }
    return text
  }
}
