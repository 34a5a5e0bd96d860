import Hardware
import Workload

/// Makes the constraints of a job class, and compares them with the labels and
/// taints of the fleet.
struct ConstraintBuilder {
  /// nil: the fleet itself is faulty, so nothing is compared with it.
  var fleet: Fleet?

  /// nil: something is wrong.
  func constraints(_ node: Decoded, into diagnostics: inout DiagnosticList) -> JobConstraints? {
    let before = diagnostics.found.count
    var result = JobConstraints()
    if let selector = node["nodeSelector"], selector.isSound {
      result.selector = Self.labels(selector)
      for entry in selector.settings {
        check(key: entry.key, at: entry.keyOrigin, selector.keyPath, into: &diagnostics)
        check(
          value: Self.text(entry),
          of: entry.key,
          at: entry.value.origin,
          selector.keyPath,
          into: &diagnostics
        )
      }
    }
    if let affinity = node["nodeAffinity"], affinity.isSound {
      result.required = (affinity["required"]?.elements ?? []).map { term($0, into: &diagnostics) }
      result.preferred = (affinity["preferred"]?.elements ?? []).map {
        .init(weight: Int32($0["weight"]?.integer ?? 1), term: term($0, into: &diagnostics))
      }
    }
    result.tolerations = (node["tolerations"]?.elements ?? []).compactMap {
      $0.isSound ? toleration($0, into: &diagnostics) : nil
    }
    result.rules.apart = node["antiAffinity"].flatMap { affinity($0, into: &diagnostics) }
    result.rules.together = node["affinity"].flatMap { affinity($0, into: &diagnostics) }
    if let spread = node["topologySpread"], spread.isSound, let key = spread["key"],
      let skew = spread["maxSkew"]
    {
      check(topology: key, into: &diagnostics)
      result.rules.spread = .init(key: key.text, maxSkew: Int32(skew.integer))
    }
    return diagnostics.found.count == before ? result : nil
  }

  private func term(_ node: Decoded, into diagnostics: inout DiagnosticList) -> LabelTerm {
    LabelTerm(
      (node["matchExpressions"]?.elements ?? []).map { element in
        let values = element["values"]?.elements ?? []
        let expression = LabelExpression(
          element["key"]?.text ?? "",
          LabelExpression.Operator(rawValue: element["operator"]?.text ?? "") ?? .exists,
          values.map(\.text)
        )
        if let problem = expression.problem {
          diagnostics.add(element.blame, element.keyPath, problem)
        } else if let key = element["key"] {
          check(key: key.text, at: key.origin, key.keyPath, into: &diagnostics)
          for value in values where [.isIn, .notIn].contains(expression.operator) {
            check(value: value.text, of: key.text, at: value.origin, value.keyPath, into: &diagnostics)
          }
        }
        return expression
      }
    )
  }

