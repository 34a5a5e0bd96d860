import Hardware
import SimulationKernel
import Workload

extension DemandBuilder {
  /// Whether the empty fleet could hold all workers at once; a diagnostic when
  /// not.
  func checkGang(_ option: DemandOption, at node: Decoded, into diagnostics: inout DiagnosticList) -> Bool {
    guard refusesImpossible, option.workers > 1, let fleet else { return true }
    let most = fleet.nodes.map { workers(of: option, on: $0, gpuModels: fleet.gpuModels) }
    let wish = option.relaxation.last?.to ?? option.wish
    if wish.isForOneGroup { return checkGroup(option, wish, most, at: node, into: &diagnostics) }
    let onOneNode = wish == .oneNode
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

  /// The same for a gang that must lie in one rack or NVLink domain; `most`:
  /// workers that fit on each node.
  private func checkGroup(
    _ option: DemandOption,
    _ wish: PlacementWish,
    _ most: [Int],
    at node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let fleet else { return true }
    var room: [Int64: Int] = [:]
    for (n, spec) in fleet.nodes.enumerated() {
      // A node without a domain is one of its own, a domain without a rack likewise.
      let domain = spec.place.nvlinkDomain.map(Int64.init) ?? ~Int64(n)
      let group = wish == .rack ? spec.place.rack.map { 1 << 40 + Int64($0) } ?? domain : domain
      room[group, default: 0] += most[n]
    }
    let held = room.values.max() ?? 0
    guard held < Int(option.workers) else { return true }
    let what = wish == .rack ? "rack" : "NVLink domain"
    let isStated = fleet.nodes.contains {
      wish == .rack ? $0.place.rack != nil : $0.place.nvlinkDomain != nil
    }
    diagnostics.add(
      node.blame,
      node.keyPath,
      "no \(what) could ever hold all workers of this gang; found \(option.workers) workers; at most \(held) fit "
        + "in one",
      hint: isStated
        ? "ask for fewer workers, relax the wish, or set policy.impossibleJobs: reject"
        : "state \(wish == .rack ? "nodesPerRack" : "nodesPerNVLinkDomain") of the node pools"
    )
    return false
  }

  /// A placement, as a word or as a map; nil: something is wrong.
  func wish(
    _ node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> (first: PlacementWish, relaxation: [WishRelaxation])? {
    func named(_ node: Decoded) -> PlacementWish? { PlacementWish.allCases.first { $0.name == node.text } }
    if case .value = node.form { return named(node).map { ($0, []) } }
    guard node.isSound, let word = node["wish"], let first = named(word) else { return nil }
    var steps: [WishRelaxation] = []
    if let ladder = node["ladder"] {
      for step in ladder.elements {
        guard let after = step["relaxAfter"], let to = step["to"].flatMap(named) else { return nil }
        steps.append(WishRelaxation(after: SimDuration(nanoseconds: after.nanoseconds), to: to))
      }
    } else if let after = node["relaxAfter"] {
      let to = node["to"].map(named) ?? .anywhere
      steps = [WishRelaxation(after: SimDuration(nanoseconds: after.nanoseconds), to: to ?? .anywhere)]
    } else if let to = node["to"] {
      diagnostics.add(
        to.origin,
        to.keyPath,
        "says to what the wish is relaxed, but not when",
        hint: "add relaxAfter: 10m"
      )
      return nil
    }
    if let problem = WishRelaxation.problem(steps, of: first) {
      diagnostics.add(
        node.blame,
        node.keyPath,
        problem,
        hint: "for example {wish: rack, relaxAfter: 10m, to: anywhere}"
      )
      return nil
    }
    return (first, steps)
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
    case .mig where option.device.asksForPart: return min(most, node.gpuCount * 7)
    case .fractions, .wholeGPU, .mig, .timeSlicing, .mps: return min(most, node.gpuCount / option.gpuCount)
    case .pooled: return min(most, node.gpuCount * 1000 / (option.gpuCount * share))
    }
  }
}
