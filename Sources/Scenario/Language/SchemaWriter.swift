/// Writes the JSON Schema that editors check scenarios with.
///
/// Looser than the decoder where JSON Schema has no words for a rule: what it
/// refuses, the decoder refuses.
struct SchemaWriter {
  private var definitions: [(String, JSONText)] = []
  private var written: Set<String> = []

  /// The schema of files whose root is `root`.
  static func schema(of root: Section, title: String, mayInclude: Bool) -> String {
    var writer = SchemaWriter()
    let body = writer.object(of: root, mayInclude: mayInclude)
    let definitions = writer.definitions.sorted { $0.0 < $1.0 }
    let schema = JSONText.object(
      [
        ("$schema", .text("http://json-schema.org/draft-07/schema#")),
        ("title", .text(title)),
      ] + body + [("definitions", .object(definitions))]
    )
    return schema.printed() + "\n"
  }

  private mutating func object(of section: Section, mayInclude: Bool = false) -> [(String, JSONText)] {
    var properties: [(String, JSONText)] = []
    if mayInclude {
      let files = JSONText.object([("type", .text("string"))])
      let list = JSONText.object([("type", .text("array")), ("items", files)])
      properties.append(
        (
          "include",
          .object([
            ("description", .text(RootSection.includeDoc)), ("anyOf", .list([files, list])),
          ])
        )
      )
    }
    for field in section.fields {
      var members: [(String, JSONText)] = [("description", .text(field.doc))]
      if case .standard(let yaml) = field.presence {
        members[0].1 = .text("\(field.doc) Default: \(yaml).")
      }
      members += form(of: field.shape)
      properties.append((field.key, .object(members)))
    }
    var members: [(String, JSONText)] = [
      ("description", .text(section.doc)), ("type", .text("object")),
      ("additionalProperties", .raw("false")), ("properties", .object(properties)),
    ]
    let required = section.fields.filter { if case .required = $0.presence { !mayInclude } else { false } }
    if !required.isEmpty { members.append(("required", .list(required.map { .text($0.key) }))) }
    // A file that includes others may leave required keys to them.
    if !mayInclude { members += rules(of: section) }
    return members
  }

  private func rules(of section: Section) -> [(String, JSONText)] {
    let all = section.rules.map { rule -> JSONText in
      func holds(_ key: String) -> JSONText { .object([("required", .list([.text(key)]))]) }
      switch rule {
      case .exactlyOne(let keys): return .object([("oneOf", .list(keys.map(holds)))])
      case .atLeastOne(let keys): return .object([("anyOf", .list(keys.map(holds)))])
      case .atMostOne(let keys):
        let none = JSONText.object([("not", .object([("anyOf", .list(keys.map(holds)))]))])
        return .object([("oneOf", .list(keys.map(holds) + [none]))])
      }
    }
    return all.isEmpty ? [] : [("allOf", .list(all))]
  }

  private mutating func form(of shape: Shape) -> [(String, JSONText)] {
    switch shape {
    case .value(let kind): return value(kind)
    case .settings: return [("type", .text("object"))]
    case .map(let kind, _):
      return [("type", .text("object")), ("additionalProperties", .object(value(kind)))]
    case .labels: return [("type", .text("object")), ("additionalProperties", .object(value(.label)))]
    case .either(let kind, let other):
      return [("anyOf", .list([.object(value(kind)), .object(form(of: other))]))]
    case .list(let element, let minimum, let single):
      let inner = form(of: element)
      var list: [(String, JSONText)] = [("type", .text("array")), ("items", .object(inner))]
      if minimum > 0 { list.append(("minItems", .raw(String(minimum)))) }
      return single ? [("anyOf", .list([.object(list), .object(inner)]))] : list
    case .section(let section):
      if written.insert(section.title).inserted {
        let place = definitions.count
        definitions.append((section.title, .object([])))
        definitions[place].1 = .object(object(of: section))
      }
      let reference: [(String, JSONText)] = [("$ref", .text("#/definitions/\(section.title)"))]
      guard let key = section.shorthand, let field = section.field(key) else {
        return [("allOf", .list([.object(reference)]))]
      }
      return [("anyOf", .list([.object(reference), .object(form(of: field.shape))]))]
    }
  }

  private func value(_ kind: ValueKind) -> [(String, JSONText)] {
    func pattern(_ text: String) -> (String, JSONText) { ("pattern", .text(text)) }
    func units(_ units: [Unit]) -> String { units.map(\.symbol).joined(separator: "|") }
    let digits = #"[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?"#
    let text: (String, JSONText) = ("type", .text("string"))
    let textOrNumber: (String, JSONText) = ("type", .list([.text("string"), .text("number")]))
    switch kind {
    case .name: return [textOrNumber, pattern("^[A-Za-z0-9._-]{1,\(ValueKind.longestName)}$")]
    case .text, .path, .gpuModel: return [textOrNumber]
    case .label: return [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
    case .boolean: return [("type", .text("boolean"))]
    case .integer(let range):
      var members: [(String, JSONText)] = [
        ("type", .text("integer")), ("minimum", .raw(String(range.lowerBound))),
      ]
      if range.upperBound < 1 << 53 { members.append(("maximum", .raw(String(range.upperBound)))) }
      return members
    case .number(let minimum, let exclusive, let maximum):
      var members: [(String, JSONText)] = [
        ("type", .text("number")),
        (exclusive ? "exclusiveMinimum" : "minimum", .raw(ValueKind.plain(minimum))),
      ]
      if maximum < .greatestFiniteMagnitude { members.append(("maximum", .raw(ValueKind.plain(maximum)))) }
      return members
    case .duration: return [text, pattern("^\\+?\(digits) *(\(units(Units.time)))$")]
    case .durationOrWord(let words, _):
      let orTruth: (String, JSONText) = ("type", .list([.text("string"), .text("boolean")]))
      return [
        words.contains("true") ? orTruth : text,
        pattern("^(\\+?\(digits) *(\(units(Units.time)))|\(words.joined(separator: "|")))$"),
      ]
    case .memory: return [text, pattern("^\\+?\(digits) *(\(units(Units.memory)))$")]
    case .size: return [text, pattern("^\\+?\(digits) *(\(units(Units.memory)))$")]
    case .bandwidth:
      return [text, pattern("^\\+?\(digits) *(\(units(Units.memory + Units.bits))) */s$")]
    case .rate: return [text, pattern("^\\+?\(digits) */ *(\(units(Units.time)))$")]
    case .fraction(_, let maximum):
      return [
        textOrNumber, pattern("^\\+?\(digits) *%?$"), ("minimum", .raw("0")),
        ("maximum", .raw(ValueKind.plain(maximum))),
      ]
    case .countOrShare:
      return [
        textOrNumber, pattern("^\\+?\(digits) *%?$"), ("minimum", .raw("0")), ("maximum", .raw("1000000")),
      ]
    case .cpu: return [textOrNumber, pattern("^\\+?\(digits) *m?$"), ("minimum", .raw("0"))]
    case .gpus: return [("type", .text("number")), ("minimum", .raw("0")), ("maximum", .raw("16"))]
    case .word(let words, _): return [("enum", .list(words.map { .text($0) }))]
    }
  }
}
