import Foundation
import TestSupport
import Testing

@testable import Studies

/// The published results of the training studies, where the data is at hand.
@Suite struct PublishedResultsTests {
  /// Every job of every configuration with published results; the engine
  /// checks its invariants meanwhile where that is no matter of minutes.
  private func expectEqual<Study: JobStudy>(_ study: Study.Type, configurations: Int, verify: Bool) throws {
    let data = DataFolder.path("training/" + Study.folder)
    let replication = try StudyReplication<Study>(data: data, configurations: nil)
    #expect(replication.configurations.count == configurations)
    for result in try replication.run(threads: 2, verify: verify) {
      let comparison = try #require(try StudyComparison.make(Study.self, result, data: data))
      #expect(comparison.jobs > 0)
      #expect(comparison.isEqual, "\(result.configuration): \(comparison.difference ?? "")")
      if case .means = comparison.tolerance { continue }
      #expect(abs(comparison.ourMeanJCT - comparison.expectedMeanJCT) < 0.005, "\(result.configuration)")
    }
  }

  @Test(.enabled(if: DataFolder.has("training/tiresias/expected")))
  func `Tiresias: every job starts, ends and is preempted as published`() throws {
    try expectEqual(TiresiasStudy.self, configurations: 21, verify: true)
  }

  @Test(.enabled(if: DataFolder.has("training/helios_philly/expected")))
  func `Helios: every job starts, ends and is preempted as published`() throws {
    try expectEqual(HeliosStudy.self, configurations: 3, verify: true)
  }

  @Test(.enabled(if: DataFolder.has("training/pai/expected")))
  func `PAI: every job ends as published`() throws {
    try expectEqual(PAIStudy.self, configurations: 7, verify: true)
  }

  @Test(.enabled(if: DataFolder.has("training/gavel/expected")))
  func `Gavel: jobs end as published, or in the mean where solutions are many`() throws {
    try expectEqual(GavelStudy.self, configurations: 7, verify: true)
  }

  @Test(.enabled(if: DataFolder.has("training/gavel/throughput_isolated.csv")))
  func `every Gavel configuration can be run`() throws {
    let replication = try StudyReplication<GavelStudy>(
      data: DataFolder.path("training/gavel"),
      configurations: StudyNameTests.gavel
    )
    #expect(try replication.run(threads: 2).allSatisfy { [96, 100].contains($0.jobs.count) })
  }

  @Test(.enabled(if: DataFolder.has("training/philly_full/expected")))
  func `Philly: the rows of all jobs have the published hash`() throws {
    try expectEqual(PhillyStudy.self, configurations: 2, verify: false)
  }

  @Test(.enabled(if: DataFolder.has("training/helios_philly/expected")))
  func `results that are published for every job are repeated byte for byte`() throws {
    let data = DataFolder.path("training/helios_philly")
    let name = "srtf__consolidate"
    let results = try StudyReplication<HeliosStudy>(data: data, configurations: [name]).run(threads: 1)
    let published = try String(contentsOfFile: "\(data)/expected/\(name).csv", encoding: .utf8)
    #expect(results[0].csv(HeliosStudy.columns) == published)
  }

  @Test(.enabled(if: DataFolder.has("training/pai/expected")))
  func `results do not depend on the number of threads`() throws {
    let data = DataFolder.path("training/pai")
    let names = ["n15_sjgg_bestfit", "het_sjf_m2_bal", "h1_fifo"]
    let replication = try StudyReplication<PAIStudy>(data: data, configurations: names)
    let one = try replication.run(threads: 1)
    let three = try replication.run(threads: 3)
    #expect(one.map(\.configuration) == names)
    #expect(one.map(\.jobs) == three.map(\.jobs))
    #expect(one.allSatisfy { $0.jobs.count == 6000 })
  }

  @Test func `a folder without published results says how to name configurations`() throws {
    let scratch = try ScratchFolder()
    #expect {
      _ = try StudyReplication<PAIStudy>(data: scratch.path(""), configurations: nil)
    } throws: { "\($0)".contains("--configs, such as n15_fifo_worstfit") }
  }
}
