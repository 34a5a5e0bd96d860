import Engine
import Hardware
import SimulationKernel
import Workload

/// The simulator of Alibaba's PAI cluster (Weng et al., "MLaaS in the Wild",
/// NSDI 2022; alibaba/clusterdata, cluster-trace-gpu-v2020): gangs of
/// instances that ask for parts of GPUs and for CPUs.
///
/// A thin adapter. Its quirks, each off elsewhere:
///
/// 1. *The GPUs of a node are one pool*: half a GPU may be parts of two
///    devices (``SharingMode/pooled``), and a node may have 120 of them.
/// 2. *Arrivals are rewritten* with the mixed cluster: 60 jobs a minute, all
///    at the minute's start (``PAIJobs``).
/// 3. *GPU types bind V100 jobs only*, on the mixed cluster only.
public enum PAIStudy: JobStudy {
  public static let name = "pai"
  public static let folder = "pai"
  public static let title = "PAI (NSDI 2022): parts of GPUs, CPUs, gangs, mixed GPU types."
  public static let example = "n15_fifo_worstfit"
  public static let columns: [StudyColumn] = [.submit, .jct]
  public static let reference = StudyReference.rows
  public static let discussion = """
    A configuration is h1_POLICY (one node of 120 GPUs), n15_POLICY_ORDER (15 nodes of 8) or het_POLICY_m2_ORDER \
    (380 nodes of four kinds). Policies: \(policies.map(\.name).joined(separator: ", ")) (sju, sjg and sjgg go \
    by estimates of the duration). Orders of nodes: \(orders.map(\.name).joined(separator: ", ")). Results must \
    be equal job by job.
    """

  static let policies: [(name: String, value: (order: JobOrder, estimate: PAIEstimate?))] = [
    ("fifo", (.fifo, nil)), ("sjf", (.shortestJob, nil)), ("sju", (.shortestEstimate, .user)),
    ("sjg", (.shortestEstimate, .group)), ("sjgg", (.shortestEstimate, .groupAndGPUs)),
  ]

  /// In which order nodes are tried, and the engine's name of it.
  static let orders: [(name: String, value: String)] = [
    ("pack", "first-fit"), ("bestfit", "gpu-best-fit"), ("worstfit", "gpu-worst-fit"),
    ("bal", "least-utilized"),
  ]

  private enum Cluster { case one, fifteen, mixed }

  private static let clusters: [(name: String, value: Cluster)] = [
    ("h1", .one), ("n15", .fifteen), ("het", .mixed),
  ]

  private struct Parts {
    var cluster: Cluster
    var order: JobOrder
    var estimate: PAIEstimate?
    var placement: String
  }

  public static func check(_ configuration: String) throws { _ = try parts(configuration) }

  private static func parts(_ configuration: String) throws -> Parts {
    let name = ConfigurationName(name: configuration, study: self.name)
    let words = configuration.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    let cluster = try name.part("cluster", words[0], among: clusters)
    let form =
      switch cluster {
      case .one: "h1_POLICY"
      case .fifteen: "n15_POLICY_ORDER"
      case .mixed: "het_POLICY_m2_ORDER"
      }
    guard words.count == form.split(separator: "_").count else {
      throw name.malformed(
        form: form,
        example: form.replacing("POLICY", with: "fifo").replacing("ORDER", with: "pack")
      )
    }
    let policy = try name.part("policy", words[1], among: policies)
    if cluster == .mixed { _ = try name.part("matching of GPU types", words[2], among: [("m2", ())]) }
    let placement =
      cluster == .one ? "first-fit" : try name.part("order of nodes", words.last!, among: orders)
    return Parts(cluster: cluster, order: policy.order, estimate: policy.estimate, placement: placement)
  }

  public static func runs(of configuration: String, data: String) throws -> [StudyRun] {
    let parts = try parts(configuration)
    let jobs = try PAIJobs(path: "\(data)/pai_synth_6000.csv")
    let isMixed = parts.cluster == .mixed
    let fleet: Fleet =
      switch parts.cluster {
      case .one: uniform(nodes: 1, gpus: 120, cpus: 2786)
      case .fifteen: uniform(nodes: 15, gpus: 8, cpus: 186)
      case .mixed: try nodes(path: "\(data)/hetero_nodes.csv")
      }
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs.table(estimate: parts.estimate, bindsV100: isMixed, sixtyAMinute: isMixed),
      seed: 0,
      placement: PlacementSpec(scores: [ScoreSpec(policy: parts.placement)], tieBreak: .name)
    )
    input.queue = .ordered(parts.order, headOfLineBlocking: false)
    input.sharing = .pooled
    return [StudyRun(input: input, ids: jobs.ids)]
  }

  private static func uniform(nodes: Int, gpus: Int, cpus: Int32) -> Fleet {
    var fleet = Fleet.ofGPUs(nodes: nodes, gpusPerNode: gpus)
    for node in fleet.nodes.indices { fleet.nodes[node].cpuMilli = cpus * 1000 }
    return fleet
  }

  /// The mixed nodes: `node_id` (ascending), `gpu_type` (`CPU` without GPUs),
  /// `gpus`, `cpus`.
  private static func nodes(path: String) throws -> Fleet {
    var reader = try CSVReader(path: path, expecting: ["node_id", "gpu_type", "gpus", "cpus"])
    let id = try reader.column("node_id")
    let type = try reader.column("gpu_type")
    let gpus = try reader.column("gpus")
    let cpus = try reader.column("cpus")
    var fleet = Fleet()
    var last: Int64 = -1
    let mostNodes = 100_000
    while try reader.next() {
      let number = try reader.integer(id, in: last + 1...Int64(mostNodes - 1))
      last = number
      let count = Int(try reader.integer(gpus, in: 0...1000))
      let model = count == 0 ? nil : fleet.intern(gpuModel: try reader.nonEmptyText(type))
      if count > 0, model == nil {
        throw reader.error(at: type, .tooManyValues(column: "gpu_type", limit: Fleet.maximumGPUModels))
      }
      fleet.nodes.append(
        NodeSpec(
          name: Fleet.nodeName(Int(number), of: mostNodes),
          cpuMilli: try reader.int32(cpus, in: 0...1_000_000) * 1000,
          memoryMiB: 0,
          gpuCount: count,
          gpuModel: model
        )
      )
    }
    return fleet
  }
}
