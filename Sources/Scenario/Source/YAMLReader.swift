import Yams

/// Turns YAML text into ``SourceNode``, with the place of every key and value.
enum YAMLReader {
  /// Deeper nesting than this is refused; scenarios need about eight levels.
  static let deepest = 64

  /// Reads one document. Returns nil when the text is not YAML; `diagnostics`
  /// then says why.
  static func read(_ text: String, file: String, into diagnostics: inout DiagnosticList) -> SourceNode? {
    let start = Origin.file(file, line: 1, column: 1)
    do {
      // The nodes hold their anchors weakly: the parser must outlive them.
      let parser = try Parser(yaml: text, encoding: .utf8)
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else { return SourceNode(origin: start, content: .null) }
        return convert(root, file: file, depth: 0, parent: start, into: &diagnostics)
      }
    } catch let error as YamlError {
      report(error, text: text, file: file, into: &diagnostics)
    } catch {
      diagnostics.add(start, "", "cannot be read as YAML; found \(error)")
    }
    return nil
  }

  /// Reads all documents of a file of another system: its nodes have the places
  /// that they have there. Empty documents are left out.
  static func readAll(_ text: String, file: String, into diagnostics: inout DiagnosticList) -> [SourceNode] {
    let start = Origin.file(file, line: 1, column: 1)
    var documents: [SourceNode] = []
    do {
      let parser = try Parser(yaml: text, encoding: .utf8)
      try withExtendedLifetime(parser) {
        while let root = try parser.nextRoot() {
          let node = convert(root, file: file, depth: 0, parent: start, into: &diagnostics)
          if case .null = node.content { continue }
          documents.append(node)
        }
      }
    } catch let error as YamlError {
      report(error, text: text, file: file, into: &diagnostics)
    } catch {
      diagnostics.add(start, "", "cannot be read as YAML; found \(error)")
    }
    return documents
  }

  private static func convert(
    _ node: Node,
    file: String,
    depth: Int,
    parent: Origin,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode {
    let origin = node.mark.map { Origin.file(file, line: $0.line, column: $0.column) } ?? parent
    let empty = SourceNode(origin: origin, content: .null)
    if let anchor = node.anchor {
      diagnostics.add(
        origin,
        "",
        "anchors and aliases are not part of the language; found '&\(anchor.rawValue)'",
        hint: "put the shared part in a file and use include"
      )
      return empty
    }
    if depth > deepest {
      diagnostics.add(origin, "", "nested too deeply; accepted: \(deepest) levels")
      return empty
    }
    switch node {
    case .scalar(let scalar):
      let plainNulls: Set<String> = ["", "~", "null", "Null", "NULL"]
      if scalar.style == .plain, plainNulls.contains(scalar.string) { return empty }
      return SourceNode(origin: origin, content: .scalar(scalar.string))
    case .sequence(let sequence):
      let elements = sequence.map {
        convert($0, file: file, depth: depth + 1, parent: origin, into: &diagnostics)
      }
      return SourceNode(origin: origin, content: .list(elements))
    case .mapping(let mapping):
      var entries: [SourceNode.Entry] = []
      for (key, value) in mapping {
        let keyOrigin = key.mark.map { Origin.file(file, line: $0.line, column: $0.column) } ?? origin
        guard case .scalar(let name) = key else {
          diagnostics.add(keyOrigin, "", "a key must be a word; found a list or a map")
          continue
        }
        if entries.contains(where: { $0.key == name.string }) {
          diagnostics.add(keyOrigin, "", "duplicated key '\(name.string)'", hint: "remove one of them")
          continue
        }
        let child = convert(value, file: file, depth: depth + 1, parent: keyOrigin, into: &diagnostics)
        entries.append(.init(key: name.string, keyOrigin: keyOrigin, value: child))
      }
      return SourceNode(origin: origin, content: .map(entries))
    case .alias:
      diagnostics.add(origin, "", "anchors and aliases are not part of the language")
      return empty
    }
  }

  private static func report(
    _ error: YamlError,
    text: String,
    file: String,
    into diagnostics: inout DiagnosticList
  ) {
    func add(_ mark: Mark, _ message: String, hint: String = "") {
      diagnostics.add(.file(file, line: mark.line, column: mark.column), "", message, hint: hint)
    }
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
      add(mark, "is not valid YAML; \(problem)\(place)", hint: hint(for: problem))
    case .duplicatedKeysInMapping(let names, let context):
      let list = names.map { "'\($0)'" }.joined(separator: ", ")
      add(context.mark, "duplicated key \(list)", hint: "keys of a map must differ; remove one of them")
    case .reader(let problem, let offset, _, let yaml):
      let before = yaml.prefix(offset ?? 0)
      let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      diagnostics.add(.file(file, line: line, column: column), "", "is not valid YAML; \(problem)")
    default:
      diagnostics.add(.file(file, line: 1, column: 1), "", "is not valid YAML; \(error)")
    }
  }

  private static func hint(for problem: String) -> String {
    if problem.contains("tab") || problem.contains("cannot start any token") {
      return "indent with spaces, and put a text that begins with a special character in quotes"
    }
    if problem.contains("mapping values are not allowed") {
      return "put a text that contains ': ' in quotes, and check the indentation"
    }
    if problem.contains("another document") { return "a scenario is one document: remove the '---'" }
    return ""
  }
}
