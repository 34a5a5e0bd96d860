import Engine
import Workload

/// Makes the mix against which free capacity is judged.
struct MixBuilder {
  var demands: DemandBuilder

  /// nil: the mix of the run's own jobs.
  func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> StatedMix? {
    guard let mix = section["mix"], mix.isSound else { return nil }
    if case .value = mix.form { return nil }
    var entries: [StatedMix.Entry] = []
    for node in mix.elements {
      guard let count = node["count"], let option = demands.request(node, weight: 1, into: &diagnostics)
      else {
        continue
      }
      entries.append(.init(option: option, count: count.integer))
    }
    return StatedMix(entries: entries)
  }
}

/// A mix whose accepted models are names still: their numbers belong to the
/// job table of a run.
struct StatedMix: Sendable {
  struct Entry: Sendable {
    var option: DemandOption
    var count: Int64
  }

  var entries: [Entry]

  /// The mix in the numbers of `jobs`; sets of models that its jobs do not
  /// name are added to the table.
  func mix(in jobs: inout JobTable) -> WorkloadMix {
    let found = entries.map { entry in
      let models = entry.option.models.joined(separator: "|")
      let set = jobs.modelSets.firstIndex(of: models) ?? jobs.modelSets.endIndex
      if set == jobs.modelSets.endIndex { jobs.modelSets.append(models) }
      return WorkloadMix.Entry(
        shape: JobShape(
          cpuMilli: entry.option.cpuMilli,
          memoryMiB: entry.option.memoryMiB,
          gpuCount: Int32(entry.option.gpuCount),
          milliGPUPerDevice: entry.option.milliGPUPerDevice,
          models: ModelSetID(rawValue: Int32(set)),
          device: jobs.deviceDemand(entry.option.device)
        ),
        count: entry.count
      )
    }
    let order = found.indices.sorted { (-found[$0].count, $0) < (-found[$1].count, $1) }
    return WorkloadMix(entries: order.map { found[$0] })
  }
}
