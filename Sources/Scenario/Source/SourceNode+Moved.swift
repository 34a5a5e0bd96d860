extension SourceNode {
  /// The same as part of a longer file: so many lines down and columns in.
  func moved(lines: Int, columns: Int) -> SourceNode {
    func move(_ origin: Origin) -> Origin {
      guard case .file(let file, let line, let column) = origin else { return origin }
      return .file(file, line: line + lines, column: column + columns)
    }
    var result = self
    result.origin = move(origin)
    switch content {
    case .null, .scalar: break
    case .list(let elements):
      result.content = .list(elements.map { $0.moved(lines: lines, columns: columns) })
    case .map(let entries):
      result.content = .map(
        entries.map {
          Entry(
            key: $0.key,
            keyOrigin: move($0.keyOrigin),
            value: $0.value.moved(lines: lines, columns: columns)
          )
        }
      )
    }
    return result
  }
}
