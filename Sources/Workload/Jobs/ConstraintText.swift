import Hardware

/// Constraints as single texts: the columns of a trace, and what results show.
///
/// Labels and values hold letters, digits, `.`, `_`, `-` and `/`, so `;`, `|`,
/// `:`, `=` and spaces separate.
enum ConstraintText {
  /// What is wrong with a text: found, and what is accepted.
  struct Fault: Error {
    var accepted: String
  }

  private static func parts(_ text: String, _ separator: String) -> [String] {
    text.isEmpty
      ? [] : text.split(separator: separator, omittingEmptySubsequences: false).map { trimmed(String($0)) }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  // MARK: - Selector: `zone=a;disk=nvme`

  static func text(_ selector: [NodeLabel]) -> String {
    selector.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
  }

  static func selector(_ text: String) throws(Fault) -> [NodeLabel] {
    var labels: [NodeLabel] = []
    for part in parts(text, ";") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, !labels.contains(where: { $0.key == sides[0] }) else {
        throw Fault(accepted: "labels as zone=a;disk=nvme, each key once")
      }
      labels.append(NodeLabel(String(sides[0]), String(sides[1])))
    }
    return labels.sorted()
  }

  // MARK: - Terms: `zone In a|b;disk Exists || gen Gt 3`

  static func text(_ terms: [LabelTerm]) -> String { terms.map(text).joined(separator: " || ") }

  private static func text(_ term: LabelTerm) -> String {
    term.expressions.map { expression in
      let head = "\(expression.key) \(expression.operator.rawValue)"
      return expression.values.isEmpty ? head : head + " " + expression.values.joined(separator: "|")
    }.joined(separator: ";")
  }

  static func terms(_ text: String) throws(Fault) -> [LabelTerm] {
    var terms: [LabelTerm] = []
    for part in parts(text, "||") { terms.append(try term(part)) }
    return terms
  }

  private static func term(_ text: String) throws(Fault) -> LabelTerm {
    let fault = Fault(accepted: "terms as zone In a|b;disk Exists || gen Gt 3")
    var expressions: [LabelExpression] = []
    for part in parts(text, ";") {
      let words = part.split(separator: " ")
      guard words.count == 2 || words.count == 3,
        let op = LabelExpression.Operator(rawValue: String(words[1]))
      else { throw fault }
      let values = words.count == 3 ? words[2].split(separator: "|").map(String.init) : []
      let expression = LabelExpression(String(words[0]), op, values)
      guard expression.problem == nil else { throw fault }
      expressions.append(expression)
    }
    guard !expressions.isEmpty else { throw fault }
    return LabelTerm(expressions)
  }

  // MARK: - Preferred terms: `10: zone In a || 5: disk Exists`

  static func text(_ preferred: [JobConstraints.PreferredTerm]) -> String {
    preferred.map { "\($0.weight): \(text($0.term))" }.joined(separator: " || ")
  }

  static func preferred(_ text: String) throws(Fault) -> [JobConstraints.PreferredTerm] {
    var result: [JobConstraints.PreferredTerm] = []
    for part in parts(text, "||") {
      let sides = part.split(separator: ":", maxSplits: 1)
      guard sides.count == 2, let weight = Int32(trimmed(String(sides[0]))), (1...100).contains(weight) else {
        throw Fault(accepted: "weights from 1 to 100 and terms as 10: zone In a || 5: disk Exists")
      }
      result.append(.init(weight: weight, term: try term(trimmed(String(sides[1])))))
    }
    return result
  }

  // MARK: - Tolerations: `dedicated=research:NoSchedule;spot;*`

  static func text(_ tolerations: [Toleration]) -> String {
    tolerations.map { toleration in
      (toleration.key ?? "*") + (toleration.value.map { "=" + $0 } ?? "")
        + (toleration.effect.map { ":" + $0.rawValue } ?? "")
    }.joined(separator: ";")
  }

  static func tolerations(_ text: String) throws(Fault) -> [Toleration] {
    let fault = Fault(
      accepted: "tolerations as dedicated=research:NoSchedule;spot;*, effects "
        + NodeTaint.Effect.allCases.map(\.rawValue).joined(separator: ", ")
    )
    var result: [Toleration] = []
    for part in parts(text, ";") {
      let sides = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let effect = sides.count == 2 ? NodeTaint.Effect(rawValue: String(sides[1])) : nil
      let names = sides[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init
      )
      guard sides.count == 1 || effect != nil, !names[0].isEmpty, names[0] != "*" || names.count == 1 else {
        throw fault
      }
      result.append(
        Toleration(
          key: names[0] == "*" ? nil : names[0],
          value: names.count == 2 ? names[1] : nil,
          effect: effect
        )
      )
    }
    return result
  }

