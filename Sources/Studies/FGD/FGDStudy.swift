import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import Workload

/// The fragmentation-gradient-descent experiment (Weng et al., "Beware of
/// Fragmentation", USENIX ATC 2023): a cluster is filled by pods that never
/// leave, and what cannot be placed is measured.
///
/// A thin adapter: it turns the public trace into a ``SimulationInput`` for
/// the same engine, cluster and policies as every other run. The studied
/// tool's quirks, each off elsewhere:
///
/// 1. *Pods never leave* and times are ignored: pod i arrives at second i and
///    outlasts the run.
/// 2. *A pod that does not fit is dropped for good* (``QueueSpec/none``).
/// 3. *Arrival order, clones and tie ranks* come from the tool's own random
///    generator (``FGDArrivalPlan``).
/// 4. *Scores are whole percent*, so BestFit is `best-fit-percent`; ties go to
///    the lowest rank.
/// 5. *Random* draws from our streams: it matches in distribution only.
public struct FGDStudy: Sendable {
  /// The study's policies and their names here.
  public static let policies: [(name: String, placement: String)] = [
    ("Random", "random"), ("DotProd", "dot-product"), ("GpuClustering", "gpu-clustering"),
    ("GpuPacking", "gpu-packing"), ("BestFit", "best-fit-percent"), ("FGD", "fgd"),
  ]

  /// The folder with the public trace.
  public let folder: String
  public let workload: String
  public let fleet: Fleet
  private let pods: OpenBPodList

  /// Reads the trace.
  ///
  /// - Parameters:
  ///   - folder: holds `openb_node_list_gpu_node.csv`, the pod lists, and
  ///     `plan/go_rand_streams.csv`.
  ///   - workload: `default`, or the end of a pod list's name such as
  ///     `gpuspec33`.
  /// - Throws: ``StudyError`` or `TraceError`.
  public init(folder: String, workload: String) throws {
    self.folder = folder
    self.workload = workload
    fleet = try OpenBNodeReader.read(path: folder + "/openb_node_list_gpu_node.csv")
    pods = try OpenBPodReader.read(path: try FGDStudy.podList(folder, workload))
  }

  private static func podList(_ folder: String, _ workload: String) throws -> String {
    let name = "openb_pod_list_\(workload).csv"
    for path in ["\(folder)/\(name)", "\(folder)/pods/\(name)"]
    where FileManager.default.fileExists(atPath: path) {
      return path
    }
    let known = workloads(in: folder)
    throw StudyError(
      "no workload '\(workload)' in \(folder); "
        + (known.isEmpty ? "it holds no pod list" : "it holds: \(known.joined(separator: ", "))")
    )
  }

  /// The generator's streams: the folder's own, or the copy that comes with
  /// the project (it is ours; the public trace does not have it).
  private static func streams(_ folder: String) -> String {
    let own = folder + "/plan/go_rand_streams.csv"
    let shipped = "scenarios/studies/go_rand_streams.csv"
    return FileManager.default.fileExists(atPath: own) ? own : shipped
  }

  /// The workloads that the folder holds, sorted.
  public static func workloads(in folder: String) -> [String] {
    let files = ["", "/pods"].flatMap {
      (try? FileManager.default.contentsOfDirectory(atPath: folder + $0)) ?? []
    }
    let names = files.filter { $0.hasPrefix("openb_pod_list_") && $0.hasSuffix(".csv") }
      .map { String($0.dropFirst("openb_pod_list_".count).dropLast(".csv".count)) }
    return Set(names).sorted()
  }

  /// The engine's name of a policy of the study.
  static func placement(of policy: String) throws -> String {
    if let known = policies.first(where: { $0.name == policy }) { return known.placement }
    let near =
      Suggestion.nearest(to: policy, among: policies.map(\.name)).first.map { "; did you mean \($0)?" } ?? ""
    throw StudyError(
      "unknown policy '\(policy)'; known: \(policies.map(\.name).joined(separator: ", "))\(near)"
    )
  }

  /// The input of one run.
  public func input(policy: String, seed: Int) throws -> SimulationInput {
    let placement = try FGDStudy.placement(of: policy)
    let plan = FGDArrivalPlan(
      perDevice: pods.pods.map { Int64($0.milliGPUPerDevice) },
      total: pods.pods.map { Int64($0.gpuCount) * Int64($0.milliGPUPerDevice) },
      capacity: Int64(fleet.gpuCount) * 1000,
      nodes: fleet.nodes.count,
      random: try GoRandom.read(path: FGDStudy.streams(folder), seed: seed)
    )
    let (jobs, mix) = table(plan.arrivals)
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: UInt64(seed),
      placement: PlacementSpec(scores: [ScoreSpec(policy: placement)], tieBreak: .seededRank)
    )
    input.queue = .none
    input.nodeRanks = plan.nodeRanks
    input.horizon = SimTime(nanoseconds: Int64(plan.arrivals.count) * 1_000_000_000)
    input.mix = mix
    input.rejectsImpossibleJobs = true
    input.recordsFilling = true
    input.tracksFragmentation = true
    return input
  }

  /// The arrivals as jobs, and the mix of the list without clones.
  private func table(_ arrivals: [Int]) -> (JobTable, WorkloadMix) {
    var jobs = JobTable()
    jobs.tenants = ["default"]
    jobs.classes = ["pod"]
    var setNumbers = ["": 0]
    var shapeNumbers: [JobShape: Int] = [:]
    let shapeOfPod = pods.pods.map { pod in
      if setNumbers[pod.gpuSpec] == nil {
        setNumbers[pod.gpuSpec] = jobs.modelSets.count
        jobs.modelSets.append(pod.gpuSpec)
      }
      let shape = JobShape(
        cpuMilli: pod.cpuMilli,
        memoryMiB: pod.memoryMiB,
        gpuCount: pod.gpuCount,
        milliGPUPerDevice: pod.milliGPUPerDevice,
        models: ModelSetID(rawValue: Int32(setNumbers[pod.gpuSpec]!))
      )
      if shapeNumbers[shape] == nil {
        shapeNumbers[shape] = jobs.shapes.count
        jobs.shapes.append(shape)
      }
      return ShapeID(rawValue: Int32(shapeNumbers[shape]!))
    }
    jobs.names = .listed(arrivals.map { pods.pods[$0].name })
    jobs.arrival = arrivals.indices.map { SimTime(nanoseconds: Int64($0) * 1_000_000_000) }
    jobs.duration = Array(
      repeating: SimDuration(nanoseconds: SimTime.latest.nanoseconds),
      count: arrivals.count
    )
    jobs.shape = arrivals.map { shapeOfPod[$0] }
    jobs.tenant = Array(repeating: TenantID(rawValue: 0), count: arrivals.count)
    jobs.jobClass = Array(repeating: JobClassID(rawValue: 0), count: arrivals.count)
    jobs.priority = Array(repeating: 0, count: arrivals.count)
    jobs.busyMilli = Array(repeating: 1000, count: arrivals.count)
    jobs.kind = Array(repeating: .batch, count: arrivals.count)
    var counts = [Int64](repeating: 0, count: jobs.shapes.count)
    for shape in shapeOfPod { counts[Int(shape.rawValue)] += 1 }
    return (jobs, WorkloadMix(entries: zip(jobs.shapes, counts).map { .init(shape: $0, count: $1) }))
  }

  /// The study's table of one finished run.
  public func rows(_ outcome: RunOutcome) -> [FGDTableRow] {
    guard let filling = outcome.filling else { return [] }
    return FGDTable.rows(filling, capacityMilliGPU: Int64(fleet.gpuCount) * 1000)
  }
}
