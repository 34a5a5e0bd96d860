import Hardware
import Workload

extension CostParameters {
  static let columns = ["parameter", "low", "typical", "high", "unit", "confidence", "source", "note"]

  /// The parameters with those of a user's table in place of the shipped ones.
  ///
  /// `parameter` and `typical` must be there; without `low` and `high` the
  /// value is fixed. A unit, when given, must be the shipped one. Names that
  /// the model does not use are refused.
  public func overridden(path: String) throws(TraceError) -> CostParameters {
    var reader = try CSVReader(path: path, expecting: ["parameter", "typical"])
    try reader.acceptOnly(Self.columns)
    let name = try reader.column("parameter")
    let typical = try reader.column("typical")
    let low = reader.optionalColumn("low")
    let high = reader.optionalColumn("high")
    let unit = reader.optionalColumn("unit")
    let source = reader.optionalColumn("source")
    var result = self
    var lines: [String: Int] = [:]
    while try reader.next() {
      let text = try reader.nonEmptyText(name)
      if let first = lines.updateValue(reader.line, forKey: text) {
        throw reader.error(at: name, .duplicateName(text, firstLine: first))
      }
      guard let place = list.firstIndex(where: { $0.name == text }), let role = CostRole(rawValue: place)
      else {
        throw reader.error(
          at: name,
          .unknownValue(column: "parameter", found: text, known: list.map(\.name))
        )
      }
      var parameter = result[role]
      parameter.typical = try value(reader, typical, role)
      parameter.low = try value(reader, low, role, orElse: parameter.typical)
      parameter.high = try value(reader, high, role, orElse: parameter.typical)
      guard parameter.low <= parameter.typical, parameter.typical <= parameter.high else {
        throw reader.error(
          at: typical,
          .contradiction(
            "`typical` is \(parameter.typical), outside \(parameter.low) to \(parameter.high)",
            hint: "low, typical and high must rise"
          )
        )
      }
      if let unit, !reader.isEmpty(unit), try reader.text(unit) != parameter.unit {
        throw reader.error(
          at: unit,
          .unknownValue(column: "unit", found: try reader.text(unit), known: [parameter.unit])
        )
      }
      parameter.source = if let source, !reader.isEmpty(source) { try reader.text(source) } else { path }
      parameter.evidence = .stated
      result[role] = parameter
    }
    return result
  }

  private func value(
    _ reader: CSVReader,
    _ field: Int?,
    _ role: CostRole,
    orElse fallback: Double? = nil
  ) throws(TraceError) -> Double {
    guard let field, fallback == nil || !reader.isEmpty(field) else { return fallback ?? 0 }
    let number = try reader.decimal(field, accepted: role.domain.text)
    guard role.domain.holds(number) else {
      throw reader.error(
        at: field,
        .outOfRange(column: self[role].name, found: try reader.text(field), accepted: role.domain.text)
      )
    }
    return number
  }
}

extension CostRole {
  /// The values that make sense.
  var domain: QuickInput.Domain {
    switch self {
    case .life: .init(holds: { (1...Double(QuickInput.longestLife)).contains($0) }, text: "1 to 100 years")
    case .costOfCapital, .costGrowth:
      .init(holds: { $0 > -1 && $0 <= 10 }, text: "a rate a year above -1, at most 10")
    case .cloudPriceDecline: .init(holds: { $0 > -10 && $0 < 1 }, text: "a rate a year below 1")
    case .residual36, .residual60, .idleShare, .loadShare:
      .init(holds: { (0...1).contains($0) }, text: "a share, 0 to 1")
    case .taxRate, .oneYearDiscount, .supportShare:
      .init(holds: { $0 >= 0 && $0 < 1 }, text: "a share, 0 to below 1")
    case .availability: .init(holds: { $0 > 0 && $0 <= 1 }, text: "a share above 0, up to 1")
    case .pue: .init(holds: { (1...10).contains($0) }, text: "a ratio of 1 to 10")
    case .nodesPerPost, .nodePrice, .buildingLife: .init(holds: { $0 > 0 && $0 <= 1e9 }, text: "above 0")
    default: .init(holds: { (0...1e9).contains($0) }, text: "0 or more")
    }
  }
}
