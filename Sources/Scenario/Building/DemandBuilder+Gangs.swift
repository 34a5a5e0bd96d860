import Hardware
import Workload

extension DemandBuilder {
  /// Whether the empty fleet could hold all workers at once; a diagnostic when
  /// not.
  func checkGang(_ option: DemandOption, at node: Decoded, into diagnostics: inout DiagnosticList) -> Bool {
    guard refusesImpossible, option.workers > 1, let fleet else { return true }
    let most = fleet.nodes.map { workers(of: option, on: $0, gpuModels: fleet.gpuModels) }
    let onOneNode = option.wish == .oneNode
    let held = onOneNode ? most.max() ?? 0 : most.reduce(0, +)
    guard held < Int(option.workers) else { return true }
    let worker = Self.text(
      gpus: Int(option.gpuCount) * Int(option.milliGPUPerDevice),
      of: option.models,
      cpuMilli: option.cpuMilli,
      memoryMiB: option.memoryMiB
    )
    diagnostics.add(
      node.blame,
      node.keyPath,
      (onOneNode
        ? "no node could ever hold all workers of this gang" : "the fleet could never hold this gang")
        + "; found \(option.workers) workers of \(worker); "
        + (onOneNode ? "at most \(held) fit on one node" : "at most \(held) fit at once"),
      hint: "ask for fewer workers" + (onOneNode ? ", another placement" : "")
        + ", or set policy.impossibleJobs: reject"
    )
    return false
  }

  /// How many of the workers fit on the node when it is empty.
  private func workers(of option: DemandOption, on node: NodeSpec, gpuModels: [String]) -> Int {
    guard option.constraints.admits(node) else { return 0 }
    var most = Int(option.workers)
    if option.cpuMilli > 0 { most = min(most, Int(node.cpuMilli / option.cpuMilli)) }
    if option.memoryMiB > 0 { most = min(most, Int(node.memoryMiB / option.memoryMiB)) }
    guard option.gpuCount > 0 else { return most }
    guard let model = node.gpuModel,
      option.models.isEmpty || option.models.contains(gpuModels[Int(model.rawValue)])
    else { return 0 }
    let share = Int(option.milliGPUPerDevice)
    switch sharing {
    case .fractions where option.gpuCount == 1: return min(most, node.gpuCount * (1000 / share))
    case .fractions, .wholeGPU: return min(most, node.gpuCount / option.gpuCount)
    case .pooled: return min(most, node.gpuCount * 1000 / (option.gpuCount * share))
    }
  }
}
