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
    return found.filter {
      $0.hasSuffix(".yaml") && !$0.hasSuffix("-suite.yaml") && !$0.hasPrefix("claims/")
    }.sorted()
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
      "node-failures.yaml", "gangs.yaml", "gang-deadlock.yaml", "backfill.yaml", "preemption.yaml",
      "philly-week.yaml", "fair-share.yaml", "rounds.yaml", "rack-wishes.yaml", "pipelines.yaml",
      "dedicated-nodes.yaml", "notebooks.yaml", "train-and-serve.yaml", "train-and-serve-separate.yaml",
      "studies/fgd.yaml",
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

  /// Shares of the Philly trace: of jobs that use one GPU, and of the GPU time
  /// of these, of jobs of 8 or more, and of jobs above 8.
  private static func phillyShares(seed: Int) throws -> [Double] {
    let url = Golden.package.appendingPathComponent("scenarios/philly-week.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    let scenario = try Sample.load(text, "seed=\(seed)")
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    let work = Double(jobs.milliGPUNanoseconds)
    func share(_ isCounted: (Int64) -> Bool) -> Double {
      (0..<jobs.count).reduce(0) { sum, job in
        let size = jobs.shapes[Int(jobs.shape[job].rawValue)].milliGPU
        return isCounted(size) ? sum + Double(size) * Double(jobs.duration[job].nanoseconds) / work : sum
      }
    }
    let single = (0..<jobs.count).count { jobs.shapes[Int(jobs.shape[$0].rawValue)].milliGPU == 1000 }
    return [
      Double(single) / Double(jobs.count), share { $0 == 1000 }, share { $0 >= 8000 }, share { $0 > 8000 },
    ].map { $0 * 100 }
  }

  private static let publishedShares = [93.2, 18.1, 62.0, 13.6]

  @Test("the Philly week has the published shares, within these points, for its own seed")
  func phillyWeek() throws {
    let shares = try Self.phillyShares(seed: 10)
    for (share, (published, points)) in zip(shares, zip(Self.publishedShares, [0.25, 1.0, 2.0, 1.0])) {
      #expect(abs(share - published) < points, "\(share) for \(published)")
    }
  }

  @Test("the Philly weeks of many seeds have the published shares in their mean")
  func phillyWeeks() throws {
    let weeks = try (1...15).map { try Self.phillyShares(seed: $0) }
    for (index, points) in [0.25, 1.0, 2.0, 2.5].enumerated() {
      let mean = weeks.reduce(0) { $0 + $1[index] } / Double(weeks.count)
      #expect(abs(mean - Self.publishedShares[index]) < points, "\(mean) for \(Self.publishedShares[index])")
    }
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
