import Economics

/// A parameter with its range and its source, for programs.
struct AssumptionDocument: Encodable {
  var name: String
  var low: Double
  var typical: Double
  var high: Double
  var unit: String
  var confidence: String
  var source: String

  init(_ parameter: CostParameter) {
    name = parameter.name
    low = parameter.low
    typical = parameter.typical
    high = parameter.high
    unit = parameter.unit
    confidence = parameter.evidence.rawValue
    source = parameter.source
  }
}

/// The parameters of a priced run, for the results file.
public enum AssumptionsText {
  /// JSON: an array of parameters.
  public static func json(_ comparison: TCOComparison) throws -> String {
    try ReportJSON.encode(TCODocument.assumptions(comparison))
  }
}
