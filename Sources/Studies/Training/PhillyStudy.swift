import Engine
import Hardware
import SimulationKernel
import Workload

/// The whole cleaned trace of Microsoft's Philly cluster (Jeon et al.,
/// "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training
/// Workloads", USENIX ATC 2019) under ``TiresiasStudy``'s `fifo` and `fjf` on
/// counted GPUs: a study of scale without quirks. Virtual clusters are left
/// aside; nodes of 8 GPUs only give the GPUs a place.
public enum PhillyStudy: JobStudy {
  public static let name = "philly"
  public static let folder = "philly_full"
  public static let title = "The whole Philly trace (USENIX ATC 2019): 82,247 jobs on one cluster."
  public static let example = "fifo_512"
  public static let columns: [StudyColumn] = [.start, .end]
  public static let reference = StudyReference.digest
  public static let discussion = """
    A configuration is POLICY_GPUS. Policies: \(policies.map(\.name).joined(separator: ", ")); GPUS is a multiple \
    of 8, at least 128, the largest job's. The published results are hashes: the SHA-256 of all rows \
    job_id,start,end must be equal.
    """

  static let policies = TiresiasStudy.policies.filter { ["fifo", "fjf"].contains($0.name) }
  private static let gpusPerNode = 8
  /// The largest job of the trace up to what a fleet may hold.
  private static let sizes = 128...1_000_000

  public static func check(_ configuration: String) throws { _ = try parts(configuration) }

  private static func parts(_ configuration: String) throws -> (QueueSpec, Int) {
    let name = ConfigurationName(name: configuration, study: self.name)
    guard let mark = configuration.lastIndex(of: "_") else {
      throw name.malformed(form: "POLICY_GPUS", example: example)
    }
    let queue = try name.part("policy", String(configuration[..<mark]), among: policies)
    let text = configuration[configuration.index(after: mark)...]
    guard let gpus = Int(text), String(gpus) == text, sizes.contains(gpus), gpus % gpusPerNode == 0 else {
      throw name.refused(
        "GPUs are '\(text)'; accepted: a multiple of \(gpusPerNode), \(sizes.lowerBound) to \(sizes.upperBound)"
      )
    }
    return (queue, gpus)
  }

  public static func runs(of configuration: String, data: String) throws -> [StudyRun] {
    let (queue, gpus) = try parts(configuration)
    let jobs = try GangJobs(path: "\(data)/philly_jobs.csv")
    var input = SimulationInput(
      fleet: .ofGPUs(nodes: gpus / gpusPerNode, gpusPerNode: gpusPerNode),
      jobs: jobs.table(wish: .anywhere),
      seed: 0,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")], tieBreak: .name)
    )
    input.queue = queue
    return [StudyRun(input: input, ids: jobs.ids)]
  }
}
