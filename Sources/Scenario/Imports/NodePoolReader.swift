/// Reads Karpenter's NodePools, and of EC2NodeClasses what kubelets reserve.
///
/// The instance types are the pools of `fleet.nodes` with `auto`: a cluster does
/// not hold their prices. A type goes to the NodePool of most weight whose
/// requirements its labels meet, and takes over its weight, limits, replicas,
/// expiry, labels and taints. Source: karpenter.sh/v1, concepts/nodepools.
struct NodePoolReader {
  let path: String
  private(set) var notes: [String] = []
  private var unmodelled: Set<String> = []

  init(path: String) { self.path = path }

  private struct Pool {
    var name: String
    var weight: Int
    var spec: SourceNode
    var requirements: [NodeRequirement]
    var keyPath: String

    var template: SourceNode? { spec["template"]?["spec"] }
  }

  /// The keys of `policy.autoNodes`; nil: something is wrong.
  mutating func read(
    _ documents: [SourceNode],
    _ fleet: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    let before = diagnostics.found.count
    let objects = documents.flatMap { $0["items"]?.items ?? [$0] }
    var pools: [Pool] = []
    var reserved: [String: SourceNode] = [:]
    for object in objects {
      switch object.text("kind") {
      case "NodePool":
        if let pool = pool(object, into: &diagnostics) { pools.append(pool) }
      case "EC2NodeClass":
        if let name = object["metadata"]?.text("name") { reserved[name] = nodeClass(object, name) }
      case let kind: unmodelled.insert("kind \(kind ?? "without a name")")
      }
    }
    if pools.isEmpty, diagnostics.found.count == before {
      diagnostics.add(
        documents.first?.origin ?? .file(path, line: 1, column: 1),
        "kind",
        "holds no NodePool",
        hint: "make it with kubectl get nodepools -o yaml"
      )
    }
    pools.sort { (-$0.weight, $0.name) < (-$1.weight, $1.name) }
    var types = fleet["nodes"]?.items ?? []
    assign(pools, reserved, &types, into: &diagnostics)
    guard diagnostics.found.count == before else { return nil }
    if let nodes = fleet["nodes"] {
      fleet.set("nodes", to: SourceNode(origin: nodes.origin, content: .list(types)))
    }
    var disruption = NodePoolDisruption(path: path)
    for pool in pools {
      disruption.read(
        pool.spec["disruption"],
        of: pool.name,
        at: pool.keyPath,
        pool.spec.origin,
        into: &diagnostics
      )
    }
    unmodelled.formUnion(disruption.unmodelled)
    if let note = Unmodelled.note(path, unmodelled) { notes.append(note) }
    return diagnostics.found.count == before ? disruption.policy(at: pools[0].spec.origin) : nil
  }

  // MARK: - One object

  private mutating func pool(_ object: SourceNode, into diagnostics: inout DiagnosticList) -> Pool? {
    guard let name = object["metadata"]?.text("name"), let spec = object["spec"] else {
      diagnostics.add(object.origin, "metadata.name", "is not a NodePool with a name and a spec")
      return nil
    }
    let keyPath = "\(name).spec"
    note(spec, ["weight", "replicas", "limits", "template", "disruption"], "spec")
    note(spec["template"], ["metadata", "spec"], "spec.template")
    note(spec["template"]?["metadata"], ["labels"], "spec.template.metadata")
    note(
      spec["template"]?["spec"],
      ["requirements", "taints", "expireAfter", "nodeClassRef"],
      "spec.template.spec"
    )
    note(spec["limits"], ["nvidia.com/gpu", "nodes"], "spec.limits")
    var weight = 0
    if let stated = spec["weight"] {
      guard case .scalar(let text) = stated.content, let value = Int(text), (1...100).contains(value) else {
        diagnostics.add(
          stated.origin,
          keyPath + ".weight",
          "is not a weight; found \(stated.found); accepted: a whole number from 1 to 100"
        )
        return nil
      }
      weight = value
    }
    var requirements: [NodeRequirement] = []
    for (number, item) in (spec["template"]?["spec"]?["requirements"]?.items ?? []).enumerated() {
      let place = "\(keyPath).template.spec.requirements[\(number)]"
      guard let one = NodeRequirement(item, at: place, into: &diagnostics) else { return nil }
      requirements.append(one)
      if item["minValues"] != nil { unmodelled.insert("spec.template.spec.requirements.minValues") }
    }
    return Pool(name: name, weight: weight, spec: spec, requirements: requirements, keyPath: keyPath)
  }

