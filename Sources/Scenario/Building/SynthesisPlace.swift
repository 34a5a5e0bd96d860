/// Finds the key of a scenario that a ``SynthesisError`` speaks of.
struct SynthesisPlace {
  /// The section `workload`.
  var workload: Decoded

  /// Keys of a class whose names differ from those of the specification.
  private static let keys = [
    "offeredLoad": "load", "durationLimits": "duration", "busyFraction": "busy",
    "estimateFactor": "estimate",
  ]

  /// The nearest key to a path such as `classes[2].arrivals.states`: the key
  /// of the class, else the class, else the list.
  func node(at path: String) -> Decoded {
    let parts = path.split(separator: ".").map(String.init)
    guard let first = parts.first else { return workload }
    if first == "offeredLoad" { return workload["load"] ?? workload }
    let digits = first.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    // The stages of pipelines are classes behind the others.
    let stages = (workload["pipelines"]?.elements ?? []).flatMap { $0["stages"]?.elements ?? [] }
    let elements = (workload["classes"]?.elements ?? []) + stages
    guard first.hasPrefix("classes["), let index = Int(digits), elements.indices.contains(index) else {
      return workload["classes"] ?? workload["pipelines"] ?? workload
    }
    let element = elements[index]
    guard parts.count > 1, case .section(let members) = element.form else { return element }
    let name = String(parts[1].prefix { $0 != "[" })
    let key = Self.keys[name] ?? name
    return members.first { $0.field.key == key }?.value ?? element
  }
}
