import Engine
import Hardware
import SimulationKernel

/// Makes what `policy.sharing` says for `mode: mig`.
struct MIGSharingBuilder {
  /// The label by which the GPU operator selects a node's configuration.
  static let configLabel = "nvidia.com/mig.config"

  var fleet: Fleet
  var places: FilePlaces
  /// Nodes that come and go.
  var comingNodes: Set<Int> = []

  /// nil: something is wrong.
  func spec(_ node: Decoded, into diagnostics: inout DiagnosticList) -> MIGSpec? {
    guard node.isSound, let createTime = node["createTime"],
      let destroyTime = node["destroyTime"]
    else { return nil }
    guard fleet.gpuModels.contains(where: { fleet.migGeometry(ofModel: $0) != nil }) else {
      diagnostics.add(
        node.blame,
        node.keyPath,
        "MIG needs GPUs that can be cut; the fleet has \(fleet.gpuModels.joined(separator: ", "))",
        hint: "choose another sharing mode, or GPUs with MIG: headroom catalog"
      )
      return nil
    }
    var spec = MIGSpec(
      instances: node["instances"].flatMap { MIGInstanceRule(rawValue: $0.text) },
      createTime: SimDuration(nanoseconds: createTime.nanoseconds),
      destroyTime: SimDuration(nanoseconds: destroyTime.nanoseconds)
    )
    if let relayout = node["relayout"] {
      guard let found = self.relayout(relayout, node, into: &diagnostics) else { return nil }
      spec.relayout = found
    }
    let isWithNode = node["layoutWithNode"]?.boolean ?? false
    if isWithNode && !mayChooseWithNode(node, into: &diagnostics) { return nil }
    if let config = node["config"] {
      if let layouts = node["layouts"] {
        diagnostics.add(
          layouts.origin,
          layouts.keyPath,
          "layouts are stated twice: here and in a file",
          hint: "remove layouts or config"
        )
        return nil
      }
      let reader = MIGPartedReader(
        fleet: fleet,
        places: places,
        comingNodes: isWithNode ? comingNodes : []
      )
      return reader.read(config, selected: node["selected"], into: &spec, &diagnostics) ? spec : nil
    }
    if let selected = node["selected"] {
      diagnostics.add(
        selected.origin,
        selected.keyPath,
        "selects a configuration, but no file of configurations is named",
        hint: "add config: mig-parted.yaml"
      )
      return nil
    }
    guard let layouts = node["layouts"] else { return spec }
    guard isWithNode else { return add(layouts, to: &spec, into: &diagnostics) ? spec : nil }
    return addWithNode(layouts, to: &spec, into: &diagnostics) ? spec : nil
  }

