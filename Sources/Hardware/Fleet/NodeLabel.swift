/// A fact about a node that jobs may ask for, as `zone=a`.
public struct NodeLabel: Hashable, Comparable, Sendable {
  public var key: String
  public var value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }

  public static func < (a: NodeLabel, b: NodeLabel) -> Bool { (a.key, a.value) < (b.key, b.value) }
}

/// A mark that keeps jobs off a node unless they tolerate it (Kubernetes:
/// Taints and Tolerations).
public struct NodeTaint: Hashable, Sendable {
  /// What the taint does to jobs that do not tolerate it.
  ///
  /// Kubernetes has NoExecute too, which evicts what runs when a taint is put
  /// on a node: taints do not change during a run, so there is nothing to
  /// evict.
  public enum Effect: String, Hashable, Sendable, CaseIterable {
    /// Their workers are not placed there.
    case noSchedule = "NoSchedule"
    /// The node is tried last.
    case preferNoSchedule = "PreferNoSchedule"
  }

  public var key: String
  public var value: String
  public var effect: Effect

  public init(key: String, value: String = "", effect: Effect) {
    self.key = key
    self.value = value
    self.effect = effect
  }

  /// The taint as kubectl writes it: `dedicated=research:NoSchedule`, or
  /// without the value `spot:NoSchedule`.
  public var text: String { (value.isEmpty ? key : "\(key)=\(value)") + ":\(effect.rawValue)" }

  /// Reads ``text``; nil when it has another form or an effect that is none of
  /// ``Effect``.
  public init?(text: String) {
    guard let colon = text.lastIndex(of: ":"),
      let effect = Effect(rawValue: String(text[text.index(after: colon)...]))
    else { return nil }
    let parts = text[..<colon].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.first, !key.isEmpty else { return nil }
    self.init(key: String(key), value: parts.count > 1 ? String(parts[1]) : "", effect: effect)
  }
}

extension NodeSpec {
  /// The value of a label, or nil when the node does not have it.
  public func label(_ key: String) -> String? { labels.first { $0.key == key }?.value }
}
