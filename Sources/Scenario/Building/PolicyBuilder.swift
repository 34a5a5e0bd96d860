import Engine

/// Makes placements and the queue from the section `policy`.
enum PolicyBuilder {
  /// - Parameter sharing: what GPUs hand out, which is not always the mode that is stated.
  static func placements(
    _ policy: Decoded,
    sharing: SharingMode,
    into diagnostics: inout DiagnosticList
  ) -> [PlacementSpec] {
    guard let list = policy["placement"], list.isSound,
      let tie = tieBreak(policy)
    else { return [] }
    var placements: [PlacementSpec] = []
    for profile in list.elements {
      guard let scores = profile["scores"] else { continue }
      let spec = PlacementSpec(
        scores: scores.elements.compactMap { score($0, into: &diagnostics) },
        tieBreak: tie
      )
      if placements.contains(spec) {
        diagnostics.add(profile.origin, profile.keyPath, "duplicated placement; found '\(spec.label)'")
      }
      if scores.elements.allSatisfy(\.isSound), spec.scores.count == scores.elements.count,
        let problem = spec.problem ?? spec.problem(with: sharing)
      {
        diagnostics.add(profile.origin, profile.keyPath, problem)
      }
      placements.append(spec)
    }
    return placements
  }

  static func tieBreak(_ policy: Decoded) -> TieBreak? {
    guard case .text(let word)? = policy["tieBreak"]?.scalar else { return nil }
    return TieBreak(rawValue: word)
  }

  private static func score(_ node: Decoded, into diagnostics: inout DiagnosticList) -> ScoreSpec? {
    guard let name = node["name"]?.text, let weight = node["weight"]?.integer,
      let resources = node["resources"], let shape = node["shape"]
    else { return nil }
    if !resources.elements.isEmpty, !PolicySection.withResources.contains(name) {
      diagnostics.add(
        resources.origin,
        resources.keyPath,
        "'\(name)' takes no resources",
        hint: "accepted with \(PolicySection.withResources.joined(separator: ", "))"
      )
    }
    var seen: Set<String> = []
    for resource in resources.elements {
      if let name = resource["name"], !seen.insert(name.text).inserted {
        diagnostics.add(name.origin, name.keyPath, "duplicated resource; found '\(name.text)'")
      }
    }
    if !shape.elements.isEmpty, name != "requested-to-capacity-ratio" {
      diagnostics.add(
        shape.origin,
        shape.keyPath,
        "'\(name)' takes no shape",
        hint: "accepted with requested-to-capacity-ratio"
      )
    }
    var last: Int64 = -1
    for point in shape.elements {
      guard let utilization = point["utilization"] else { continue }
      if utilization.integer <= last {
        diagnostics.add(
          utilization.origin,
          utilization.keyPath,
          "utilizations must increase; found \(utilization.integer) after \(last)"
        )
      }
      last = utilization.integer
    }
    return ScoreSpec(
      policy: name,
      weight: Int32(weight),
      resources: resources.elements.compactMap { resource in
        guard let name = resource["name"], let weight = resource["weight"] else { return nil }
        return .init(resource: name.text, weight: Int32(weight.integer))
      },
      shape: shape.elements.compactMap { point in
        guard let utilization = point["utilization"], let score = point["score"] else { return nil }
        return .init(utilization: Int32(utilization.integer), score: Int32(score.integer))
      }
    )
  }
}
