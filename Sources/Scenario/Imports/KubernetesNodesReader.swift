/// Reads the nodes of a running cluster, as `kubectl get nodes -o json` (or
/// `-o yaml`) prints them, as pools of equal nodes.
///
/// Taken: `status.allocatable` of cpu, memory and nvidia.com/gpu, labels, taints,
/// `spec.unschedulable` and the condition Ready. The label nvidia.com/gpu.product
/// (GPU feature discovery) names the GPU model. Everything else is listed.
struct KubernetesNodesReader {
  static let product = "nvidia.com/gpu.product"
  static let replicas = "nvidia.com/gpu.replicas"
  static let gpu = "nvidia.com/gpu"
  /// The name of time-sliced GPUs where the device plugin renames them.
  static let shared = "nvidia.com/gpu.shared"
  static let physical = "nvidia.com/gpu.count"
  static let instanceType = "node.kubernetes.io/instance-type"
  /// They differ from node to node, and no job asks for them: of Kubernetes and
  /// GPU feature discovery, of EKS (eksctl), OKE and Rancher.
  private static let ownLabels: Set<String> = [
    "kubernetes.io/hostname", "nvidia.com/gfd.timestamp", "alpha.eksctl.io/instance-id",
    "node.kubernetes.io/instance-id", "hostname", "displayName", "internal_addr", "external_addr",
    "rke.cattle.io/machine",
  ]
  /// Keys that say nothing of what a node can hold.
  private static let silent: Set<String> = [
    "apiVersion", "kind", "metadata.name", "metadata.labels", "metadata.uid", "metadata.resourceVersion",
    "metadata.creationTimestamp", "metadata.managedFields", "metadata.annotations", "metadata.selfLink",
    "spec.taints", "spec.unschedulable", "spec.providerID", "spec.podCIDR", "spec.podCIDRs",
    "status.allocatable", "status.capacity", "status.conditions", "status.addresses", "status.images",
    "status.nodeInfo", "status.daemonEndpoints",
  ]

  let path: String
  /// The GPU model of nodes without the label.
  var unlabelled: String?
  private(set) var notes: [String] = []
  var unmodelled: Set<String> = []
  private var leftOut: [String] = []

  init(path: String) { self.path = path }

  /// What nodes of one pool have in common, in the words of the language.
  private struct Kind: Hashable {
    var gpu: String?
    var gpus: Int64
    var cpu: Int64
    var memory: Int64
    var labels: [String: String]
    var taints: [String]
  }

  /// Pools in the order of their first nodes; nil: something is wrong.
  mutating func read(_ documents: [SourceNode], into diagnostics: inout DiagnosticList) -> [SourceNode]? {
    let objects = SourceNode.objects(documents)
    // Elements of a list of nodes need not say what they are.
    let nodes = objects.filter { ($0.text("kind") ?? ($0["metadata"] == nil ? "" : "Node")) == "Node" }
    for kind in Set(objects.compactMap { $0.text("kind") }).sorted() where kind != "Node" {
      unmodelled.insert("kind \(kind)")
    }
    guard !nodes.isEmpty else {
      diagnostics.add(
        documents.first?.origin ?? .file(path, line: 1, column: 1),
        "items",
        "holds no nodes",
        hint: "make it with kubectl get nodes -o json"
      )
      return nil
    }
    var kinds: [(kind: Kind, first: SourceNode, names: [SourceNode])] = []
    var position: [Kind: Int] = [:]
    var isWhole = true
    for (number, node) in nodes.enumerated() {
      let keyPath = "items[\(number)]"
      guard let name = node["metadata"]?["name"], case .scalar(let text) = name.content else {
        diagnostics.add(node.origin, keyPath + ".metadata.name", "is not a node with a name")
        isWhole = false
        continue
      }
      noteUnmodelled(node)
      if isOut(node) {
        leftOut.append(text)
        continue
      }
      guard let kind = kind(node, keyPath, into: &diagnostics) else {
        isWhole = false
        continue
      }
      if let known = position[kind] {
        kinds[known].names.append(name)
      } else {
        position[kind] = kinds.count
        kinds.append((kind, node, [name]))
      }
    }
    guard isWhole else { return nil }
    guard !kinds.isEmpty else {
      diagnostics.add(
        nodes[0].origin,
        "items",
        "has no node that takes work: unschedulable or not ready are \(leftOut.joined(separator: ", "))"
      )
      return nil
    }
    let count = kinds.reduce(0) { $0 + $1.names.count }
    notes.append("\(path): \(count) nodes in \(kinds.count) pools of equal nodes")
    if !leftOut.isEmpty {
      notes.append("\(path): left out, unschedulable or not ready: \(leftOut.joined(separator: ", "))")
    }
    if let note = Unmodelled.note(path, unmodelled) { notes.append(note) }
    var used: Set<String> = []
    return kinds.map { pool($0.kind, $0.first, $0.names, &used) }
  }

