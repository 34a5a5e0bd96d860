import Engine
import Foundation

/// Reads scenario files.
///
/// A file is read with its includes, the overrides are laid over it, every key
/// and value is checked, and only then is anything built. Everything wrong is
/// reported in one ``ScenarioError``.
public enum ScenarioLoader {
  /// Reads the scenario at `path`.
  ///
  /// - Parameters:
  ///   - overrides: texts `key.path=value`, applied in order.
  ///   - environment: where `HEADROOM_DATA` is looked up.
  public static func load(
    path: String,
    overrides: [String] = [],
    environment: [String: String]
  ) throws -> LoadedScenario {
    let places = FilePlaces(environment: environment)
    var diagnostics = DiagnosticList()
    let place = Origin.file(path, line: 0, column: 0)
    if let fault = places.fault(of: path, written: path) {
      diagnostics.add(place, "", fault.message)
      try diagnostics.check()
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(place, "", "the file is not UTF-8 text")
      throw ScenarioError(diagnostics: diagnostics.found)
    }
    return try load(text: text, label: path, overrides: overrides, environment: environment)
  }

  /// Reads a scenario from text that came from a file called `label`.
  public static func load(
    text: String,
    label: String,
    overrides: [String] = [],
    environment: [String: String]
  ) throws -> LoadedScenario {
    let places = FilePlaces(environment: environment)
    var diagnostics = DiagnosticList()
    var chain = IncludeChain(places: places)
    let root = chain.read(text: text, path: label, into: &diagnostics)
    guard var root else { throw ScenarioError(diagnostics: diagnostics.found) }
    for text in overrides {
      Override(text, into: &diagnostics)?.apply(to: &root, into: &diagnostics)
    }
    var decoder = SectionDecoder()
    decoder.diagnostics = diagnostics
    let decoded = decoder.decode(root, as: .section(RootSection.section), at: "")
    var builder = ScenarioBuilder(root: decoded, places: places, diagnostics: decoder.diagnostics)
    return try builder.build()
  }

  /// A placement by the name that `--policy` takes: a policy's name, or
  /// several joined with `+`, which are added up.
  public static func placement(named name: String, tieBreak: TieBreak = .name) throws -> PlacementSpec {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    var diagnostics = DiagnosticList()
    for part in parts where !PolicySection.placements.contains(part) {
      diagnostics.add(
        .override("policy.placement=\(name)"),
        "",
        "unknown placement policy; found '\(part)'; accepted: \(PolicySection.placements.joined(separator: ", "))",
        hint: Hint.didYouMean(part, among: PolicySection.placements)
      )
    }
    try diagnostics.check()
    let spec = PlacementSpec(scores: parts.map { ScoreSpec(policy: $0) }, tieBreak: tieBreak)
    if let problem = spec.problem { diagnostics.add(.override("policy.placement=\(name)"), "", problem) }
    try diagnostics.check()
    return spec
  }

  /// The names that a placement may have.
  public static var placementNames: [String] { PolicySection.placements }

  /// The JSON Schema of scenario files, for editors.
  public static var jsonSchema: String { SchemaWriter.schema(of: RootSection.section) }

  /// The reference of the language as Markdown.
  public static var referencePage: String {
    ReferencePage.markdown(of: RootSection.section, intro: ReferencePage.intro)
  }
}
