/// Which NodePool each instance type goes to, and what it takes over.
extension NodePoolReader {
  mutating func assign(
    _ pools: [Pool],
    _ reserved: [String: SourceNode],
    _ types: inout [SourceNode],
    into diagnostics: inout DiagnosticList
  ) {
    let elastic = types.indices.filter { types[$0]["auto"] != nil }
    let labels = Dictionary(uniqueKeysWithValues: elastic.map { ($0, InstanceLabels.of(types[$0])) })
    let known = Set(labels.values.flatMap(\.keys))
    let stated = Dictionary(uniqueKeysWithValues: elastic.map { ($0, types[$0]["auto"]?.text("pool")) })
    var owner: [Int: Int] = [:]
    for (number, pool) in pools.enumerated() {
      var left = elastic.filter { (stated[$0] ?? nil).map { $0 == pool.name } ?? true }
      for requirement in pool.requirements {
        guard known.contains(requirement.key) else {
          unmodelled.insert("requirement \(requirement.key) (no type has the label)")
          continue
        }
        let fitting = left.filter { requirement.admits(labels[$0]!) }
        if fitting.isEmpty {
          let values = Set(left.compactMap { labels[$0]![requirement.key] }).sorted()
          diagnostics.add(
            requirement.origin,
            requirement.keyPath,
            "no pool of fleet.nodes with auto meets it; found \(requirement.text); the types have "
              + (values.isEmpty ? "no such label" : values.joined(separator: ", ")),
            hint: Hint.didYouMean(requirement.values.first ?? "", among: values)
          )
        }
        left = fitting
        if left.isEmpty { break }
      }
      if elastic.isEmpty {
        diagnostics.add(
          pool.spec.origin,
          pool.keyPath,
          "has no instance types to choose from",
          hint: "state them as pools of fleet.nodes with auto: {price: ...}"
        )
        return
      }
      let own = left.filter { owner[$0] == nil }
      for type in left where owner[type] != nil {
        notes.append(
          "\(path): '\(types[type].elementName ?? "")' is of NodePool '\(pools[owner[type]!].name)', which comes before "
            + "'\(pool.name)'"
        )
      }
      if pool.spec["replicas"] != nil, own.count > 1 {
        diagnostics.add(
          pool.spec["replicas"]!.origin,
          pool.keyPath + ".replicas",
          "a NodePool that keeps a number of nodes is of one type here; found \(own.count) types"
        )
      }
      for type in own {
        owner[type] = number
        let labels = nodeLabels(of: pool, labels[type]!, known)
        give(pool, reserved, labels, to: &types[type], into: &diagnostics)
      }
    }
    let lost = elastic.filter { owner[$0] == nil }
    for type in lost {
      notes.append("\(path): no NodePool admits '\(types[type].elementName ?? "")'; it is left out")
    }
    types = types.indices.filter { !lost.contains($0) }.map { types[$0] }
  }

  /// The labels of the pool's nodes: those that follow from the type, and those
  /// that a requirement of one value leaves no choice about.
  private func nodeLabels(of pool: Pool, _ type: [String: String], _ known: Set<String>) -> SourceNode {
    let origin = pool.spec.origin
    var labels = SourceNode.map([("karpenter.sh/nodepool", .text(pool.name, at: origin))], at: origin)
    let isAutoMode = pool.template?["nodeClassRef"]?.text("group") == InstanceLabels.autoMode
    let others = isAutoMode ? InstanceLabels.karpenter : InstanceLabels.autoMode
    for (key, value) in type.sorted(by: { $0.key < $1.key }) where !key.hasPrefix(others + "/") {
      labels.set(key, to: .text(value, at: origin))
    }
    for need in pool.requirements
    where need.operator == .isIn && need.values.count == 1 && !known.contains(need.key) {
      labels.set(need.key, to: .text(need.values[0], at: need.origin))
    }
    return labels
  }

