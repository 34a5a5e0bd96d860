import Economics

/// The quantities of a case, for people and for programs.
public enum QuantityText {
  /// One line a quantity.
  public static func page(_ quantities: QuickQuantities, style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["quantity", "value"])
    for quantity in quantities.all {
      table.add([quantity.name, quantity.value.map(number) ?? quantity.reason])
    }
    return table.lines(hangingTitle: true).joined(separator: "\n") + "\n"
  }

  /// One object with the quantities under their names; null where one does
  /// not exist, with the reason under `reasons`.
  public static func json(_ quantities: QuickQuantities) throws -> String {
    try ReportJSON.encode(QuantityDocument(quantities))
  }

  /// Two decimals for amounts, six for small figures.
  static func number(_ value: Double) -> String {
    let decimals = value == value.rounded() ? 0 : value.magnitude >= 1000 ? 2 : 6
    return NumberText.grouped(value, decimals: decimals)
  }
}

private struct QuantityDocument: Encodable {
  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let quantities: QuickQuantities

  init(_ quantities: QuickQuantities) { self.quantities = quantities }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode("headroom-tco-quick/1", forKey: Key("format"))
    var reasons: [String: String] = [:]
    for quantity in quantities.all {
      if let value = quantity.value {
        try object.encode(value, forKey: Key(quantity.name))
      } else {
        try object.encodeNil(forKey: Key(quantity.name))
        reasons[quantity.name] = quantity.reason
      }
    }
    if !reasons.isEmpty { try object.encode(reasons, forKey: Key("reasons")) }
  }
}
