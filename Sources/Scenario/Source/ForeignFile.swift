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
    guard let root = YAMLReader.read(text, file: path, into: &diagnostics), diagnostics.found.count == before
    else { return nil }
    self.path = path
    self.text = text
    self.root = root
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
