/// Reads Karpenter's NodePools, and of EC2NodeClasses what kubelets reserve.
///
/// The instance types are the pools of `fleet.nodes` with `auto`: a cluster does
/// not hold their prices. A type goes to the NodePool of most weight whose
/// requirements its labels meet, and takes over its weight, limits, replicas,
/// expiry, labels and taints. Source: karpenter.sh/v1, concepts/nodepools.
struct NodePoolReader {
  let path: String
  var notes: [String] = []
  var unmodelled: Set<String> = []

  init(path: String) { self.path = path }

  struct Pool {
    var name: String
    /// Of karpenter.sh/v1beta1.
    var isBeta: Bool
    var weight: Int
    var spec: SourceNode
    var requirements: [NodeRequirement]
    var keyPath: String

    var template: SourceNode? { spec["template"]?["spec"] }
    /// How old its nodes may become; v1beta1 has it among what disrupts.
    var age: SourceNode? { (isBeta ? spec["disruption"] : template)?.value("expireAfter") }
  }

  /// The keys of `policy.autoNodes`; nil: something is wrong.
  mutating func read(
    _ documents: [SourceNode],
    _ fleet: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    let before = diagnostics.found.count
    var pools: [Pool] = []
    var reserved: [String: SourceNode] = [:]
    for object in SourceNode.objects(documents) {
      switch object.text("kind") {
      case "NodePool": if let pool = pool(object, into: &diagnostics) { pools.append(pool) }
      case "Provisioner":
        diagnostics.add(
          object["kind"]?.origin ?? object.origin,
          "kind",
          "is of Karpenter before v0.32; found 'Provisioner'; accepted: NodePool",
          hint: "karpenter-convert makes a NodePool of it"
        )
      case "EC2NodeClass":
        if let name = object["metadata"]?.text("name") {
          reserved[name] = nodeClass(object, into: &diagnostics)
        }
      case let kind: unmodelled.insert("kind \(kind ?? "without a name")")
      }
    }
    for (number, pool) in pools.enumerated() where pools[..<number].contains(where: { $0.name == pool.name })
    {
      diagnostics.add(pool.spec.origin, pool.keyPath, "duplicated NodePool; found '\(pool.name)'")
    }
    if pools.isEmpty, diagnostics.found.count == before {
      diagnostics.add(
        documents.first?.origin ?? .file(path, line: 1, column: 1),
        "kind",
        "holds no NodePool of karpenter.sh",
        hint: "make it with kubectl get nodepools -o yaml"
      )
    }
    guard diagnostics.found.count == before else { return nil }
    pools.sort { (-$0.weight, $0.name) < (-$1.weight, $1.name) }
    var types = fleet["nodes"]?.items ?? []
    assign(pools, reserved, &types, into: &diagnostics)
    guard diagnostics.found.count == before else { return nil }
    if let nodes = fleet["nodes"] {
      fleet.set("nodes", to: SourceNode(origin: nodes.origin, content: .list(types)))
    }
    var disruption = NodePoolDisruption()
    let used = Set(types.compactMap { $0["auto"]?.text("pool") })
    for pool in pools {
      guard used.contains(pool.name) else {
        notes.append("\(path): NodePool '\(pool.name)' has no type of its own; it is left out")
        continue
      }
      disruption.read(
        pool.spec["disruption"],
        of: pool.name,
        isBeta: pool.isBeta,
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
    if let version = object.text("apiVersion"), !version.hasPrefix("karpenter.sh/") {
      unmodelled.insert("kind NodePool of \(version)")
      return nil
    }
    guard let name = object["metadata"]?.text("name"), let spec = object.value("spec") else {
      diagnostics.add(object.origin, "metadata.name", "is not a NodePool with a name and a spec")
      return nil
    }
    let isBeta = object.text("apiVersion") == "karpenter.sh/v1beta1"
    let keyPath = "\(name).spec"
    let before = diagnostics.found.count
    func note(_ node: SourceNode?, _ known: [String], _ prefix: String) {
      self.note(node, known, prefix, at: name, into: &diagnostics)
    }
    let template = spec["template"]
    note(spec, ["weight", "replicas", "limits", "template", "disruption"], "spec")
    note(template, ["metadata", "spec"], "spec.template")
    note(template?["metadata"], ["labels"], "spec.template.metadata")
    let known = ["requirements", "taints", "nodeClassRef"] + (isBeta ? ["kubelet"] : ["expireAfter"])
    note(template?["spec"], known, "spec.template.spec")
    note(spec["limits"], ["nvidia.com/gpu", "nodes"], "spec.limits")
    var weight = 0
    if let stated = spec.value("weight") {
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
    let list = template?["spec"]?.value("requirements")?.list(
      at: keyPath + ".requirements",
      into: &diagnostics
    )
    for (number, item) in (list ?? []).enumerated() {
      let place = "\(keyPath).template.spec.requirements[\(number)]"
      guard let one = NodeRequirement(item, at: place, into: &diagnostics) else { return nil }
      requirements.append(one)
      note(item, ["key", "operator", "values"], "spec.template.spec.requirements")
    }
    guard diagnostics.found.count == before else { return nil }
    return Pool(
      name: name,
      isBeta: isBeta,
      weight: weight,
      spec: spec,
      requirements: requirements,
      keyPath: keyPath
    )
  }

  /// What the kubelets of the class reserve.
  private mutating func nodeClass(_ object: SourceNode, into diagnostics: inout DiagnosticList) -> SourceNode
  {
    let name = object["metadata"]?.text("name") ?? ""
    note(object["spec"], ["kubelet"], "EC2NodeClass spec", at: name, into: &diagnostics)
    let kubelet = object["spec"]?["kubelet"]
    noteKubelet(kubelet, "EC2NodeClass spec.kubelet", at: name, into: &diagnostics)
    return kubelet ?? SourceNode(origin: object.origin, content: .map([]))
  }

  /// Lists what of a kubelet's configuration is not what it reserves.
  mutating func noteKubelet(
    _ kubelet: SourceNode?,
    _ prefix: String,
    at name: String,
    into diagnostics: inout DiagnosticList
  ) {
    note(kubelet, NodePoolReader.reservations, prefix, at: name, into: &diagnostics)
    for part in NodePoolReader.reservations {
      note(kubelet?[part], ["cpu", "memory"], "\(prefix).\(part)", at: name, into: &diagnostics)
    }
  }

  /// What kubelets keep from jobs.
  static let reservations = ["kubeReserved", "systemReserved"]

  /// Lists the keys of a map that are not modelled; what is no map is an error.
  private mutating func note(
    _ node: SourceNode?,
    _ known: [String],
    _ prefix: String,
    at name: String,
    into diagnostics: inout DiagnosticList
  ) {
    for entry in node?.map(at: "\(name).\(prefix)", into: &diagnostics) ?? []
    where !known.contains(entry.key) {
      unmodelled.insert("\(prefix).\(entry.key)")
    }
  }
}