  private func relayout(_ node: Decoded, _ sharing: Decoded, into diagnostics: inout DiagnosticList)
    -> MIGRelayout?
  {
    guard node.isSound, let after = node["after"], let cooldown = node["cooldown"],
      let atOnce = node["nodesAtOnce"],
      let reboot = node["reboot"]
    else { return nil }
    guard sharing["layouts"] != nil || sharing["config"] != nil else {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "needs layouts to choose from",
        hint: "state layouts, those that no GPU has at first with gpus: 0"
      )
      return nil
    }
    func span(_ node: Decoded) -> SimDuration { SimDuration(nanoseconds: node.nanoseconds) }
    return MIGRelayout(
      after: span(after),
      cooldown: span(cooldown),
      atOnce: Int(atOnce.integer),
      perDay: node["perDay"].map { Int($0.integer) },
      duration: node["duration"].map(span)
        ?? (reboot.boolean ? MIGRelayout.durationWithReboot : MIGRelayout.standardDuration),
      drainLimit: node["drainLimit"].map(span)
    )
  }

  /// Cuts the GPUs of the fleet in turn.
  ///
  /// - Parameter others: nodes that are left out; where there are any, an entry
  ///   that says no number cuts none.
  func add(
    _ list: Decoded,
    to spec: inout MIGSpec,
    without others: Set<Int> = [],
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    spec.cuts = fleet.nodes.map { Array(repeating: .whole, count: $0.gpuCount) }
    var capable: [(node: Int, gpu: Int)] = []
    for (n, node) in fleet.nodes.enumerated() where geometry(of: node) != nil && !others.contains(n) {
      for g in 0..<node.gpuCount { capable.append((n, g)) }
    }
    var next = 0
    for (position, entry) in list.elements.enumerated() {
      guard entry.isSound, let instances = entry["instances"] else { return false }
      let left = capable.count - next
      let count = entry["gpus"].map { Int($0.integer) } ?? (others.isEmpty ? left : 0)
      if count == 0 && !others.isEmpty { continue }
      guard count > 0 || spec.relayout != nil else {
        diagnostics.add(
          entry.blame,
          entry.keyPath,
          "no GPU is cut so",
          hint: "remove it, or add relayout for nodes that are laid out anew"
        )
        return false
      }
      guard count <= left, left > 0 || count == 0, entry["gpus"] != nil || position == list.elements.count - 1
      else {
        diagnostics.add(
          entry.blame,
          entry.keyPath,
          left == 0 || entry["gpus"] != nil
            ? "more GPUs than the fleet has with MIG; found \(count); \(left) of \(capable.count) are left"
            : "takes all GPUs that are left, and is not the last",
          hint: "state gpus"
        )
        return false
      }
      if count == 0, let any = capable.first,
        !knows(instances, on: fleet.nodes[any.node], in: &spec, &diagnostics)
      {
        return false
      }
      for position in next..<next + count {
        let place = capable[position]
        guard
          let cut = cut(
            instances.entries.map { ($0.key, Int($0.value.integer), $0.value.origin) },
            on: fleet.nodes[place.node],
            at: instances.keyPath,
            in: &spec,
            into: &diagnostics
          )
        else { return false }
        spec.cuts[place.node][place.gpu] = cut
      }
      next += count
    }
    return true
  }

  /// Adds the layout to those that a node may get.
  func knows(
    _ instances: Decoded,
    on node: NodeSpec,
    in spec: inout MIGSpec,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    let entries = instances.entries.map { ($0.key, Int($0.value.integer), $0.value.origin) }
    return cut(entries, on: node, at: instances.keyPath, in: &spec, into: &diagnostics) != nil
  }

  func geometry(of node: NodeSpec) -> MIGGeometry? {
    node.gpuModel.flatMap { fleet.migGeometry(ofModel: fleet.gpuModels[Int($0.rawValue)]) }
  }

  /// How a GPU of the node holds these instances; nil: it cannot, and a
  /// diagnostic says why.
  func cut(
    _ instances: [(profile: String, count: Int, origin: Origin)],
    on node: NodeSpec,
    at keyPath: String,
    in spec: inout MIGSpec,
    into diagnostics: inout DiagnosticList
  ) -> MIGSpec.Cut? {
    guard let geometry = geometry(of: node), let model = node.gpuModel else {
      diagnostics.add(
        instances.first?.origin ?? .standard,
        keyPath,
        "MIG on a GPU that has none; found \(node.gpuModel.map { fleet.gpuModels[Int($0.rawValue)] } ?? "no GPU")"
      )
      return nil
    }
    if instances.isEmpty { return .whole }
    var counts = [Int](repeating: 0, count: geometry.profiles.count)
    for entry in instances {
      let name = entry.profile.hasSuffix(".me") ? entry.profile.dropLast(3) + "+me" : entry.profile
      guard let profile = geometry.profile(named: name) else {
        let known = geometry.profiles.map(\.name)
        diagnostics.add(
          entry.origin,
          keyPath,
          "unknown MIG profile of \(fleet.gpuModels[Int(model.rawValue)]); found '\(entry.profile)'; accepted: "
            + known.joined(separator: ", "),
          hint: Hint.didYouMean(name, among: known)
        )
        return nil
      }
      counts[profile] += entry.count
    }
    guard let placed = geometry.placing(counts) else {
      diagnostics.add(
        instances[0].origin,
        keyPath,
        "a \(fleet.gpuModels[Int(model.rawValue)]) cannot hold this layout: \(geometry.problem(ofPlacing: counts) ?? "")"
      )
      return nil
    }
    let layout = placed.map(geometry.instance)
      .sorted { $0.start < $1.start }
    if let known = spec.layouts.firstIndex(of: layout) { return .layout(known) }
    spec.layouts.append(layout)
    return .layout(spec.layouts.count - 1)
  }
}
