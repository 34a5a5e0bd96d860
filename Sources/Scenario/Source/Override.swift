/// One `--set key.path=value` of the command line, or one key of a map of
/// overrides.
///
/// The path names keys; an element of a list is named by its 0-based index
/// or by its `name`. Missing keys on the way are made.
struct Override {
  var origin: Origin
  var path: [String]
  var value: SourceNode

  /// Reads `key.path=value`; the value is YAML. Returns nil and reports when
  /// it has no key or is not YAML.
  init?(_ text: String, into diagnostics: inout DiagnosticList) {
    let origin = Origin.override(text)
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      diagnostics.add(
        origin,
        "",
        "is not an override; accepted: key.path=value",
        hint: "for example policy.placement=fgd or workload.classes.train.priority=10"
      )
      return nil
    }
    guard let path = Self.path(text[..<equals]) else {
      diagnostics.add(origin, "", "has an empty part in its key; accepted: key.path=value")
      return nil
    }
    // A variable of a shell that is empty would take the key away without a word.
    guard text[equals...].dropFirst().contains(where: { !$0.isWhitespace }) else {
      let key = String(text[..<equals])
      diagnostics.add(
        origin,
        "",
        "has no value",
        hint: "\(key)=null takes the key away, \(key)='' is an empty text"
      )
      return nil
    }
    var inner = DiagnosticList()
    let value = YAMLReader.read(String(text[text.index(after: equals)...]), file: "", into: &inner)
    guard let value, inner.found.isEmpty else {
      diagnostics.add(origin, "", inner.found.first?.message ?? "is not valid YAML")
      return nil
    }
    self.origin = origin
    self.path = path
    self.value = value.placed(at: origin)
  }

  /// Takes an entry of a map whose keys are paths.
  init?(_ entry: SourceNode.Entry, into diagnostics: inout DiagnosticList) {
    guard let path = Self.path(entry.key[...]) else {
      diagnostics.add(entry.keyOrigin, "", "has an empty part in its key; accepted: key.path: value")
      return nil
    }
    origin = entry.keyOrigin
    self.path = path
    value = entry.value
  }

  /// The parts of a key; nil when one is empty.
  private static func path(_ key: Substring) -> [String]? {
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return path.contains("") ? nil : path
  }

  /// Lays the value into `root`.
  func apply(to root: inout SourceNode, into diagnostics: inout DiagnosticList) {
    apply(path[...], to: &root, into: &diagnostics)
  }

  private func apply(
    _ rest: ArraySlice<String>,
    to node: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) {
    guard let key = rest.first else {
      node = value
      return
    }
    let parent = path.prefix(rest.startIndex).joined(separator: ".")
    switch node.content {
    case .null:
      node = SourceNode(origin: origin, content: .map([]))
      apply(rest, to: &node, into: &diagnostics)
    case .map(var entries):
      if let index = entries.firstIndex(where: { $0.key == key }) {
        if rest.count == 1 { entries[index].keyOrigin = origin }
        apply(rest.dropFirst(), to: &entries[index].value, into: &diagnostics)
      } else {
        var child = SourceNode(origin: origin, content: .null)
        apply(rest.dropFirst(), to: &child, into: &diagnostics)
        entries.append(.init(key: key, keyOrigin: origin, value: child))
      }
      node.content = .map(entries)
    case .list(var elements):
      let byName = elements.indices.filter { elements[$0].elementName == key }
      let index = byName.first ?? Int(key).flatMap { elements.indices.contains($0) ? $0 : nil }
      guard let index, byName.count < 2 else {
        let names = elements.compactMap(\.elementName).map { "'\($0)'" }
        let named = names.isEmpty ? "" : " or a name: " + names.joined(separator: ", ")
        diagnostics.add(
          origin,
          "",
          "'\(parent)' has no single element '\(key)'; "
            + (elements.isEmpty ? "the list is empty" : "accepted: 0 to \(elements.count - 1)\(named)")
        )
        return
      }
      apply(rest.dropFirst(), to: &elements[index], into: &diagnostics)
      node.content = .list(elements)
    case .scalar(let text):
      diagnostics.add(
        origin,
        "",
        "'\(parent)' holds the single value '\(text)' and has no key '\(key)'",
        hint: "set '\(parent)' as a whole, for example \(parent)={\(key): ...}"
      )
    }
  }
}
