import Yams

/// Makes ``SourceNode`` of the nodes of a YAML file.
struct YAMLConversion {
  /// Deeper nesting than this is refused; scenarios need about eight levels.
  static let deepest = 64
  /// A file of another system may hold so many values at most, an alias counted
  /// as all that it stands for: the nodes of 10,000 machines with their labels
  /// are about a million.
  static let mostValues = 5_000_000

  let file: String
  /// It is of another system: anchors stand for what they name, and `<<` lays a
  /// map under another, as in all of YAML.
  let isForeign: Bool
  private var values = 0

  init(file: String, isForeign: Bool) { (self.file, self.isForeign) = (file, isForeign) }

  mutating func convert(
    _ node: Node,
    depth: Int,
    parent: Origin,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode {
    let origin = node.mark.map { Origin.file(file, line: $0.line, column: $0.column) } ?? parent
    let empty = SourceNode(origin: origin, content: .null)
    values += 1
    if values > Self.mostValues {
      if values == Self.mostValues + 1 {
        diagnostics.add(origin, "", "holds too much; accepted: \(Self.mostValues) values in all")
      }
      return empty
    }
    if let anchor = node.anchor, !isForeign {
      diagnostics.add(
        origin,
        "",
        "anchors and aliases are not part of the language; found '&\(anchor.rawValue)'",
        hint: "put the shared part in a file and use include"
      )
      return empty
    }
    if depth > Self.deepest {
      diagnostics.add(origin, "", "nested too deeply; accepted: \(Self.deepest) levels")
      return empty
    }
    switch node {
    case .scalar(let scalar):
      let plainNulls: Set<String> = ["", "~", "null", "Null", "NULL"]
      if scalar.style == .plain, plainNulls.contains(scalar.string) { return empty }
      return SourceNode(origin: origin, content: .scalar(scalar.string))
    case .sequence(let sequence):
      var elements: [SourceNode] = []
      for element in sequence {
        elements.append(convert(element, depth: depth + 1, parent: origin, into: &diagnostics))
      }
      return SourceNode(origin: origin, content: .list(elements))
    case .mapping(let mapping): return convert(mapping, depth: depth, at: origin, into: &diagnostics)
    case .alias:
      diagnostics.add(origin, "", "anchors and aliases are not part of the language")
      return empty
    }
  }

  private mutating func convert(
    _ mapping: Node.Mapping,
    depth: Int,
    at origin: Origin,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode {
    var entries: [SourceNode.Entry] = []
    var positions: [String: Int] = [:]
    for (key, value) in mapping {
      let keyOrigin = key.mark.map { Origin.file(file, line: $0.line, column: $0.column) } ?? origin
      guard case .scalar(let name) = key else {
        diagnostics.add(
          keyOrigin,
          "",
          "a key must be a word; found a list or a map",
          hint: "a text with {{ }} is a template: write down what it makes, or put it in quotes"
        )
        continue
      }
      guard positions.updateValue(entries.count, forKey: name.string) == nil else {
        diagnostics.add(keyOrigin, "", "duplicated key '\(name.string)'", hint: "remove one of them")
        continue
      }
      let child = convert(value, depth: depth + 1, parent: keyOrigin, into: &diagnostics)
      entries.append(.init(key: name.string, keyOrigin: keyOrigin, value: child))
    }
    let result = SourceNode(origin: origin, content: .map(entries))
    return isForeign && positions["<<"] != nil ? Self.merged(result, into: &diagnostics) : result
  }

  /// The map with what `<<` names laid under it; the first of several counts.
  private static func merged(_ node: SourceNode, into diagnostics: inout DiagnosticList) -> SourceNode {
    var result = node
    guard let below = result.take("<<") else { return node }
    let maps: [SourceNode] = if case .list(let several) = below.content { several } else { [below] }
    for map in maps {
      guard case .map(let inherited) = map.content else {
        diagnostics.add(map.origin, "<<", "is not a map; found \(map.found)")
        return result
      }
      for entry in inherited where result[entry.key] == nil { result.set(entry.key, to: entry.value) }
    }
    return result
  }
}
