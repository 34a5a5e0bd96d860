import Hardware
import Workload

/// Requests for a part of one GPU: by memory, compute or MIG profile.
extension DemandBuilder {
  /// What the request asks of the inside of a GPU; nil: something is wrong.
  func device(_ node: Decoded, into diagnostics: inout DiagnosticList) -> DeviceDemand? {
    guard let kernels = node["kernels"], let isolation = node["isolation"] else {
      return nil
    }
    var demand = DeviceDemand.none
    if let fill = node["gpuFill"] { demand.fillMilli = Int32((fill.double * 1000).rounded(.up)) }
    demand.kernels = KernelClass.allCases.first { $0.name == kernels.text } ?? .large
    demand.isolation = IsolationLevel.allCases.first { $0.name == isolation.text } ?? .none
    if let problem = TenantIsolation.problem(demand.isolation, under: sharing) {
      diagnostics.add(isolation.origin, isolation.keyPath, problem.message, hint: problem.hint)
      return nil
    }
    if let memory = node["gpuMemory"] { demand.memoryMiB = memory.mebibytes }
    if let compute = node["gpuCompute"] { demand.computeMilli = Int32((compute.double * 1000).rounded(.up)) }
    if let mig = node["mig"] {
      demand.profile = MIGResource.profile(ofName: mig.text) ?? mig.text
      let known = MIGGeometry.everyProfileName
      guard known.contains(demand.profile) else {
        diagnostics.add(
          mig.origin,
          mig.keyPath,
          "unknown MIG profile; found '\(mig.text)'; accepted: \(known.joined(separator: ", "))",
          hint: Hint.didYouMean(demand.profile, among: known)
        )
        return nil
      }
    }
    return demand
  }

  /// Thousandths of a GPU that the part is, on the smallest GPU that may serve
  /// it; nil: no GPU may, and a diagnostic says why.
  func shareOfGPU(
    _ demand: DeviceDemand,
    models names: [String],
    at node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Int32? {
    // Without a sound fleet nothing can be compared with it.
    guard let fleet else { return 1000 }
    let accepted = fleet.gpuModels.filter { names.isEmpty || names.contains($0) }
    let shares = accepted.compactMap { fleet.share(of: demand, onGPU: $0) }
    if let largest = shares.max() { return largest }
    let sizes = accepted.map { name in
      let memory = fleet.gpuMemoryMiB(ofModel: name).map { "\($0) MiB" } ?? "memory unknown"
      let profiles = fleet.migGeometry(ofModel: name)?.profiles.map(\.name).joined(separator: " ")
      return demand.profile.isEmpty ? "\(name) (\(memory))" : "\(name) (\(profiles ?? "no MIG"))"
    }
    diagnostics.add(
      node.blame,
      node.keyPath,
      "no GPU of the fleet holds this part; found \(demand.text); the fleet has "
        + (sizes.isEmpty ? "no GPUs that the job accepts" : sizes.joined(separator: ", ")),
      hint: "ask for less, or accept other models"
    )
    return nil
  }
}
