import Engine
import Outcome

/// Makes a ``LoadedSuite`` from a checked tree: reads the scenarios, and looks
/// for what is wrong between the parts.
struct SuiteBuilder {
  var root: Decoded
  var places: FilePlaces
  var diagnostics: DiagnosticList

  mutating func build() throws -> LoadedSuite {
    var cells: [LoadedSuite.Cell] = []
    for entry in root["cells"]?.elements ?? [] where entry.isSound {
      for cell in self.cells(entry) {
        if cells.contains(where: { $0.name == cell.name }) {
          diagnostics.add(
            entry.origin,
            entry.keyPath,
            "duplicated cell; found '\(cell.name)'",
            hint: "give one of them another name"
          )
        }
        cells.append(cell)
      }
    }
    let scopes = diagnostics.found.isEmpty ? try knownScopes(cells) : nil
    var budgets: [LoadedSuite.Budget] = []
    for entry in root["budgets"]?.elements ?? [] where entry.isSound {
      guard let budget = BudgetBuilder(scopes: scopes).build(entry, into: &diagnostics) else { continue }
      if budgets.contains(where: { $0.metric == budget.metric && $0.scope == budget.scope }) {
        diagnostics.add(
          entry.origin,
          entry.keyPath,
          "duplicated budget; found '\(budget.metric.name)' of '\(budget.scope)'"
        )
      }
      budgets.append(budget)
    }
    try diagnostics.check()
    guard root.isSound, let name = root["name"], let replications = root["replications"] else {
      preconditionFailure("a faulty suite has no diagnostic")
    }
    return LoadedSuite(
      name: name.text,
      replications: Int(replications.integer),
      cells: cells,
      budgets: budgets
    )
  }

  /// The cells of one entry: its scenario under each of its policies.
  private mutating func cells(_ entry: Decoded) -> [LoadedSuite.Cell] {
    guard let file = entry["scenario"], let scenario = scenario(file, set: entry["set"]) else { return [] }
    let name = entry["name"]?.text ?? scenario.name
    guard let policies = entry["policies"] else {
      return scenario.placements.map { placement in
        let isOnly = scenario.placements.count == 1
        return .init(
          name: isOnly ? name : "\(name)/\(placement.label)",
          scenario: scenario,
          placement: placement
        )
      }
    }
    return policies.elements.compactMap { policy in
      ScenarioLoader.placement(
        named: policy.text,
        tieBreak: scenario.settings.tieBreak,
        sharing: scenario.settings.sharing,
        at: policy.origin,
        keyPath: policy.keyPath,
        into: &diagnostics
      ).map { .init(name: "\(name)/\($0.label)", scenario: scenario, placement: $0) }
    }
  }

  private mutating func scenario(_ file: Decoded, set: Decoded?) -> LoadedScenario? {
    let path = places.resolve(file.text, from: file.file)
    if let fault = places.fault(of: path, written: file.text) {
      diagnostics.add(file.origin, file.keyPath, fault.message, hint: fault.hint)
      return nil
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(file.origin, file.keyPath, "the file is not UTF-8 text; found '\(file.text)'")
      return nil
    }
    do {
      let scenario = try ScenarioLoader.load(text: text, label: path, places: places) { inner in
        set?.settings.compactMap { Override($0, into: &inner) } ?? []
      }
      guard scenario.study == nil else {
        diagnostics.add(
          file.origin,
          file.keyPath,
          "a published experiment cannot be a cell; found '\(file.text)'",
          hint: "`headroom replicate` compares it with its publication"
        )
        return nil
      }
      return scenario
    } catch let error as ScenarioError {
      diagnostics.add(error)
    } catch {
      diagnostics.add(file.origin, file.keyPath, "cannot be used: \(error)")
    }
    return nil
  }

  private func knownScopes(_ cells: [LoadedSuite.Cell]) throws -> [String] {
    var scopes: [String] = []
    for cell in cells { scopes += try cell.scenario.scopes().filter { !scopes.contains($0) } }
    return scopes
  }
}

/// Makes a budget from its section.
private struct BudgetBuilder {
  /// The scopes of all cells; nil when some could not be read.
  var scopes: [String]?

  func build(_ entry: Decoded, into diagnostics: inout DiagnosticList) -> LoadedSuite.Budget? {
    guard let metric = entry["metric"].flatMap({ ComparedMetric.named($0.text) }),
      let scope = entry["scope"]
    else { return nil }
    if let scopes, !scopes.contains(scope.text) {
      diagnostics.add(
        scope.origin,
        scope.keyPath,
        "no cell has this scope; found '\(scope.text)'; accepted: \(scopes.joined(separator: ", "))",
        hint: Hint.didYouMean(scope.text, among: scopes)
      )
    }
    let fail = entry["fail"].map { threshold($0, metric, into: &diagnostics) }
    let warn = entry["warn"].map { threshold($0, metric, into: &diagnostics) }
    if fail == nil, warn == nil {
      diagnostics.add(entry.origin, entry.keyPath, "one of these keys is missing: fail, warn")
    }
    for key in [\LoadedSuite.Threshold.relative, \.absolute] {
      guard let node = entry["warn"], let fail = fail?[keyPath: key], let warn = warn?[keyPath: key],
        warn > fail
      else { continue }
      diagnostics.add(
        node.origin,
        node.keyPath,
        "warns later than it fails",
        hint: "warn at less than fail"
      )
    }
    return LoadedSuite.Budget(
      metric,
      scope: scope.text,
      better: entry["direction"].flatMap { MetricDirection(rawValue: $0.text) },
      fail: fail,
      warn: warn
    )
  }

  private func threshold(
    _ node: Decoded,
    _ metric: ComparedMetric,
    into diagnostics: inout DiagnosticList
  ) -> LoadedSuite.Threshold {
    if node["relative"] == nil, node["absolute"] == nil {
      diagnostics.add(node.origin, node.keyPath, "one of these keys is missing: relative, absolute")
    }
    var absolute: Double?
    if let written = node["absolute"] {
      let kind: ValueKind =
        metric.unit == "s"
        ? .duration(positive: false)
        : .number(minimum: 0, exclusive: false, maximum: .greatestFiniteMagnitude)
      do {
        switch try kind.parse(written.text) {
        case .nanoseconds(let value): absolute = Double(value) / 1e9
        case .number(let value): absolute = value
        default: preconditionFailure("a threshold is a time or a number")
        }
      } catch {
        diagnostics.add(
          written.origin,
          written.keyPath,
          "\(error.problem); found '\(written.text)'; accepted for \(metric.name): \(kind.accepted)",
          hint: error.hint
        )
      }
    }
    return LoadedSuite.Threshold(relative: node["relative"]?.double, absolute: absolute)
  }
}