  // MARK: - Rules: `class:node`, `zone:1`

  static func text(_ affinity: JobRules.Affinity?) -> String {
    affinity.map { "\($0.scope.rawValue):\($0.topology)" } ?? ""
  }

  static func affinity(_ text: String) throws(Fault) -> JobRules.Affinity? {
    if text.isEmpty { return nil }
    let sides = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard sides.count == 2, let scope = JobRules.Scope(rawValue: sides[0]) else {
      throw Fault(
        accepted:
          "a scope (\(JobRules.Scope.allCases.map(\.rawValue).joined(separator: ", "))) and a topology, "
          + "as class:node or tenant:zone"
      )
    }
    return JobRules.Affinity(scope: scope, topology: sides[1])
  }

  static func text(_ spread: JobRules.Spread?) -> String { spread.map { "\($0.key):\($0.maxSkew)" } ?? "" }

  static func spread(_ text: String) throws(Fault) -> JobRules.Spread? {
    if text.isEmpty { return nil }
    guard let colon = text.lastIndex(of: ":"), let skew = Int32(text[text.index(after: colon)...]), skew >= 1,
      colon != text.startIndex
    else { throw Fault(accepted: "a label and the largest skew, as zone:1") }
    return JobRules.Spread(key: String(text[..<colon]), maxSkew: skew)
  }
}

/// One column of a trace that states constraints.
struct ConstraintColumn: Sendable {
  var name: String
  /// The text of a job's constraints; empty: none stated.
  var text: @Sendable (JobConstraints) -> String
  var read: @Sendable (String, inout JobConstraints) throws(ConstraintText.Fault) -> Void

  static let all: [ConstraintColumn] = [
    ConstraintColumn(
      name: "node_selector",
      text: { ConstraintText.text($0.selector) },
      read: { text, all throws(ConstraintText.Fault) in all.selector = try ConstraintText.selector(text) }
    ),
    ConstraintColumn(
      name: "node_affinity",
      text: { ConstraintText.text($0.required) },
      read: { text, all throws(ConstraintText.Fault) in all.required = try ConstraintText.terms(text) }
    ),
    ConstraintColumn(
      name: "preferred_affinity",
      text: { ConstraintText.text($0.preferred) },
      read: { text, all throws(ConstraintText.Fault) in all.preferred = try ConstraintText.preferred(text) }
    ),
    ConstraintColumn(
      name: "tolerations",
      text: { ConstraintText.text($0.tolerations) },
      read: { text, all throws(ConstraintText.Fault) in all.tolerations = try ConstraintText.tolerations(text)
      }
    ),
    ConstraintColumn(
      name: "preferred_models",
      text: { $0.preferredModels.joined(separator: "|") },
      read: { text, all throws(ConstraintText.Fault) in
        all.preferredModels = text.split(separator: "|").map(String.init)
      }
    ),
    ConstraintColumn(
      name: "anti_affinity",
      text: { ConstraintText.text($0.rules.apart) },
      read: { text, all throws(ConstraintText.Fault) in all.rules.apart = try ConstraintText.affinity(text) }
    ),
    ConstraintColumn(
      name: "affinity",
      text: { ConstraintText.text($0.rules.together) },
      read: { text, all throws(ConstraintText.Fault) in all.rules.together = try ConstraintText.affinity(text)
      }
    ),
    ConstraintColumn(
      name: "topology_spread",
      text: { ConstraintText.text($0.rules.spread) },
      read: { text, all throws(ConstraintText.Fault) in all.rules.spread = try ConstraintText.spread(text) }
    ),
  ]
}

extension Toleration {
  /// Reads `dedicated=research:NoSchedule`, `dedicated=research`, `spot:NoSchedule`,
  /// `spot` or `*`; nil when it has another form.
  public init?(text: String) {
    guard let read = try? ConstraintText.tolerations(text), read.count == 1 else { return nil }
    self = read[0]
  }
}

extension JobConstraints {
  /// What is stated, in a line: `node_selector zone=a, tolerations spot`;
  /// empty: nothing.
  public var text: String {
    ConstraintColumn.all.compactMap { column in
      let own = column.text(self)
      return own.isEmpty ? nil : "\(column.name) \(own)"
    }.joined(separator: ", ")
  }
}
