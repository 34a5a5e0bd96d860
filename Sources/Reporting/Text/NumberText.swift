/// Numbers as people read them. All rounding is half away from zero on the
/// decimal that is shown.
enum NumberText {
  /// `1,234,567.8`.
  static func grouped(_ value: Double, decimals: Int = 0) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let units = Int64((value * Double(scale)).rounded())
    let whole = String((units / scale).magnitude)
    var text = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    if decimals > 0 {
      let rest = String((units % scale).magnitude)
      text += "." + String(repeating: "0", count: decimals - rest.count) + rest
    }
    return units < 0 ? "-" + text : text
  }

  /// A span in the unit that leaves one to three digits before the point:
  /// `0 s`, `42 s`, `12.5 min`, `3.2 h`, `2.1 d`.
  static func span(seconds: Double) -> String {
    switch seconds.magnitude {
    case 0: "0 s"
    case ..<9.95: "\(grouped(seconds, decimals: seconds == seconds.rounded() ? 0 : 1)) s"
    case ..<120: "\(grouped(seconds)) s"
    case ..<7200: "\(grouped(seconds / 60, decimals: 1)) min"
    case ..<172_800: "\(grouped(seconds / 3600, decimals: 1)) h"
    default: "\(grouped(seconds / 86_400, decimals: 1)) d"
    }
  }

  /// GPU-hours: one decimal below a hundred, none above.
  static func hours(_ value: Double) -> String { grouped(value, decimals: value.magnitude < 100 ? 1 : 0) }
}