  private mutating func give(
    _ pool: Pool,
    _ reserved: [String: SourceNode],
    _ labels: SourceNode,
    to type: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) {
    guard let stated = type["auto"] else { return }
    let at = { (origin: Origin) in { (text: String) in SourceNode.text(text, at: origin) } }
    var keys = [("pool", at(pool.spec.origin)(pool.name))]
    if let weight = pool.spec.value("weight") { keys.append(("weight", weight)) }
    if let replicas = pool.spec.value("replicas") { keys.append(("replicas", replicas)) }
    var limits: [(String, SourceNode)] = []
    for (key, resource) in [("gpus", "nvidia.com/gpu"), ("nodes", "nodes")] {
      guard let limit = pool.spec["limits"]?.value(resource) else { continue }
      guard case .scalar(let text) = limit.content, let count = Quantity(text)?.count else {
        diagnostics.add(
          limit.origin,
          "\(pool.keyPath).limits.\(resource)",
          "is not a number of \(key); found \(limit.found); accepted: a whole number"
        )
        continue
      }
      limits.append((key, at(limit.origin)(String(count))))
    }
    if !limits.isEmpty { keys.append(("limits", .map(limits, at: pool.spec["limits"]!.origin))) }
    if let age = pool.age {
      let place = pool.isBeta ? ".disruption.expireAfter" : ".template.spec.expireAfter"
      if let text = duration(age, pool.keyPath + place, into: &diagnostics) {
        keys.append(("expireAfter", at(age.origin)(text)))
      }
    } else {
      // Karpenter's default.
      keys.append(("expireAfter", at(pool.spec.origin)("720h")))
    }
    let own = SourceNode.map(keys, at: pool.spec.origin)
    type.set("auto", to: stated.merged(over: own))
    let above = pool.spec["template"]?["metadata"]?.value("labels")?.merged(over: labels) ?? labels
    type.set("labels", to: type.value("labels")?.merged(over: above) ?? above)
    if let taints = pool.template?.value("taints") {
      type.set("taints", to: self.taints(taints, of: pool, on: type, into: &diagnostics))
    }
    guard pool.template?.value("nodeClassRef") != nil || pool.isBeta else { return }
    let kubelet = pool.isBeta ? pool.template?.value("kubelet") : nil
    if let kubelet {
      noteKubelet(kubelet, "spec.template.spec.kubelet", at: pool.name, into: &diagnostics)
      reserve(kubelet, of: &type, into: &diagnostics)
    }
    let reference = pool.template?["nodeClassRef"]
    // Of the classes of other providers nothing is read.
    guard let name = reference?.text("name"), (reference?.text("kind") ?? "EC2NodeClass") == "EC2NodeClass"
    else {
      return
    }
    if let own = reserved[name] {
      if kubelet == nil { reserve(own, of: &type, into: &diagnostics) }
    } else {
      unmodelled.insert("nodeClassRef \(name) (not in the file)")
    }
  }

  /// The taints of the pool's nodes after those that the type states.
  private mutating func taints(
    _ node: SourceNode,
    of pool: Pool,
    on type: SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode {
    let keyPath = pool.keyPath + ".template.spec.taints"
    var list = type["taints"]?.items ?? []
    for taint in node.list(at: keyPath, into: &diagnostics) {
      guard let text = TaintText.of(taint, noting: &unmodelled) else {
        diagnostics.add(taint.origin, keyPath, "is not a taint with key and effect")
        continue
      }
      list.append(.text(text, at: taint.origin))
    }
    return SourceNode(origin: node.origin, content: .list(list))
  }

  private func duration(
    _ node: SourceNode,
    _ keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> String? {
    if case .scalar(let text) = node.content {
      if text == "Never" { return "never" }
      if let span = GoDuration.nanoseconds(text) { return GoDuration.text(span) }
    }
    diagnostics.add(
      node.origin,
      keyPath,
      "is not a length of time as Go writes it; found \(node.found); accepted: 720h, 1h30m or Never"
    )
    return nil
  }

  /// Takes what kubelet and system keep for themselves off what jobs can have.
  private func reserve(
    _ kubelet: SourceNode,
    of type: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) {
    for (key, kind) in [("cpu", ValueKind.cpu), ("memory", .memory)] {
      guard let stated = type[key], case .scalar(let text) = stated.content, let value = try? kind.parse(text)
      else { continue }
      var taken: Int64 = 0
      for part in Self.reservations {
        guard let node = kubelet[part]?.value(key) else { continue }
        guard case .scalar(let text) = node.content, let quantity = Quantity(text),
          let amount = key == "cpu" ? quantity.milli : quantity.mebibytes
        else {
          diagnostics.add(
            node.origin,
            "spec.kubelet.\(part).\(key)",
            "is not a quantity; found \(node.found)"
          )
          continue
        }
        taken += amount
      }
      if taken == 0 { continue }
      let (all, unit): (Int64, String)
      switch value {
      case .milliCPU(let cpu): (all, unit) = (cpu, "m")
      case .mebibytes(let memory): (all, unit) = (memory, "MiB")
      default: continue
      }
      guard taken < all else {
        let name = type.elementName ?? ""
        diagnostics.add(kubelet.origin, "spec.kubelet", "reserves all the \(key) of '\(name)'")
        continue
      }
      type.set(key, to: .text("\(all - taken)\(unit)", at: stated.origin))
    }
  }
}
