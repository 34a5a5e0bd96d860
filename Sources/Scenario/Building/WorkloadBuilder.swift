import Foundation
import Hardware
import SimulationKernel
import Workload

/// Where the jobs of a run come from.
enum WorkSource: Sendable {
  /// A study brings its own.
  case none
  /// Made anew for every seed.
  case synthesis(SynthesisSpec)
  /// Read once, the same for every seed.
  case trace(JobTable)

  func jobs(fleet: Fleet, seed: UInt64) throws -> JobTable {
    switch self {
    case .none: JobTable()
    case .synthesis(let spec): try WorkloadSynthesiser(spec: spec, fleet: fleet).jobs(seed: seed)
    case .trace(let table): table
    }
  }
}

/// The work of a scenario, and what to tell about how it was made.
struct BuiltWork {
  var source: WorkSource
  var notes: [String] = []
}

/// Makes the work from the section `workload`.
struct WorkloadBuilder {
  var demands: DemandBuilder
  var horizon: SimDuration?
  /// The file says something about the horizon, right or wrong.
  var statesHorizon: Bool

  func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> BuiltWork? {
    if let trace = section["trace"] { return read(trace, of: section, into: &diagnostics) }
    guard let list = section["classes"] else { return nil }
    let load = section["load"].flatMap { $0.isSound ? $0 : nil }
    if !statesHorizon {
      diagnostics.add(
        list.origin, list.keyPath, "jobs are synthesised up to the horizon, and none is set",
        hint: "for example horizon: 2w at the top of the file")
    }
    let classes = JobClassBuilder(demands: demands, horizon: horizon, hasCommonLoad: load != nil).build(
      list, into: &diagnostics)
    guard section.isSound, classes.count == list.elements.count, let horizon, let fleet = demands.fleet
    else { return nil }
    let spec = SynthesisSpec(horizon: horizon, classes: classes, offeredLoad: load?.double)
    do {
      try spec.validate(fleet: fleet)
    } catch {
      let node = load ?? list
      diagnostics.add(node.origin, node.keyPath, "cannot be synthesised: \(error)")
      return nil
    }
    return BuiltWork(source: .synthesis(spec))
  }

  private func read(
    _ trace: Decoded, of section: Decoded, into diagnostics: inout DiagnosticList
  ) -> BuiltWork? {
    guard trace.isSound, let file = trace["file"],
      let format = trace["format"].flatMap({ TraceFormat.named($0.text) }),
      let path = TraceFiles(places: demands.places).path(of: file, into: &diagnostics),
      var jobs = TraceFiles.reading(file, into: &diagnostics, { try format.readJobs(path) })
    else { return nil }
    var notes: [String] = []
    if let load = section["load"], load.isSound, let fleet = demands.fleet {
      do {
        let factor = try jobs.compressArrivals(
          toLoad: load.double, onMilliGPU: Int64(fleet.gpuCount) * 1000)
        notes.append("arrival times compressed by \(Self.rounded(factor)) (load \(Self.rounded(load.double)))")
      } catch {
        diagnostics.add(load.origin, load.keyPath, "\(error)")
        return nil
      }
    }
    return BuiltWork(source: .trace(jobs), notes: notes)
  }

  private static func rounded(_ value: Double) -> String { String(format: "%.4g", value) }
}
