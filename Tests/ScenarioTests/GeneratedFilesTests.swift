import Foundation
import Testing

@testable import Scenario

/// Files of the project that are made from the tables.
struct GeneratedFilesTests {
  @Test func schemaIsCurrent() throws {
    try Golden.expect(ScenarioLoader.jsonSchema, equals: "scenarios/schema.json")
  }

  @Test func suiteSchemaIsCurrent() throws {
    try Golden.expect(SuiteLoader.jsonSchema, equals: "scenarios/suite-schema.json")
    try Golden.expect(ClaimLoader.jsonSchema, equals: "scenarios/claims/schema.json")
  }

  @Test func referenceIsCurrent() throws {
    try Golden.expect(ScenarioLoader.referencePage, equals: "docs/scenario-reference.md")
  }

  @Test func schemaIsJSON() throws {
    let object = try JSONSerialization.jsonObject(with: Data(ScenarioLoader.jsonSchema.utf8))
    let schema = try #require(object as? [String: Any])
    let definitions = try #require(schema["definitions"] as? [String: Any])
    #expect(definitions.count > 20)
    // Every reference has its definition.
    for part in ScenarioLoader.jsonSchema.split(separator: "#/definitions/").dropFirst() {
      let name = String(part.prefix { $0 != "\"" })
      #expect(definitions[name] != nil, "no definition of \(name)")
    }
  }

  @Test func titlesAreUnique() {
    var titles: [String: [String]] = [:]
    func visit(_ shape: Shape) {
      switch shape {
      case .value, .map, .settings, .labels: break
      case .list(let element, _, _): visit(element)
      case .either(_, let other): visit(other)
      case .section(let section):
        if let known = titles[section.title] { return #expect(known == section.keys) }
        titles[section.title] = section.keys
        #expect(Set(section.keys).count == section.keys.count, "duplicated key in \(section.title)")
        for field in section.fields { visit(field.shape) }
      }
    }
    for root in [RootSection.section, SuiteSection.section] { visit(.section(root)) }
  }

  /// Examples and defaults of the tables are what the tables accept.
  @Test func examplesDecode() {
    var seen: Set<String> = []
    func visit(_ shape: Shape) {
      switch shape {
      case .value, .map, .settings, .labels: break
      case .list(let element, _, _): visit(element)
      case .either(_, let other): visit(other)
      case .section(let section):
        guard seen.insert(section.title).inserted else { return }
        for field in section.fields {
          check(field.example, as: field, of: section)
          if case .standard(let yaml) = field.presence { check(yaml, as: field, of: section) }
          visit(field.shape)
        }
      }
    }
    func check(_ yaml: String, as field: Field, of section: Section) {
      guard !yaml.contains("...") else { return }
      var decoder = SectionDecoder()
      let node = YAMLReader.read(yaml, file: "example", into: &decoder.diagnostics)
      if let node { _ = decoder.decode(node, as: field.shape, at: field.key) }
      let problems = decoder.diagnostics.found.map(\.description).joined(separator: "\n")
      #expect(problems.isEmpty, "\(section.title).\(field.key): \(yaml): \(problems)")
    }
    for root in [RootSection.section, SuiteSection.section] { visit(.section(root)) }
  }
}
