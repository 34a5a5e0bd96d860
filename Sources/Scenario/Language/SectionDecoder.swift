/// Checks a tree against the tables and fills in defaults.
struct SectionDecoder {
  var diagnostics = DiagnosticList()

  /// The meaning of `node` as `shape`.
  mutating func decode(_ node: SourceNode, as shape: Shape, at keyPath: String) -> Decoded {
    switch shape {
    case .value(let kind): return decodeValue(node, as: kind, at: keyPath)
    case .list(let element, let minimum, let single):
      return decodeList(node, of: element, minimum: minimum, single: single, at: keyPath)
    case .section(let section): return decodeSection(node, as: section, at: keyPath)
    case .map(let kind, _): return decodeMap(node, as: shape, of: kind, at: keyPath)
    case .settings: return decodeSettings(node, at: keyPath)
    case .labels: return decodeLabels(node, at: keyPath)
    case .either(let kind, let other):
      guard case .scalar(let text) = node.content, !Self.isNumber(text, in: kind, or: other) else {
        return decode(node, as: other, at: keyPath)
      }
      return decodeValue(node, as: kind, at: keyPath)
    }
  }

  /// Whether a single text is no word but a number that stands for a whole
  /// section.
  private static func isNumber(_ text: String, in kind: ValueKind, or other: Shape) -> Bool {
    guard case .word = kind, case .section(let section) = other, section.shorthand != nil else {
      return false
    }
    return text.utf8.first.map { (43...57).contains($0) } ?? false
  }

  private func faulty(_ node: SourceNode, _ keyPath: String) -> Decoded {
    Decoded(origin: node.origin, keyPath: keyPath, form: .faulty, isSound: false)
  }

  private mutating func decodeValue(
    _ node: SourceNode,
    as kind: ValueKind,
    at keyPath: String
  ) -> Decoded {
    guard case .scalar(let text) = node.content else {
      diagnostics.add(
        node.origin,
        keyPath,
        "is not a single value; found \(node.found); accepted: \(kind.accepted)"
      )
      return faulty(node, keyPath)
    }
    do {
      let value = try kind.parse(text)
      return Decoded(origin: node.origin, keyPath: keyPath, form: .value(value, text: text), isSound: true)
    } catch {
      diagnostics.add(
        node.origin,
        keyPath,
        "\(error.problem); found '\(text)'; accepted: \(kind.accepted)",
        hint: error.hint
      )
      return faulty(node, keyPath)
    }
  }

  /// A map with keys of its own is a section whose fields are those keys.
  private mutating func decodeMap(
    _ node: SourceNode,
    as shape: Shape,
    of kind: ValueKind,
    at keyPath: String
  ) -> Decoded {
    guard case .map(let entries) = node.content, case .map(_, let noun) = shape else {
      diagnostics.add(
        node.origin,
        keyPath,
        "is not a map; found \(node.found)",
        hint: "write { name: value }"
      )
      return faulty(node, keyPath)
    }
    let members = entries.filter { if case .null = $0.value.content { false } else { true } }.map { entry in
      Decoded.Member(
        field: Field(entry.key, .value(kind), .required, noun, example: ""),
        value: decodeValue(entry.value, as: kind, at: "\(keyPath).\(entry.key)")
      )
    }
    return Decoded(
      origin: node.origin,
      keyPath: keyPath,
      form: .section(members),
      isSound: members.allSatisfy { $0.value?.isSound ?? false }
    )
  }

  private mutating func decodeSettings(_ node: SourceNode, at keyPath: String) -> Decoded {
    guard case .map(let entries) = node.content else {
      diagnostics.add(
        node.origin,
        keyPath,
        "is not a map; found \(node.found)",
        hint: "write { key.path: value }"
      )
      return faulty(node, keyPath)
    }
    return Decoded(origin: node.origin, keyPath: keyPath, form: .settings(entries), isSound: true)
  }

  private mutating func decodeLabels(_ node: SourceNode, at keyPath: String) -> Decoded {
    guard case .map(let entries) = node.content else {
      diagnostics.add(
        node.origin,
        keyPath,
        "is not a map of labels; found \(node.found)",
        hint: "write {zone: a, disk: nvme}"
      )
      return faulty(node, keyPath)
    }
    var isSound = true
    for entry in entries {
      let key = SourceNode(origin: entry.keyOrigin, content: .scalar(entry.key))
      if !decodeValue(key, as: .label, at: keyPath).isSound { isSound = false }
      if case .null = entry.value.content { continue }
      if !decodeValue(entry.value, as: .label, at: "\(keyPath).\(entry.key)").isSound { isSound = false }
    }
    let stated = entries.filter { if case .null = $0.value.content { false } else { true } }
    return Decoded(origin: node.origin, keyPath: keyPath, form: .settings(stated), isSound: isSound)
  }