  /// Nothing new comes to it, and the run begins with nothing on it.
  private func isOut(_ node: SourceNode) -> Bool {
    let ready = node["status"]?["conditions"]?.items.first { $0.text("type") == "Ready" }
    return node["spec"]?.text("unschedulable") == "true" || ready.map { $0.text("status") != "True" } ?? false
  }

  private mutating func noteUnmodelled(_ node: SourceNode) {
    for part in node.entries {
      guard ["metadata", "spec", "status"].contains(part.key) else {
        if !Self.silent.contains(part.key) { unmodelled.insert(part.key) }
        continue
      }
      for entry in part.value.entries where !Self.silent.contains("\(part.key).\(entry.key)") {
        unmodelled.insert("\(part.key).\(entry.key)")
      }
    }
    for entry in node["status"]?["allocatable"]?.entries ?? [] {
      if ["cpu", "memory", Self.gpu, Self.shared].contains(entry.key) || entry.value.isZero { continue }
      unmodelled.insert("status.allocatable.\(entry.key)")
    }
  }

  private mutating func kind(
    _ node: SourceNode,
    _ keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> Kind? {
    guard let allocatable = node["status"]?["allocatable"] else {
      diagnostics.add(node.origin, keyPath + ".status.allocatable", "says nothing of what the node can hold")
      return nil
    }
    func amount(_ key: String, _ convert: (Quantity) -> Int64?, _ form: String) -> Int64? {
      guard let value = allocatable[key], case .scalar(let text) = value.content,
        let amount = Quantity(text).flatMap(convert)
      else {
        diagnostics.add(
          allocatable[key]?.origin ?? allocatable.origin,
          "\(keyPath).status.allocatable.\(key)",
          "is not a quantity; found \(allocatable[key]?.found ?? "nothing"); accepted: \(form)"
        )
        return nil
      }
      return amount
    }
    guard let cpu = amount("cpu", \.milli, "cores, such as 96 or 95690m"),
      let memory = amount("memory", \.mebibytes, "bytes, such as 1056Gi or 1107296256Ki")
    else { return nil }
    let labels = node["metadata"]?["labels"]
    var kind = Kind(gpus: 0, cpu: cpu, memory: memory, labels: [:], taints: [])
    for entry in labels?.entries ?? [] where !Self.ownLabels.contains(entry.key) {
      guard case .scalar(let value) = entry.value.content, (try? ValueKind.label.parse(value)) != nil,
        (try? ValueKind.label.parse(entry.key)) != nil
      else {
        unmodelled.insert("metadata.labels.\(entry.key) (without a value)")
        continue
      }
      kind.labels[entry.key] = value
    }
    guard let board = gpus(of: node, keyPath, into: &diagnostics) else { return nil }
    (kind.gpu, kind.gpus) = (board.model, board.count)
    for taint in node["spec"]?["taints"]?.items ?? [] {
      guard let text = TaintText.of(taint, noting: &unmodelled) else {
        diagnostics.add(taint.origin, keyPath + ".spec.taints", "is not a taint with key and effect")
        return nil
      }
      kind.taints.append(text)
    }
    return kind
  }

  private func pool(
    _ kind: Kind,
    _ first: SourceNode,
    _ names: [SourceNode],
    _ used: inout Set<String>
  ) -> SourceNode {
    let wished = kind.labels[Self.instanceType] ?? kind.gpu ?? "cpu"
    let base = (try? ValueKind.name.parse(wished)) == nil ? "nodes" : wished
    var name = base
    var number = 1
    while !used.insert(name).inserted {
      number += 1
      name = "\(base)-\(number)"
    }
    let allocatable = first["status"]?["allocatable"]
    func text(_ text: String, _ key: String? = nil) -> SourceNode {
      .text(text, at: key.flatMap { allocatable?[$0]?.origin } ?? first.origin)
    }
    var entries = [
      ("name", text(name)),
      ("count", text(String(names.count))),
      ("names", SourceNode(origin: first.origin, content: .list(names))),
      ("cpu", text("\(kind.cpu)m", "cpu")),
      ("memory", text("\(kind.memory)MiB", "memory")),
    ]
    if let gpu = kind.gpu {
      let origin = first["metadata"]?["labels"]?[Self.product]?.origin ?? first.origin
      entries += [("gpu", .text(gpu, at: origin)), ("gpusPerNode", text(String(kind.gpus), Self.gpu))]
    }
    if !kind.labels.isEmpty {
      let labels = kind.labels.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) }
      entries.append(("labels", .map(labels, at: first["metadata"]?["labels"]?.origin ?? first.origin)))
    }
    if !kind.taints.isEmpty {
      let origin = first["spec"]?["taints"]?.origin ?? first.origin
      let taints = kind.taints.map { SourceNode.text($0, at: origin) }
      entries.append(("taints", SourceNode(origin: origin, content: .list(taints))))
    }
    return .map(entries, at: first.origin)
  }
}
