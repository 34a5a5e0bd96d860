import Foundation
import Hardware
import SimulationKernel
import Workload

/// Where the jobs of a run come from.
enum WorkSource: Sendable {
  /// A study brings its own.
  case none
  /// Made anew for every seed; `first` are the jobs of `firstSeed`. Loads are
  /// shares of `loadMilliGPU`.
  case synthesis(SynthesisSpec, loadMilliGPU: Int64, first: JobTable, firstSeed: UInt64)
  /// Read once, the same for every seed.
  case trace(JobTable)

  /// - Parameter observed: when replicas were ready in a run, by class.
  func jobs(seed: UInt64, observed: [String: ReplicaReadiness]? = nil) throws -> JobTable {
    switch self {
    case .none: return JobTable()
    case .trace(let table): return table
    case .synthesis(let spec, let loadMilliGPU, let first, let firstSeed):
      if seed == firstSeed, observed == nil { return first }
      return try Synthesiser.makeJobs(
        spec,
        fleetMilliGPU: loadMilliGPU,
        seed: seed,
        observed: observed ?? [:]
      )
    }
  }

  /// Some autoscaler sees the replicas that are ready in the run.
  var seesCluster: Bool {
    guard case .synthesis(let spec, _, _, _) = self else { return false }
    return spec.classes.contains {
      if case .service(let service) = $0.kind { service.seesCluster } else { false }
    }
  }

  /// The jobs of the first replication; nil where a study brings them.
  var firstJobs: JobTable? {
    switch self {
    case .none: nil
    case .synthesis(_, _, let first, _): first
    case .trace(let table): table
    }
  }

  /// The names of the tenants.
  var tenants: [String] { firstJobs?.tenants ?? [] }

  /// Whether some jobs may not be preempted.
  var protectsJobs: Bool {
    switch self {
    case .none: false
    case .synthesis(let spec, _, _, _): spec.classes.contains { !$0.isPreemptible }
    case .trace(let table): table.isProtected.contains(true)
    }
  }

  /// The GPU models that some job asks for, joined with `|`; nil: all take any.
  var firstModels: String? {
    switch self {
    case .none: nil
    case .synthesis(let spec, _, _, _):
      spec.classes.lazy.flatMap(\.demand).first { !$0.models.isEmpty }?.models.joined(separator: "|")
    case .trace(let table):
      table.shapes.first { $0.models != .any }.map { table.modelSets[Int($0.models.rawValue)] }
    }
  }
}

extension Fleet {
  /// Thousandths of a GPU in the whole fleet.
  var milliGPU: Int64 { Int64(gpuCount) * 1000 }
}

extension SynthesisSpec {
  /// Whether any arrivals are scaled to a load.
  fileprivate var statesLoad: Bool {
    offeredLoad != nil
      || classes.contains { if case .batch(let batch) = $0.kind { batch.offeredLoad != nil } else { false } }
  }
}

/// The work of a scenario, and what to tell about how it was made.
struct BuiltWork {
  var source: WorkSource
  var notes: [String] = []
  /// Loads are shares of the fleet, so another fleet gets other jobs.
  var loadsFollowFleet = false
}

/// Makes the work from the section `workload`.
struct WorkloadBuilder {
  var demands: DemandBuilder
  var checkpoints: CheckpointBuilder
  var horizon: SimDuration?
  /// Of the first replication.
  var seed: UInt64
  /// The file says something about the horizon, right or wrong.
  var statesHorizon: Bool

  func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> BuiltWork? {
    if let trace = section["trace"] { return read(trace, of: section, into: &diagnostics) }
    guard let list = section["classes"] ?? section["pipelines"] else { return nil }
    let load = section["load"].flatMap { $0.isSound ? $0 : nil }
    if !statesHorizon {
      diagnostics.add(
        list.origin,
        list.keyPath,
        "jobs are synthesised up to the horizon, and none is set",
        hint: "for example horizon: 2w at the top of the file"
      )
    }
    let builder = JobClassBuilder(
      demands: demands,
      checkpoints: checkpoints,
      horizon: horizon,
      hasCommonLoad: load != nil
    )
    var classes: [JobClassSpec] = []
    if let list = section["classes"] { classes = builder.build(list, into: &diagnostics) }
    if let pipelines = section["pipelines"] {
      classes += PipelineBuilder(classes: builder, horizon: horizon).build(
        pipelines,
        first: classes.count,
        into: &diagnostics
      )
    }
    guard section.isSound, let horizon, let fleet = demands.fleet,
      diagnostics.found.isEmpty
    else { return nil }
    let spec = SynthesisSpec(horizon: horizon, classes: classes, offeredLoad: load?.double)
    do {
      let base = loadMilliGPU(section, fleet)
      let first = try Synthesiser.makeJobs(spec, fleetMilliGPU: base, seed: seed)
      let source = WorkSource.synthesis(spec, loadMilliGPU: base, first: first, firstSeed: seed)
      let follows = section["loadOf"] == nil && spec.statesLoad
      return BuiltWork(source: source, notes: follows ? [note(fleet)] : [], loadsFollowFleet: follows)
    } catch {
      let node = SynthesisPlace(workload: section).node(at: error.keyPath)
      diagnostics.add(node.blame, node.keyPath, error.message)
      return nil
    }
  }

  private func read(
    _ trace: Decoded,
    of section: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> BuiltWork? {
    guard trace.isSound, let file = trace["file"],
      let format = trace["format"].flatMap({ TraceFormat.named($0.text) }),
      let path = TraceFiles(places: demands.places).path(of: file, into: &diagnostics),
      var jobs = TraceFiles.reading(file, into: &diagnostics, { try format.readJobs(path) })
    else { return nil }
    if let fleet = demands.fleet {
      demands.gpus.spell(&jobs, as: fleet)
      let before = diagnostics.found.count
      ConstraintBuilder(fleet: fleet).check(jobs.constraints, of: file, into: &diagnostics)
      if diagnostics.found.count > before { return nil }
    }
    var notes: [String] = []
    if let load = section["load"], load.isSound, let fleet = demands.fleet {
      do {
        let factor = try jobs.compressArrivals(
          toPeakLoad: load.double,
          onMilliGPU: loadMilliGPU(section, fleet)
        )
        notes.append(
          "arrival times compressed by \(Self.rounded(factor)): at their peak the jobs ask for "
            + "\(Self.rounded(load.double * 100)) % of \(loadMilliGPU(section, fleet) / 1000) GPUs"
        )
      } catch {
        diagnostics.add(load.origin, load.keyPath, "\(error)")
        return nil
      }
    }
    return BuiltWork(source: .trace(jobs), notes: notes)
  }

  /// Thousandths of a GPU that every load is a share of.
  private func loadMilliGPU(_ section: Decoded, _ fleet: Fleet) -> Int64 {
    section["loadOf"].map { $0.integer * 1000 } ?? fleet.milliGPU
  }

  private func note(_ fleet: Fleet) -> String {
    "loads are shares of the fleet's \(fleet.gpuCount) GPUs, so another fleet gets other jobs; "
      + "workload.loadOf: \(fleet.gpuCount) keeps them"
  }

  private static func rounded(_ value: Double) -> String { String(format: "%.4g", value) }
}