  /// What the kubelets of the class reserve.
  private mutating func nodeClass(_ object: SourceNode, _ name: String) -> SourceNode {
    for entry in object["spec"]?.entries ?? [] where entry.key != "kubelet" {
      unmodelled.insert("EC2NodeClass spec.\(entry.key)")
    }
    note(object["spec"]?["kubelet"], ["kubeReserved", "systemReserved"], "EC2NodeClass spec.kubelet")
    return object["spec"]?["kubelet"] ?? SourceNode(origin: object.origin, content: .map([]))
  }

  private mutating func note(_ node: SourceNode?, _ known: [String], _ prefix: String) {
    for entry in node?.entries ?? [] where !known.contains(entry.key) {
      unmodelled.insert("\(prefix).\(entry.key)")
    }
  }

  // MARK: - Types

  private mutating func assign(
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
        give(pool, reserved, to: &types[type], into: &diagnostics)
      }
    }
    let lost = elastic.filter { owner[$0] == nil }
    for type in lost {
      notes.append("\(path): no NodePool admits '\(types[type].elementName ?? "")'; it is left out")
    }
    types = types.indices.filter { !lost.contains($0) }.map { types[$0] }
  }

  private func give(
    _ pool: Pool,
    _ reserved: [String: SourceNode],
    to type: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) {
    guard let stated = type["auto"] else { return }
    let at = { (origin: Origin) in { (text: String) in SourceNode.text(text, at: origin) } }
    var keys = [("pool", at(pool.spec.origin)(pool.name))]
    if let weight = pool.spec["weight"] { keys.append(("weight", weight)) }
    if let replicas = pool.spec["replicas"] { keys.append(("replicas", replicas)) }
    let limits = [("gpus", pool.spec["limits"]?["nvidia.com/gpu"]), ("nodes", pool.spec["limits"]?["nodes"])]
      .compactMap { key, value in value.map { (key, $0) } }
    if !limits.isEmpty { keys.append(("limits", .map(limits, at: pool.spec["limits"]!.origin))) }
    if let age = pool.template?["expireAfter"] {
      if let text = duration(age, pool.keyPath + ".template.spec.expireAfter", into: &diagnostics) {
        keys.append(("expireAfter", at(age.origin)(text)))
      }
    } else {
      // Karpenter's default.
      keys.append(("expireAfter", at(pool.spec.origin)("720h")))
    }
    let own = SourceNode.map(keys, at: pool.spec.origin)
    type.set("auto", to: stated.merged(over: own))
    if let labels = pool.spec["template"]?["metadata"]?["labels"] {
      type.set("labels", to: type["labels"]?.merged(over: labels) ?? labels)
    }
    if let taints = pool.template?["taints"] {
      var list = type["taints"]?.items ?? []
      for taint in taints.items {
        guard let key = taint.text("key"), let effect = taint.text("effect") else {
          diagnostics.add(
            taint.origin,
            pool.keyPath + ".template.spec.taints",
            "is not a taint with key and effect"
          )
          continue
        }
        let value = taint.text("value").map { "=\($0)" } ?? ""
        list.append(.text("\(key)\(value):\(effect)", at: taint.origin))
      }
      type.set("taints", to: SourceNode(origin: taints.origin, content: .list(list)))
    }
    if let name = pool.template?["nodeClassRef"]?.text("name"), let kubelet = reserved[name] {
      reserve(kubelet, of: &type, into: &diagnostics)
    }
  }

  private func duration(
    _ node: SourceNode,
    _ keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> String? {
    guard case .scalar(let text) = node.content else { return nil }
    if text == "Never" { return "never" }
    if let span = GoDuration.nanoseconds(text) { return GoDuration.text(span) }
    diagnostics.add(
      node.origin,
      keyPath,
      "is not a length of time as Go writes it; found '\(text)'; accepted: 720h, 1h30m or Never"
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
      for part in ["kubeReserved", "systemReserved"] {
        guard let node = kubelet[part]?[key] else { continue }
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
      switch value {
      case .milliCPU(let all): type.set(key, to: .text("\(all - taken)m", at: stated.origin))
      case .mebibytes(let all): type.set(key, to: .text("\(all - taken)MiB", at: stated.origin))
      default: break
      }
    }
  }
}
