import Engine
import Foundation
import TestSupport
import Testing

@testable import Scenario

/// The scenario files that come with the project.
struct ShippedScenarioTests {
  static let files: [String] = {
    let folder = Golden.package.appendingPathComponent("scenarios")
    let found = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("-suite.yaml") }.sorted()
  }()

  static func load(_ file: String) throws -> LoadedScenario {
    try ScenarioLoader.load(
      path: Golden.package.appendingPathComponent("scenarios/\(file)").path,
      environment: ["HEADROOM_DATA": DataFolder.root.path]
    )
  }

  static func needsData(_ file: String) throws -> Bool {
    let url = Golden.package.appendingPathComponent("scenarios/\(file)")
    return try String(contentsOf: url, encoding: .utf8).contains("${HEADROOM_DATA}")
  }

  @Test func areThere() {
    for name in [
      "quickstart.yaml", "openb-replay.yaml", "small-pods-on-big-gpus.yaml", "mixed-generations.yaml",
      "node-failures.yaml", "gangs.yaml", "studies/fgd.yaml",
    ] {
      #expect(Self.files.contains(name))
    }
  }

  @Test(arguments: files)
  func validates(_ file: String) throws {
    if try Self.needsData(file), !DataFolder.has("openb/openb_pod_list_default.csv") { return }
    let scenario = try Self.load(file)
    #expect(!scenario.question.isEmpty)
    #expect(!scenario.placements.isEmpty)
    guard scenario.study == nil else { return }
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    #expect(input.fleet.gpuCount > 0)
    #expect((1...60_000).contains(input.jobs.count))
  }

  /// The header says which question the file answers, in the words of `question`.
  @Test(arguments: files)
  func headerAsksTheQuestion(_ file: String) throws {
    let url = Golden.package.appendingPathComponent("scenarios/\(file)")
    let lines = try String(contentsOf: url, encoding: .utf8).split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
    #expect(lines[0].hasPrefix("# yaml-language-server: $schema="))
    let header = lines.prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(separator: " ")
    let question = try #require(lines.first { $0.hasPrefix("question: ") }).dropFirst("question: ".count)
    #expect(header.contains(question))
  }

  @Test func quickstartIsNearlyFull() throws {
    let scenario = try Self.load("quickstart.yaml")
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    let capacity = Double(input.fleet.gpuCount) * 1000 * 14 * 86_400 * 1e9
    let load = Double(input.jobs.milliGPUNanoseconds) / capacity
    #expect((0.85...1.0).contains(load), "offered load \(load)")
    #expect(input.jobs.count < 40_000)
    #expect(Set(input.jobs.tenants) == ["research", "product", "platform"])
  }

  @Test func openbReplayStatesItsFactor() throws {
    guard DataFolder.has("openb/openb_pod_list_default.csv") else { return }
    let scenario = try Self.load("openb-replay.yaml")
    #expect(scenario.notes.count == 1)
    #expect(scenario.notes.first?.hasPrefix("arrival times compressed by ") == true)
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    #expect(input.jobs.count == 8_152)
    #expect(input.fleet.gpuCount == 6_212)
    #expect(input.fleet.nodes.count == 1_213)
  }

  @Test func studySection() throws {
    guard DataFolder.has("openb") else { return }
    let study = try #require(try Self.load("studies/fgd.yaml").study)
    #expect(study.name == "fgd")
    #expect(study.policy == "FGD")
    #expect(study.seed == 42)
    #expect(study.data == DataFolder.root.path + "/openb")
  }
}
