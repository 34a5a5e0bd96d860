/// Prints a checked scenario as YAML with every default explicit.
///
/// Values stand as they were written, so that reading the text again gives
/// exactly the same numbers. Keys that are not set and have no default are
/// comments.
struct ResolvedText {
  private var lines: [String] = []
  /// Turns a file name into one that holds wherever the text is put.
  private let path: (Decoded) -> String

  static func text(of root: Decoded, path: @escaping (Decoded) -> String) -> String {
    var printer = ResolvedText(path: path)
    if case .section(let members) = root.form { printer.print(members, indent: 0, first: nil) }
    return printer.lines.joined(separator: "\n") + "\n"
  }

  private init(path: @escaping (Decoded) -> String) { self.path = path }

  /// `first`: what stands before the first key, in place of its indentation.
  private mutating func print(_ members: [Decoded.Member], indent: Int, first: String?) {
    var lead = first
    let space = String(repeating: " ", count: indent)
    for member in members {
      guard let value = member.value else { continue }
      print(
        value,
        shape: member.field.shape,
        after: (lead ?? space) + Self.quoted(member.field.key) + ":",
        indent: indent
      )
      lead = nil
    }
    if case .some = lead { lines.append((first ?? "") + "{}") }
    for member in members where member.value == nil {
      guard case .optional(let meaning) = member.field.presence, !meaning.isEmpty else { continue }
      lines.append("\(space)# \(member.field.key): not set: \(meaning)")
    }
  }

  private mutating func print(_ node: Decoded, shape: Shape, after lead: String, indent: Int) {
    switch node.form {
    case .value(let value, let text):
      lines.append(lead + " " + Self.printed(value, text: isPath(shape) ? path(node) : text))
    case .list(let elements):
      if elements.isEmpty {
        lines.append(lead + " []")
        return
      }
      if let flow = flow(elements) {
        lines.append(lead + " " + flow)
        return
      }
      lines.append(lead)
      let dash = String(repeating: " ", count: indent + 2) + "- "
      for element in elements {
        if case .section(let members) = element.form {
          print(members, indent: indent + 4, first: dash)
        } else {
          print(element, shape: elementShape(shape), after: String(dash.dropLast()), indent: indent + 2)
        }
      }
    case .section(let members):
      if members.allSatisfy({ $0.value == nil }) {
        lines.append(lead + " {}")
        return
      }
      lines.append(lead)
      print(members, indent: indent + 2, first: nil)
    case .settings(let entries):
      guard case .labels = shape else { break }
      let labels = entries.compactMap { entry -> String? in
        guard case .scalar(let text) = entry.value.content else { return nil }
        return "\(Self.quoted(entry.key)): \(Self.quoted(text))"
      }
      lines.append(lead + " {" + labels.joined(separator: ", ") + "}")
    case .faulty: break
    }
  }

  /// A short list of single values on one line.
  private func flow(_ elements: [Decoded]) -> String? {
    var texts: [String] = []
    for element in elements {
      guard case .value(let value, let text) = element.form else { return nil }
      texts.append(Self.printed(value, text: text))
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private func isPath(_ shape: Shape) -> Bool {
    if case .value(.path) = shape { return true }
    return false
  }

  private func elementShape(_ shape: Shape) -> Shape {
    switch shape {
    case .list(let element, _, _): element
    case .either(_, let other): elementShape(other)
    default: shape
    }
  }

  /// A value as a YAML scalar: numbers plain, texts in quotes where a reader
  /// could take them for something else.
  static func printed(_ value: ScalarValue, text: String) -> String {
    if case .text = value { return quoted(text) }
    return text
  }

  private static let notTexts: Set<String> = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n",
  ]

  /// The text as a YAML scalar that no reader takes for anything but a text.
  static func quoted(_ text: String) -> String {
    let plain = text.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case 65...90, 97...122, 47, 95: true
      case 46, 45, 43, 48...57: index > 0
      default: false
      }
    }
    if plain, !text.isEmpty, !notTexts.contains(text.lowercased()) { return text }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 32 || (0x7F...0x9F).contains(scalar.value) {
          let hex = String(scalar.value, radix: 16)
          out += "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
