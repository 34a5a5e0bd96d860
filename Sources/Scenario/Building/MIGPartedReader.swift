import Engine
import Hardware

/// Reads the configurations of mig-parted, the tool with which the GPU operator
/// cuts the GPUs of a node.
///
/// Format (NVIDIA/mig-parted, api/spec/v1): `version: v1`, and under
/// `mig-configs` a list of entries for each name, each with `devices` (`all` or
/// a list of numbers), `mig-enabled`, and `mig-devices` (profile: count). A GPU
/// that no entry names stays whole. Of several entries for a GPU the last counts.
/// The file may be the entry of a ConfigMap, as the GPU operator takes it.
struct MIGPartedReader {
  var fleet: Fleet
  var places: FilePlaces
  /// Nodes whose layouts are chosen at their launch, among those of all
  /// configurations, unless a label names one.
  var comingNodes: Set<Int> = []

  private struct Entry {
    /// nil: all.
    var devices: [Int]?
    var instances: [(profile: String, count: Int, origin: Origin)]
    var keyPath: String
  }

  /// Fills in the cuts; false: something is wrong.
  func read(
    _ config: Decoded,
    selected: Decoded?,
    into spec: inout MIGSpec,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let file = ForeignFile(config, places: places, into: &diagnostics),
      let content = file.content(config, hint: "keep one of them", into: &diagnostics),
      let configs = configurations(content.root, content.prefix, &diagnostics)
    else { return false }
    let names = configs.map(\.name)
    spec.cuts = []
    let builder = MIGSharingBuilder(fleet: fleet, places: places)
    var chosen: Set<Int> = []
    for (n, node) in fleet.nodes.enumerated() {
      var cuts = [MIGSpec.Cut](repeating: .whole, count: node.gpuCount)
      let label = node.labels.first { $0.key == MIGSharingBuilder.configLabel }?.value
      if comingNodes.contains(n) && label == nil {
        chosen.insert(n)
      } else if builder.geometry(of: node) != nil, let name = label ?? selected?.text {
        guard let chosen = configs.first(where: { $0.name == name }) else {
          let origin = label == nil ? selected!.origin : config.origin
          diagnostics.add(
            origin,
            label == nil ? selected!.keyPath : config.keyPath,
            "unknown MIG configuration of node '\(node.name)'; found '\(name)'; accepted: "
              + names.joined(separator: ", "),
            hint: Hint.didYouMean(name, among: names)
          )
          return false
        }
        for entry in chosen.entries {
          for g in 0..<node.gpuCount where entry.devices?.contains(g) ?? true {
            guard
              let cut = builder.cut(
                entry.instances,
                on: node,
                at: entry.keyPath,
                in: &spec,
                into: &diagnostics
              )
            else { return false }
            cuts[g] = cut
          }
        }
      }
      spec.cuts.append(cuts)
    }
    if comingNodes.isEmpty { return true }
    let layouts = configs.flatMap(\.entries).map { (instances: $0.instances, keyPath: $0.keyPath) }
    return builder.choose(among: layouts, on: chosen, at: config, in: &spec, into: &diagnostics)
  }

  private func configurations(
    _ root: SourceNode,
    _ prefix: String,
    _ diagnostics: inout DiagnosticList
  ) -> [(name: String, entries: [Entry])]? {
    guard root.holdsOnly(["version", "mig-configs"], at: String(prefix.dropLast()), into: &diagnostics) else {
      return nil
    }
    guard let version = root["version"], case .scalar("v1") = version.content else {
      diagnostics.add(
        root["version"]?.origin ?? root.origin,
        prefix + "version",
        "is not a mig-parted file of version v1; found \(root["version"]?.found ?? "nothing")"
      )
      return nil
    }
    guard let all = root["mig-configs"], case .map(let entries) = all.content else {
      diagnostics.add(root.origin, prefix + "mig-configs", "names no configurations")
      return nil
    }
    var result: [(name: String, entries: [Entry])] = []
    for named in entries {
      let keyPath = "\(prefix)mig-configs.\(named.key)"
      guard case .list(let list) = named.value.content else {
        diagnostics.add(named.value.origin, keyPath, "is not a list; found \(named.value.found)")
        return nil
      }
      var own: [Entry] = []
      for (position, item) in list.enumerated() {
        guard let entry = entry(item, "\(keyPath)[\(position)]", &diagnostics) else { return nil }
        own.append(entry)
      }
      result.append((named.key, own))
    }
    return result
  }

  private func entry(_ node: SourceNode, _ keyPath: String, _ diagnostics: inout DiagnosticList) -> Entry? {
    let hints = ["device-filter": "it is not modelled: keep the entries of one board only"]
    guard
      node.holdsOnly(
        ["devices", "mig-enabled", "mig-devices"],
        at: keyPath,
        hints: hints,
        into: &diagnostics
      )
    else { return nil }
    func fail(_ part: SourceNode?, _ key: String, _ text: String) -> Entry? {
      diagnostics.add(part?.origin ?? node.origin, "\(keyPath).\(key)", text)
      return nil
    }
    var entry = Entry(devices: nil, instances: [], keyPath: keyPath)
    switch node["devices"]?.content {
    case .scalar("all")?: break
    case .list(let numbers)?:
      entry.devices = []
      for number in numbers {
        guard case .scalar(let text) = number.content, let value = Int(text), value >= 0 else {
          return fail(number, "devices", "is not the number of a GPU; found \(number.found)")
        }
        entry.devices!.append(value)
      }
    default:
      return fail(
        node["devices"],
        "devices",
        "says neither all nor which GPUs; found \(node["devices"]?.found ?? "nothing")"
      )
    }
    let isEnabled: Bool
    switch node["mig-enabled"]?.content {
    case .scalar("true")?: isEnabled = true
    case .scalar("false")?: isEnabled = false
    default:
      return fail(
        node["mig-enabled"],
        "mig-enabled",
        "is neither true nor false; found \(node["mig-enabled"]?.found ?? "nothing")"
      )
    }
    guard let devices = node["mig-devices"] else { return entry }
    guard case .map(let instances) = devices.content else {
      // `mig-devices: {}` is empty YAML in some files.
      if case .null = devices.content { return entry }
      return fail(devices, "mig-devices", "is not a map from profiles to counts; found \(devices.found)")
    }
    guard isEnabled || instances.isEmpty else {
      return fail(devices, "mig-devices", "lists instances where mig-enabled is false")
    }
    for instance in instances {
      guard case .scalar(let text) = instance.value.content, let count = Int(text), (1...7).contains(count)
      else {
        return fail(
          instance.value,
          "mig-devices.\(instance.key)",
          "is not a count from 1 to 7; found \(instance.value.found)"
        )
      }
      entry.instances.append((instance.key, count, instance.keyOrigin))
    }
    return entry
  }
}
