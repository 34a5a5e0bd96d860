/// Breaks lists of phrases into lines.
enum LineFolding {
  /// `lead` followed by the parts, separated by commas; further lines are
  /// indented by the lead's length.
  static func fold(_ lead: String, _ parts: [String], width: Int) -> [String] {
    var lines = [lead]
    for (index, part) in parts.enumerated() {
      let piece = index == parts.count - 1 ? part : part + ","
      let isFresh = lines[lines.count - 1].count == lead.count
      if !isFresh, lines[lines.count - 1].count + 1 + piece.count > width {
        lines.append(String(repeating: " ", count: lead.count) + piece)
      } else {
        lines[lines.count - 1] += (isFresh ? "" : " ") + piece
      }
    }
    return lines
  }

  /// Lines of as many words as fit, each after the lead.
  static func words(_ lead: String, _ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(lead + word)
      }
    }
    return lines
  }
}
