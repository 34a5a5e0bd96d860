import Engine
import Foundation
import Hardware
import SimulationKernel
import Workload

/// The simulator of Helios (Hu et al., "Characterization and Prediction of
/// Deep Learning Workloads in Large-Scale GPU Datacenters", SC 2021;
/// S-Lab-System-Group/HeliosArtifact), with an oracle in place of its
/// run-time estimator: virtual clusters, each alone, that keep jobs on few
/// nodes; a preempted job pays.
///
/// A thin adapter. The studied tool's clock ticks every second; ticks in
/// which nothing happens are left out. Its quirks, each off elsewhere:
///
/// 1. *`qssf` orders newcomers by GPUs*: while only jobs wait that arrived at
///    this very second, they stand by size, and by service a second later
///    (``StudyQuirks/newcomersBySize``).
/// 2. *`srtf` counts ticks*: a run lasts a second longer than its work, and
///    passes see remaining times as of the last tick
///    (``StudyQuirks/tickingClock``).
/// 3. *`consolidate` takes the remainder of a gang from the next node* in
///    order of free GPUs (``StudyQuirks/remainderOnMostFree``).
/// 4. *`random` is not random*: it takes every free GPU in the order of the
///    nodes.
public enum HeliosStudy: JobStudy {
  public static let name = "helios"
  public static let folder = "helios_philly"
  public static let title = "Helios (SC 2021): virtual clusters, consolidation, costly preemption."
  public static let example = "srtf__consolidate"
  public static let columns: [StudyColumn] = [.firstStart, .end, .preemptions]
  public static let reference = StudyReference.rows
  public static let discussion = """
    A configuration is POLICY__PLACEMENT. Policies: \(policies.map(\.name).joined(separator: ", ")). Placements: \
    consolidate, on the fewest nodes, and random, which takes any free GPUs in the order of the nodes. Every \
    virtual cluster of vc_nodes.csv is run alone; those with published results must be equal job by job.
    """

  /// What a preempted job must do again: 7 s with one GPU, 30 s on one node,
  /// 60 s beyond.
  private static let cost = PreemptionCost(
    steps: [.init(upToGPUs: 1, cost: .seconds(7)), .init(upToGPUs: 8, cost: .seconds(30))],
    largest: .seconds(60)
  )

  struct Policy {
    var queue: QueueSpec
    var quirks: StudyQuirks = []
  }

  static let policies: [(name: String, value: Policy)] = [
    ("fifo", Policy(queue: .ordered(.fifo, headOfLineBlocking: true))),
    ("sjf", Policy(queue: .ordered(.shortestJob, headOfLineBlocking: true))),
    ("qssf", Policy(queue: .ordered(.leastService, headOfLineBlocking: true), quirks: .newcomersBySize)),
    (
      "srtf",
      Policy(
        queue: .preemptive(PreemptiveQueue(.shortestRemainingTime, cost: cost)),
        quirks: .tickingClock
      )
    ),
  ]

  struct Placement {
    var policy: String
    var wish: PlacementWish
    var quirks: StudyQuirks = []
  }

  static let placements: [(name: String, value: Placement)] = [
    ("consolidate", Placement(policy: "best-fit", wish: .consolidated, quirks: .remainderOnMostFree)),
    ("random", Placement(policy: "first-fit", wish: .anywhere)),
  ]

  public static func check(_ configuration: String) throws { _ = try parts(configuration) }

  private static func parts(_ configuration: String) throws -> (Policy, Placement) {
    let name = ConfigurationName(name: configuration, study: self.name)
    let halves = configuration.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2 else { throw name.malformed(form: "POLICY__PLACEMENT", example: example) }
    return (
      try name.part("policy", halves[0], among: policies),
      try name.part("placement", halves[1], among: placements)
    )
  }

  /// One run a virtual cluster, in the order of the file.
  public static func runs(of configuration: String, data: String) throws -> [StudyRun] {
    let (policy, placement) = try parts(configuration)
    let jobs = try GangJobs(path: "\(data)/jobs.csv", hasVirtualClusters: true)
    let clusters = try virtualClusters(data)
    if let homeless = jobs.jobs.first(where: { job in !clusters.contains { $0.name == job.virtualCluster } })
    {
      throw StudyError(
        "\(data)/jobs.csv: job \(homeless.id) is of virtual cluster '\(homeless.virtualCluster)', which "
          + "vc_nodes.csv does not list"
      )
    }
    return clusters.map { name, fleet in
      let own = jobs.inVirtualCluster(name)
      var input = SimulationInput(
        fleet: fleet,
        jobs: own.table(wish: placement.wish),
        seed: 0,
        placement: PlacementSpec(scores: [ScoreSpec(policy: placement.policy)], tieBreak: .name)
      )
      input.queue = policy.queue
      input.quirks = policy.quirks.union(placement.quirks)
      return StudyRun(input: input, ids: own.ids)
    }
  }

  /// The virtual clusters: `vc`, `nodes`, `gpus_per_node`.
  private static func virtualClusters(_ data: String) throws -> [(name: String, fleet: Fleet)] {
    var reader = try CSVReader(path: "\(data)/vc_nodes.csv", expecting: ["vc", "nodes", "gpus_per_node"])
    let name = try reader.column("vc")
    let nodes = try reader.column("nodes")
    let gpus = try reader.column("gpus_per_node")
    var clusters: [(name: String, fleet: Fleet)] = []
    var lines: [String: Int] = [:]
    while try reader.next() {
      let text = try reader.nonEmptyText(name)
      if let first = lines.updateValue(reader.line, forKey: text) {
        throw reader.error(at: name, .duplicateName(text, firstLine: first))
      }
      clusters.append(
        (
          text,
          .ofGPUs(
            nodes: Int(try reader.integer(nodes, in: 1...100_000)),
            gpusPerNode: Int(try reader.integer(gpus, in: 1...Int64(Fleet.maximumGPUsPerNode)))
          )
        )
      )
    }
    return clusters
  }
}
