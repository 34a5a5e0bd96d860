/// How well a figure is backed, best first.
public enum Confidence: String, Hashable, Sendable, CaseIterable {
  /// Read from a hardware capture of the vendor.
  case measured
  /// Read on a secondary page: specification indexes, published measurements.
  case secondary
  /// A vendor datasheet figure from general knowledge, not read again: verify
  /// before publishing it as a sourced number.
  case general
  /// Given by the user's own scenario.
  case stated
}

/// A figure with where it comes from.
public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
  public var value: Value
  /// Where it was read.
  public var source: String
  public var confidence: Confidence

  public init(_ value: Value, source: String, confidence: Confidence) {
    self.value = value
    self.source = source
    self.confidence = confidence
  }

  /// From a capture of a real board.
  static func captured(_ value: Value) -> Self {
    Sourced(value, source: "nvidia-smi capture in NVIDIA/k8s-test-infra, August 2026", confidence: .measured)
  }

  /// From a secondary page.
  static func page(_ value: Value, source: String = "public specification pages") -> Self {
    Sourced(value, source: source, confidence: .secondary)
  }

  /// From general knowledge of the vendor's datasheet.
  static func datasheet(_ value: Value) -> Self {
    Sourced(value, source: "vendor datasheet, not read again", confidence: .general)
  }
}
