import SimulationKernel

/// Values of metrics as people read them, by unit.
enum MetricText {
  /// A value; `-` where there is none.
  static func value(_ value: Double?, unit: String) -> String {
    guard let value else { return "-" }
    return switch unit {
    case "s": NumberText.span(seconds: value)
    case "percent": NumberText.grouped(value, decimals: 1)
    default: NumberText.grouped(value, decimals: value.magnitude < 100 && value != value.rounded() ? 1 : 0)
    }
  }

  /// A change with its sign; percentages in points with two decimals.
  static func change(_ value: Double, unit: String) -> String {
    if value == 0 { return "0" }
    let size =
      unit == "percent"
      ? NumberText.grouped(value.magnitude, decimals: 2) : self.value(value.magnitude, unit: unit)
    return (value < 0 ? "-" : "+") + size
  }

  /// A mean difference and half the width of its interval.
  static func difference(_ interval: ConfidenceInterval?, unit: String) -> String {
    guard let interval else { return "-" }
    let mean = change(interval.mean, unit: unit)
    if interval.halfWidth == 0 { return mean }
    return "\(mean) ± \(change(interval.halfWidth, unit: unit).dropFirst())"
  }
}
