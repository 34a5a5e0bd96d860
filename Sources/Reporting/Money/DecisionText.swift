import Economics

/// A decision sheet for people and for programs.
public enum DecisionText {
  /// What the sheet rests on.
  public struct Source: Sendable {
    public var name: String
    public var run: Int64
    /// Options of `headroom tco` behind the ways, by way.
    public var options: [Sourcing: String]
    /// What was priced and how.
    public var providers: String

    public init(name: String, run: Int64, options: [Sourcing: String], providers: String) {
      self.name = name
      self.run = run
      self.options = options
      self.providers = providers
    }
  }

  public static func page(
    _ sheet: DecisionSheet,
    _ flips: [DecisionSheet.Flip],
    _ source: Source,
    style: TextStyle
  ) -> String {
    let inputs = sheet.inputs
    var lines = [
      style.heading("\(source.name) · \(sheet.winner.map { "\($0.rawValue)" } ?? "nothing is possible")"), "",
      "  steady share \(EstimateText.percent(inputs.steadyShare)), growth \(EstimateText.percent(inputs.growth)) a year, "
        + "horizon \(inputs.horizon) years, team \(number(inputs.team)) of \(number(sheet.figures.posts)) posts",
      "  isolation \(inputs.isolation.rawValue), residency \(inputs.residency.rawValue), data "
        + "\(number(inputs.terabytes)) TB read out \(number(inputs.readsPerMonth)) times a month "
        + "(\(NumberText.grouped(sheet.figures.dataCost)) USD a year)", "",
    ]
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["rule", "weight"] + Sourcing.allCases.map(\.rawValue))
    for row in sheet.rows {
      table.add(
        [row.rule.name, row.weight > 0 ? number(row.weight) : "off"]
          + Sourcing.allCases.map { way in
            row.excluded.contains(way) ? "excluded" : row.scores[way].map { signed($0) } ?? "·"
          }
      )
    }
    table.add(["sum", ""] + Sourcing.allCases.map { sheet.totals[$0].map(signed) ?? "-" })
    table.add(
      ["USD a year", ""]
        + Sourcing.allCases.map { sheet.figures.cost[$0].map { NumberText.grouped($0) } ?? "-" }
    )
    lines += table.lines()
    lines += ["", style.heading("The money")]
    for way in Sourcing.allCases {
      if let option = source.options[way] { lines.append("  \(way.rawValue): \(option)") }
    }
    lines.append("  `headroom tco \(source.run) --compare \(source.providers)` tells it in full")
    lines += ["", style.heading("The rules")]
    lines += sheet.rows.map { "  \($0.rule.name): \($0.rule.question)" }
    lines += ["", style.heading("What would change it")]
    lines +=
      flips.isEmpty ? ["  nothing that was tried"] : flips.map { "  \($0.change): \($0.winner.rawValue)" }
    lines += [
      "",
      "  Weights and thresholds are judgements (docs/money.md): --weight RULE=N changes, --without RULE removes one.",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  public static func json(
    _ sheet: DecisionSheet,
    _ flips: [DecisionSheet.Flip],
    _ source: Source
  ) throws -> String {
    try ReportJSON.encode(DecisionDocument(sheet, flips, source))
  }

  private static func number(_ value: Double) -> String {
    NumberText.grouped(value, decimals: value == value.rounded() ? 0 : 1)
  }

  private static func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + NumberText.grouped(value, decimals: 2)
  }
}

private struct DecisionDocument: Encodable {
  struct Rule: Encodable {
    var name: String
    var question: String
    var weight: Double
    var scores: [String: Double]
    var excluded: [String]
  }

  struct Flip: Encodable {
    var change: String
    var winner: String
  }

  var format = "headroom-decision/1"
  var scenario: String
  var run: Int64
  var winner: String?
  var steadyShare: Double
  var usdYear: [String: Double]
  var options: [String: String]
  var totals: [String: Double]
  var rules: [Rule]
  var flips: [Flip]

  init(_ sheet: DecisionSheet, _ flips: [DecisionSheet.Flip], _ source: DecisionText.Source) {
    func named<Value>(_ values: [Sourcing: Value]) -> [String: Value] {
      Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    }
    scenario = source.name
    run = source.run
    winner = sheet.winner?.rawValue
    steadyShare = sheet.inputs.steadyShare
    usdYear = named(sheet.figures.cost)
    options = named(source.options)
    totals = named(sheet.totals)
    rules = sheet.rows.map { row in
      Rule(
        name: row.rule.name,
        question: row.rule.question,
        weight: row.weight,
        scores: named(row.scores),
        excluded: Sourcing.allCases.filter(row.excluded.contains).map(\.rawValue)
      )
    }
    self.flips = flips.map { Flip(change: $0.change, winner: $0.winner.rawValue) }
  }
}