  private mutating func decodeList(
    _ node: SourceNode,
    of element: Shape,
    minimum: Int,
    single: Bool,
    at keyPath: String
  ) -> Decoded {
    var nodes: [SourceNode]
    if case .list(let elements) = node.content {
      nodes = elements
    } else if single, node.found != "nothing" {
      nodes = [node]
    } else {
      diagnostics.add(node.origin, keyPath, "is not a list; found \(node.found)", hint: "write [ ... ]")
      return faulty(node, keyPath)
    }
    guard nodes.count >= minimum else {
      diagnostics.add(
        node.origin,
        keyPath,
        "has too few elements; found \(nodes.count); accepted: at least \(minimum)"
      )
      return faulty(node, keyPath)
    }
    var elements: [Decoded] = []
    for (index, child) in nodes.enumerated() {
      let name = child.elementName ?? String(index)
      elements.append(decode(child, as: element, at: "\(keyPath).\(name)"))
    }
    return Decoded(
      origin: node.origin,
      keyPath: keyPath,
      form: .list(elements),
      isSound: elements.allSatisfy(\.isSound)
    )
  }

  private mutating func decodeSection(
    _ node: SourceNode,
    as section: Section,
    at keyPath: String
  ) -> Decoded {
    let entries: [SourceNode.Entry]
    switch node.content {
    case .map(let found): entries = found
    case .scalar, .list:
      guard let key = section.shorthand else { fallthrough }
      entries = [.init(key: key, keyOrigin: node.origin, value: node)]
    case .null:
      diagnostics.add(
        node.origin,
        keyPath,
        "is not a map; found \(node.found); accepted keys: \(section.keys.joined(separator: ", "))"
      )
      return faulty(node, keyPath)
    }
    func path(_ key: String) -> String { keyPath.isEmpty ? key : "\(keyPath).\(key)" }
    var isSound = true
    var set: [String: SourceNode.Entry] = [:]
    for entry in entries {
      guard section.field(entry.key) != nil else {
        diagnostics.add(
          entry.keyOrigin,
          keyPath,
          "unknown key '\(entry.key)'; accepted keys: \(section.keys.joined(separator: ", "))",
          hint: Hint.didYouMean(entry.key, among: section.keys)
        )
        isSound = false
        continue
      }
      if case .null = entry.value.content { continue }
      set[entry.key] = entry
    }
    if !obeys(section.rules, set: set, node: node, at: keyPath) { isSound = false }
    var members: [Decoded.Member] = []
    for field in section.fields {
      var value: Decoded?
      if let entry = set[field.key] {
        value = decode(entry.value, as: field.shape, at: path(field.key))
      } else {
        switch field.presence {
        case .optional: break
        case .required:
          diagnostics.add(
            node.origin,
            keyPath,
            "the key '\(field.key)' is missing",
            hint: "for example \(field.key): \(field.example)"
          )
          isSound = false
        case .standard(let yaml): value = decode(standard(yaml), as: field.shape, at: path(field.key))
        }
      }
      if let value, !value.isSound { isSound = false }
      members.append(.init(field: field, value: value))
    }
    return Decoded(origin: node.origin, keyPath: keyPath, form: .section(members), isSound: isSound)
  }

  private mutating func obeys(
    _ rules: [Section.Rule],
    set: [String: SourceNode.Entry],
    node: SourceNode,
    at keyPath: String
  ) -> Bool {
    var obeyed = true
    for rule in rules {
      let (keys, needed, excludes) =
        switch rule {
        case .exactlyOne(let keys): (keys, true, true)
        case .atMostOne(let keys): (keys, false, true)
        case .atLeastOne(let keys): (keys, true, false)
        }
      let found = keys.filter { set[$0] != nil }
      if found.count > 1 && excludes {
        diagnostics.add(
          set[found[1]]?.keyOrigin ?? node.origin,
          keyPath,
          "only one of these keys may be set; found \(found.joined(separator: " and "))",
          hint: "remove one; a key inherited from an include is removed by setting it to null"
        )
        obeyed = false
      } else if found.isEmpty, needed {
        diagnostics.add(
          node.origin,
          keyPath,
          "one of these keys is missing: \(keys.joined(separator: ", "))"
        )
        obeyed = false
      }
    }
    return obeyed
  }

  private func standard(_ yaml: String) -> SourceNode {
    var inner = DiagnosticList()
    guard let node = YAMLReader.read(yaml, file: "", into: &inner), inner.found.isEmpty else {
      preconditionFailure("a default of the language is not YAML: \(yaml)")
    }
    return node.placed(at: .standard)
  }
}
