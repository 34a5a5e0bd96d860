import Hardware

/// A condition on one label of a node (Kubernetes: NodeSelectorRequirement).
public struct LabelExpression: Hashable, Sendable {
  /// Kubernetes' names.
  public enum Operator: String, Hashable, Sendable, CaseIterable {
    /// The label has one of the values.
    case isIn = "In"
    /// It has none of them; also where the node lacks the label.
    case notIn = "NotIn"
    /// The node has the label.
    case exists = "Exists"
    /// It lacks it.
    case doesNotExist = "DoesNotExist"
    /// The label is a whole number above the one value.
    case greaterThan = "Gt"
    /// The label is a whole number below the one value.
    case lessThan = "Lt"

    /// How many values the operator takes.
    public var valueCount: ClosedRange<Int> {
      switch self {
      case .isIn, .notIn: 1...Int.max
      case .exists, .doesNotExist: 0...0
      case .greaterThan, .lessThan: 1...1
      }
    }
  }

  public var key: String
  public var `operator`: Operator
  public var values: [String]

  public init(_ key: String, _ operator: Operator, _ values: [String] = []) {
    self.key = key
    self.operator = `operator`
    self.values = values
  }

  /// Whether a node with this value of the label meets the condition; nil: it
  /// lacks the label.
  public func matches(_ value: String?) -> Bool {
    switch self.operator {
    case .isIn: return value.map(values.contains) ?? false
    case .notIn: return !(value.map(values.contains) ?? false)
    case .exists: return value != nil
    case .doesNotExist: return value == nil
    case .greaterThan, .lessThan:
      guard let number = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) })
      else { return false }
      return self.operator == .greaterThan ? number > bound : number < bound
    }
  }

  /// What is wrong with it, or nil.
  public var problem: String? {
    if !self.operator.valueCount.contains(values.count) {
      let wanted =
        switch self.operator {
        case .isIn, .notIn: "at least one value"
        case .exists, .doesNotExist: "no value"
        case .greaterThan, .lessThan: "one value"
        }
      return "operator \(self.operator.rawValue) takes \(wanted)"
    }
    if [.greaterThan, .lessThan].contains(self.operator), Int64(values[0]) == nil {
      return "operator \(self.operator.rawValue) compares with a whole number"
    }
    return nil
  }
}

/// Conditions that must all hold (Kubernetes: NodeSelectorTerm). A term
/// without conditions holds for no node.
public struct LabelTerm: Hashable, Sendable {
  public var expressions: [LabelExpression]

  public init(_ expressions: [LabelExpression]) { self.expressions = expressions }

  public func matches(_ node: NodeSpec) -> Bool {
    !expressions.isEmpty && expressions.allSatisfy { $0.matches(node.label($0.key)) }
  }
}

/// Lets a job run in spite of taints (Kubernetes: Toleration).
public struct Toleration: Hashable, Sendable {
  /// nil: every key.
  public var key: String?
  /// nil: whatever the taint's value (operator Exists).
  public var value: String?
  /// nil: every effect.
  public var effect: NodeTaint.Effect?

  public init(key: String?, value: String?, effect: NodeTaint.Effect? = nil) {
    self.key = key
    self.value = value
    self.effect = effect
  }

  public func tolerates(_ taint: NodeTaint) -> Bool {
    (effect == nil || effect == taint.effect) && (key == nil || key == taint.key)
      && (value == nil || value == taint.value)
  }
}
