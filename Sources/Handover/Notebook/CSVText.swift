/// Tables as comma-separated values.
///
/// Source: RFC 4180. Fields with commas, quotes or line breaks are quoted,
/// quotes inside are doubled, lines end with CR and LF.
public enum CSVText {
  public static func table(columns: [String], rows: [[String]]) -> String {
    ([columns] + rows).map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// Looks at scalars: Swift takes CR and LF together for one character.
  static func field(_ text: String) -> String {
    let special: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
    guard text.unicodeScalars.contains(where: special.contains) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
