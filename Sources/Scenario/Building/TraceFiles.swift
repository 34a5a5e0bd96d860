import Workload

/// Opens the trace files that a scenario names.
struct TraceFiles {
  var places: FilePlaces

  /// The path that `node` means, as the operating system takes it; nil and a
  /// diagnostic when there is no such file.
  func path(of node: Decoded, into diagnostics: inout DiagnosticList) -> String? {
    let path = places.resolve(node.text, from: node.file)
    if let fault = places.fault(of: path, written: node.text) {
      diagnostics.add(node.origin, node.keyPath, fault.message, hint: fault.hint)
      return nil
    }
    return path
  }

  /// What `read` gives; a fault in the trace is reported at its own place.
  static func reading<Value>(
    _ node: Decoded,
    into diagnostics: inout DiagnosticList,
    _ read: () throws -> Value
  ) -> Value? {
    do {
      return try read()
    } catch let error as TraceError {
      diagnostics.add(
        .file(error.file, line: error.line, column: error.column),
        node.keyPath,
        error.message
      )
    } catch {
      diagnostics.add(node.origin, node.keyPath, "cannot be used: \(error)")
    }
    return nil
  }
}

extension Decoded {
  /// The file in which the value was written; empty for an override or a
  /// default, whose paths are relative to the current directory.
  var file: String {
    if case .file(let file, _, _) = origin { return file }
    return ""
  }
}
