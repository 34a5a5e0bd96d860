import Foundation
import Studies
import TestSupport
import Testing

/// The part of the validation page on training clusters.
enum TrainingPage {
  static let folders = [
    TiresiasStudy.folder, HeliosStudy.folder, PAIStudy.folder, PhillyStudy.folder, GavelStudy.folder,
  ]
  /// Whether all the data is at hand.
  static var isPossible: Bool { folders.allSatisfy { DataFolder.has("training/\($0)/expected") } }

  private static let header = """

    ## Training clusters, job by job

    Published simulators of training clusters: gangs of GPUs, preemption by rank with and without cost, consolidation on
    nodes, virtual clusters, parts of GPUs, CPUs, mixed GPU models. Every job's first start, end and number of preemptions (as
    far as the tool prints them) must be equal to the second; where only a hash of all jobs is published, the hash. Gavel's times are
    fractions of seconds, held to 10 ms; its policies that solve a linear programme with many solutions, to 2 % in the mean
    completion time and the last end.

        headroom replicate tiresias --data DIR --out DIR2

    | study | configuration | jobs | equal | mean JCT, s | published |
    |---|---|---|---|---|---|

    """

  private static let sources = """

    **Where the data comes from.** DIR holds a study's files as their headers in `Sources/Studies/Training` say, and what
    the published tool printed in `expected/`.

    | study | published tool | traces |
    |---|---|---|
    | tiresias | `SymbioticLab/Tiresias` (NSDI 2019), Apache-2.0 | its 60 jobs; three cuts of the Philly trace from `Rivendile/Muri`, Apache-2.0 |
    | helios | `S-Lab-System-Group/HeliosArtifact` (SC 2021), MIT, with an oracle for its estimator | October 2017 of six virtual clusters of the Philly trace |
    | pai | `alibaba/clusterdata`, `cluster-trace-gpu-v2020/simulator` (NSDI 2022), CC-BY-4.0 | 6,000 synthetic jobs after the published statistics |
    | philly | `tiresias` above, by an independent program that matches it on the smaller traces | `msr-fiddle/philly-traces` (CC-BY-4.0), cleaned in `petuum/adaptdl` (Apache-2.0) |
    | gavel | `stanford-futuredata/gavel` (OSDI 2020), MIT, in simulation with the ECOS solver | its traces and measured throughputs |

    The habits of these tools that ordinary runs do not have are `StudyQuirks` in the engine's input, each set by one study only
    and described there.

    """

  /// The section, from runs as they are now.
  static func text() throws -> String {
    header + (try rows(TiresiasStudy.self)) + (try rows(HeliosStudy.self)) + (try rows(PAIStudy.self))
      + (try rows(PhillyStudy.self)) + (try rows(GavelStudy.self)) + sources
  }

  private static func rows<Study: JobStudy>(_ study: Study.Type) throws -> String {
    let data = DataFolder.path("training/" + Study.folder)
    let results = try StudyReplication<Study>(data: data, configurations: nil).run(threads: 2)
    return try results.map { result in
      let comparison = try #require(try StudyComparison.make(Study.self, result, data: data))
      #expect(comparison.isEqual)
      let means = [comparison.ourMeanJCT, comparison.expectedMeanJCT].map { String(format: "%.4f", $0) }
      return "| \(Study.name) | \(result.configuration) | \(comparison.jobs) | \(comparison.equalText) "
        + "| \(means[0]) | \(means[1]) |\n"
    }.joined()
  }
}
