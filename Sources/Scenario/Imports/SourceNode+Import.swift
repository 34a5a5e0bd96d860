/// What readers of foreign files ask of a piece of YAML. Whatever is of another
/// form than it should be is an error: it is never taken for absent.
extension SourceNode {
  static func text(_ text: String, at origin: Origin) -> SourceNode {
    SourceNode(origin: origin, content: .scalar(text))
  }

  static func map(_ entries: [(String, SourceNode)], at origin: Origin) -> SourceNode {
    SourceNode(
      origin: origin,
      content: .map(entries.map { Entry(key: $0.0, keyOrigin: $0.1.origin, value: $0.1) })
    )
  }

  /// The value of a key; nil: it is absent, or null, which is the same.
  func value(_ key: String) -> SourceNode? {
    guard let value = self[key] else { return nil }
    if case .null = value.content { return nil }
    return value
  }

  /// The text of a key, if it is a single value.
  func text(_ key: String) -> String? {
    if case .scalar(let text)? = self[key]?.content { return text }
    return nil
  }

  /// The text of a key; nil: it is absent, or no single value, which a
  /// diagnostic says.
  func word(_ key: String, at keyPath: String, into diagnostics: inout DiagnosticList) -> String? {
    guard let node = value(key) else { return nil }
    if case .scalar(let text) = node.content { return text }
    diagnostics.add(node.origin, "\(keyPath).\(key)", "is not a single value; found \(node.found)")
    return nil
  }

  /// The elements; a diagnostic where this is no list.
  func list(at keyPath: String, into diagnostics: inout DiagnosticList) -> [SourceNode] {
    switch content {
    case .list(let elements): return elements
    case .null: return []
    case .scalar, .map:
      diagnostics.add(origin, keyPath, "is not a list; found \(found)")
      return []
    }
  }

  /// The entries; a diagnostic where this is no map.
  func map(at keyPath: String, into diagnostics: inout DiagnosticList) -> [Entry] {
    switch content {
    case .map(let entries): return entries
    case .null: return []
    case .scalar, .list:
      diagnostics.add(origin, keyPath, "is not a map; found \(found)")
      return []
    }
  }

  /// The entries of a map, or nothing.
  var entries: [Entry] {
    if case .map(let entries) = content { return entries }
    return []
  }

  /// The elements of a list, or nothing.
  var items: [SourceNode] {
    if case .list(let elements) = content { return elements }
    return []
  }

  /// Removes a key and returns its value.
  mutating func take(_ key: String) -> SourceNode? {
    guard case .map(var entries) = content, let index = entries.firstIndex(where: { $0.key == key }) else {
      return nil
    }
    let value = entries.remove(at: index).value
    content = .map(entries)
    return value
  }

  /// Sets a key of a map.
  mutating func set(_ key: String, to value: SourceNode) {
    guard case .map(var entries) = content else { return }
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = value
    } else {
      entries.append(Entry(key: key, keyOrigin: value.origin, value: value))
    }
    content = .map(entries)
  }

  /// Puts elements before those of a list.
  mutating func prepend(_ elements: [SourceNode], to key: String) {
    let old = self[key]?.items ?? []
    let origin = self[key]?.origin ?? elements.first?.origin ?? origin
    set(key, to: SourceNode(origin: origin, content: .list(elements + old)))
  }

  /// The objects of a file: its documents, and the elements of lists among
  /// them, as kubectl prints them or a query over its output.
  static func objects(_ documents: [SourceNode]) -> [SourceNode] {
    documents.flatMap { document in
      if case .list(let elements) = document.content { return elements }
      return document.value("items")?.items ?? [document]
    }
  }
}