  private func toleration(_ node: Decoded, into diagnostics: inout DiagnosticList) -> Toleration? {
    var result: Toleration
    if let short = node["toleration"] {
      guard let read = Toleration(text: short.text) else {
        diagnostics.add(
          short.origin,
          short.keyPath,
          "is not a toleration; found '\(short.text)'; accepted: KEY=VALUE:EFFECT, KEY=VALUE, KEY:EFFECT, KEY or *; effects "
            + NodeTaint.Effect.allCases.map(\.rawValue).joined(separator: ", ")
        )
        return nil
      }
      result = read
    } else {
      let exists = node["operator"]?.text == "Exists"
      if exists, let value = node["value"] {
        diagnostics.add(value.origin, value.keyPath, "operator Exists takes no value; found '\(value.text)'")
        return nil
      }
      if !exists && node["key"] == nil {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "operator Equal needs a key",
          hint: "for example {key: dedicated, value: research}"
        )
        return nil
      }
      result = Toleration(
        key: node["key"]?.text,
        value: exists ? nil : node["value"]?.text ?? "",
        effect: node["effect"].flatMap { NodeTaint.Effect(rawValue: $0.text) }
      )
    }
    // Taints may be taken off to compare; with others there, one that nothing
    // matches is a slip.
    let taints = fleet?.nodes.flatMap(\.taints) ?? []
    if let key = result.key, !taints.isEmpty, !taints.contains(where: { $0.key == key }) {
      let known = Self.distinct(taints.map(\.key))
      diagnostics.add(
        node.blame,
        node.keyPath,
        "no node has a taint with this key; found '\(key)'; the fleet's taints have \(known.joined(separator: ", "))",
        hint: Hint.didYouMean(key, among: known)
      )
    }
    return result
  }

  private func affinity(_ node: Decoded, into diagnostics: inout DiagnosticList) -> JobRules.Affinity? {
    guard node.isSound, let topology = node["topology"],
      let scope = JobRules.Scope(rawValue: node["scope"]?.text ?? "")
    else { return nil }
    check(topology: topology, into: &diagnostics)
    return .init(scope: scope, topology: topology.text)
  }

  // MARK: - The fleet's labels

  /// Compares the constraints of a trace with the fleet.
  func check(_ all: [JobConstraints], of file: Decoded, into diagnostics: inout DiagnosticList) {
    let expressions = all.flatMap { $0.required + $0.preferred.map(\.term) }.flatMap(\.expressions)
    let selected = all.flatMap(\.selector)
    let rules = all.map(\.rules)
    let topologies =
      rules.compactMap { $0.apart?.topology } + rules.compactMap { $0.together?.topology }
      + rules.compactMap { $0.spread?.key }
    let keys = selected.map(\.key) + expressions.map(\.key) + topologies.filter { $0 != JobRules.node }
    for key in Self.distinct(keys) { check(key: key, at: file.origin, file.keyPath, into: &diagnostics) }
    let compared = expressions.filter { [.isIn, .notIn].contains($0.operator) }.flatMap { one in
      one.values.map { NodeLabel(one.key, $0) }
    }
    for label in Set(selected + compared).sorted() {
      check(value: label.value, of: label.key, at: file.origin, file.keyPath, into: &diagnostics)
    }
  }

  private func check(topology node: Decoded, into diagnostics: inout DiagnosticList) {
    if node.text != JobRules.node { check(key: node.text, at: node.origin, node.keyPath, into: &diagnostics) }
  }

  private func check(key: String, at origin: Origin, _ path: String, into diagnostics: inout DiagnosticList) {
    guard let fleet, !fleet.nodes.contains(where: { $0.label(key) != nil }) else { return }
    let known = Self.distinct(fleet.nodes.flatMap { $0.labels.map(\.key) })
    diagnostics.add(
      origin,
      path,
      "no node has this label; found '\(key)'; "
        + (known.isEmpty ? "the nodes have no labels" : "the nodes have \(known.joined(separator: ", "))"),
      hint: known.isEmpty
        ? "label pools of nodes with labels: {\(key): ...}" : Hint.didYouMean(key, among: known)
    )
  }

  private func check(
    value: String,
    of key: String,
    at origin: Origin,
    _ path: String,
    into diagnostics: inout DiagnosticList
  ) {
    guard let fleet else { return }
    let known = Self.distinct(fleet.nodes.compactMap { $0.label(key) })
    guard !known.isEmpty, !known.contains(value) else { return }
    diagnostics.add(
      origin,
      path,
      "no node has this value of \(key); found '\(value)'; the nodes have \(known.prefix(20).joined(separator: ", "))",
      hint: Hint.didYouMean(value, among: known)
    )
  }

  // MARK: - Nodes

  /// The labels of a map, by key.
  static func labels(_ node: Decoded) -> [NodeLabel] {
    node.settings.map { NodeLabel($0.key, text($0)) }.sorted()
  }

  /// nil: something is wrong.
  static func taints(_ list: Decoded, into diagnostics: inout DiagnosticList) -> [NodeTaint]? {
    var result: [NodeTaint] = []
    for node in list.elements where node.isSound {
      let short = node["taint"]
      let effect =
        short.map { String($0.text.split(separator: ":").last ?? "") } ?? node["effect"]?.text ?? ""
      if effect == "NoExecute" {
        diagnostics.add(
          node.blame,
          node.keyPath,
          "effect NoExecute is not taken: it evicts what runs when a taint is put on a node, and taints do not change "
            + "during a run",
          hint: "NoSchedule keeps the same jobs off"
        )
        return nil
      }
      if let short {
        guard let taint = NodeTaint(text: short.text) else {
          diagnostics.add(
            short.origin,
            short.keyPath,
            "is not a taint; found '\(short.text)'; accepted: KEY=VALUE:EFFECT or KEY:EFFECT; effects "
              + NodeTaint.Effect.allCases.map(\.rawValue).joined(separator: ", ")
          )
          return nil
        }
        result.append(taint)
      } else if let key = node["key"], let known = NodeTaint.Effect(rawValue: effect) {
        result.append(NodeTaint(key: key.text, value: node["value"]?.text ?? "", effect: known))
      }
    }
    return result
  }

  private static func text(_ entry: SourceNode.Entry) -> String {
    if case .scalar(let text) = entry.value.content { text } else { "" }
  }

  private static func distinct(_ names: [String]) -> [String] { Set(names).sorted() }
}
