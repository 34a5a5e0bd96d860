import Foundation

/// Reads claim files, as strictly as scenarios.
public enum ClaimLoader {
  /// - Parameter environment: where `HEADROOM_DATA` is looked up.
  /// - Throws: ``ScenarioError`` with everything that is wrong.
  public static func load(path: String, environment: [String: String]) throws -> LoadedClaim {
    let places = FilePlaces(environment: environment)
    var diagnostics = DiagnosticList()
    let text = try places.textOfRoot(path)
    guard let root = YAMLReader.read(text, file: path, into: &diagnostics) else {
      throw ScenarioError(diagnostics: diagnostics.found)
    }
    var decoder = SectionDecoder()
    decoder.diagnostics = diagnostics
    let decoded = decoder.decode(root, as: .section(ClaimSection.section), at: "")
    diagnostics = decoder.diagnostics
    try diagnostics.check()
    return try claim(decoded, places, diagnostics)
  }

  /// The JSON Schema of claim files, for editors.
  public static var jsonSchema: String {
    SchemaWriter.schema(of: ClaimSection.section, title: "Headroom claim", mayInclude: false)
  }

  private static func claim(
    _ root: Decoded,
    _ places: FilePlaces,
    _ found: DiagnosticList
  ) throws -> LoadedClaim {
    var diagnostics = found
    guard let name = root["name"], let claim = root["claim"], let word = root["check"],
      let check = LoadedClaim.Check(rawValue: word.text)
    else { preconditionFailure("a faulty claim has no diagnostic") }
    let missing = check.keys.filter { !root.sets($0) }
    if !missing.isEmpty {
      diagnostics.add(
        word.origin,
        word.keyPath,
        "the check '\(check.rawValue)' needs \(missing.map { "`\($0)`" }.joined(separator: ", "))"
      )
    }
    for key in [
      "gpu", "other", "against", "fleets", "uses", "above", "below", "terabytes", "scenario", "set",
    ]
    where root.sets(key) && !check.keys.contains(key) {
      guard let value = root[key] else { continue }
      diagnostics.add(value.origin, value.keyPath, "the check '\(check.rawValue)' does not read `\(key)`")
    }
    try diagnostics.check()
    return LoadedClaim(
      name: name.text,
      claim: claim.text,
      check: check,
      gpu: root["gpu"]?.text ?? "",
      other: root["other"]?.text ?? "",
      against: root["against"]?.elements.map(\.text) ?? [],
      fleets: root["fleets"]?.elements.map { Int($0.integer) } ?? [],
      uses: root["uses"]?.elements.map(\.double) ?? [],
      above: root["above"]?.double ?? 0,
      below: root["below"]?.double ?? 0,
      terabytes: root["terabytes"]?.elements.map(\.double) ?? [],
      scenario: try root["scenario"].map { try scenarios($0, root["set"], places) }
    )
  }

  private static func scenarios(
    _ file: Decoded,
    _ set: Decoded?,
    _ places: FilePlaces
  ) throws -> LoadedClaim.Scenarios {
    let path = places.resolve(file.text, from: file.file)
    var diagnostics = DiagnosticList()
    if let fault = places.fault(of: path, written: file.text) {
      diagnostics.add(file.origin, file.keyPath, fault.message, hint: fault.hint)
      try diagnostics.check()
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(file.origin, file.keyPath, "the file is not UTF-8 text; found '\(file.text)'")
      throw ScenarioError(diagnostics: diagnostics.found)
    }
    func load(_ entries: [SourceNode.Entry]) throws -> LoadedScenario {
      try ScenarioLoader.load(text: text, label: path, places: places) { inner in
        entries.compactMap { Override($0, into: &inner) }
      }
    }
    let entries = set?.settings ?? []
    return LoadedClaim.Scenarios(
      file: file.text,
      before: try load(entries),
      after: try load([]),
      changes: entries.compactMap { entry in
        if case .scalar(let text) = entry.value.content { "\(entry.key)=\(text)" } else { nil }
      }
    )
  }
}
