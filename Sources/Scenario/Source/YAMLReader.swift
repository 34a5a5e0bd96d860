import Yams

/// Turns YAML text into ``SourceNode``, with the place of every key and value.
enum YAMLReader {
  /// Reads one document. Returns nil when the text is not YAML; `diagnostics`
  /// then says why.
  ///
  /// - Parameter isForeign: it is a file of another system, which may have
  ///   anchors and merge keys.
  static func read(
    _ text: String,
    file: String,
    isForeign: Bool = false,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    let start = Origin.file(file, line: 1, column: 1)
    do {
      // The nodes hold their anchors weakly: the parser must outlive them.
      let parser = try Parser(yaml: text, encoding: .utf8)
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else { return SourceNode(origin: start, content: .null) }
        var conversion = YAMLConversion(file: file, isForeign: isForeign)
        return conversion.convert(root, depth: 0, parent: start, into: &diagnostics)
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
    var conversion = YAMLConversion(file: file, isForeign: true)
    do {
      let parser = try Parser(yaml: text, encoding: .utf8)
      try withExtendedLifetime(parser) {
        while let root = try parser.nextRoot() {
          let node = conversion.convert(root, depth: 0, parent: start, into: &diagnostics)
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
