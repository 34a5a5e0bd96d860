import ArgumentParser
import Hardware
import Outcome
import Planning
import Scenario

/// Targets as the command line has them: `wait.p95@tenant:research<=15m`.
enum TargetText {
  static func parse(_ text: String) throws -> FleetTarget {
    let isUpperLimit = text.contains("<=")
    let parts = text.split(separator: isUpperLimit ? "<=" : ">=", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ValidationError("--target \(text): write it as wait.p95<=15m or allocation>=80%.")
    }
    let names = parts[0].split(separator: "@", maxSplits: 1).map { $0.trimmed }
    guard let metric = names.first.flatMap(ComparedMetric.named) else {
      let known = ComparedMetric.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--target \(text): there is no metric `\(parts[0])`; there are \(known).")
    }
    guard let limit = value(parts[1].trimmed, unit: metric.unit) else {
      let example = metric.unit == "s" ? "a time such as 15m" : metric.unit == "percent" ? "80%" : "a number"
      throw ValidationError("--target \(text): `\(parts[1])` is no value of it; write \(example).")
    }
    return FleetTarget(
      metric: metric.name,
      scope: names.count > 1 ? names[1] : "fleet",
      limit: limit,
      isUpperLimit: isUpperLimit
    )
  }

  /// The same, where the scenario has what they are of.
  static func targets(_ texts: [String], of scenario: LoadedScenario) throws -> [FleetTarget] {
    let known = texts.isEmpty ? [] : try scenario.scopes()
    return try texts.map { text in
      let target = try parse(text)
      guard target.scope == "fleet" || known.contains(target.scope) else {
        throw InputError(
          "the scenario has no scope `\(target.scope)`; "
            + (Suggestion.hint(for: target.scope, among: known) ?? "it has \(known.joined(separator: ", "))")
        )
      }
      return target
    }
  }

  private static func value(_ text: String, unit: String) -> Double? {
    let scales: [(String, Double)] =
      unit == "s" ? [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)] : [("%", 1)]
    for (suffix, scale) in scales where text.hasSuffix(suffix) && (unit == "s" || unit == "percent") {
      return number(text.dropLast()).map { $0 * scale }
    }
    return unit == "s" && text != "0" ? nil : number(text[...])
  }

  private static func number(_ text: Substring) -> Double? {
    Double(text).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
  }
}

extension Substring {
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
