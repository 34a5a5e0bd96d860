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
    let text = try FilePlaces(environment: environment).textOfRoot(path)
    return try load(text: text, label: path, overrides: overrides, environment: environment)
  }

  /// Reads a scenario from text that came from a file called `label`.
  public static func load(
    text: String,
    label: String,
    overrides: [String] = [],
    environment: [String: String]
  ) throws -> LoadedScenario {
    try load(text: text, label: label, places: FilePlaces(environment: environment)) { diagnostics in
      overrides.compactMap { Override($0, into: &diagnostics) }
    }
  }

  /// Reads a scenario from text and lays overrides over it.
  static func load(
    text: String,
    label: String,
    places: FilePlaces,
    overrides: (inout DiagnosticList) -> [Override]
  ) throws -> LoadedScenario {
    var diagnostics = DiagnosticList()
    var chain = IncludeChain(places: places)
    let root = chain.read(text: text, path: label, into: &diagnostics)
    guard var root else { throw ScenarioError(diagnostics: diagnostics.found) }
    let overrides = overrides(&diagnostics)
    // What is imported can be overridden, and so can the file that it comes from.
    for override in overrides where ImportExpander.isSource(override.path) {
      override.apply(to: &root, into: &diagnostics)
    }
    var imports = ImportExpander(places: places)
    let before = diagnostics.found.count
    imports.expand(&root, into: &diagnostics)
    // Without what was to be imported, most of what follows would be found wrong.
    guard diagnostics.found.count == before else { throw ScenarioError(diagnostics: diagnostics.found) }
    for override in overrides where !ImportExpander.isSource(override.path) {
      override.apply(to: &root, into: &diagnostics)
    }
    var decoder = SectionDecoder()
    decoder.diagnostics = diagnostics
    let decoded = decoder.decode(root, as: .section(RootSection.section), at: "")
    var builder = ScenarioBuilder(
      root: decoded,
      places: places,
      importNotes: imports.notes,
      diagnostics: decoder.diagnostics
    )
    return try builder.build()
  }

  /// A placement by the name that `--policy` takes: a policy's name, or
  /// several joined with `+`, which are added up.
  public static func placement(
    named name: String,
    tieBreak: TieBreak = .name,
    sharing: SharingMode = .fractions
  ) throws -> PlacementSpec {
    var diagnostics = DiagnosticList()
    let spec = placement(
      named: name,
      tieBreak: tieBreak,
      sharing: sharing,
      at: .override("policy.placement=\(name)"),
      keyPath: "",
      into: &diagnostics
    )
    try diagnostics.check()
    guard let spec else { preconditionFailure("a faulty placement has no diagnostic") }
    return spec
  }

  /// The same for a name that stands at `origin`; nil and a diagnostic when it
  /// is wrong.
  static func placement(
    named name: String,
    tieBreak: TieBreak,
    sharing: SharingMode,
    at origin: Origin,
    keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> PlacementSpec? {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    for part in parts where !PolicySection.placements.contains(part) {
      diagnostics.add(
        origin,
        keyPath,
        "unknown placement policy; found '\(part)'; accepted: \(PolicySection.placements.joined(separator: ", "))",
        hint: Hint.didYouMean(part, among: PolicySection.placements)
      )
    }
    guard parts.allSatisfy(PolicySection.placements.contains) else { return nil }
    let spec = PlacementSpec(scores: parts.map { ScoreSpec(policy: $0) }, tieBreak: tieBreak)
    if let problem = spec.problem ?? spec.problem(with: sharing) {
      diagnostics.add(origin, keyPath, problem)
      return nil
    }
    return spec
  }

  /// The names that a placement may have.
  public static var placementNames: [String] { PolicySection.placements }

  /// The JSON Schema of scenario files, for editors.
  public static var jsonSchema: String {
    SchemaWriter.schema(of: RootSection.section, title: "Headroom scenario", mayInclude: true)
  }

  /// The reference of the language as Markdown.
  public static var referencePage: String {
    ReferencePage.markdown(of: RootSection.section, intro: ReferencePage.intro)
  }
}
