import Engine
import Hardware
import Workload

/// What the device plugin's strategy makes of requests for `nvidia.com/gpu`.
struct MIGStrategyChoice: Hashable, Sendable {
  var strategy = MIGStrategy.mixed
  /// Under ``MIGStrategy/single``: the profile of all GPUs; nil: none is cut.
  var profile: String?
  /// Thousandths of a GPU that one of its instances is, on the smallest board.
  var milli: Int32 = 1000

  /// Why a request cannot be made under the strategy, with a hint; nil: it can.
  func problem(milliGPU: Int32, _ demand: DeviceDemand) -> (message: String, hint: String)? {
    if strategy == .mixed { return nil }
    if !demand.profile.isEmpty {
      return (
        "asks for \(MIGResource.name(ofProfile: demand.profile)), a resource that is not shown under the strategy "
          + "\(strategy.rawValue)",
        "ask for gpus: 1, or choose policy.sharing.strategy: mixed"
      )
    }
    guard let profile else { return nil }
    if milliGPU > 1000 {
      return (
        "asks for several GPUs where each is an instance \(profile), of which a process uses one; "
          + "found \(milliGPU / 1000)",
        "ask for gpus: 1, or choose policy.sharing.strategy: mixed and leave some GPUs whole"
      )
    }
    if demand.isolation == .gpu {
      return (
        "asks for a GPU of its own where all GPUs are cut into \(profile)",
        "choose isolation: mig, or policy.sharing.strategy: mixed and leave some GPUs whole"
      )
    }
    return nil
  }

  /// Whether a request gets an instance rather than whole GPUs.
  func givesInstance(_ option: DemandOption) -> Bool {
    guard option.gpuCount == 1, option.device.isolation != .gpu else {
      return false
    }
    return option.device.asksForPart || option.milliGPUPerDevice < 1000 || profile != nil
  }

  /// Refuses the jobs of a trace that could not be made under the strategy.
  func refuseTrace(_ work: WorkSource?, at trace: Decoded?, into diagnostics: inout DiagnosticList) {
    guard let trace, case .trace(let jobs)? = work else { return }
    for shape in jobs.shapes {
      let problem = problem(milliGPU: shape.gpuCount * shape.milliGPUPerDevice, jobs.deviceDemand(of: shape))
      guard let problem else { continue }
      diagnostics.add(trace.origin, trace.keyPath, "a job \(problem.message)", hint: problem.hint)
      return
    }
  }

  /// Jobs that ask for one whole GPU get one of the instances.
  func rewrite(_ jobs: inout JobTable, _ mix: inout WorkloadMix?) {
    guard let profile else { return }
    for shape in jobs.shapes.indices { jobs.shapes[shape] = rewritten(jobs.shapes[shape], profile, &jobs) }
    guard var stated = mix else { return }
    for entry in stated.entries.indices {
      stated.entries[entry].shape = rewritten(stated.entries[entry].shape, profile, &jobs)
    }
    mix = stated
  }

  private func rewritten(_ shape: JobShape, _ profile: String, _ jobs: inout JobTable) -> JobShape {
    var demand = jobs.deviceDemand(of: shape)
    guard shape.gpuCount == 1, shape.milliGPUPerDevice == 1000, !demand.asksForPart,
      demand.isolation != .gpu
    else { return shape }
    demand.profile = profile
    var result = shape
    result.device = jobs.deviceDemand(demand)
    result.milliGPUPerDevice = milli
    return result
  }
}

/// Reads `policy.sharing.strategy` and compares it with the layouts.
struct MIGStrategyBuilder {
  var fleet: Fleet

  /// nil: something is wrong.
  func choice(_ node: Decoded, _ spec: MIGSpec, into diagnostics: inout DiagnosticList) -> MIGStrategyChoice?
  {
    guard let word = node["strategy"], let strategy = MIGStrategy(rawValue: word.text) else { return nil }
    var choice = MIGStrategyChoice(strategy: strategy)
    switch strategy {
    case .mixed: return choice
    case .none:
      let idle = MIGSharingFields.all.map(\.key).filter { $0 != "strategy" }.compactMap { node[$0] }
      guard let cut = idle.first(where: { $0.origin != .standard }) else { return choice }
      diagnostics.add(
        cut.origin,
        cut.keyPath,
        "is about MIG instances, which the strategy none does not show",
        hint: "remove it, or choose strategy: mixed"
      )
      return nil
    case .single:
      if let relayout = node["relayout"] {
        diagnostics.add(
          relayout.origin,
          relayout.keyPath,
          "gives GPUs other layouts, but under the strategy single all have the same",
          hint: "remove it, or choose strategy: mixed"
        )
        return nil
      }
      if let withNode = node["layoutWithNode"], withNode.boolean {
        diagnostics.add(
          withNode.origin,
          withNode.keyPath,
          "gives nodes different layouts, but under the strategy single all have the same",
          hint: "remove it, or choose strategy: mixed"
        )
        return nil
      }
      let layouts = layouts(spec)
      guard !spec.cuts.isEmpty, MIGResource.advertised(.single, layouts: layouts) != nil else {
        let kinds = Set(layouts.map { $0.isEmpty ? "whole" : Set($0).sorted().joined(separator: " + ") })
        diagnostics.add(
          word.origin,
          word.keyPath,
          "the strategy single needs fixed layouts, with the same profile on all GPUs; found "
            + (spec.cuts.isEmpty ? "instances on demand" : kinds.sorted().joined(separator: ", ")),
          hint: "state layouts, such as [{instances: {1g.10gb: 7}}], or choose strategy: mixed"
        )
        return nil
      }
      choice.profile = layouts.first?.first
      if let profile = choice.profile {
        let shares = fleet.gpuModels.compactMap { fleet.share(of: DeviceDemand(profile: profile), onGPU: $0) }
        choice.milli = shares.max() ?? 1000
      }
      return choice
    }
  }

  /// The profiles on each GPU of the fleet.
  private func layouts(_ spec: MIGSpec) -> [[String]] {
    fleet.nodes.enumerated().flatMap { n, node in
      (0..<node.gpuCount).map { g -> [String] in
        guard spec.cuts.indices.contains(n), case .layout(let number) = spec.cuts[n][g] else { return [] }
        return spec.layouts[number].map(\.profile)
      }
    }
  }
}
