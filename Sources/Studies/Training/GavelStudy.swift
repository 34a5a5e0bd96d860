import Engine
import Hardware
import SimulationKernel
import Workload

/// The simulator of Gavel (Narayanan et al., "Heterogeneity-Aware Cluster
/// Scheduling Policies for Deep Learning Workloads", OSDI 2020;
/// stanford-futuredata/gavel): jobs that get GPUs of one model for a round at
/// a time, by measured speeds.
///
/// A thin adapter: its rounds are the engine's own (`RoundSpec`). Nothing
/// costs time but steps, and where a gang lies does not matter, so that nodes
/// of 8 GPUs only give the GPUs a place. The published tool solves its linear
/// programmes with ECOS, we with GLPK: where several solutions are best, they
/// need not be the same.
public enum GavelStudy: JobStudy {
  public static let name = "gavel"
  public static let folder = "gavel"
  public static let title = "Gavel (OSDI 2020): rounds, GPU models of different speed, shares of time."
  public static let example = "mmf_hom_fifo"
  public static let columns: [StudyColumn] = [.jctInMilliseconds]
  public static let reference = StudyReference.rows
  public static let discussion = """
    A configuration is TRACE_CLUSTER_POLICY or TRACE_CLUSTER_POLICY_rSECONDS, the length of a round (360). Traces: \
    mmf (96 jobs that arrive) and mk (100 at once). Clusters: hom (24 V100) and het (8 V100, 16 P100, 24 K80). \
    Policies: \(policies.map(\.name).joined(separator: ", ")); on het only those with perf. mmf_fifo_perf is \
    mmf_het_fifo_perf. Under fifo, fifo_perf and isolated every job must end within 10 ms of the published time; \
    under the others, which solve linear programmes with many solutions, the mean JCT and the total time must be \
    within 2 %.
    """

  static let traces: [(name: String, value: String)] = [
    ("mmf", "continuous_96jobs"), ("mk", "static_100jobs"),
  ]

  /// GPUs of each of ``GavelSpeeds/models``.
  static let clusters: [(name: String, value: [Int])] = [("hom", [24, 0, 0]), ("het", [8, 16, 24])]

  static let policies: [(name: String, value: RoundPolicy)] = [
    ("fifo", .fifo), ("fifo_perf", .fifoPerf), ("isolated", .isolated), ("las", .maxMinFairness),
    ("las_perf", .maxMinFairnessPerf), ("ftf_perf", .finishTimeFairnessPerf),
    ("makespan_perf", .makespanPerf),
  ]

  private static let gpusPerNode = 8
  /// Rounds that may be named, seconds.
  private static let lengths: ClosedRange<Int64> = 10...1_000_000
  private static let exact: [RoundPolicy] = [.fifo, .fifoPerf, .isolated]

  private struct Parts {
    var trace: String
    var gpus: [Int]
    var spec: RoundSpec
  }

  public static func check(_ configuration: String) throws { _ = try parts(configuration) }

  public static func tolerance(of configuration: String) -> StudyTolerance {
    guard let policy = try? parts(configuration).spec.policy else { return .exact }
    return exact.contains(policy) ? .eachJob(nanoseconds: 10_000_000) : .means(share: 0.02)
  }

  private static func parts(_ configuration: String) throws -> Parts {
    let name = ConfigurationName(name: configuration, study: self.name)
    var words = configuration.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    var length: Int64 = 360
    if let last = words.last, last.hasPrefix("r"), last.dropFirst().allSatisfy(\.isNumber), last.count > 1 {
      guard let seconds = Int64(last.dropFirst()), "r\(seconds)" == last, lengths.contains(seconds) else {
        throw name.refused(
          "rounds of '\(last)'; accepted: r and whole seconds, \(lengths.lowerBound) to \(lengths.upperBound)"
        )
      }
      length = seconds
      words.removeLast()
    }
    // One published file leaves its cluster out.
    if words == ["mmf", "fifo", "perf"] { words.insert("het", at: 1) }
    guard words.count >= 3 else {
      throw name.malformed(form: "TRACE_CLUSTER_POLICY[_rSECONDS]", example: example)
    }
    let trace = try name.part("trace", words[0], among: traces)
    let gpus = try name.part("cluster", words[1], among: clusters)
    let policyName = words[2...].joined(separator: "_")
    let policy = try name.part("policy", policyName, among: policies)
    if gpus.count(where: { $0 > 0 }) > 1, !policyName.hasSuffix("perf") {
      throw name.refused(
        "policy '\(policyName)' takes hom only: on several GPU models the published tool draws their order at "
          + "random for policies without perf"
      )
    }
    return Parts(trace: trace, gpus: gpus, spec: RoundSpec(policy, length: .seconds(length)))
  }

  public static func runs(of configuration: String, data: String) throws -> [StudyRun] {
    let parts = try parts(configuration)
    let fleet = fleet(parts.gpus)
    let jobs = try GavelJobs(
      path: "\(data)/\(parts.trace).csv",
      speeds: try GavelSpeeds(path: "\(data)/throughput_isolated.csv"),
      models: fleet.gpuModels
    )
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs.table,
      seed: 0,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")], tieBreak: .name)
    )
    input.queue = .rounds(parts.spec)
    return [StudyRun(input: input, ids: jobs.ids)]
  }

  /// Nodes of 8 GPUs, model by model.
  private static func fleet(_ gpus: [Int]) -> Fleet {
    var fleet = Fleet()
    let count = gpus.reduce(0, +) / gpusPerNode
    for (name, gpus) in zip(GavelSpeeds.models, gpus) where gpus > 0 {
      let model = fleet.intern(gpuModel: name)
      for _ in 0..<gpus / gpusPerNode {
        fleet.nodes.append(
          NodeSpec(
            name: Fleet.nodeName(fleet.nodes.count, of: count),
            cpuMilli: 0,
            memoryMiB: 0,
            gpuCount: gpusPerNode,
            gpuModel: model
          )
        )
      }
    }
    return fleet
  }
}
