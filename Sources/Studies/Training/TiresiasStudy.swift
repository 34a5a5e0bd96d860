import Engine
import Hardware
import SimulationKernel
import Workload

/// The simulator of Tiresias (Gu et al., "Tiresias: A GPU Cluster Manager for
/// Distributed Deep Learning", NSDI 2019; SymbioticLab/Tiresias): gangs of
/// GPUs on a small cluster, counted or consolidated, with and without
/// preemption. Nothing costs time: no start, no checkpoint, no preemption.
///
/// A thin adapter. The clock of the studied tool stops only where jobs arrive
/// or end or reach a threshold, at one time in the order ends, arrivals, one
/// pass, which is the engine's own. Its quirk, off elsewhere:
///
/// 1. *`dlas-gpu` demotes late*: its timer for the next demotion subtracts
///    attained seconds from a threshold in GPU-seconds
///    (``StudyQuirks/lateDemotionTimer``).
public enum TiresiasStudy: JobStudy {
  public static let name = "tiresias"
  public static let folder = "tiresias"
  public static let title = "Tiresias (NSDI 2019): gangs of GPUs, preemption, least attained service."
  public static let example = "60jobs_16gpu__fjf-yarn"
  public static let columns: [StudyColumn] = [.firstStart, .end, .preemptions]
  public static let reference = StudyReference.rows
  public static let discussion = """
    A configuration is CLUSTER__POLICY-PLACEMENT. Clusters: \(clusters.map(\.name).joined(separator: ", ")). \
    Policies: \(policies.map(\.name).joined(separator: ", ")). Placement count takes any free GPUs; yarn, for \
    fifo and fjf, keeps a job together. Results must be equal job by job.
    """

  /// A trace and the nodes that it runs on.
  struct Cluster {
    var trace: String
    var nodes: Int
    var gpusPerNode: Int
  }

  static let clusters: [(name: String, value: Cluster)] = [
    ("60jobs_16gpu", Cluster(trace: "60jobs", nodes: 4, gpusPerNode: 4)),
    ("60jobs_8gpu", Cluster(trace: "60jobs", nodes: 2, gpusPerNode: 4)),
    ("philly992_64gpu", Cluster(trace: "philly992jobs", nodes: 8, gpusPerNode: 8)),
    ("philly1494_64gpu", Cluster(trace: "philly1494jobs", nodes: 8, gpusPerNode: 8)),
    ("philly5755_64gpu", Cluster(trace: "philly5755jobs", nodes: 8, gpusPerNode: 8)),
  ]

  /// Run seconds (`dlas`) or GPU-seconds (`dlas-gpu`) at which a job leaves
  /// the first and the second queue.
  private static let thresholds = [SimDuration.seconds(3250), .seconds(7200)]

  static let policies: [(name: String, value: QueueSpec)] = [
    ("fifo", .ordered(.fifo, headOfLineBlocking: true)),
    ("fjf", .ordered(.fifo, headOfLineBlocking: false)),
    ("sjf", .preemptive(PreemptiveQueue(.fewestGPUs))),
    ("shortest", .preemptive(PreemptiveQueue(.shortestRemainingTime))),
    ("shortest-gpu", .preemptive(PreemptiveQueue(.shortestRemainingService))),
    ("dlas", .preemptive(PreemptiveQueue(.leastAttainedService(thresholds: thresholds, byGPUTime: false)))),
    (
      "dlas-gpu", .preemptive(PreemptiveQueue(.leastAttainedService(thresholds: thresholds, byGPUTime: true)))
    ),
  ]

  static let placements: [(name: String, value: PlacementWish)] = [
    ("count", .anywhere), ("yarn", .consolidated),
  ]

  /// Policies of the studied tool that are not repeated here, and why.
  private static let unavailable = [
    "dlas-gpu-gittins": "its rank needs the tool's own sample of GPU times",
    "dlas-gpu-1": "its published description does not determine its results",
  ]

  public static func check(_ configuration: String) throws { _ = try parts(configuration) }

  private static func parts(_ configuration: String) throws -> (Cluster, String, QueueSpec, PlacementWish) {
    let name = ConfigurationName(name: configuration, study: self.name)
    let halves = configuration.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let dash = halves[1].lastIndex(of: "-") else {
      throw name.malformed(form: "CLUSTER__POLICY-PLACEMENT", example: example)
    }
    let (policy, placement) = (String(halves[1][..<dash]), String(halves[1][halves[1].index(after: dash)...]))
    let cluster = try name.part("cluster", halves[0], among: clusters)
    if let why = unavailable[policy] { throw name.refused("policy '\(policy)' is not available: \(why)") }
    let queue = try name.part("policy", policy, among: policies)
    let wish = try name.part("placement", placement, among: placements)
    if wish == .consolidated, !["fifo", "fjf"].contains(policy) {
      throw name.refused("placement yarn goes with the policies fifo and fjf only; '\(policy)' takes count")
    }
    return (cluster, policy, queue, wish)
  }

  public static func runs(of configuration: String, data: String) throws -> [StudyRun] {
    let (cluster, policy, queue, wish) = try parts(configuration)
    let jobs = try GangJobs(path: "\(data)/\(cluster.trace).csv")
    var input = SimulationInput(
      fleet: .ofGPUs(nodes: cluster.nodes, gpusPerNode: cluster.gpusPerNode),
      jobs: jobs.table(wish: wish),
      seed: 0,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")], tieBreak: .name)
    )
    input.queue = queue
    if policy == "dlas-gpu" { input.quirks = [.lateDemotionTimer] }
    return [StudyRun(input: input, ids: jobs.ids)]
  }
}
