/// Reads a scenario file and what it includes into one tree.
///
/// Files of an `include` list are laid over one another in order, the
/// including file over all of them. Maps merge, lists and values replace.
struct IncludeChain {
  /// Longer chains than this are refused.
  static let longest = 16

  var places: FilePlaces
  /// The paths being read, outermost first.
  private var open: [String] = []

  init(places: FilePlaces) { self.places = places }

  /// Reads `text`, which came from `path`, with its includes.
  mutating func read(
    text: String,
    path: String,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    guard var node = YAMLReader.read(text, file: path, into: &diagnostics) else { return nil }
    guard case .map(var entries) = node.content else {
      diagnostics.add(node.origin, "", "a scenario is a map of keys; found \(node.found)")
      return nil
    }
    guard let index = entries.firstIndex(where: { $0.key == "include" }) else { return node }
    let include = entries.remove(at: index).value
    node.content = .map(entries)
    open.append(path)
    defer { open.removeLast() }
    var base: SourceNode?
    for element in elements(of: include, into: &diagnostics) {
      guard let part = self.include(element.path, at: element.origin, from: path, into: &diagnostics)
      else { continue }
      base = base.map { part.merged(over: $0) } ?? part
    }
    return base.map { node.merged(over: $0) } ?? node
  }

  private func elements(
    of include: SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> [(path: String, origin: Origin)] {
    switch include.content {
    case .null: return []
    case .scalar(let path): return [(path, include.origin)]
    case .list(let nodes):
      return nodes.compactMap { node in
        guard case .scalar(let path) = node.content else {
          diagnostics.add(node.origin, "include", "is not a file name; found \(node.found)")
          return nil
        }
        return (path, node.origin)
      }
    case .map:
      diagnostics.add(include.origin, "include", "is not a list of files; found a map; accepted: [FILE, ...]")
      return []
    }
  }

  private mutating func include(
    _ written: String,
    at origin: Origin,
    from file: String,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    let path = places.resolve(written, from: file)
    if let first = open.firstIndex(of: path) {
      let chain = (open[first...] + [path]).joined(separator: " -> ")
      diagnostics.add(origin, "include", "files include one another in a circle; found \(chain)")
      return nil
    }
    guard open.count < Self.longest else {
      diagnostics.add(
        origin,
        "include",
        "files include one another too deeply; accepted: \(Self.longest) levels"
      )
      return nil
    }
    if let fault = places.fault(of: path, written: written) {
      diagnostics.add(origin, "include", fault.message, hint: fault.hint)
      return nil
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(origin, "include", "the file is not UTF-8 text; found '\(written)'")
      return nil
    }
    return read(text: text, path: path, into: &diagnostics)
  }
}
