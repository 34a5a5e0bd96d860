/// Turns what a scenario takes `from` files of other systems into the keys of
/// the scenario language, before anything is decoded.
///
/// Every piece keeps its place in the foreign file, so that what is wrong with it
/// is reported there; and the resolved scenario states it all, so that a stored
/// run needs no other file. What the scenario says beside `from` is laid over it.
struct ImportExpander {
  /// The key under which a section names such files.
  static let key = "from"

  var places: FilePlaces
  /// What was made of the files, and what of them is not modelled.
  private(set) var notes: [String] = []

  init(places: FilePlaces) { self.places = places }

  /// Whether the path of an override says which files are read.
  static func isSource(_ path: [String]) -> Bool {
    path.starts(with: ["fleet", key]) || path.starts(with: ["policy", "autoNodes", key])
  }

  mutating func expand(_ root: inout SourceNode, into diagnostics: inout DiagnosticList) {
    if var fleet = root["fleet"], let from = fleet.take(Self.key) {
      if let nodes = kubernetesNodes(from, into: &diagnostics) { fleet.prepend(nodes, to: "nodes") }
      root.set("fleet", to: fleet)
    }
    guard var policy = root["policy"], var auto = policy["autoNodes"], let from = auto.take(Self.key) else {
      return
    }
    var fleet = root["fleet"] ?? SourceNode(origin: root.origin, content: .map([]))
    if let own = autoNodes(from, &fleet, into: &diagnostics) { auto = auto.merged(over: own) }
    policy.set("autoNodes", to: auto)
    root.set("policy", to: policy)
    if root["fleet"] != nil { root.set("fleet", to: fleet) }
  }

  // MARK: - Each place

  private mutating func kubernetesNodes(
    _ from: SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> [SourceNode]? {
    let path = "fleet.\(Self.key)"
    guard from.holdsOnly(["kubernetes", "gpu"], at: path, into: &diagnostics),
      let file = documents(from, "kubernetes", at: path, into: &diagnostics)
    else { return nil }
    var reader = KubernetesNodesReader(path: file.path)
    if let gpu = from["gpu"] {
      guard case .scalar(let name) = gpu.content else {
        diagnostics.add(gpu.origin, path + ".gpu", "is not a GPU model; found \(gpu.found)")
        return nil
      }
      reader.unlabelled = name
    }
    let pools = reader.read(file.documents, into: &diagnostics)
    notes += reader.notes
    return pools
  }

  private mutating func autoNodes(
    _ from: SourceNode,
    _ fleet: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    let path = "policy.autoNodes.\(Self.key)"
    guard from.holdsOnly(["karpenter", "clusterAutoscaler"], at: path, into: &diagnostics) else { return nil }
    if let other = from["clusterAutoscaler"], from["karpenter"] != nil {
      diagnostics.add(other.origin, path, "one provisioner launches nodes; found both")
      return nil
    }
    if from["clusterAutoscaler"] != nil {
      guard let file = documents(from, "clusterAutoscaler", at: path, into: &diagnostics) else { return nil }
      var reader = AutoscalerFlagsReader(path: file.path)
      let result = reader.read(file.documents, &fleet, into: &diagnostics)
      notes += reader.notes
      return result
    }
    guard let file = documents(from, "karpenter", at: path, into: &diagnostics) else { return nil }
    var reader = NodePoolReader(path: file.path)
    let result = reader.read(file.documents, &fleet, into: &diagnostics)
    notes += reader.notes
    return result
  }

  /// The documents of the file that a key names.
  private func documents(
    _ from: SourceNode,
    _ key: String,
    at keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> (path: String, documents: [SourceNode])? {
    guard let node = from[key], case .scalar(let written) = node.content else {
      let found = from[key]?.found ?? "nothing"
      diagnostics.add(
        from[key]?.origin ?? from.origin,
        "\(keyPath).\(key)",
        "is not a file name; found \(found)"
      )
      return nil
    }
    var folder = ""
    if case .file(let file, _, _) = node.origin { folder = file }
    let path = places.resolve(written, from: folder)
    if let fault = places.fault(of: path, written: written) {
      diagnostics.add(node.origin, "\(keyPath).\(key)", fault.message, hint: fault.hint)
      return nil
    }
    guard let text = places.text(of: path) else {
      diagnostics.add(node.origin, "\(keyPath).\(key)", "is not UTF-8; found '\(written)'")
      return nil
    }
    let before = diagnostics.found.count
    let documents = YAMLReader.readAll(text, file: path, into: &diagnostics)
    return diagnostics.found.count == before ? (path, documents) : nil
  }
}

/// Texts about what of a file is not modelled.
enum Unmodelled {
  /// One line; nil: everything is.
  static func note(_ path: String, _ keys: some Collection<String>) -> String? {
    keys.isEmpty ? nil : "\(path): not modelled: \(Set(keys).sorted().joined(separator: ", "))"
  }
}
