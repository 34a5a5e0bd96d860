import Engine
import Hardware

/// Layouts that are chosen when a node is launched.
extension MIGSharingBuilder {
  /// Whether there is something to choose, and nodes to choose it for.
  func mayChooseWithNode(_ node: Decoded, into diagnostics: inout DiagnosticList) -> Bool {
    guard let key = node["layoutWithNode"] else { return false }
    func refuse(_ text: String, hint: String) -> Bool {
      diagnostics.add(key.origin, key.keyPath, text, hint: hint)
      return false
    }
    guard node["layouts"] != nil || node["config"] != nil else {
      return refuse("needs layouts to choose from", hint: "state layouts, or config")
    }
    if node["relayout"] != nil {
      return refuse(
        "layouts hold until their node is gone: it has no relayout",
        hint: "remove one of the two"
      )
    }
    guard comingNodes.contains(where: { geometry(of: fleet.nodes[$0]) != nil }) else {
      return refuse(
        "no pool of GPUs with MIG comes and goes",
        hint: "say auto: {} in a pool of fleet.nodes, or remove it"
      )
    }
    return true
  }

  /// Cuts the GPUs that are always there as stated, and lets the others have any
  /// of the layouts.
  func addWithNode(_ list: Decoded, to spec: inout MIGSpec, into diagnostics: inout DiagnosticList) -> Bool {
    guard add(list, to: &spec, without: comingNodes, into: &diagnostics) else { return false }
    var layouts: [(instances: [(profile: String, count: Int, origin: Origin)], keyPath: String)] = []
    for entry in list.elements {
      guard let instances = entry["instances"] else { return false }
      layouts.append(
        (instances.entries.map { ($0.key, Int($0.value.integer), $0.value.origin) }, instances.keyPath)
      )
    }
    return choose(among: layouts, on: comingNodes, at: list, in: &spec, into: &diagnostics)
  }

  /// The GPUs of these nodes get any of the layouts that their board can have.
  /// Each layout must be one of some board, and each board must have one.
  func choose(
    among layouts: [(instances: [(profile: String, count: Int, origin: Origin)], keyPath: String)],
    on nodes: Set<Int>,
    at place: Decoded,
    in spec: inout MIGSpec,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    var boards: [NodeSpec] = []
    for n in nodes.sorted() where geometry(of: fleet.nodes[n]) != nil {
      if !boards.contains(where: { $0.gpuModel == fleet.nodes[n].gpuModel }) { boards.append(fleet.nodes[n]) }
      spec.cuts[n] = Array(repeating: .chosen, count: fleet.nodes[n].gpuCount)
    }
    var isServed = Array(repeating: false, count: boards.count)
    for layout in layouts where !layout.instances.isEmpty {
      var problems = DiagnosticList()
      var isKnown = false
      for (number, board) in boards.enumerated() {
        let found = cut(layout.instances, on: board, at: layout.keyPath, in: &spec, into: &problems)
        guard found != nil else { continue }
        isServed[number] = true
        isKnown = true
      }
      guard isKnown || boards.isEmpty else {
        diagnostics.add(ScenarioError(diagnostics: Array(problems.found.prefix(1))))
        return false
      }
    }
    guard let bare = isServed.firstIndex(of: false), let model = boards[bare].gpuModel else { return true }
    diagnostics.add(
      place.origin,
      place.keyPath,
      "none of the layouts is one of a \(fleet.gpuModels[Int(model.rawValue)]), which comes and goes",
      hint: "add one, or leave layoutWithNode out"
    )
    return false
  }
}
