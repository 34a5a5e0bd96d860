/// A taint of Kubernetes in the words of the language: `key=value:Effect`.
enum TaintText {
  /// nil: it has no key or no effect.
  static func of(_ taint: SourceNode, noting unmodelled: inout Set<String>) -> String? {
    guard let key = taint.text("key"), var effect = taint.text("effect") else { return nil }
    for entry in taint.entries where !["key", "value", "effect", "timeAdded"].contains(entry.key) {
      unmodelled.insert("taint \(key) \(entry.key)")
    }
    if effect == "NoExecute" {
      // Taints do not change during a run, so that it keeps off the same jobs.
      unmodelled.insert("taint \(key):NoExecute (taken as NoSchedule)")
      effect = "NoSchedule"
    }
    let value = taint.text("value").map { $0.isEmpty ? "" : "=\($0)" } ?? ""
    return "\(key)\(value):\(effect)"
  }
}
