/// A YAML file of another tool that a scenario names.
struct ForeignFile {
  /// As the operating system takes it.
  var path: String
  var text: String
  var root: SourceNode

  /// Reads the file that `node` names; nil: it cannot be read, and a diagnostic
  /// says why.
  init?(_ node: Decoded, places: FilePlaces, into diagnostics: inout DiagnosticList) {
    let path = places.resolve(node.text, from: node.file)
    if let fault = places.fault(of: path, written: node.text) {
      diagnostics.add(node.origin, node.keyPath, fault.message, hint: fault.hint)
      return nil
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(node.origin, node.keyPath, "is not UTF-8; found '\(node.text)'")
      return nil
    }
    let before = diagnostics.found.count
    let documents = YAMLReader.readAll(text, file: path, into: &diagnostics)
    guard diagnostics.found.count == before else { return nil }
    // Other objects may stand beside the one that is meant.
    let own =
      documents.count < 2 ? documents : documents.filter { ($0.text("kind") ?? "ConfigMap") == "ConfigMap" }
    guard own.count <= 1 else {
      diagnostics.add(
        own[1].origin,
        "",
        "holds several documents; found \(own.count)",
        hint: "keep one of them"
      )
      return nil
    }
    self.path = path
    self.text = text
    root = own.first ?? SourceNode(origin: .file(path, line: 1, column: 1), content: .null)
  }

  /// The file itself, or the entry of the ConfigMap that it is; `prefix` comes
  /// before the paths of its keys.
  ///
  /// - Parameters:
  ///   - entry: which entry, where there are several.
  ///   - hint: how to choose one.
  func content(
    _ from: Decoded,
    entry: Decoded? = nil,
    hint: String,
    into diagnostics: inout DiagnosticList
  ) -> (root: SourceNode, prefix: String)? {
    guard root["data"] != nil || root["kind"] != nil else {
      guard let entry else { return (root, "") }
      diagnostics.add(entry.origin, entry.keyPath, "selects an entry, but the file is no ConfigMap")
      return nil
    }
    guard root.holdsOnly(["apiVersion", "kind", "metadata", "data"], at: "", into: &diagnostics) else {
      return nil
    }
    guard case .map(let entries)? = root["data"]?.content, !entries.isEmpty else {
      diagnostics.add(root["data"]?.origin ?? root.origin, "data", "the ConfigMap has no data")
      return nil
    }
    let names = entries.map(\.key)
    if entry == nil && entries.count > 1 {
      diagnostics.add(
        from.origin,
        from.keyPath,
        "the ConfigMap has several entries; found \(names.joined(separator: ", "))",
        hint: hint
      )
      return nil
    }
    let name = entry?.text ?? names[0]
    guard let chosen = entries.first(where: { $0.key == name }) else {
      let asked = entry ?? from
      diagnostics.add(
        asked.origin,
        asked.keyPath,
        "unknown entry of the ConfigMap; found '\(name)'; accepted: \(names.joined(separator: ", "))",
        hint: Hint.didYouMean(name, among: names)
      )
      return nil
    }
    guard case .scalar(let inner) = chosen.value.content, case .file(_, let line, _) = chosen.value.origin
    else {
      diagnostics.add(chosen.value.origin, "data.\(name)", "is not the text of a file")
      return nil
    }
    // The text of a block begins on the next line, indented.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let first = lines.indices.contains(line) ? lines[line] : ""
    let indent = first.prefix { $0 == " " }.count
    var own = DiagnosticList()
    let read = YAMLReader.read(inner, file: path, isForeign: true, into: &own)
    for found in own.found {
      diagnostics.add(
        .file(path, line: found.line + line, column: found.column + indent),
        "data.\(name)",
        found.message,
        hint: found.hint
      )
    }
    guard let read, own.found.isEmpty else { return nil }
    return (read.moved(lines: line, columns: indent), "data.\(name).")
  }
}

extension SourceNode {
  /// Whether this is a map with none but these keys; a diagnostic says what is
  /// wrong.
  ///
  /// - Parameter hints: what to do about keys that the tool knows and that are
  ///   not modelled.
  func holdsOnly(
    _ keys: [String],
    at keyPath: String,
    hints: [String: String] = [:],
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard case .map(let entries) = content else {
      diagnostics.add(origin, keyPath, "is not a map; found \(found)")
      return false
    }
    guard let entry = entries.first(where: { !keys.contains($0.key) }) else { return true }
    diagnostics.add(
      entry.keyOrigin,
      keyPath,
      "unknown key; found '\(entry.key)'; accepted: \(keys.joined(separator: ", "))",
      hint: hints[entry.key] ?? Hint.didYouMean(entry.key, among: keys)
    )
    return false
  }
}
