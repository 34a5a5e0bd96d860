/// A piece of YAML as it was written, with its place.
///
/// Scalars stay text: what a text means is decided by the field that holds it.
struct SourceNode: Sendable {
  struct Entry: Sendable {
    var key: String
    var keyOrigin: Origin
    var value: SourceNode
  }

  enum Content: Sendable {
    /// `null`, `~` or nothing at all: as if the key were absent.
    case null
    case scalar(String)
    case list([SourceNode])
    case map([Entry])
  }

  var origin: Origin
  var content: Content

  /// What an error calls it: `a list`, `a map`, or the text in quotes.
  var found: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text): "'\(text)'"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// The value of a key of a map.
  subscript(key: String) -> SourceNode? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The text of the element's own `name`, for elements of lists.
  var elementName: String? {
    if case .scalar(let text)? = self["name"]?.content { return text }
    return nil
  }

  /// This node laid over `base`: maps merge key by key, anything else
  /// replaces. A null replaces too, which removes an inherited key.
  func merged(over base: SourceNode) -> SourceNode {
    guard case .map(let mine) = content, case .map(var entries) = base.content else { return self }
    for entry in mine {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index].keyOrigin = entry.keyOrigin
        entries[index].value = entry.value.merged(over: entries[index].value)
      } else {
        entries.append(entry)
      }
    }
    return SourceNode(origin: origin, content: .map(entries))
  }
}

extension SourceNode {
  /// The same content, all of it at one place.
  func placed(at origin: Origin) -> SourceNode {
    switch content {
    case .null, .scalar: SourceNode(origin: origin, content: content)
    case .list(let elements):
      SourceNode(origin: origin, content: .list(elements.map { $0.placed(at: origin) }))
    case .map(let entries):
      SourceNode(
        origin: origin,
        content: .map(
          entries.map { .init(key: $0.key, keyOrigin: origin, value: $0.value.placed(at: origin)) }
        )
      )
    }
  }
}
