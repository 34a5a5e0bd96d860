import Foundation

/// Reads suite files.
///
/// A suite is as strict as a scenario: everything wrong with it and with the
/// scenarios that it names is reported in one ``ScenarioError``.
public enum SuiteLoader {
  /// Reads the suite at `path` and every scenario that it names.
  ///
  /// - Parameter environment: where `HEADROOM_DATA` is looked up.
  public static func load(path: String, environment: [String: String]) throws -> LoadedSuite {
    let places = FilePlaces(environment: environment)
    var diagnostics = DiagnosticList()
    let text = try places.textOfRoot(path)
    guard let root = YAMLReader.read(text, file: path, into: &diagnostics) else {
      throw ScenarioError(diagnostics: diagnostics.found)
    }
    var decoder = SectionDecoder()
    decoder.diagnostics = diagnostics
    let decoded = decoder.decode(root, as: .section(SuiteSection.section), at: "")
    var builder = SuiteBuilder(root: decoded, places: places, diagnostics: decoder.diagnostics)
    return try builder.build()
  }

  /// The JSON Schema of suite files, for editors.
  public static var jsonSchema: String {
    SchemaWriter.schema(of: SuiteSection.section, title: "Headroom suite", mayInclude: false)
  }
}
