/// A requirement of a NodePool on the labels of instance types.
struct NodeRequirement {
  /// Karpenter's operators (concepts/nodepools).
  enum Operator: String, CaseIterable {
    case isIn = "In"
    case notIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
    case above = "Gt"
    case below = "Lt"
    case atLeast = "Gte"
    case atMost = "Lte"
  }

  var key: String
  var `operator`: Operator
  var values: [String]
  var origin: Origin
  var keyPath: String

  /// nil: something is wrong.
  init?(_ node: SourceNode, at keyPath: String, into diagnostics: inout DiagnosticList) {
    self.keyPath = keyPath
    origin = node.origin
    guard let key = node.text("key") else {
      diagnostics.add(node.origin, keyPath + ".key", "names no label")
      return nil
    }
    self.key = key
    let words = Operator.allCases.map(\.rawValue)
    guard let word = node.text("operator"), let known = Operator(rawValue: word) else {
      diagnostics.add(
        node["operator"]?.origin ?? node.origin,
        keyPath + ".operator",
        "unknown operator; found \(node["operator"]?.found ?? "nothing"); accepted: \(words.joined(separator: ", "))",
        hint: Hint.didYouMean(node.text("operator") ?? "", among: words)
      )
      return nil
    }
    `operator` = known
    values = []
    for item in node.value("values")?.list(at: keyPath + ".values", into: &diagnostics) ?? [] {
      guard case .scalar(let text) = item.content else {
        diagnostics.add(item.origin, keyPath + ".values", "is not a single value; found \(item.found)")
        return nil
      }
      values.append(text)
    }
    let isNumeric = [.above, .below, .atLeast, .atMost].contains(known)
    let isBare = known == .exists || known == .doesNotExist
    if isBare ? !values.isEmpty : isNumeric ? values.count != 1 || Int64(values[0]) == nil : values.isEmpty {
      diagnostics.add(
        node["values"]?.origin ?? node.origin,
        keyPath + ".values",
        "\(word) takes \(isBare ? "no values" : isNumeric ? "one whole number" : "values"); found "
          + (values.isEmpty ? "none" : values.joined(separator: ", "))
      )
      return nil
    }
  }

  /// As a message shows it.
  var text: String {
    values.isEmpty
      ? "\(key) \(`operator`.rawValue)" : "\(key) \(`operator`.rawValue) \(values.joined(separator: ", "))"
  }

  func admits(_ labels: [String: String]) -> Bool {
    let value = labels[key]
    let number = value.flatMap { Int64($0) }
    func compares(_ isTrue: (Int64, Int64) -> Bool) -> Bool {
      number.map { isTrue($0, Int64(values[0])!) } ?? false
    }
    switch `operator` {
    case .isIn: return value.map(values.contains) ?? false
    case .notIn: return !(value.map(values.contains) ?? false)
    case .exists: return value != nil
    case .doesNotExist: return value == nil
    case .above: return compares(>)
    case .below: return compares(<)
    case .atLeast: return compares(>=)
    case .atMost: return compares(<=)
    }
  }
}
