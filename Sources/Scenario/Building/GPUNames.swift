import Hardware
import Workload

/// The GPU models that a scenario may name: the catalogue's and its own.
struct GPUNames {
  /// Models of `gpus`, by name.
  private(set) var own: [String: Int32] = [:]
  private let catalogue = GPUCatalogue.builtin

  /// Reads the list `gpus`.
  init(_ list: Decoded?, into diagnostics: inout DiagnosticList) {
    for model in list?.elements ?? [] where model.isSound {
      guard let name = model["name"], let memory = model["memory"] else { continue }
      if own[name.text] != nil {
        diagnostics.add(name.origin, name.keyPath, "duplicated GPU model; found '\(name.text)'")
      } else if catalogue.model(named: name.text) != nil {
        diagnostics.add(
          name.origin,
          name.keyPath,
          "is a model of the catalogue; found '\(name.text)'",
          hint: "choose another name"
        )
      } else {
        own[name.text] = memory.mebibytes
      }
    }
  }

  /// The name by which the fleet knows what `node` names; `alsoKnown` are
  /// further names, such as those of a trace's nodes.
  func resolve(
    _ node: Decoded,
    alsoKnown: [String] = [],
    into diagnostics: inout DiagnosticList
  ) -> String? {
    let text = node.text
    if own[text] != nil || alsoKnown.contains(text) { return text }
    let lower = text.lowercased()
    if let exact = catalogue.models.first(where: { $0.id == lower }) { return exact.id }
    let family = catalogue.models.filter { $0.id.hasPrefix(lower + "-") }
    if family.count > 1 {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "could be several GPU models; found '\(text)'; accepted: "
          + family.map(\.id).joined(separator: ", ")
      )
      return nil
    }
    if let model = catalogue.model(named: text) ?? family.first { return model.id }
    let known = alsoKnown + own.keys.sorted() + catalogue.models.map(\.id)
    let hint = Hint.didYouMean(text, among: known)
    diagnostics.add(
      node.origin,
      node.keyPath,
      "unknown GPU model; found '\(text)'; accepted: \(known.joined(separator: ", "))",
      hint: hint.isEmpty ? "define another one under gpus: [{name: ..., memory: 24GiB}]" : hint
    )
    return nil
  }

  /// Accepted models of a trace in the fleet's spelling, where the catalogue
  /// knows them as the same board: `V100M32` and `v100-32gb-sxm`.
  func spell(_ jobs: inout JobTable, as fleet: Fleet) {
    for index in jobs.modelSets.indices {
      let names = jobs.modelNames(ModelSetID(rawValue: Int32(index))).map { spelled($0, as: fleet) }
      jobs.modelSets[index] = names.joined(separator: "|")
    }
    for index in jobs.constraints.indices {
      jobs.constraints[index].preferredModels = jobs.constraints[index].preferredModels.map {
        spelled($0, as: fleet)
      }
    }
    for index in jobs.stepWork?.tables.indices ?? 0..<0 {
      spell(&jobs.stepWork!.tables[index], as: fleet)
    }
  }

  /// The models of a throughput table in the fleet's spelling.
  func spell(_ table: inout ThroughputTable, as fleet: Fleet) {
    for row in table.rows.indices { table.rows[row].gpu = spelled(table.rows[row].gpu, as: fleet) }
  }

  private func spelled(_ name: String, as fleet: Fleet) -> String {
    guard !fleet.gpuModels.contains(name), let model = catalogue.model(named: name),
      fleet.gpuModels.contains(model.id)
    else { return name }
    return model.id
  }
}
